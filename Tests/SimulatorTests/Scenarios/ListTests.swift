import Inspection
import Reputation
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
                builder.add(try IPNetwork(parsing: entry), value: UInt32(number))
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
}
