import GameProtocol
import Inspection
import PacketFields
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Packets that rules change, over the wire")
struct RewriteTests {
    private static let layout = PacketLayout(fields: [
        Field(name: "text", kind: .text(.rest(less: 0), .latin1, isNULEnded: false), origin: .start(3))
    ])

    /// Keeps four letters of what is said under an opcode.
    private static func shorten(_ opcode: UInt8, from direction: Direction = .inbound) -> RuleDefinition {
        var packets = PerDirection<PacketChoice?>(both: nil)
        packets[direction] = .only([Opcode.index(opcode)])
        var fields = PerDirection<[UInt16: FieldRule]>(both: [:])
        fields[direction] = [
            Opcode.index(opcode): FieldRule(layout: layout, edits: [FieldEdit(field: 0, .truncate(4))])
        ]
        return RuleDefinition(
            id: direction == .inbound ? 100 : 101, name: "shorten", packets: packets, fields: fields, action: .rewrite)
    }

    private static let plain = Game.packet(Opcode.plain, byteCount: 30)
    private static let said = Game.packet(Opcode.signed, text: "good evening")
    private static let heard = Game.packet(Opcode.signed, text: "good")

    @Test("between packets that stay as they are, in both directions, and the log says what was changed")
    func between() throws {
        let rules = [Self.shorten(Opcode.signed), Self.shorten(Opcode.signed, from: .outbound)]
        let world = try World(settings: Game.settings(), rulesets: [Game.ruleset(rules)])
        let bytes = Self.plain + Self.said + Self.said + Self.plain + Self.heard
        let changed = Self.plain + Self.heard + Self.heard + Self.plain + Self.heard
        world.serverScript = { _ in [.awaitBytes(changed.count), .send(bytes), .awaitEnd, .finish] }
        let client = world.addClient([.send(bytes), .awaitBytes(changed.count), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == changed)
        #expect(client.received == changed)
        #expect(client.isWhole)
        #expect(world.findings.map(\.action) == ["rewrite", "rewrite", "rewrite", "rewrite"])
        #expect(world.findings.allSatisfy { $0.detail == "changes text" && $0.byteCount == Self.said.count })
    }

    @Test("a packet that waits goes on changed, in its place")
    func held() throws {
        let slow = Game.rule(
            102, Opcode.signed, .delay,
            limit: Limit(count: .packets, scope: .connection, amount: 1, periodNS: Game.secondNS, burst: 1))
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset([Self.shorten(Opcode.signed), slow])])
        let client = world.addClient([.send(Self.said + Self.said + Self.plain), .pause(5 * Game.secondNS), .finish])
        world.run()
        #expect(world.servers[0].received == Self.heard + Self.heard + Self.plain)
        #expect(client.isWhole)
    }

    @Test("an enciphered stream stays in step with what was changed in it")
    func enciphered() throws {
        let descriptor = GameRules.ruleset(.first, .direct, isEnciphered: true).descriptor
        let ruleset = Game.ruleset([Self.shorten(Opcode.signed)], descriptor: descriptor)
        let world = try World(settings: Game.settings(), rulesets: [ruleset])
        world.serverScript = { server in
            server.cipher = GameRules.peerCipher(isClient: false, clear: 0, 0)
            return [.awaitBytes(Self.plain.count), .send(Self.plain), .awaitEnd, .finish]
        }
        let client = world.addClient([
            .send(Self.plain + Self.said), .pause(Game.secondNS), .send(Self.said + Self.plain), .pause(Game.secondNS),
            .finish,
        ])
        client.cipher = GameRules.peerCipher(isClient: true, clear: 0, 0)
        world.run()
        #expect(world.servers[0].received == Self.plain + Self.heard + Self.heard + Self.plain)
        #expect(client.received == Self.plain)
    }
}
