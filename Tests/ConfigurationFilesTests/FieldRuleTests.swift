import Testing

@Suite("where, where_not and rewrite on fields in a policy")
struct FieldRuleTests {
    private func check(_ body: String) throws -> String {
        try RuleFixture.check(
            "p.yaml", "version: 1\npolicy: p\nprotocol: f\nrules:\n  - { id: 1001, name: a, \(body) }\n")
    }

    @Test(
        "what fits is taken without a word",
        arguments: [
            "packet: RANKING, where: { season: 0 }",
            "packet: RANKING, where: { season: \"< 0\", size: 10, phase: play }",
            "packet: RANKING, where_not: { class: [0..12, 15] }, action: drop, score: 10",
            "packet: MOVE, where: { x: not finite }, action: drop",
            "packet: MOVE, where_not: { x: -100..100, y: [0, 1.5] }",
            "packet: [CHAT, WHISPER], where: { message: \"hello\" }",
            "packet: CHAT, from: client, where: { message: { matches: \"[0-9]{5,20}\" }, channel: 1 }",
            "packet: WHISPER, where: { message.length: \"> 300\" }",
            "packet: WHISPER, where: { message: not well-formed }, where_not: { message.length: 0..5 }",
            "packet: RANKING, action: { rewrite: { class: { clamp: 0..12 } } }",
            "packet: [CHAT, WHISPER], action: { rewrite: { message: { strip_tags: { keep: [b] }, truncate: 300 } } }",
            "packet: CHAT, from: server, action: { rewrite: { message: { strip_control: true } } }",
            "packet: RANKING, where: { season: 1 }, action: { rewrite: { season: { set: 2 }, class: { set: 0 } } }",
        ])
    func good(body: String) throws {
        #expect(try check(body) == "")
    }

    @Test(
        "what does not fit is refused, and the place is said",
        arguments: [
            ("packet: RANKING, where: { sesaon: 0 }", "5:52: error[C060]: 'RANKING' has no field 'sesaon'"),
            ("packet: [WHISPER, PLAIN], where: { message: a }", "5:61: error[C060]: 'PLAIN' has no field 'message'"),
            ("packet: CHAT, where: { channel: 1 }", "5:49: error[C060]: 'CHAT' has no field 'channel'"),
            ("packet: RANKING, where: { szie: 0 }", "5:52: error[C010]: a condition has no key 'szie'"),
            ("where: { szie: 0 }", "5:35: error[C010]: a condition has no key 'szie'"),
            (
                "where: { season: 0 }",
                "5:35: error[C060]: the rule 1001 names no packet that could have a field 'season'"
            ),
            (
                "action: { rewrite: { season: { set: 0 } } }",
                "5:47: error[C060]: the rule 1001 names no packet that could have a field 'season'"
            ),
            ("packet: RANKING, where: { class: 5..3 }", "5:59: error[C013]: expected a number such as 15"),
            ("packet: RANKING, where: { class: 65536 }", "5:59: error[C062]: no such field is 65536"),
            ("packet: RANKING, where: { class: -5..-1 }", "5:59: error[C062]: no such field is -5..-1"),
            ("packet: RANKING, where: { class: text }", "5:59: error[C013]: expected a number such as 15"),
            ("packet: RANKING, where: { class: [] }", "5:59: error[C013]: this list is empty"),
            ("packet: WHISPER, where: { message: { matches: \"[\" } }", "error[C063]"),
            ("packet: RANKING, where: { class.size: 5 }", "error[C060]: there is no 'size' of a field"),
            (
                "packet: RANKING, action: { rewrite: { clas: { set: 0 } } }",
                "5:64: error[C060]: 'RANKING' has no field 'clas'"
            ),
            (
                "packet: RANKING, action: { rewrite: { class: { truncate: 3 } } }",
                "5:73: error[C016]: 'truncate' does not go with a field that is a whole number"
            ),
            (
                "packet: RANKING, action: { rewrite: { class: { set: 70000 } } }",
                "5:78: error[C014]: 70000 does not fit the field: it holds 0 to 65535"
            ),
            ("packet: RANKING, action: { rewrite: { class: {} } }", "5:71: error[C011]: nothing says what is done"),
            ("packet: RANKING, action: { rewrite: {} }", "5:62: error[C012]: expected fields and what is done to them"),
            ("packet: RANKING, action: { rewrite: x }", "5:62: error[C012]: expected fields and what is done to them"),
            ("packet: RANKING, action: rewrite", "5:51: error[C013]: expected one of pass, log"),
            (
                "packet: RANKING, action: { rewrite: { class: { set: 0 } }, ban: 1h }",
                "error[C016]: 'rewrite' does not go with 'ban'"
            ),
            (
                "limit: { count: open, per: address, most: 2 }, action: { rewrite: { class: { set: 0 } } }",
                "error[C043]: a rule on connections is judged when one opens, where there is no packet to rewrite"
            ),
            (
                "packet: CHAT, from: client, action: { rewrite: { message: { truncate: 3 } } }, reply: { hex: 00 }",
                "error[C043]: a reply comes before the end of a connection, and 'rewrite' does not end it"
            ),
        ])
    func bad(body: String, message: String) throws {
        let text = try check(body)
        #expect(text.contains(message))
        #expect(text.split(separator: "\n").count { $0.contains("error[") } == 1)
    }

    @Test("a violation cannot be rewritten")
    func violation() throws {
        let text = try RuleFixture.check(
            "p.yaml",
            "version: 1\npolicy: p\nprotocol: f\nviolations: { size: { action: { rewrite: { class: { set: 0 } } } } }\n"
        )
        #expect(text.contains("error[C043]: 'rewrite' is no answer to the violation 'size'"))
    }

    @Test(
        "a rule with a condition on a field does not end its packets for those behind it, nor does a rewrite"
    )
    func reach() throws {
        for body in [
            "where: { class: 1 }, action: drop", "where_not: { class: 1 }, action: close",
            "action: { rewrite: { class: { set: 0 } } }",
        ] {
            #expect(
                try check("packet: RANKING, \(body) }\n  - { id: 1002, name: b, packet: RANKING, action: drop") == "")
        }
    }

    @Test("a policy for any protocol names no fields")
    func withoutProtocol() throws {
        let text = try RuleFixture.check(
            "p.yaml", "version: 1\npolicy: p\nrules: [{ id: 1001, name: a, where: { class: 1 } }]\n")
        #expect(text.contains("3:39: error[C047]: a policy without 'protocol' cannot name the field 'class'"))
    }

    @Test("a rewrite needs packets that can be held whole, a condition on a field at a fixed place does not")
    func room() throws {
        let game = """
            version: 1
            protocol: big
            phases: [{ name: a, frame: { length: u32le@0, counts: packet, max: 1MiB }, opcode: u8@4 }]
            packets: { client: { BIG: { opcode: 1, fields: { kind: u8@5 } } } }

            """
        let check = { (body: String) in
            let folder = try ScratchFolder()
            try folder.write("protocols/big.yaml", game)
            try folder.write(
                "policies/p.yaml",
                "version: 1\npolicy: p\nprotocol: big\nrules: [{ id: 1001, name: a, packet: BIG, \(body) }]\n")
            return folder.check("policies/p.yaml")
        }
        #expect(try check("where: { kind: 1 }") == "")
        #expect(
            try check("action: { rewrite: { kind: { set: 1 } } }").contains(
                "error[C045]: 'rewrite' changes whole packets, the longest of these has 1048576 bytes"))
    }
}
