import GameProtocol
import RuleEngine
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("policies as they are loaded")
struct PolicyLoadingTests {
    private struct Loaded {
        let file: PolicyFile
        let rules: [RuleDefinition]
    }

    private static func load(_ body: String) throws -> Loaded {
        let diagnostics = DiagnosticBag()
        let parse = { (path: String, text: String) in
            DocumentReader.parse(path: path, bytes: Array(text.utf8), diagnostics)
        }
        let game = parse("g.yaml", RuleFixture.game).flatMap {
            ProtocolReader(diagnostics: diagnostics).read($0, expectedName: nil)
        }
        let node = try #require(parse("p.yaml", "version: 1\npolicy: p\nprotocol: g\n" + body))
        let file = try #require(PolicyReader(diagnostics: diagnostics).read(node, expectedName: nil))
        let rules = PolicyResolver(diagnostics: diagnostics, file: file, game: game).definitions()
        #expect(DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted) == "")
        return Loaded(file: file, rules: rules)
    }

    private static func rule(_ body: String) throws -> RuleDefinition {
        try #require(try load("rules:\n  - { id: 1001, name: a, \(body) }\n").rules.first)
    }

    @Test("a rule without more than its name logs what the client sends")
    func bare() throws {
        let rule = try Self.rule("score: 0")
        #expect(rule.id == 1001)
        #expect(rule.name == "a")
        #expect(rule.packets.inbound == .all)
        #expect(rule.packets.outbound == nil)
        #expect(rule.action == .log)
        #expect(rule.limit == nil)
        #expect(!rule.isShadow)
    }

    @Test("a rule that names packets has their direction, and 'from' chooses among two")
    func direction() throws {
        #expect(try Self.rule("packet: S_HELLO").packets == PerDirection(inbound: nil, outbound: .only([1])))
        #expect(try Self.rule("packet: BOTH").packets == PerDirection(inbound: .only([3]), outbound: .only([2])))
        #expect(
            try Self.rule("packet: BOTH, from: server").packets == PerDirection(inbound: nil, outbound: .only([2])))
        #expect(
            try Self.rule("packet: [C_CHAT, C_MOVE, S_HELLO]").packets
                == PerDirection(inbound: .only([2, 1]), outbound: .only([1])))
        #expect(try Self.rule("from: both").packets == PerDirection(inbound: .all, outbound: .all))
        #expect(try Self.rule("from: server").packets == PerDirection(inbound: nil, outbound: .all))
    }

    @Test("conditions on sizes and phases become ranges and indices")
    func conditions() throws {
        let rule = try Self.rule("where: { size: [8, 10..20, \"> 100\"], phase: play }, where_not: { size: \"<= 9\" }")
        #expect(rule.byteCounts == [8...8, 10...20, 101...Int.max])
        #expect(rule.byteCountsNot == [0...9])
        #expect(rule.phases == [0])
    }

    @Test("a limit counts packets per connection, and its burst is a second's rate, unless it says otherwise")
    func limits() throws {
        #expect(
            try Self.rule("limit: { rate: 80/s }").limit
                == Limit(count: .packets, scope: .connection, amount: 80, periodNS: 1_000_000_000, burst: 80))
        #expect(
            try Self.rule("limit: { per: [address, packet], rate: 1/5m, burst: 3 }").limit
                == Limit(
                    count: .packets, scope: .address, perPacket: true, amount: 1, periodNS: 300_000_000_000, burst: 3))
        #expect(
            try Self.rule("limit: { count: bytes, per: network, rate: 2 MiB/s }").limit
                == Limit(
                    count: .bytes, scope: .network, amount: 2_097_152, periodNS: 1_000_000_000, burst: 2_097_152))
        #expect(
            try Self.rule("limit: { count: connections, per: listener, rate: 30/m }, action: close").limit
                == Limit(count: .connections, scope: .listener, amount: 30, periodNS: 60_000_000_000, burst: 1))
        let open = try Self.rule("limit: { count: open, per: address, most: 8 }, action: close")
        #expect(open.limit == Limit(count: .open, scope: .address, amount: 1, periodNS: 1, burst: 8))
        #expect(open.packets == PerDirection(both: nil))
    }

    @Test("a rate that would take more than a year to fill its bucket is refused")
    func slowest() throws {
        let text = { (burst: Int) in
            "version: 1\npolicy: p\nrules:\n  - { id: 100, name: a, limit: { rate: 1/30d, burst: \(burst) } }\n"
        }
        #expect(try ScratchFolder.check("p.yaml", text(12)) == "")
        #expect(try ScratchFolder.check("p.yaml", text(13)).contains("error[C014]"))
        #expect(
            try ScratchFolder.check("p.yaml", text(12).replacing("1/30d", with: "1/31d")).contains("error[C014]"))
        #expect(try ScratchFolder.check("p.yaml", text(12).replacing("1/30d", with: "0/s")).contains("error[C014]"))
    }

    @Test("patterns are bytes in hex or text in an encoding")
    func patterns() throws {
        let rule = try Self.rule(
            """
            packet: C_CHAT, bytes: [{ hex: "de ?d", depth: 8 },
            { text: aé, encoding: utf16le, nocase: true, within: 9 },
            { text: aé, encoding: utf16be, distance: 2 }, { text: aé, encoding: utf8, offset: 4 }]
            """)
        #expect(
            rule.signature == [
                BytePattern(pattern: HexPattern([0xDE, 0x0D], masks: [0xFF, 0x0F]), depth: 8),
                BytePattern(
                    pattern: HexPattern([0x61, 0, 0xE9, 0]), isCaseInsensitive: true, distance: 0, within: 9),
                BytePattern(pattern: HexPattern([0, 0x61, 0, 0xE9]), distance: 2),
                BytePattern(pattern: HexPattern([0x61, 0xC3, 0xA9]), offset: 4),
            ])
    }

    @Test("every action is understood, a ban with its own duration too")
    func actions() throws {
        #expect(try Self.rule("action: ban").action == .ban(baseNS: nil))
        #expect(try Self.rule("action: { ban: 24h }").action == .ban(baseNS: 86_400_000_000_000))
        let order = RuleBan(baseNS: 3_600_000_000_000, kind: .soft, target: .network)
        #expect(try Self.rule("action: { ban: { for: 1h, kind: soft, on: network } }").action == .ban(order))
        #expect(try Self.rule("action: { ban: { kind: hard, on: address } }").action == .ban(baseNS: nil))
        #expect(try Self.rule("action: pass").action == .pass)
        #expect(try Self.rule("action: close, score: 2.5, mode: shadow").isShadow)
        #expect(try Self.rule("action: close, score: 2.5").score == 2.5)
        #expect(try Self.rule("action: delay, limit: { rate: 1/s }").action == .delay)
    }

    @Test("a later policy overrides what it says about a violation, and leaves the rest")
    func violations() throws {
        let one = try Self.load("violations: { framing: { action: ban, score: 5 }, size: close }\nunknown: drop\n")
        let two = try Self.load("violations: { framing: { score: 7 } }\nunknown: { client: close }\n")
        var responses: [Violation: ViolationResponse] = [:]
        responses.override(with: one.file.violations)
        responses.override(with: two.file.violations)
        #expect(responses[.framing] == ViolationResponse(action: PerDirection(both: .ban(baseNS: nil)), score: 7))
        #expect(responses[.size] == ViolationResponse(action: PerDirection(both: .close)))
        #expect(responses[.unknown] == ViolationResponse(action: PerDirection(inbound: .close, outbound: .drop)))
        #expect(responses[.timeout] == nil)
    }

    @Test("a rule in shadow, with a limit or with a condition ends nothing behind it")
    func reach() throws {
        let rules = try Self.load(
            """
            rules:
              - { id: 1001, name: a, packet: C_CHAT, action: drop, mode: shadow }
              - { id: 1002, name: b, packet: C_CHAT, action: drop, limit: { rate: 1/s } }
              - { id: 1003, name: c, packet: C_CHAT, action: drop, where: { size: 9 } }
              - { id: 1004, name: d, packet: C_CHAT, action: log }
              - { id: 1005, name: e, packet: C_CHAT, action: drop }
              - { id: 1006, name: f, packet: [C_CHAT, C_MOVE], action: drop }
              - { id: 1007, name: g, action: close }
            """
        ).rules
        #expect(rules.map(\.id) == [1001, 1002, 1003, 1004, 1005, 1006, 1007])
    }
}
