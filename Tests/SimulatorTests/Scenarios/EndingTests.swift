import GameProtocol
import Inspection
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("The ends of a connection")
struct EndingTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let answer = Game.packet(Opcode.plain, byteCount: 50)

    private func world(_ rules: [Ruleset] = [Game.ruleset()]) throws -> World {
        try World(settings: Game.settings(), rulesets: rules)
    }

    @Test("a client's FIN reaches the server behind all it sent, and the server can go on answering")
    func clientHalfCloses() throws {
        let world = try world()
        world.serverScript = { [answer] server in [.awaitEnd, .pause(5 * Game.secondNS), .send(answer), .finish] }
        let client = world.addClient([.send(request), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request)
        #expect(world.servers[0].isWhole)
        #expect(client.received == answer)
        #expect(client.isWhole)
        #expect(world.record(of: client)?.termination.code == "CE")
    }

    @Test("a server's FIN reaches the client behind all it sent, and the client can go on sending")
    func serverHalfCloses() throws {
        let world = try world()
        world.serverScript = { [answer] _ in [.send(answer), .finish, .awaitEnd] }
        let client = world.addClient([.awaitEnd, .pause(5 * Game.secondNS), .send(request), .finish])
        world.run()
        #expect(client.received == answer)
        #expect(world.servers[0].received == request)
        #expect(world.record(of: client)?.termination.code == "SE")
    }

    @Test("after one side's FIN the other has 30 seconds")
    func halfCloseTimesOut() throws {
        let world = try world()
        world.serverScript = { _ in [.awaitEnd] }
        let client = world.addClient([.finish, .awaitEnd])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.reason == .halfClosedTimeout)
        #expect((record.endedWallUS - record.acceptedWallUS) / 1_000_000 == 30)
    }

    @Test("a client's reset reaches the server at once")
    func clientResets() throws {
        let world = try world()
        let client = world.addClient([.send(request), .pause(Game.secondNS), .reset])
        world.run(forNS: 2 * Game.secondNS)
        #expect(world.servers[0].isReset)
        #expect(world.servers[0].received == request)
        #expect(world.record(of: client)?.termination.code == "CE")
        #expect(world.record(of: client)?.termination.reason == .reset)
    }

    @Test("a server's reset reaches the client at once")
    func serverResets() throws {
        let world = try world()
        world.serverScript = { [answer] _ in [.send(answer), .pause(Game.secondNS), .reset] }
        let client = world.addClient([.awaitEnd])
        world.run(forNS: 2 * Game.secondNS)
        #expect(client.isReset)
        #expect(client.received == answer)
        #expect(world.record(of: client)?.termination.code == "SE")
    }

    @Test("a FIN inside a packet that was not forwarded yet discards it and is named")
    func finishesInsideHeader() throws {
        let world = try world()
        let client = world.addClient([.send(request + request.prefix(2)), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request)
        #expect(world.servers[0].isWhole)
        #expect(world.record(of: client)?.termination.reason == .truncatedPacket)
        #expect(world.findings.isEmpty)
    }

    @Test("a FIN inside a packet that is being forwarded resets the receiver")
    func finishesInsideBody() throws {
        let world = try world()
        let client = world.addClient([.send(request + request.prefix(12)), .pause(Game.secondNS), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request + request.prefix(12))
        #expect(world.servers[0].isReset)
        #expect(world.record(of: client)?.termination.reason == .truncatedPacket)
        #expect(world.findings.isEmpty)
    }

    @Test("a FIN inside a packet that is being dropped is named and orderly")
    func finishesInsideDropped() throws {
        let world = try world([Game.ruleset([Game.rule(100, Opcode.dropped, .drop)])])
        let dropped = Game.packet(Opcode.dropped, byteCount: 40)
        let client = world.addClient([.send(request + dropped.prefix(20)), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request)
        #expect(world.servers[0].isWhole)
        #expect(world.record(of: client)?.termination.reason == .truncatedPacket)
    }

    @Test("a rule that closes lets everything before the packet through and nothing from it on")
    func ruleCloses() throws {
        let world = try world([Game.ruleset([Game.rule(100, Opcode.closing, .close)])])
        let client = world.addClient([
            .pause(Game.secondNS), .send(request + Game.packet(Opcode.closing) + request), .awaitEnd,
        ])
        world.run()
        #expect(world.servers[0].received == request)
        #expect(world.record(of: client)?.termination.code == "RE")
        #expect(world.record(of: client)?.ruleID == 100)
        #expect(client.isOver)
    }

    @Test("bytes that are no packet end the connection as a violation of who sent them")
    func violates() throws {
        let world = try world()
        world.serverScript = { [answer] _ in [.awaitBytes(30), .send(answer + [1, 0, 9]), .awaitEnd] }
        let first = world.addClient([.send(request), .awaitEnd])
        let second = world.addClient([.pause(Game.secondNS), .send([2, 0, 9]), .awaitEnd])
        world.run()
        #expect(first.received == answer)
        #expect(world.record(of: first)?.termination.code == "SE")
        #expect(world.record(of: second)?.termination.code == "VE")
        #expect(world.record(of: second)?.ruleName == "framing")
    }

    @Test("a connection is counted once, however it ends")
    func counts() throws {
        let world = try world()
        world.addClient([.reset])
        world.addClient([.finish, .awaitEnd])
        world.addClient([.send([1, 0, 0]), .awaitEnd])
        world.run()
        let reading = world.shared.counters.reading
        #expect(reading.accepted == 3)
        #expect(reading.closed == 3)
        #expect(reading.refused == 0)
        #expect(world.records.count == 3)
    }
}
