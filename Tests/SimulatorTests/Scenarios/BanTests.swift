import Inspection
import Reputation
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Bans on the simulated network")
struct BanTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let rules = [
        Game.rule(100, Opcode.banning, .ban(baseNS: 60 * Game.secondNS)),
        Game.rule(101, Opcode.scored, .log, score: 10),
        Game.rule(
            102, Opcode.shared, .drop,
            limit: Limit(
                count: .packets, scope: .address, amount: 1, periodNS: 1_000_000 * Game.secondNS, burst: 2)),
    ]

    private func world(
        workerCount: Int = 1, isBehindBalancer: Bool = false, _ change: (inout ServiceSettings) -> Void = { _ in }
    ) throws -> World {
        try World(
            seed: 3, workerCount: workerCount,
            settings: Game.settings(isBehindBalancer: isBehindBalancer, change), rulesets: [Game.ruleset(rules)])
    }

    private func header(_ address: String, port: UInt16 = 4_711) -> [UInt8] {
        Array("PROXY TCP4 \(address) 192.0.2.1 \(port) 7801\r\n".utf8)
    }

    private let bad = "198.51.100.7"
    private let good = "198.51.100.8"

    @Test("a ban resets all live connections of the address on all workers, and no other's")
    func closesEverywhere() throws {
        let world = try world(workerCount: 3)
        let bystanders = (0..<8).map { _ in world.addClient([.send(request), .awaitEnd], from: bad) }
        let others = (0..<8).map { _ in
            world.addClient([.pause(5 * Game.secondNS), .send(request), .finish, .awaitEnd], from: good)
        }
        let culprit = world.addClient(
            [.pause(Game.secondNS), .send(request + Game.packet(Opcode.banning) + request), .awaitEnd], from: bad)
        world.run()
        #expect(Set(bystanders.compactMap { $0.socket?.worker }).count == 3)
        for client in bystanders {
            #expect(client.isReset)
            #expect(world.record(of: client)?.termination.code == "BE")
            #expect(world.record(of: client)?.ruleID == nil)
            #expect(world.monitor.servers(of: client, in: world).map(\.isReset) == [true])
        }
        for client in others { #expect(world.record(of: client)?.termination.reason == .finished) }
        #expect(world.record(of: culprit)?.ruleID == 100)
        let server = try #require(world.monitor.servers(of: culprit, in: world).first)
        #expect(server.received == request)
        #expect(world.bans.map(\.address) == [culprit.endpoint.address])
        #expect(world.network.violations == [])
    }

    @Test("a banned address is refused at accept where clients connect directly, until the ban ends")
    func refusesDirect() throws {
        let world = try world()
        world.addClient([.send(Game.packet(Opcode.banning)), .awaitEnd], from: bad)
        let early = world.addClient([.send(request), .awaitEnd], from: bad, afterNS: 59 * Game.secondNS)
        let late = world.addClient([.send(request), .finish, .awaitEnd], from: bad, afterNS: 61 * Game.secondNS)
        world.run()
        #expect(early.isReset)
        #expect(world.record(of: early)?.termination.code == "BP")
        #expect(world.shared.counters.reading.refused == 1)
        #expect(world.record(of: late)?.termination.reason == .finished)
    }

    @Test("behind a balancer a banned address is refused after its header, before a server is dialled")
    func refusesBehindBalancer() throws {
        let world = try world(isBehindBalancer: true)
        world.addClient([.send(header(bad) + Game.packet(Opcode.banning)), .awaitEnd], from: Game.balancer)
        world.run(forNS: Game.secondNS)
        let dialled = world.servers.count
        let again = world.addClient([.send(header(bad) + request), .awaitEnd], from: Game.balancer)
        let other = world.addClient([.send(header(good) + request), .finish, .awaitEnd], from: Game.balancer)
        world.run()
        #expect(world.record(of: again)?.termination.code == "BP")
        #expect(again.isReset)
        #expect(world.servers.count == dialled + 1)
        #expect(world.record(of: other)?.termination.reason == .finished)
        #expect(world.bans.compactMap(\.address?.description) == [bad])
    }

    @Test("points add up over connections until the ladder bans, and the packet that does is not forwarded")
    func climbsLadder() throws {
        let world = try world { $0.reputation.halfLifeNS = 1_000_000 * Game.secondNS }
        let scored = Game.packet(Opcode.scored)
        world.addClient([.send(scored), .finish, .awaitEnd])
        let second = world.addClient([.send(scored + request), .awaitEnd], afterNS: Game.secondNS)
        world.run(forNS: 3 * Game.secondNS)
        // 10 and 10, a little decayed: below 20.
        #expect(world.record(of: second) == nil)
        let third = world.addClient([.pause(Game.secondNS), .send(request + scored + request), .awaitEnd])
        world.run()
        #expect(world.record(of: third)?.termination.code == "BE")
        #expect(world.record(of: third)?.ruleID == 101)
        #expect(world.record(of: second)?.termination.code == "BE")
        #expect(world.monitor.servers(of: third, in: world).first?.received == request)
        #expect(world.bans.first?.cause.origin == .ladder)
    }

    @Test("an operator's ban closes what is live, and packets on their way never reach the server")
    func bansByHand() throws {
        let world = try world(workerCount: 2)
        let clients = (0..<6).map { _ in
            world.addClient([.send(request), .pause(Game.secondNS), .send(request), .awaitEnd])
        }
        world.run(forNS: 999_999_000)
        world.ban(clients[0].endpoint.address, forNS: 60 * Game.secondNS)
        world.run()
        #expect(world.servers.allSatisfy { $0.received == request && $0.isReset })
        #expect(clients.allSatisfy { $0.isReset })
        #expect(world.network.violations == [])
    }

    @Test("an allowed address is never scored, banned, or limited by address, and a ban only closes")
    func allows() throws {
        let world = try world { $0.reputation.allow = [IPNetwork("198.51.100.7")].compactMap { $0 } }
        let flood = [UInt8]((0..<5).flatMap { _ in Game.packet(Opcode.shared) + Game.packet(Opcode.scored) })
        let first = world.addClient([.send(flood), .finish, .awaitEnd])
        let second = world.addClient([.pause(Game.secondNS), .send(request + Game.packet(Opcode.banning)), .awaitEnd])
        world.run()
        #expect(world.servers[0].received == flood)
        #expect(world.record(of: first)?.termination.reason == .finished)
        #expect(world.record(of: second)?.termination.code == "RE")
        #expect(world.record(of: second)?.ruleID == 100)
        #expect(world.bans.isEmpty)
        #expect(world.shared.reputation.score(of: first.endpoint.address, nowNS: world.network.nowNS) == 0)
    }

    @Test("banning a network leaves the allowed addresses in it alone")
    func allowsInsideBannedNetwork() throws {
        let world = try world { $0.reputation.allow = [IPNetwork("2001:db8::1")].compactMap { $0 } }
        let allowed = world.addClient(
            [.pause(5 * Game.secondNS), .send(request), .finish, .awaitEnd], from: "2001:db8::1")
        let neighbour = world.addClient([.send(request), .awaitEnd], from: "2001:db8::2")
        world.addClient([.pause(Game.secondNS), .send(Game.packet(Opcode.banning)), .awaitEnd], from: "2001:db8::3")
        world.run()
        #expect(world.record(of: allowed)?.termination.reason == .finished)
        #expect(world.record(of: neighbour)?.termination.code == "BE")
    }

    @Test("a limit per address is exact over connections and workers")
    func limitsAddress() throws {
        let world = try world(workerCount: 3)
        for _ in 0..<9 { world.addClient([.send(Game.packet(Opcode.shared)), .finish, .awaitEnd], from: bad) }
        world.addClient([.send(Game.packet(Opcode.shared)), .finish, .awaitEnd], from: good)
        world.run()
        let passed = world.servers.filter { !$0.received.isEmpty }
        #expect(passed.count == 3)
        #expect(world.findings.map(\.ruleName) == Array(repeating: "rule-102", count: 7))
    }
}
