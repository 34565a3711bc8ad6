import Inspection
import Reputation
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Lists on the simulated network")
struct ListTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let listed = "198.51.100.7"
    private let allowed = "198.51.100.8"
    private let other = "203.0.113.1"

    private func lists(_ texts: String...) throws -> AddressLists {
        var builder = AddressMapBuilder()
        for (number, text) in texts.enumerated() {
            for entry in text.split(separator: " ") {
                builder.add(try IPNetwork(parsing: entry), list: number)
            }
        }
        return AddressLists(refused: builder.build(), names: texts.indices.map { "list\($0).txt" })
    }

    private func settings(isBehindBalancer: Bool = false) -> ServiceSettings {
        Game.settings(isBehindBalancer: isBehindBalancer) {
            $0.reputation.allow = [IPNetwork("198.51.100.8")].compactMap { $0 }
        }
    }

    private func header(_ address: String) -> [UInt8] {
        Array("PROXY TCP4 \(address) 192.0.2.1 4711 7801\r\n".utf8)
    }

    @Test("a rule on a list closes the connections of those it holds, or of all others", arguments: [false, true])
    func rules(isNot: Bool) throws {
        var builder = AddressMapBuilder()
        builder.add(try IPNetwork(parsing: "198.51.100.0/24"), list: 1)
        let lists = AddressLists(
            builder.build(), [AddressList(name: "a", action: .log), AddressList(name: "b", action: .log)])
        var condition = OriginCondition()
        if isNot { condition.listsNot = 1 << 1 } else { condition.lists = 1 << 1 }
        let rule = RuleDefinition(
            id: 100, name: "listed", packets: PerDirection(both: nil), origin: condition, action: .close)
        let world = try World(settings: settings(), rulesets: [Game.ruleset([rule])], lists: lists)
        let clients = [listed, allowed, other].map { world.addClient([.send(request), .finish, .awaitEnd], from: $0) }
        world.run()
        let reasons = clients.map { world.record(of: $0)?.termination.reason }
        #expect(reasons == (isNot ? [.finished, .finished, .rule] : [.rule, .finished, .finished]))
    }

    @Test("a listed address is refused at accept, an allowed one of a listed network and any other come in")
    func refusesDirect() throws {
        let world = try World(
            settings: settings(), rulesets: [Game.ruleset()],
            lists: lists("192.0.2.77", "198.51.100.0/24 2001:db8::1"))
        let script: [Peer.Step] = [.send(request), .finish, .awaitEnd]
        let refused = [listed, "2001:db8::1"].map { world.addClient(script, from: $0) }
        let others = [allowed, other, "2001:db8::2"].map { world.addClient(script, from: $0) }
        world.run()
        for client in refused {
            let record = try #require(world.record(of: client))
            #expect(client.isReset)
            #expect(record.termination.code == "BP" && record.termination.reason == .listed)
            #expect(record.ruleID == nil && record.ruleName == "list1.txt")
            #expect(record.client == client.endpoint)
        }
        for client in others { #expect(world.record(of: client)?.termination.reason == .finished) }
        #expect(world.servers.count == 3)
        #expect(world.shared.counters.reading.refused == 2)
        #expect(world.network.violations == [])
    }

    @Test("behind a balancer a listed address is refused after its header, before a server is dialled")
    func refusesBehindBalancer() throws {
        // The balancer itself stands in a list, too: what counts is whom its headers name.
        let world = try World(
            settings: settings(isBehindBalancer: true), rulesets: [Game.ruleset()],
            lists: lists("198.51.100.0/24 \(Game.balancer)"))
        let clients = [listed, allowed, other].map {
            world.addClient([.send(header($0) + request), .finish, .awaitEnd], from: Game.balancer)
        }
        world.run()
        #expect(clients.map { world.record(of: $0)?.termination.reason } == [.listed, .finished, .finished])
        #expect(world.record(of: clients[0])?.termination.code == "BP")
        #expect(world.record(of: clients[0])?.ruleName == "list0.txt")
        #expect(clients[0].isReset)
        #expect(world.servers.count == 2)
        #expect(world.network.violations == [])
    }

    @Test("a reload adds and removes what is listed, for new connections only")
    func reloads() throws {
        let world = try World(settings: settings(), rulesets: [Game.ruleset()], lists: lists("203.0.113.0/24"))
        let script: [Peer.Step] = [.send(request), .pause(3 * Game.secondNS), .send(request), .finish, .awaitEnd]
        let live = world.addClient(script, from: listed)
        let early = world.addClient(script, from: other)
        world.run(forNS: Game.secondNS)
        world.reload(settings(), rulesets: [Game.ruleset()], lists: try lists("192.0.2.77", "198.51.100.0/24"))
        world.run(forNS: 100_000_000)
        let late = world.addClient(script, from: listed)
        let free = world.addClient(script, from: other)
        world.run()
        #expect(world.record(of: early)?.termination.reason == .listed)
        #expect(world.record(of: late)?.termination.reason == .listed)
        #expect(world.record(of: late)?.ruleName == "list1.txt")
        #expect(world.record(of: live)?.termination.reason == .finished)
        #expect(world.record(of: free)?.termination.reason == .finished)
        #expect(world.network.violations == [])
    }

    @Test("a ban comes before a list in what the log says")
    func banFirst() throws {
        let world = try World(settings: settings(), rulesets: [Game.ruleset()], lists: lists(listed))
        world.ban(try IPAddress(parsing: listed), forNS: 60 * Game.secondNS)
        let client = world.addClient([.send(request), .awaitEnd], from: listed)
        world.run()
        #expect(world.record(of: client)?.termination.reason == .banned)
    }

    private func lists(_ lists: [(AddressList, String)]) throws -> AddressLists {
        var builder = AddressMapBuilder()
        for (number, list) in lists.enumerated() { builder.add(try IPNetwork(parsing: list.1), list: number) }
        return AddressLists(builder.build(), lists.map(\.0))
    }

    @Test("a list that allows makes exempt, before bans and lists that refuse")
    func allowing() throws {
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset([Game.rule(100, Opcode.scored, .close)])],
            lists: lists([
                (AddressList(name: "a", action: .refuse), "198.51.100.0/24"),
                (AddressList(name: "b", action: .allow), listed),
            ]))
        world.ban(try IPAddress(parsing: listed), forNS: 60 * Game.secondNS)
        let client = world.addClient([.send(request), .finish, .awaitEnd], from: listed)
        // The rules hold for it.
        let closed = world.addClient([.send(Game.packet(Opcode.scored, byteCount: 30)), .awaitEnd], from: listed)
        let refused = world.addClient([.awaitEnd], from: allowed)
        world.run()
        #expect(world.record(of: client)?.termination.reason == .finished)
        #expect(world.record(of: closed)?.termination.reason == .rule)
        #expect(world.record(of: refused)?.termination.reason == .listed)
    }

    @Test("points of a list count when a rule gives points, and never for connecting alone")
    func points() throws {
        // The ladder begins at 20.
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset([Game.rule(100, Opcode.scored, .log, score: 5)])],
            lists: lists([
                (AddressList(name: "a", action: nil, score: 9.8), "198.51.100.0/24"),
                (AddressList(name: "b", action: .log, score: 0.5), listed),
                (AddressList(name: "c", action: nil, score: 1_000), other),
            ]))
        let scored = Game.packet(Opcode.scored, byteCount: 30)
        let one = world.addClient([.send(scored), .send(request), .finish, .awaitEnd], from: listed)
        let below = world.addClient([.send(scored), .send(scored), .send(request), .finish, .awaitEnd], from: allowed)
        let quiet = world.addClient([.send(request), .finish, .awaitEnd], from: other)
        world.run()
        for client in [one, below, quiet] { #expect(world.record(of: client)?.termination.reason == .finished) }
        let two = world.addClient([.send(scored), .send(request), .awaitEnd], from: listed)
        let first = world.addClient([.send(scored), .send(request), .awaitEnd], from: other)
        world.run()
        // 10.3 of the lists and twice nearly 5; 1,000 and 5.
        for client in [two, first] { #expect(world.record(of: client)?.termination.reason == .banned) }
        #expect(world.network.violations == [])
    }

    @Test("who stands in lists that log is told once for each, and goes on like everybody")
    func logging() throws {
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset()],
            lists: lists([
                (AddressList(name: "a", action: .log), "198.51.100.0/24"),
                (AddressList(name: "b", action: .refuse), other), (AddressList(name: "c", action: .log), listed),
            ]))
        let script: [Peer.Step] = [.send(request), .finish, .awaitEnd]
        let clients = [listed, other].map { world.addClient(script, from: $0) }
        world.run()
        #expect(clients.map { world.record(of: $0)?.termination.reason } == [.finished, .listed])
        #expect(world.findings.map(\.ruleName) == ["a", "c"])
        for finding in world.findings {
            #expect(finding.ruleID == 0 && finding.action == "log" && finding.client == clients[0].endpoint)
        }
    }

    @Test("lists that change hold for the next connection, and live ones stay", arguments: 0..<20)
    func changes(seed: UInt64) throws {
        let world = try World(
            settings: Game.settings(), rulesets: [Game.ruleset([Game.rule(100, Opcode.scored, .log, score: 50)])],
            lists: lists("203.0.113.0/24"))
        let script: [Peer.Step] = [.send(request), .pause(3 * Game.secondNS), .send(request), .finish, .awaitEnd]
        let live = world.addClient(script, from: listed)
        world.run(forNS: 10_000_000 * (seed + 1))
        world.follow(try lists("192.0.2.77", "198.51.100.0/24"))
        // One that comes in the same moment is judged by either.
        let between = world.addClient(script, from: allowed)
        world.run(forNS: 100_000_000)
        let late = world.addClient(script, from: listed)
        let free = world.addClient(script, from: other)
        world.run()
        #expect(world.record(of: live)?.termination.reason == .finished)
        #expect([.finished, .listed].contains(world.record(of: between)?.termination.reason))
        #expect(world.record(of: late)?.termination.reason == .listed)
        #expect(world.record(of: late)?.ruleName == "list1.txt")
        #expect(world.record(of: free)?.termination.reason == .finished)
        #expect(world.network.violations == [])
    }

    @Test("whom a list comes to allow is exempt at once, and whom it does so no longer is not")
    func allowsLater() throws {
        let rules = Game.ruleset([Game.rule(100, Opcode.scored, .log, score: 50)])
        let allowing = try lists([(AddressList(name: "a", action: .allow), listed)])
        let nobody = try lists([(AddressList(name: "a", action: .allow), "192.0.2.77")])
        let world = try World(settings: Game.settings(), rulesets: [rules], lists: nobody)
        let scored = Game.packet(Opcode.scored, byteCount: 30)
        let client = world.addClient(
            [
                .send(request), .pause(2 * Game.secondNS), .send(scored), .pause(2 * Game.secondNS), .send(scored),
                .awaitEnd,
            ], from: listed)
        world.run(forNS: Game.secondNS)
        world.follow(allowing)
        world.run(forNS: 2 * Game.secondNS)
        #expect(world.record(of: client) == nil)
        world.follow(nobody)
        world.run()
        #expect(world.record(of: client)?.termination.reason == .banned)
    }

    @Test("an IPv4-mapped address in a PROXY header is the IPv4 address: for lists, for allow and for bans")
    func mapped() throws {
        let world = try World(
            settings: settings(isBehindBalancer: true), rulesets: [Game.ruleset()],
            lists: lists("198.51.100.7", "::ffff:198.51.100.8 ::ffff:203.0.113.9"))
        world.ban(try IPAddress(parsing: "::ffff:203.0.113.1"), forNS: 60 * Game.secondNS)
        func client(_ address: String, _ family: String) -> Peer {
            let line = "PROXY \(family) \(address) \(family == "TCP4" ? "192.0.2.1" : "::1") 4711 7801\r\n"
            return world.addClient([.send(Array(line.utf8) + request), .finish, .awaitEnd], from: Game.balancer)
        }
        let clients = [listed, allowed, other, "203.0.113.9"].map {
            (client($0, "TCP4"), client("::ffff:" + $0, "TCP6"))
        }
        world.run()
        let expected: [Termination.Reason] = [.listed, .finished, .banned, .listed]
        for (pair, reason) in zip(clients, expected) {
            #expect(world.record(of: pair.0)?.termination.reason == reason)
            #expect(world.record(of: pair.1)?.termination.reason == reason)
            #expect(world.record(of: pair.0)?.client?.address == world.record(of: pair.1)?.client?.address)
        }
    }
}
