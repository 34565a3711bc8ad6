import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("A receiver that does not take what is sent")
struct BackpressureTests {
    private static let packetCount = 400
    private let packet = Game.packet(Opcode.plain, byteCount: 1_000)

    /// A server with a kernel buffer of 4 KiB that takes nothing for a while.
    private func world(backlog: Int = 8_192, stallNS: UInt64) throws -> World {
        var faults = Faults.none
        faults.sendCapacity = 4_096...4_096
        let settings = Game.settings { $0.listeners[0].limits.backlogByteCount = backlog }
        let world = try World(faults: faults, settings: settings, rulesets: [Game.ruleset()])
        world.serverScript = { _ in [.stall, .pause(stallNS), .resume, .awaitEnd, .finish] }
        return world
    }

    /// Sends much, in bursts that the relay reads one by one.
    private var script: [Peer.Step] {
        (0..<Self.packetCount).flatMap { _ in [Peer.Step.send(packet), .pause(1_000_000)] } + [.finish, .awaitEnd]
    }

    @Test("while a receiver stalls, no more waits than the backlog mark and one read")
    func isBounded() throws {
        let world = try world(stallNS: 20 * Game.secondNS)
        world.addClient(script)
        world.run(forNS: 15 * Game.secondNS)
        #expect(world.monitor.unsentMost >= 8_192)
        #expect(world.monitor.unsentMost < 8_192 + 1_000)
        #expect(world.network.sockets.contains { $0.unreadCount > 300_000 })
        #expect(world.network.violations == [])
    }

    @Test("a receiver that stalls and goes on within its time loses nothing")
    func recovers() throws {
        let world = try world(stallNS: 20 * Game.secondNS)
        let client = world.addClient(script)
        world.run()
        #expect(world.servers[0].received.count == Self.packetCount * 1_000)
        #expect(world.servers[0].isWhole)
        #expect(world.record(of: client)?.termination.code == "CE")
        #expect(world.network.violations == [])
    }

    @Test("a receiver that takes nothing for 30 seconds is closed, and so is its sender")
    func closesStalled() throws {
        let world = try world(stallNS: 100 * Game.secondNS)
        let client = world.addClient(script)
        world.run(forNS: 60 * Game.secondNS)
        let record = try #require(world.record(of: client))
        #expect(record.termination.code == "TE")
        #expect(record.termination.reason == .stalledReceiver)
        #expect((30...31).contains((record.endedWallUS - record.acceptedWallUS) / 1_000_000))
        #expect(client.isReset)
        #expect(world.openCount == 0)
    }

    @Test("a receiver that takes a little now and then is not stalled")
    func toleratesSlow() throws {
        let world = try world(stallNS: 0)
        let naps = (0..<5).flatMap { _ in [Peer.Step.stall, .pause(25 * Game.secondNS), .resume] }
        world.serverScript = { _ in naps + [.awaitEnd, .finish] }
        let client = world.addClient(script)
        world.run()
        #expect(world.servers[0].received.count == Self.packetCount * 1_000)
        #expect(world.record(of: client)?.termination.reason == .finished)
    }

    @Test("a packet whose sender is not read keeps its whole time")
    func pausesPacketClock() throws {
        let world = try world(backlog: 2_048, stallNS: 20 * Game.secondNS)
        // The last packet begins, is not read for 20 seconds, and then ends.
        let half = Array(packet.prefix(500))
        let rest = Array(packet.suffix(500))
        world.addClient(
            (0..<20).map { _ in .send(packet) } + [
                .pause(1_000_000), .send(half), .pause(19 * Game.secondNS), .send(rest), .finish, .awaitEnd,
            ])
        world.run()
        #expect(world.servers[0].received.count == 21_000)
        #expect(world.servers[0].isWhole)
    }
}
