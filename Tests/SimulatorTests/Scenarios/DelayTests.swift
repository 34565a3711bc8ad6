import GameProtocol
import Inspection
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Delayed packets")
struct DelayTests {
    /// One packet at once, then one a second.
    private func ruleset(deadlineNS: UInt64? = nil, from direction: Direction = .inbound) -> Ruleset {
        let limit = Limit(count: .packets, scope: .connection, amount: 1, periodNS: Game.secondNS, burst: 1)
        return Game.ruleset(
            [Game.rule(100, Opcode.delayed, .delay, limit: limit, from: direction)],
            descriptor: Game.descriptor(deadlineNS: deadlineNS))
    }

    private func world(_ ruleset: Ruleset) throws -> World {
        try World(settings: Game.settings(), rulesets: [ruleset])
    }

    private let delayed = Game.packet(Opcode.delayed, byteCount: 20)
    private let plain = Game.packet(Opcode.plain, byteCount: 10)

    @Test("what is over the rate comes later, in order and whole")
    func shapes() throws {
        let world = try world(ruleset())
        let sent = delayed + delayed + plain + delayed + delayed + plain
        let client = world.addClient([.send(sent), .finish, .awaitEnd])
        world.run(forNS: 500_000_000)
        #expect(world.servers[0].received == delayed)
        world.run(forNS: Game.secondNS)
        #expect(world.servers[0].received == delayed + delayed + plain)
        world.run()
        #expect(world.servers[0].received == sent)
        #expect(world.servers[0].isWhole)
        #expect(world.servers[0].lastReceivedNS.map { ($0 - client.startedNS) / Game.secondNS } == 3)
        #expect(world.record(of: client)?.droppedPacketCounts.inbound == 0)
    }

    @Test("what the server sends is shaped alike")
    func shapesOutbound() throws {
        let world = try world(ruleset(from: .outbound))
        let sent = delayed + delayed + delayed + plain
        world.serverScript = { _ in [.send(sent), .finish, .awaitEnd] }
        let client = world.addClient([.awaitEnd, .finish])
        world.run()
        #expect(client.received == sent)
        #expect(client.isWhole)
        #expect(client.lastReceivedNS.map { ($0 - client.startedNS) / Game.secondNS } == 2)
    }

    @Test("while a packet is held its sender is not read")
    func doesNotRead() throws {
        let world = try world(ruleset())
        world.addClient([.send(delayed + delayed), .pause(100_000_000), .send(plain), .pause(700_000_000), .reset])
        world.run(forNS: 500_000_000)
        #expect(world.network.sockets.contains { $0.unreadCount == plain.count })
    }

    @Test("a packet that would be held longer than 5 seconds ends the connection")
    func isBounded() throws {
        let world = try world(ruleset())
        let steps = (0..<7).flatMap { _ in [Peer.Step.send(delayed)] }
        let client = world.addClient(steps + [.awaitEnd])
        world.run()
        // Each is held one second, because those behind it are not read meanwhile.
        #expect(world.servers[0].received.count == 7 * delayed.count)
        #expect(world.record(of: client)?.termination.reason != .delayTooLong)

        let slow = Limit(count: .packets, scope: .connection, amount: 1, periodNS: 6 * Game.secondNS, burst: 1)
        let other = try self.world(Game.ruleset([Game.rule(100, Opcode.delayed, .delay, limit: slow)]))
        let second = other.addClient([.pause(Game.secondNS), .send(plain + delayed + delayed), .awaitEnd])
        other.run()
        let record = try #require(other.record(of: second))
        #expect(record.termination.code == "TE")
        #expect(record.termination.reason == .delayTooLong)
        #expect(record.ruleID == 100)
        #expect(other.servers[0].received == plain + delayed)
    }

    @Test("a packet that is held exactly 5 seconds passes")
    func atTheBound() throws {
        let slow = Limit(count: .packets, scope: .connection, amount: 1, periodNS: 5 * Game.secondNS, burst: 1)
        let world = try world(Game.ruleset([Game.rule(100, Opcode.delayed, .delay, limit: slow)]))
        world.addClient([.send(delayed + delayed), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == delayed + delayed)
    }

    @Test("the phase's clock stands still while a packet is held")
    func stopsPhaseClock() throws {
        let world = try world(ruleset(deadlineNS: 3 * Game.secondNS))
        let client = world.addClient([.send(delayed + delayed + delayed + delayed), .awaitEnd])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.reason == .phaseTimeout)
        #expect(world.servers[0].received.count == 4 * delayed.count)
        // Three seconds of its own, and three in which a packet was held.
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000_000 == 6)
    }

    @Test("when both directions hold a packet at once, the phase's clock stands still once")
    func stopsPhaseClockOnce() throws {
        let limit = Limit(count: .packets, scope: .connection, amount: 1, periodNS: Game.secondNS, burst: 1)
        let rules = [
            Game.rule(100, Opcode.delayed, .delay, limit: limit),
            Game.rule(101, Opcode.delayed, .delay, limit: limit, from: .outbound),
        ]
        let world = try world(
            Game.ruleset(rules, descriptor: Game.descriptor(deadlineNS: 5 * Game.secondNS)))
        world.serverScript = { [delayed] _ in [.pause(400_000_000), .send(delayed + delayed), .awaitEnd] }
        let client = world.addClient([.send(delayed + delayed), .awaitEnd])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.reason == .phaseTimeout)
        // Held from 0 to 1 s and from 0.4 to 1.4 s: 1.4 s in all.
        let tookUS = record.endedWallUS - record.acceptedWallUS
        #expect((6_400_000...6_500_000).contains(tookUS))
    }

    @Test("a packet of the other direction keeps its own deadline, and nobody is kept busy")
    func keepsOtherDeadline() throws {
        let limit = Limit(count: .packets, scope: .connection, amount: 1, periodNS: 4 * Game.secondNS, burst: 1)
        let world = try world(Game.ruleset([Game.rule(100, Opcode.delayed, .delay, limit: limit)]))
        world.serverScript = { [plain] _ in [.send(Array(plain.prefix(4))), .awaitEnd] }
        let client = world.addClient([.pause(8 * Game.secondNS), .send(delayed + delayed), .awaitEnd])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.reason == .packetTimeout)
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000_000 == 10)
        #expect(world.boxes[0].stepCount < 100)
    }
}
