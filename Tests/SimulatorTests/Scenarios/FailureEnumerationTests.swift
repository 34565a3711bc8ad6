import ProxyProtocol
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

/// One life of the service, again and again, and each time another of its operations fails.
@Suite("Every operation fails once")
struct FailureEnumerationTests {
    private let request = Game.packet(Opcode.plain, byteCount: 200)

    /// Clients behind a balancer, answers, half-closes, a reload, a ban and a drain, through small kernel buffers.
    private func live(failing operation: Int?) throws -> World {
        var faults = Faults.none
        faults.sendCapacity = 64...64
        let settings = Game.settings(servers: [Game.server, Game.secondServer], isBehindBalancer: true) {
            $0.pools[0].sendProxy = .v2
            $0.listeners[0].limits.backlogByteCount = 128
        }
        let ban = Game.rule(100, Opcode.banning, .ban(baseNS: nil))
        let world = try World(workerCount: 2, faults: faults, settings: settings, rulesets: [Game.ruleset([ban])])
        world.network.failingOperation = operation
        world.serverScript = { [request] _ in [.awaitBytes(200), .send(request), .awaitEnd, .finish] }
        for number in UInt16(0)..<4 {
            let bad = number == 3 ? Game.packet(Opcode.banning) : []
            let head = Array("PROXY TCP4 198.51.100.\(number) 192.0.2.1 4711 7801\r\n".utf8)
            world.addClient(
                [
                    .send(Array(head.prefix(9))), .pause(1_000_000), .send(head.dropFirst(9) + request),
                    .pause(Game.secondNS), .send(request + bad), .finish, .awaitEnd,
                ], from: Game.balancer, afterNS: UInt64(number) * 1_000_000)
        }
        world.run(forNS: 500_000_000)
        world.reload(settings, rulesets: [Game.ruleset([ban, Game.rule(101, Opcode.later, .drop)])])
        world.run(forNS: 2 * Game.secondNS)
        world.drain()
        world.run()
        return world
    }

    @Test("whichever operation fails, nothing is left open, every connection is counted and named, and the rest go on")
    func survives() throws {
        let count = try live(failing: nil).network.fallibleCount
        #expect(count > 60)
        for operation in 1...count {
            let world = try live(failing: operation)
            let reading = world.shared.counters.reading
            let leaks = world.network.sockets.filter { $0.isHandedOut && !$0.isClosed }.map(\.number)
            let finished = world.records.filter { $0.termination.reason == .finished }.count
            #expect(world.network.violations == [], "operation \(operation)")
            #expect(leaks == [], "operation \(operation)")
            #expect(reading.open == 0 && reading.accepted == 4, "operation \(operation)")
            #expect(world.records.count == 4, "operation \(operation)")
            // Three would finish; one may be hit, or its server passed over.
            #expect(finished >= 2, "operation \(operation)")
            #expect(world.boxes.map(\.isFinished) == [true, true], "operation \(operation)")
        }
    }
}
