import Testing

@Suite("what is wrong with limits, patterns and actions")
struct RuleBodyDiagnosticsTests {
    @Test("delay needs a limit")
    func delay() throws {
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
                    action: delay

                """)
                    == """
                    policies/p.yaml:7:13: error[C043]: 'delay' needs a limit that says how long
                        7 |     action: delay
                          |             ^~~~~
                       help: limit: { count: bytes, per: connection, rate: 32KiB/s }

                    """)
    }

    @Test("there is nothing to drop when a connection opens")
    func dropAtOpen() throws {
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
                    limit: { count: open, per: address, most: 8 }
                    action: drop

                """)
                    == """
                    policies/p.yaml:8:13: error[C043]: a rule on connections is judged when one opens, where there is \
                    no packet to drop
                        8 |     action: drop
                          |             ^~~~
                       help: possible are pass, log, close, ban

                    """)
    }

    @Test("there are no packets when a connection opens")
    func packetAtOpen() throws {
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
                    limit: { count: connections, per: address, rate: 2/s }
                    action: close

                """)
                    == """
                    policies/p.yaml:7:5: error[C044]: a rule on connections is judged when one opens, and 'packet' is \
                    about packets
                        7 |     packet: C_CHAT
                          |     ^~~~~~

                    """)
    }

    @Test("connections cannot be counted per connection")
    func perConnection() throws {
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
                    limit: { count: open, most: 8 }
                    action: close

                """)
                    == """
                    policies/p.yaml:7:12: error[C016]: connections cannot be counted per connection
                        7 |     limit: { count: open, most: 8 }
                          |            ^~~~~~~~~~~~~~~~~~~~~~~~
                       help: add per: address, network or listener

                    """)
    }

    @Test("a pattern longer than its depth is refused")
    func depth() throws {
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
                    bytes: [{ text: toolbox, encoding: ascii, depth: 4 }]

                """)
                    == """
                    policies/p.yaml:8:54: error[C046]: the pattern has 7 bytes and does not fit into 4
                        8 |     bytes: [{ text: toolbox, encoding: ascii, depth: 4 }]
                          |                                                      ^

                    """)
    }

    @Test("a pattern behind the end of its packets is refused")
    func behind() throws {
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
                    bytes: [{ text: toolbox, encoding: ascii, offset: 60 }]

                """)
                    == """
                    policies/p.yaml:8:13: error[C046]: this pattern would end at byte 67 at least, and the longest of \
                    these packets has 64
                        8 |     bytes: [{ text: toolbox, encoding: ascii, offset: 60 }]
                          |             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

                    """)
    }

    @Test("the first pattern cannot be relative")
    func relative() throws {
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
                    bytes: [{ hex: "00", distance: 4 }]

                """)
                    == """
                    policies/p.yaml:8:26: error[C016]: the first pattern has none before it
                        8 |     bytes: [{ hex: "00", distance: 4 }]
                          |                          ^~~~~~~~
                       help: place it with 'offset' and 'depth'

                    """)
    }

    @Test("a text needs its encoding")
    func encoding() throws {
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
                    bytes: [{ text: toolbox }]

                """)
                    == """
                    policies/p.yaml:8:13: error[C011]: a pattern needs the key 'encoding'
                        8 |     bytes: [{ text: toolbox }]
                          |             ^~~~~~~~~~~~~~~~~
                       help: encoding: one of utf8, ascii, utf16le, utf16be

                    """)
    }

    @Test("a limit per account is refused where no packet tells one")
    func account() throws {
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
                    limit: { per: account, rate: 1/s }

                """)
                    == """
                    policies/p.yaml:5:9: error[C060]: the rule 1001 is about accounts, and no packet of g tells one
                        5 |   - id: 1001
                          |         ^~~~
                       help: give a field of the login account: true, as { at: "text(24)@4", account: true }

                    """)
    }

    @Test("a stream that cannot be cut cannot be let through")
    func violation() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                violations: { framing: { action: log } }
                rules:
                  - id: 1001
                    name: a

                """)
                    == """
                    policies/p.yaml:4:34: error[C043]: 'log' is no answer to the violation 'framing'
                        4 | violations: { framing: { action: log } }
                          |                                  ^~~
                       help: possible are close, ban

                    """)
    }

    @Test("a misspelled violation is answered with the nearest")
    func violationName() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: g
                violations: { frameing: { action: close } }
                rules:
                  - id: 1001
                    name: a

                """)
                    == """
                    policies/p.yaml:4:15: error[C010]: 'violations' has no key 'frameing'
                        4 | violations: { frameing: { action: close } }
                          |               ^~~~~~~~ did you mean 'framing'?
                       help: its keys are framing, size, phase, malformed, timeout, unknown, proxy-header, \
                    preamble, inflate, counter, checksum

                    """)
    }

    @Test("a signature in packets longer than what is looked at needs a depth")
    func unbounded() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: b
                rules:
                  - id: 1001
                    name: a
                    packet: BIG
                    bytes: [{ text: toolbox, encoding: ascii }]

                """)
                    == """
                    policies/p.yaml:8:13: error[C045]: this pattern needs 1048576 bytes of a packet, and rules look \
                    at 65536 at most
                        8 |     bytes: [{ text: toolbox, encoding: ascii }]
                          |             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                       help: add 'depth', or name packets with a smaller 'size'

                    """)
    }

    @Test("what is unknown has no meaning where a table frames")
    func unknownInTable() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: t
                unknown: drop

                """)
                    == """
                    policies/p.yaml:4:1: error[C049]: t cannot cut a packet that has no entry, so none is ever unknown
                        4 | unknown: drop
                          | ^~~~~~~
                       help: use violations: { framing: … }

                    """)
    }

    @Test("a shared bucket for each of too many packets is refused")
    func tooManyBuckets() throws {
        #expect(
            try RuleFixture.check(
                "p.yaml",
                """
                version: 1
                policy: p
                protocol: h
                rules:
                  - id: 1001
                    name: a
                    limit: { per: [address, packet], rate: 1/s }

                """)
                    == """
                    policies/p.yaml:5:9: error[C037]: the rule 1001 would share a bucket for each of 301 packets, and \
                    at most 256 are
                        5 |   - id: 1001
                          |         ^~~~
                       help: name the packets, or make it per: [connection, packet]

                    """)
    }
}
