import Inspection
import ProxyProtocol
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Behind a balancer")
struct BalancerTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let rules = [
        Game.rule(100, Opcode.banning, .ban(baseNS: nil)),
        Game.rule(
            101, Opcode.shared, .drop,
            limit: Limit(
                count: .packets, scope: .address, amount: 1, periodNS: 1_000_000 * Game.secondNS, burst: 2)),
    ]

    private func world() throws -> World {
        try World(settings: Game.settings(isBehindBalancer: true), rulesets: [Game.ruleset(rules)])
    }

    private func known(_ port: UInt16 = 4_711) -> [UInt8] {
        guard let address = IPAddress("198.51.100.7") else { return [] }
        let addresses = ProxyAddresses.tcp(source: Endpoint(address, port: port), destination: Game.listener)
        return ProxyHeader(version: .v2, addresses: addresses).encoded()
    }

    @Test("the client is who the header says, and the bytes behind it are judged at once")
    func namesClient() throws {
        let world = try world()
        let client = world.addClient([.send(known() + request), .finish, .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.servers.map(\.received) == [request])
        let record = try #require(world.record(of: client))
        #expect(record.client?.description == "198.51.100.7:4711")
        #expect(record.peer.address.description == Game.balancer)
    }

    @Test("a source that is no balancer is reset at accept, unscored, with nothing dialled")
    func refusesOthers() throws {
        let world = try world()
        let client = world.addClient([.send(known() + request), .awaitEnd], from: "203.0.113.1")
        world.run()
        #expect(client.isReset)
        #expect(world.record(of: client)?.termination.code == "VP")
        #expect(world.record(of: client)?.termination.reason == .untrustedSource)
        #expect(world.servers.isEmpty)
        #expect(world.findings.isEmpty)
        #expect(world.shared.counters.reading.refused == 1)
    }

    @Test("a balancer that closes before its first byte only looked whether somebody is there")
    func isChecked() throws {
        let world = try world()
        let client = world.addClient([.finish, .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.record(of: client)?.termination.code == "CP")
        #expect(world.record(of: client)?.termination.reason == .healthCheck)
        #expect(world.servers.isEmpty)
    }

    @Test("LOCAL opens no connection to a server")
    func localStaysLocal() throws {
        let world = try world()
        let client = world.addClient([.send(ProxyHeader.local.encoded()), .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.record(of: client)?.termination.reason == .localCommand)
        #expect(world.servers.isEmpty)
        #expect(client.isWhole)
    }

    @Test("a header that is none closes, names what is wrong, and scores nobody")
    func refusesGarbage() throws {
        let world = try world()
        let client = world.addClient([.send(Array("GET / HTTP/1.1\r\n".utf8)), .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.record(of: client)?.termination.code == "VP")
        #expect(world.findings.map(\.ruleName) == ["proxy-header"])
        #expect(world.findings.first?.detail == "bad-signature")
        #expect(world.servers.isEmpty)
    }

    @Test("an unknown client is let in; limits hold for each connection alone, and a ban only closes")
    func limitsUnknownAlone() throws {
        let world = try world()
        let head = ProxyHeader(version: .v1, addresses: .unspecified).encoded()
        let three = [UInt8]((0..<3).flatMap { _ in Game.packet(Opcode.shared) })
        for _ in 0..<2 { world.addClient([.send(head + three), .finish, .awaitEnd], from: Game.balancer) }
        world.run()
        #expect(world.servers.map(\.received.count) == [16, 16])
        let third = world.addClient(
            [.send(head), .pause(Game.secondNS), .send(Game.packet(Opcode.banning)), .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.record(of: third)?.termination.code == "RE")
        #expect(world.bans.isEmpty)
    }

    @Test("the balancer's own address is never banned, whoever misbehaves behind it")
    func sparesBalancer() throws {
        let world = try world()
        world.addClient([.send(known() + Game.packet(Opcode.banning)), .awaitEnd], from: Game.balancer)
        let own = IPAddress(Game.balancer) ?? IPAddress(ipv4: 0)
        let addresses = ProxyAddresses.tcp(source: Endpoint(own, port: 9), destination: Game.listener)
        let head = ProxyHeader(version: .v1, addresses: addresses).encoded()
        world.addClient([.send(head + Game.packet(Opcode.banning)), .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.bans.compactMap(\.address?.description) == ["198.51.100.7"])
    }

    @Test("a header cut anywhere, with the packets behind it cut anywhere, means the same")
    func cutsAnywhere() throws {
        let sent = known() + request + request
        for place in 1..<sent.count {
            let world = try world()
            world.addClient(
                [.send(Array(sent[..<place])), .pause(1_000_000), .send(Array(sent[place...])), .finish, .awaitEnd],
                from: Game.balancer)
            world.run()
            #expect(world.servers.map(\.received) == [request + request])
        }
    }
}
