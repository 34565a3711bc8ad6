import GameProtocol
import NetworkDriver
import ProxyProtocol
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("The way to the server")
struct DiallingTests {
    private let request = Game.packet(Opcode.plain, byteCount: 20)

    private func world(
        servers: [Endpoint] = [Game.server, Game.secondServer],
        answer: @escaping (Endpoint) -> SimulatedNetwork.ServerAnswer
    ) throws -> World {
        let world = try World(settings: Game.settings(servers: servers), rulesets: [Game.ruleset()])
        world.network.answers = answer
        return world
    }

    @Test("a server that refuses is passed over for the next, and nothing the client sent is lost")
    func failsOver() throws {
        let world = try world { $0 == Game.server ? .refuse(afterNS: 1_000_000) : .accept(afterNS: 0) }
        let client = world.addClient([.send(request), .finish, .awaitEnd])
        world.run()
        #expect(world.servers.map(\.endpoint) == [Game.server, Game.secondServer])
        #expect(world.servers[0].received.isEmpty)
        #expect(world.servers[1].received == request)
        #expect(world.record(of: client)?.server == Game.secondServer)
        #expect(world.network.violations == [])
    }

    @Test("a server that fails in the call itself is passed over too")
    func failsOverAtOnce() throws {
        let world = try world { $0 == Game.server ? .failure(code: 101) : .accept(afterNS: 0) }
        let client = world.addClient([.send(request), .finish, .awaitEnd])
        world.run()
        #expect(world.servers.map(\.received) == [request])
        #expect(world.record(of: client)?.termination.code == "CE")
    }

    @Test("a server that is silent for the connect timeout is given up for the next")
    func failsOverAfterTimeout() throws {
        let world = try world { $0 == Game.server ? .silence : .accept(afterNS: 0) }
        let client = world.addClient([.send(request), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[1].received == request)
        #expect(world.servers[1].establishedNS - client.startedNS >= 3 * Game.secondNS)
        #expect((world.record(of: client)?.connectUS ?? 0) >= 3_000_000)
        #expect(world.network.violations == [])
    }

    @Test("when the last server is silent, the connection ends after its timeout and says so")
    func timesOut() throws {
        let world = try world(servers: [Game.server]) { _ in .silence }
        let client = world.addClient([.send(request), .awaitEnd])
        world.run()
        let record = try #require(world.record(of: client))
        #expect(record.termination.reason == .connectTimeout)
        #expect(record.termination.code == "SC")
        #expect(record.connectUS == -1)
        #expect(record.server == nil)
        #expect(((client.endedNS ?? 0) - client.startedNS) / Game.secondNS == 3)
    }

    @Test("a server that answers just within the connect timeout is taken")
    func answersInTime() throws {
        let world = try world(servers: [Game.server]) { _ in .accept(afterNS: 2_999_000_000) }
        world.addClient([.send(request), .finish, .awaitEnd])
        world.run()
        #expect(world.servers[0].received == request)
    }

    @Test("when every server refuses, the connection ends as refused")
    func refuses() throws {
        let world = try world { _ in .refuse(afterNS: 0) }
        let client = world.addClient([.send(request), .awaitEnd])
        world.run()
        #expect(world.servers.count == 2)
        #expect(world.record(of: client)?.termination.reason == .connectRefused)
    }

    @Test("connections go to the pool's servers in turn")
    func takesTurns() throws {
        let world = try world { _ in .accept(afterNS: 0) }
        for number in 0..<4 { world.addClient([.finish, .awaitEnd], afterNS: UInt64(number) * 1_000_000) }
        world.run()
        #expect(world.servers.map(\.endpoint) == [Game.server, Game.secondServer, Game.server, Game.secondServer])
    }

    // MARK: First packet

    private func firstPacketWorld() throws -> World {
        let settings = Game.settings { $0.pools[0].dial = .firstPacket }
        return try World(settings: settings, rulesets: [Game.ruleset([Game.rule(100, Opcode.dropped, .drop)])])
    }

    @Test("with first-packet dialling the server is dialled when a packet has passed, and gets it whole")
    func dialsWithFirstPacket() throws {
        let world = try firstPacketWorld()
        world.addClient([
            .pause(Game.secondNS), .send(Array(request.prefix(2))), .pause(Game.secondNS),
            .send(Array(request.dropFirst(2))), .finish, .awaitEnd,
        ])
        world.run(forNS: 1_900_000_000)
        #expect(world.servers.isEmpty)
        world.run()
        #expect(world.servers.map(\.received) == [request])
        #expect(world.network.violations == [])
    }

    @Test("with first-packet dialling a packet that is dropped dials nobody")
    func dropsWithoutDialling() throws {
        let world = try firstPacketWorld()
        let client = world.addClient([.send(Game.packet(Opcode.dropped)), .pause(Game.secondNS), .finish, .awaitEnd])
        world.run()
        #expect(world.servers.isEmpty)
        #expect(world.record(of: client)?.termination.code == "CC")
        #expect(client.isWhole)
    }

    // MARK: What the server is told

    @Test("the server's v2 header is the first on the wire and names client, destination and a unique id")
    func sendsHeader() throws {
        let settings = Game.settings { $0.pools[0].sendProxy = .v2 }
        let world = try World(workerCount: 2, settings: settings, rulesets: [Game.ruleset()])
        for _ in 0..<12 { world.addClient([.send(request), .finish, .awaitEnd]) }
        world.run()
        var ids: Set<[UInt8]> = []
        var sources: Set<Endpoint> = []
        for server in world.servers {
            guard case .header(let header, let byteCount) = try ProxyHeader.decode(server.received.span.bytes) else {
                Issue.record("no header came")
                continue
            }
            #expect(header.version == .v2 && header.hasChecksum)
            #expect(header.destination == Game.listener)
            #expect(Array(server.received.dropFirst(byteCount)) == request)
            ids.insert(header.value(of: .uniqueID) ?? [])
            sources.insert(try #require(header.source))
        }
        #expect(ids.count == 12)
        #expect(ids.allSatisfy { $0.count == 16 })
        #expect(sources == Set(world.clients.map(\.endpoint)))
    }

    @Test("a v1 header is a line that names the client")
    func sendsLine() throws {
        let world = try World(settings: Game.settings { $0.pools[0].sendProxy = .v1 }, rulesets: [Game.ruleset()])
        world.addClient([.send(request), .finish, .awaitEnd], port: 4_711)
        world.run()
        let line = Array("PROXY TCP4 198.51.100.7 192.0.2.1 4711 7801\r\n".utf8)
        #expect(world.servers.map(\.received) == [line + request])
    }

    @Test("a client that only listens gets the server's header sent all the same")
    func sendsHeaderAtOnce() throws {
        let world = try World(settings: Game.settings { $0.pools[0].sendProxy = .v1 }, rulesets: [Game.ruleset()])
        world.serverScript = { _ in [.awaitBytes(10), .send(Game.packet(Opcode.plain)), .finish, .awaitEnd] }
        let client = world.addClient([.awaitBytes(8), .finish, .awaitEnd])
        world.run(forNS: Game.secondNS)
        #expect(client.received == Game.packet(Opcode.plain))
        #expect(world.record(of: client)?.termination.code == "SE")
    }
}
