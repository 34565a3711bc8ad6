import Settings
import Testing

@testable import DataPlane

/// Full listeners, and many refusals.
extension UnderAttackTests {
    @Test("where strangers fill a listener each player finds room, one stranger goes for him, and strangers do not")
    func makesRoom() throws {
        var settings = settings { $0.limits = StrangerLimits(name: "siege", open: 99) }
        settings.listeners[0].limits.open = 4
        let world = try world(settings, workerCount: 1)
        for player in ["203.0.113.1", "203.0.113.2"] { play(player, in: world) }
        let playing = (0..<3).map { world.addClient([.send(request), .awaitEnd], from: stranger($0)) }
        world.run(forNS: second)
        let silent = world.addClient([.awaitEnd], from: stranger(3))
        world.run(forNS: second)
        let early = world.addClient([.send(request), .awaitEnd], from: "203.0.113.1")
        world.run(forNS: second)
        #expect(reason(world, early) == .tooManyOpen)
        try world.setUnderAttack(.on)
        let another = world.addClient([.send(request), .awaitEnd], from: stranger(9))
        world.run(forNS: second)
        #expect(reason(world, another) == .tooManyOpen)
        let players = ["203.0.113.1", "203.0.113.2"].map { address in
            world.addClient([.send(request), .awaitEnd], from: address, afterNS: second)
        }
        world.run(forNS: 3 * second)
        #expect(players.allSatisfy { reason(world, $0) == nil })
        // The one in its handshake first, and then the newest.
        #expect(reason(world, silent) == .attackRoom)
        #expect(playing.map { reason(world, $0) } == [nil, nil, .attackRoom])
        #expect(world.plan.attackStatus[0].openCount == 4)
        #expect(world.plan.attackStatus[0].strangerCount == 2)
    }

    @Test("a listener that is full of players refuses one more")
    func fullOfPlayers() throws {
        var settings = settings()
        settings.listeners[0].limits.open = 2
        let world = try world(settings, workerCount: 1)
        for number in 1...3 { play("203.0.113.\(number)", in: world) }
        try world.setUnderAttack(.on)
        let players = (1...3).map { number in
            world.addClient(
                [.send(request), .awaitEnd], from: "203.0.113.\(number)", afterNS: UInt64(number) * 1_000_000)
        }
        world.run(forNS: second)
        #expect(players.map { reason(world, $0) } == [nil, nil, .tooManyOpen])
        #expect(world.plan.attackStatus[0].openCount == 2)
    }

    @Test("what is refused by the thousand is not logged by the thousand, but counted")
    func budgetsRefusals() throws {
        var settings = settings { $0.limits = StrangerLimits(name: "siege", open: 1) }
        settings.logs.linesPerSecond = 5
        let world = try world(settings, workerCount: 1)
        try world.setUnderAttack(.on)
        for number in 0..<50 { world.addClient([.send(request), .awaitEnd], from: stranger(number)) }
        world.run(forNS: second / 2)
        #expect(world.records.count == 5)
        #expect(world.leftOutCount == 44)
    }
}
