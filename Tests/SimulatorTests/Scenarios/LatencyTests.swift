import Settings
import Testing

@testable import DataPlane

@Suite("Latency")
struct LatencyTests {
    private let packet = Game.packet(Opcode.plain, byteCount: 30)

    /// A player who sends five packets, 200 us apart, and how long the worker rested meanwhile.
    private func rests(_ latency: Latency) throws -> [UInt64] {
        var settings = Game.settings()
        settings.latency = latency
        let world = try World(settings: settings, rulesets: [Game.ruleset()])
        let client = world.addClient(
            Array(repeating: [.send(packet), .pause(200_000)], count: 5).flatMap { $0 } + [.finish, .awaitEnd])
        world.run()
        #expect(world.servers.map(\.received.count) == [5 * packet.count])
        #expect(world.record(of: client)?.termination.reason == .finished)
        return world.boxes[0].worker.driver.rests
    }

    @Test("with low latency a worker never rests")
    func low() throws {
        #expect(try rests(.low).isEmpty)
    }

    @Test(
        "otherwise it rests after a batch that had something in it, no longer than the operator allows",
        arguments: [(Latency.balanced, UInt64(500_000)), (.frugal, 1_000_000)])
    func rests(latency: Latency, mostNS: UInt64) throws {
        let rests = try rests(latency)
        #expect(rests.count >= 5)
        #expect(rests.allSatisfy { $0 <= mostNS })
        // Rests count from the beginning of the batch before; the network takes microseconds.
        #expect(rests.contains { $0 > mostNS / 10 * 9 })
    }

    @Test("while connections wait to be accepted there is no rest")
    func flood() throws {
        var settings = Game.settings()
        settings.latency = .frugal
        let world = try World(settings: settings, rulesets: [Game.ruleset()])
        for number in 0..<200 { world.addClient([.awaitEnd], from: "198.51.100.\(number % 200 + 1)") }
        world.run { world.openCount >= 200 }
        #expect(world.openCount == 200)
        #expect(world.boxes[0].worker.driver.rests.isEmpty)
    }

    @Test("a reload changes it")
    func reload() throws {
        let world = try World(settings: Game.settings(), rulesets: [Game.ruleset()])
        var settings = Game.settings()
        settings.latency = .frugal
        world.reload(settings, rulesets: [Game.ruleset()])
        world.addClient([.send(packet), .finish, .awaitEnd])
        world.run()
        #expect(!world.boxes[0].worker.driver.rests.isEmpty)
    }
}
