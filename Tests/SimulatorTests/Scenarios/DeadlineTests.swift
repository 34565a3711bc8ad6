import GameProtocol
import Inspection
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Deadlines")
struct DeadlineTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)

    private func world(_ ruleset: Ruleset = Game.ruleset(), isBehindBalancer: Bool = false) throws -> World {
        try World(settings: Game.settings(isBehindBalancer: isBehindBalancer), rulesets: [ruleset])
    }

    private func seconds(_ world: World, _ client: Peer) throws -> Int64 {
        let record = try #require(world.record(of: client))
        return (record.endedWallUS - record.acceptedWallUS) / 1_000_000
    }

    private func drip(_ bytes: [UInt8], everyNS pauseNS: UInt64) -> [Peer.Step] {
        bytes.flatMap { [Peer.Step.send([$0]), .pause(pauseNS)] }
    }

    @Test("a PROXY header that does not come within 3 seconds ends the connection")
    func headerTimesOut() throws {
        let world = try world(isBehindBalancer: true)
        let client = world.addClient(drip(Array("PROXY TCP4".utf8), everyNS: Game.secondNS), from: Game.balancer)
        world.run()
        #expect(world.record(of: client)?.termination.code == "TP")
        #expect(try seconds(world, client) == 3)
        #expect(world.servers.isEmpty)
    }

    @Test("a PROXY header in pieces that is whole within 3 seconds is taken")
    func headerInTime() throws {
        let world = try world(isBehindBalancer: true)
        let header = Array("PROXY TCP4 198.51.100.7 192.0.2.1 4711 7801\r\n".utf8)
        let client = world.addClient(
            drip(header, everyNS: 60_000_000) + [.send(request), .finish, .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.servers.map(\.received) == [request])
        #expect(world.record(of: client)?.client?.port == 4_711)
    }

    @Test("a packet of which a byte comes each second ends after 10 seconds")
    func packetTimesOut() throws {
        let world = try world()
        let client = world.addClient(drip(request, everyNS: Game.secondNS))
        world.run()
        #expect(world.record(of: client)?.termination.code == "TE")
        #expect(world.record(of: client)?.termination.reason == .packetTimeout)
        #expect(try seconds(world, client) == 10)
        #expect(world.findings.map(\.ruleName) == ["timeout"])
    }

    @Test("packets that each take less than 10 seconds may come slowly for ever")
    func slowPacketsPass() throws {
        let world = try world()
        let slow = Game.packet(Opcode.plain, byteCount: 9)
        let client = world.addClient(
            (0..<8).flatMap { _ in drip(slow, everyNS: Game.secondNS) } + [.finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received.count == 72)
        #expect(world.record(of: client)?.termination.reason == .finished)
    }

    @Test("a server's packet that does not end scores nobody")
    func serverPacketTimesOut() throws {
        let world = try world()
        world.serverScript = { [request] _ in [.send(Array(request.dropLast())), .awaitEnd] }
        let client = world.addClient([.awaitEnd])
        world.run()
        #expect(world.record(of: client)?.termination.reason == .packetTimeout)
        #expect(world.findings.map(\.score) == [0])
        #expect(try seconds(world, client) == 10)
    }

    @Test("a phase that lasts longer than its deadline ends the connection, busy or not")
    func phaseTimesOut() throws {
        let world = try world(Game.ruleset(descriptor: Game.descriptor(deadlineNS: 20 * Game.secondNS)))
        let busy = (0..<40).flatMap { _ in [Peer.Step.send(request), .pause(Game.secondNS)] }
        let client = world.addClient(busy)
        world.run()
        #expect(world.record(of: client)?.termination.reason == .phaseTimeout)
        #expect(try seconds(world, client) == 20)
    }

    @Test("a connection without a byte either way ends after 10 minutes, and any byte starts them anew")
    func idles() throws {
        let world = try world()
        let client = world.addClient([.send(request), .pause(599 * Game.secondNS), .send(request), .awaitEnd])
        world.run()
        #expect(world.record(of: client)?.termination.reason == .idleTimeout)
        #expect(try seconds(world, client) == 599 + 600)
    }

    @Test("a timeout that a policy only logs ends nothing")
    func logsTimeout() throws {
        let log = ViolationResponse(action: PerDirection(both: .log))
        let world = try world(Game.ruleset(violations: [.timeout: log]))
        let client = world.addClient(
            [.send(Array(request.prefix(5))), .pause(15 * Game.secondNS), .send(Array(request.dropFirst(5)))]
                + [.finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request)
        #expect(world.findings.map(\.ruleName) == ["timeout"])
        #expect(world.record(of: client)?.termination.reason == .finished)
    }
}
