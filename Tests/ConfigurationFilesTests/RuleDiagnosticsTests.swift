import Testing

@Suite("what is wrong with rules")
struct RuleDiagnosticsTests {
    @Test("a packet that no protocol defines is answered with the nearest")
    func packet() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: C_CHAD

                """)
                    == """
                    policies/p.yaml:7:13: error[C020]: 'C_CHAD' is no packet of g
                        7 |     packet: C_CHAD
                          |             ^~~~~~ did you mean 'C_CHAT'?

                    """)
    }

    @Test("a packet of the other side says whose it is")
    func from() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: S_HELLO
                    from: client

                """)
                    == """
                    policies/p.yaml:7:13: error[C020]: 'S_HELLO' is no packet of the client in g
                        7 |     packet: S_HELLO
                          |             ^~~~~~~
                       help: the server sends a packet of that name

                    """)
    }

    @Test("an id below 100 belongs to violations")
    func reserved() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 7
                    name: a

                """)
                    == """
                    policies/p.yaml:5:9: error[C040]: the ids below 100 belong to violations
                        5 |   - id: 7
                          |         ^
                       help: take one from 100 on

                    """)
    }

    @Test("an id given twice says where the first one stands")
    func sameID() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                  - id: 1001
                    name: b

                """)
                    == """
                    policies/p.yaml:7:9: error[C041]: the rule id 1001 is given twice
                        7 |   - id: 1001
                          |         ^~~~
                       help: the first one stands at 5:9

                    """)
    }

    @Test("a rule behind one that ends all its packets is reported")
    func unreachable() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: C_CHAT
                    action: drop
                  - id: 1002
                    name: b
                    packet: C_CHAT
                    score: 5

                """)
                    == """
                    policies/p.yaml:9:9: error[C042]: the rule 1002 is never reached: rule 1001 ends every packet it \
                    looks at
                        9 |   - id: 1002
                          |         ^~~~
                       help: put 1002 before 1001 (line 5), or narrow 1001

                    """)
    }

    @Test("a condition on a field that the packet does not have")
    func whereField() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: C_MOVE
                    where_not: { class: [0..12, 15] }

                """)
                    == """
                    policies/p.yaml:8:18: error[C060]: 'C_MOVE' has no field 'class'
                        8 |     where_not: { class: [0..12, 15] }
                          |                  ^~~~~
                       help: the protocol declares no field of it

                    """)
    }

    @Test("a misspelled condition is answered with the nearest")
    func whereSize() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: C_MOVE
                    where: { szie: 4 }

                """)
                    == """
                    policies/p.yaml:8:14: error[C010]: a condition has no key 'szie'
                        8 |     where: { szie: 4 }
                          |              ^~~~ did you mean 'size'?
                       help: its keys are size, phase, country, asn, hosting, list, and the fields of the packet

                    """)
    }

    @Test("a phase that the protocol does not have is answered with the nearest")
    func phase() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a
                    packet: C_MOVE
                    where: { phase: plai }

                """)
                    == """
                    policies/p.yaml:8:21: error[C021]: g has no phase 'plai'
                        8 |     where: { phase: plai }
                          |                     ^~~~ did you mean 'play'?

                    """)
    }

    @Test("a policy for any protocol names no packets")
    func noProtocol() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                rules:
                  - id: 1001
                    name: a
                    packet: C_CHAT

                """)
                    == """
                    policies/p.yaml:6:13: error[C047]: a policy without 'protocol' cannot name the packet 'C_CHAT'
                        6 |     packet: C_CHAT
                          |             ^~~~~~
                       help: add protocol: with the name of the protocol that defines it

                    """)
    }

    @Test("a policy whose name is not its file's is refused")
    func fileName() throws {
        #expect(
            try RuleFixture.check(
                "q.yaml",
                """
                version: 1
                policy: p
                protocol: g
                rules:
                  - id: 1001
                    name: a

                """)
                    == """
                    policies/q.yaml:2:9: error[C019]: this file defines 'p', but is named for 'q'
                        2 | policy: p
                          |         ^

                    """)
    }
}
