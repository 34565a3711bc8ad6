import RuleEngine
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("repeats, not_after and reply in a policy")
struct HistoryRuleTests {
    private func check(_ body: String, game: String = "g") throws -> String {
        try RuleFixture.check(
            "p.yaml", "version: 1\npolicy: p\nprotocol: \(game)\nrules:\n  - { id: 1001, name: a, \(body) }\n")
    }

    @Test(
        "what fits is taken without a word",
        arguments: [
            "packet: C_CHAT, repeats: { count: 2, in: 100ms }",
            "packet: [C_CHAT, C_MOVE], repeats: { count: 16, in: 1m }, action: drop",
            "repeats: { count: 3, in: 1s }, limit: { rate: 1/s }",
            "packet: C_CHAT, not_after: { packet: C_MOVE, in: 5m }, action: drop",
            "packet: C_CHAT, not_after: { packet: [C_MOVE, S_HELLO, BOTH], in: 1ms }",
            "packet: C_CHAT, action: close, reply: { hex: \"00 04 00 01\" }",
            "packet: C_CHAT, action: { ban: 1h }, reply: { text: bye, encoding: utf16le }",
            "action: close, reply: { hex: \"00\" }, mode: shadow",
        ])
    func good(body: String) throws {
        #expect(try check(body) == "")
    }

    @Test(
        "what does not fit is refused, and the place is said",
        arguments: [
            ("repeats: { in: 1s }", "5:35: error[C011]: 'repeats' needs the key 'count'"),
            ("repeats: { count: 2 }", "5:35: error[C011]: 'repeats' needs the key 'in'"),
            ("repeats: { count: 1, in: 1s }", "5:44: error[C014]: 1 is outside 2 to 16"),
            ("repeats: { count: 17, in: 1s }", "5:44: error[C014]: 17 is outside 2 to 16"),
            ("repeats: { count: 2, in: 1 }", "5:51: error[C013]: expected a duration such as 10s, found '1'"),
            ("repeats: { count: 2, in: 0ms }", "5:51: error[C014]: this is shorter than 1ms"),
            ("repeats: { count: 2, in: 1s, oft: 2 }", "5:55: error[C010]: 'repeats' has no key 'oft'"),
            ("repeats: 2", "5:35: error[C012]: expected a mapping, found '2'"),
            ("not_after: { packet: C_MOVE }", "5:37: error[C011]: 'not_after' needs the key 'in'"),
            ("not_after: { in: 1s }", "5:37: error[C011]: 'not_after' needs the key 'packet'"),
            ("not_after: { packet: [], in: 1s }", "5:47: error[C013]: this list is empty"),
            ("not_after: { packet: C_MVOE, in: 1s }", "5:47: error[C020]: 'C_MVOE' is no packet of g"),
            ("not_after: { packet: C_MOVE, in: 5 }", "5:59: error[C013]: expected a duration such as 10s, found '5'"),
            ("action: close, reply: { hex: \"0?\" }", "5:55: error[C013]: no part of these bytes may be left open"),
            ("action: close, reply: {}", "5:48: error[C011]: a reply needs one of the keys hex, text"),
            ("action: close, reply: { text: hi }", "5:48: error[C011]: a reply needs the key 'encoding'"),
            ("action: close, reply: { hex: 00, offset: 4 }", "5:59: error[C010]: a reply has no key 'offset'"),
            (
                "action: drop, reply: { hex: \"00\" }",
                "5:40: error[C043]: a reply comes before the end of a connection, and 'drop' does not end it"
            ),
            (
                "packet: S_HELLO, action: close, reply: { hex: \"00\" }",
                "5:65: error[C043]: a reply answers the client, and this rule looks at packets of the server"
            ),
            (
                "limit: { count: open, per: address, most: 2 }, action: close, reply: { hex: \"00\" }",
                "5:88: error[C044]: a rule on connections is judged when one opens, and 'reply' is about packets"
            ),
            (
                "limit: { count: open, per: address, most: 2 }, repeats: { count: 2, in: 1s }",
                "5:73: error[C044]: a rule on connections is judged when one opens, and 'repeats' is about packets"
            ),
        ])
    func bad(body: String, message: String) throws {
        let text = try check(body)
        #expect(text.contains(message))
        #expect(text.split(separator: "\n").count { $0.contains("error[") } == 1)
    }

    @Test("packets are compared whole, and so must be ones that can be held whole")
    func room() throws {
        #expect(try check("packet: SMALL, repeats: { count: 2, in: 1s }", game: "b") == "")
        let text = try check("packet: BIG, repeats: { count: 2, in: 1s }", game: "b")
        #expect(
            text.contains(
                "5:48: error[C045]: 'repeats' compares whole packets, the longest of these has 1048576 bytes, and "
                    + "rules look at 65536 at most"))
    }

    @Test("a rule that asks about earlier packets does not end those it looks at for the rules behind it")
    func reach() throws {
        for body in ["repeats: { count: 2, in: 1s }", "not_after: { packet: C_MOVE, in: 1s }"] {
            let text = "packet: C_CHAT, \(body), action: drop }\n  - { id: 1002, name: b, packet: C_CHAT, action: drop"
            #expect(try check(text) == "")
        }
    }

    @Test("a policy for any protocol cannot name a packet in not_after")
    func withoutProtocol() throws {
        let text = try RuleFixture.check(
            "p.yaml",
            "version: 1\npolicy: p\nrules: [{ id: 1001, name: a, not_after: { packet: C_MOVE, in: 1s } }]\n")
        #expect(
            text.contains(
                "3:51: error[C047]: a policy without 'protocol' cannot name the packet 'C_MOVE'"))
    }

    @Test("at most 64 packets stand in one not_after")
    func many() throws {
        for (count, isGood) in [(64, true), (65, false)] {
            let names = (0..<count).map { "P\($0)" }.joined(separator: ", ")
            let text = try check("packet: P1, not_after: { packet: [\(names)], in: 1s }", game: "h")
            #expect(text.isEmpty == isGood)
        }
    }
}
