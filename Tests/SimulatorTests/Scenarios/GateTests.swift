import GameProtocol
import Inspection
import PacketFields
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

/// Two listeners, of which the second lets in only whom a login on the first let in; `signed` of the client gives an
/// account, a number of one byte, and `scored` of the server says that a login has succeeded.
@Suite("Gates")
struct GateTests {
    private static let gated = Endpoint(IPAddress(ipv4: 0xC000_0201), port: 7_802)

    private let second = Game.secondNS
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let success = Game.packet(Opcode.scored)

    private func name(_ account: UInt8) -> [UInt8] { Game.packet(Opcode.signed, byteCount: 4, fill: account) }

    private func settings(
        by subject: GateSettings.Subject = .address, forNS: UInt64 = 10 * Game.secondNS,
        _ change: (inout ServiceSettings) -> Void = { _ in }
    ) -> ServiceSettings {
        Game.settings { settings in
            settings.listeners[0].name = "login"
            settings.listeners[0].pool = "logins"
            var world = ListenerSettings(name: "world", bind: Self.gated, pool: "arena")
            world.gate = GateSettings(openedBy: "login", by: subject)
            world.gate?.forNS = forNS
            settings.listeners.append(world)
            settings.pools.append(PoolSettings(name: "logins", servers: [Game.secondServer]))
            change(&settings)
        }
    }

    private static let ruleset: Ruleset = {
        let game = Game.descriptor()
        let account = Field(
            name: "account", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(3),
            meaning: .account)
        let entries = Opcode.all.map { opcode in
            PacketTable.Entry(
                name: "P\(opcode)", identity: .number(UInt64(opcode), sub: nil), byteCounts: nil,
                layout: opcode == Opcode.signed ? PacketLayout(fields: [account]) : nil)
        }
        return Game.ruleset(
            descriptor: Descriptor(
                name: "game", phases: game.phases,
                packets: PerDirection(inbound: PacketTable(entries), outbound: game.packets.outbound),
                logins: [LoginSuccess(packet: Opcode.index(Opcode.scored))]))
    }()

    /// The login's server answers what comes first with success.
    private func makeWorld(_ settings: ServiceSettings, workerCount: Int = 3, seed: UInt64 = 1) throws -> World {
        let world = try World(
            seed: seed, workerCount: workerCount, settings: settings, rulesets: [Self.ruleset, Self.ruleset])
        world.network.knockTarget = { $0.endpoint.port >= 30_000 ? Self.gated : Game.listener }
        let success = success
        world.serverScript = { server in
            let answers: [Peer.Step] =
                server.endpoint == Game.secondServer ? [.awaitBytes(1), .pause(100_000_000), .send(success)] : []
            return answers + [.awaitEnd, .finish]
        }
        return world
    }

    /// Somebody who logs in, and stays for a time.
    private func logIn(
        _ world: World, from address: String = "198.51.100.7", account: UInt8 = 1, staysNS: UInt64 = Game.secondNS
    ) -> Peer {
        world.addClient(
            [.send(name(account)), .awaitBytes(success.count), .pause(staysNS), .finish, .awaitEnd], from: address)
    }

    /// Somebody who comes to the gate.
    private func come(
        _ world: World, from address: String = "198.51.100.7", _ script: [Peer.Step]? = nil, afterNS: UInt64 = 0
    ) -> Peer {
        world.addClient(
            script ?? [.send(request), .finish, .awaitEnd], from: address,
            port: UInt16(30_000 + world.clients.count), afterNS: afterNS)
    }

    /// Also where nothing happens meanwhile.
    private func pass(_ durationNS: UInt64, in world: World) {
        let untilNS = world.network.nowNS + durationNS
        world.run(forNS: durationNS)
        if world.network.nowNS < untilNS { world.network.advance(toNS: untilNS) }
    }

    private func reason(_ world: World, _ client: Peer) -> Termination.Reason? {
        world.record(of: client)?.termination.reason
    }

    // MARK: By address

    @Test("before a login nobody comes in, and the server hears of nobody; behind it the address does, and no other")
    func opens() throws {
        let world = try makeWorld(settings())
        let early = come(world)
        world.run(forNS: second)
        #expect(early.isReset)
        #expect(reason(world, early) == .gateClosed)
        #expect(world.record(of: early)?.termination.code == "BP")
        #expect(world.servers.isEmpty)
        let login = logIn(world)
        world.run(forNS: second)
        #expect(login.received == success)
        let player = come(world)
        let other = come(world, from: "198.51.100.8")
        world.run(forNS: second)
        #expect(reason(world, player) == .finished)
        #expect(reason(world, other) == .gateClosed)
    }

    @Test(
        "who sets out when the success arrives is let in, on whichever worker; who comes before it is not",
        arguments: 1...20)
    func order(seed: UInt64) throws {
        let world = try makeWorld(settings(), seed: seed)
        let login = logIn(world)
        // The server knows already, and the packet is on its way through the relay.
        world.run(until: { world.servers.contains { !$0.sent.isEmpty } })
        let before = come(world)
        world.run(until: { world.record(of: before) != nil })
        // What the client has received decides: the relay may have been faster than the visitor.
        #expect(reason(world, before) == .gateClosed || !login.received.isEmpty)
        world.run(until: { !login.received.isEmpty })
        let after = come(world)
        world.run(forNS: second)
        #expect(reason(world, after) == .finished)
    }

    @Test("the gate stays open while the player is on either listener, and `for` after the last connection ended")
    func lasts() throws {
        let world = try makeWorld(settings())
        _ = logIn(world, staysNS: 30 * second)
        world.run(forNS: 25 * second)
        // Long after `for`, but the login's connection is still there; this one outlives it.
        let player = come(world, [.send(request), .pause(60 * second), .finish, .awaitEnd])
        world.run(forNS: 50 * second)
        #expect(reason(world, come(world)) == nil)
        let again = come(world)
        world.run(until: { world.record(of: player) != nil })
        #expect(reason(world, again) == .finished)
        pass(9 * second, in: world)
        let late = come(world, [.finish, .awaitEnd])
        world.run(until: { world.record(of: late) != nil })
        #expect(reason(world, late) == .finished)
        pass(10 * second, in: world)
        let tooLate = come(world)
        world.run(forNS: second)
        #expect(reason(world, tooLate) == .gateClosed)
    }

    @Test("in IPv6 the /64 counts, and who is allowed needs no login")
    func addresses() throws {
        let world = try makeWorld(
            settings { $0.reputation.allow = [IPNetwork(holding: IPAddress(ipv4: 0xC633_6409), prefixLength: 128)] })
        _ = logIn(world, from: "2001:db8::1")
        world.run(forNS: second)
        let same = come(world, from: "2001:db8::2")
        let other = come(world, from: "2001:db8:0:1::1")
        let allowed = come(world, from: "198.51.100.9")
        world.run(forNS: second)
        #expect([same, other, allowed].map { reason(world, $0) } == [.finished, .gateClosed, .finished])
    }

    @Test("a banned player stays out behind an open gate, and is told the ban")
    func banned() throws {
        let world = try makeWorld(settings())
        let login = logIn(world, staysNS: 60 * second)
        world.run(forNS: second)
        world.ban(login.endpoint.address, forNS: 5 * second)
        let player = come(world)
        world.run(forNS: second)
        #expect(reason(world, player) == .banned)
    }

    @Test("a reload keeps who may come in, for the time that holds then")
    func reloads() throws {
        let world = try makeWorld(settings())
        _ = logIn(world, staysNS: 5 * second)
        world.run(forNS: second)
        world.reload(settings(forNS: 100 * second), rulesets: [Self.ruleset, Self.ruleset])
        world.run(forNS: second)
        let player = come(world, [.send(request), .pause(5 * second), .finish, .awaitEnd])
        world.run(until: { world.record(of: player) != nil })
        #expect(reason(world, player) == .finished)
        pass(90 * second, in: world)
        let late = come(world)
        world.run(forNS: second)
        #expect(reason(world, late) == .finished)
        // Without a gate anybody comes.
        world.reload(settings { $0.listeners[1].gate = nil }, rulesets: [Self.ruleset, Self.ruleset])
        let stranger = come(world, from: "198.51.100.99")
        world.run(forNS: second)
        #expect(reason(world, stranger) == .finished)
    }

    // MARK: By account

    @Test(
        "behind a gate by account the account counts, from wherever it comes; another's name does not reach the server")
    func accounts() throws {
        let world = try makeWorld(settings(by: .account))
        _ = logIn(world, account: 1)
        world.run(forNS: second)
        let script: (UInt8) -> [Peer.Step] = { account in
            [.send(self.name(account) + self.request), .finish, .awaitEnd]
        }
        let player = come(world, from: "203.0.113.1", script(1))
        let stranger = come(world, from: "198.51.100.7", script(2))
        world.run(forNS: second)
        #expect(reason(world, player) == .finished)
        #expect(reason(world, stranger) == .gateClosed)
        #expect(world.monitor.servers(of: stranger, in: world).allSatisfy { $0.received.isEmpty })
        #expect(world.monitor.servers(of: player, in: world).map(\.received) == [name(1) + request])
    }

    @Test("who gets through the handshake without an account is closed, and does not hear of the success")
    func unnamed() throws {
        let world = try makeWorld(settings(by: .account))
        _ = logIn(world, account: 1)
        world.run(forNS: second)
        let success = success
        world.serverScript = { _ in [.awaitBytes(1), .send(success), .awaitEnd, .finish] }
        let unnamed = come(world, [.send(request), .awaitEnd])
        let named = come(world, [.send(name(1)), .awaitBytes(success.count), .finish, .awaitEnd])
        world.run(forNS: second)
        #expect(reason(world, unnamed) == .gateClosed)
        #expect(unnamed.received.isEmpty)
        #expect(reason(world, named) == .finished)
        #expect(named.received == success)
    }

    @Test("an account that is on keeps its pass, one that only claims the name does not")
    func holdsAccounts() throws {
        let world = try makeWorld(settings(by: .account))
        _ = logIn(world, account: 1)
        world.run(forNS: second)
        // Nobody confirms this one.
        let claim = come(world, [.send(name(1)), .pause(30 * second), .finish, .awaitEnd])
        pass(20 * second, in: world)
        #expect(reason(world, claim) == nil)
        let late = come(world, [.send(name(1)), .awaitEnd])
        world.run(forNS: second)
        #expect(reason(world, late) == .gateClosed)
    }

    // MARK: Bounds

    @Test("no connection holds more passes than it may, and none is left when all have ended")
    func bounded() throws {
        let world = try makeWorld(settings(by: .account), workerCount: 1)
        let success = success
        world.serverScript = { _ in
            (1...40).flatMap { [.awaitBytes(4 * $0), .send(success)] } + [.awaitEnd, .finish]
        }
        let steps: [Peer.Step] = (1...40).flatMap { account in
            [.send(name(UInt8(account))), .awaitBytes(account * success.count)]
        }
        world.addClient(steps + [.pause(second), .finish, .awaitEnd])
        world.run(forNS: second / 2)
        #expect(world.boxes[0].worker.heldPasses.values.map(\.count) == [HeldPass.countMax])
        world.run(forNS: 10 * second)
        #expect(world.boxes[0].worker.heldPasses.isEmpty)
        #expect(world.network.violations == [])
    }
}
