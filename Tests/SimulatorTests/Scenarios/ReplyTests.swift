import GameProtocol
import Inspection
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("A reply before the close")
struct ReplyTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let closing = Game.packet(Opcode.closing, byteCount: 12)
    private static let farewell = Game.packet(Opcode.plain, text: "you are out")

    private func rule(_ action: RuleAction, _ opcode: UInt8 = Opcode.closing, isShadow: Bool = false) -> RuleDefinition
    {
        var packets = PerDirection<PacketChoice?>(both: nil)
        packets.inbound = .only([Opcode.index(opcode)])
        return RuleDefinition(
            id: 100, name: "with-a-word", packets: packets, action: action, reply: Self.farewell, isShadow: isShadow)
    }

    private func world(_ rules: [RuleDefinition]) throws -> World {
        try World(settings: Game.settings(), rulesets: [Game.ruleset(rules)])
    }

    @Test("the client gets the packet and a FIN, the server nothing of what broke the rule")
    func replies() throws {
        let world = try world([rule(.close)])
        let client = world.addClient([
            .send(request), .pause(Game.secondNS), .send(request + closing + request), .awaitEnd, .finish,
        ])
        world.run()
        #expect(client.received == Self.farewell)
        #expect(client.isWhole)
        #expect(world.servers[0].received == request + request)
        let record = try #require(world.record(of: client))
        #expect(record.termination.code == "RE")
        #expect(record.ruleID == 100)
    }

    @Test("it waits for the end of a packet that is on its way from the server")
    func waitsForBoundary() throws {
        let world = try world([rule(.close)])
        let long = Game.packet(Opcode.plain, byteCount: 1_000)
        world.serverScript = { _ in
            [.send(Array(long[..<600])), .pause(700_000_000), .send(Array(long[600...]) + long), .awaitEnd, .finish]
        }
        let client = world.addClient([.awaitBytes(600), .send(closing), .awaitEnd, .finish])
        world.run()
        #expect(client.received.starts(with: long))
        #expect(client.received.suffix(Self.farewell.count) == Self.farewell[...])
        #expect((client.received.count - Self.farewell.count) % long.count == 0)
        #expect(client.isWhole)
        #expect(world.record(of: client)?.termination.code == "RE")
    }

    @Test("it is left out when that takes more than a second, and the stream that breaks off is reset")
    func givesUp() throws {
        let world = try world([rule(.close)])
        let long = Game.packet(Opcode.plain, byteCount: 1_000)
        world.serverScript = { _ in [.send(Array(long[..<600])), .pause(5 * Game.secondNS), .send(long), .awaitEnd] }
        let client = world.addClient([.awaitBytes(600), .send(closing), .awaitEnd])
        world.run()
        #expect(client.received == Array(long[..<600]))
        #expect(client.isReset)
        let record = try #require(world.record(of: client))
        #expect(record.termination.code == "RE")
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000 == 1_000)
    }

    @Test("a client that goes on sending and never closes is heard for a second, and nothing of it is judged")
    func lingers() throws {
        let world = try world([rule(.close)])
        let client = world.addClient(
            [
                .send(closing + closing + request), .pause(Game.secondNS / 2), .send([1, 0, 7, 7]),
                .pause(9 * Game.secondNS),
            ])
        world.run()
        #expect(client.received == Self.farewell)
        #expect(world.findings.count == 1)
        let record = try #require(world.record(of: client))
        #expect(record.termination.code == "RC")
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000 == 1_000)
        #expect(world.servers.allSatisfy { $0.received.isEmpty })
    }

    @Test("a banned client gets it on the connection that brought the ban; its others are reset")
    func bans() throws {
        let world = try world([rule(.ban(baseNS: 60 * Game.secondNS))])
        let other = world.addClient([.send(request), .awaitEnd])
        let client = world.addClient([.send(closing), .awaitEnd, .finish], afterNS: Game.secondNS)
        let late = world.addClient([.send(request), .awaitEnd], afterNS: 3 * Game.secondNS)
        world.run(forNS: 10 * Game.secondNS)
        #expect(client.received == Self.farewell)
        #expect(client.isWhole)
        #expect(world.record(of: client)?.termination.cause == .ban)
        #expect(other.isReset)
        #expect(late.isReset)
        #expect(world.bans.count == 1)
    }

    @Test("a rule in shadow says nothing")
    func shadow() throws {
        let world = try world([rule(.close, isShadow: true)])
        let client = world.addClient([.send(closing), .finish, .awaitEnd])
        world.run()
        #expect(client.received.isEmpty)
        #expect(world.servers[0].received == closing)
    }

    @Test("where the stream is enciphered, the reply is, and the client reads it in step")
    func enciphered() throws {
        let ruleset = GameRules.ruleset(.first, .direct, isEnciphered: true)
        let guarded = Game.ruleset([rule(.close)], descriptor: ruleset.descriptor)
        let world = try World(settings: Game.settings(), rulesets: [guarded])
        let answer = Game.packet(Opcode.plain, byteCount: 33)
        world.serverScript = { server in
            server.cipher = GameRules.peerCipher(isClient: false, clear: 0, 0)
            return [.send(answer), .awaitEnd, .finish]
        }
        let client = world.addClient([.awaitBytes(33), .send(request + closing), .awaitEnd, .finish])
        client.cipher = GameRules.peerCipher(isClient: true, clear: 0, 0)
        world.run()
        #expect(client.received == answer + Self.farewell)
        #expect(world.servers[0].received == request)
    }

    @Test("a client that stalls does not keep the connection open for it")
    func stalls() throws {
        let world = try world([rule(.close)])
        let client = world.addClient([.stall, .send(closing), .pause(60 * Game.secondNS)])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.code == "RC")
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000 <= 1_001)
    }

    @Test("a packet that breaks the rule may come in pieces, and more with the last of them")
    func pieces() throws {
        let signed = RuleDefinition(
            id: 100, name: "with-a-word",
            packets: PerDirection(inbound: .only([Opcode.index(Opcode.closing)]), outbound: nil),
            signature: [BytePattern(pattern: HexPattern([0x55, 0x55]))], action: .close, reply: Self.farewell)
        for size in 1..<closing.count {
            let world = try world([signed])
            let client = world.addClient([
                .send(Array(closing[..<size])), .pause(Game.secondNS),
                .send(Array(closing[size...]) + request + closing),
                .awaitEnd, .finish,
            ])
            world.run()
            #expect(client.received == Self.farewell)
            #expect(client.isWhole)
            #expect(world.findings.count == 1)
            #expect(world.record(of: client)?.termination.cause == .rule)
            #expect(world.servers.allSatisfy { $0.received.isEmpty })
        }
    }

    @Test("a reload to fewer rules, while it is on its way, changes nothing about the end")
    func reload() throws {
        let before = (1...3).map { Game.rule($0, Opcode.later, .drop) }
        let world = try world(before + [rule(.close)])
        let client = world.addClient([.send(closing), .pause(9 * Game.secondNS)])
        world.run(forNS: Game.secondNS / 2)
        world.reload(Game.settings(), rulesets: [Game.ruleset()])
        world.run()
        #expect(client.received == Self.farewell)
        #expect(world.record(of: client)?.ruleID == 100)
        #expect(world.notices.isEmpty)
    }

    @Test("where a part of each packet is enciphered, those that came with the one that is answered are not heard")
    func encipheredParts() throws {
        let clear = Game.descriptor()
        let cipher = PhaseCipher(
            scheme: .xor, keys: [.literal([0x10, 0x20, 0x30])],
            scope: .packets(PerDirection(both: PhaseCipher.PacketPart(start: 3, end: nil))), origin: 0)
        let phases = clear.phases.map { phase in
            Phase(
                name: phase.name, deadlineNS: phase.deadlineNS, preamble: phase.preamble, cipher: cipher,
                lanes: phase.lanes, isOpaque: false, accept: phase.accept, transitions: phase.transitions)
        }
        let descriptor = Descriptor(name: clear.name, phases: phases, packets: clear.packets)
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset([rule(.close)], descriptor: descriptor)])
        let client = world.addClient([
            .send(request), .pause(Game.secondNS), .send(request + closing + request + closing + request), .awaitEnd,
            .finish,
        ])
        world.run()
        #expect(client.isWhole)
        #expect(world.findings.count == 1)
        #expect(world.servers.map(\.received) == [request + request])
        #expect(world.record(of: client)?.termination.code == "RE")
    }
}
