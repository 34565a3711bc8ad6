import GameProtocol
import Inspection
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Reload, drain and stop")
struct ReloadTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)
    private let later = Game.packet(Opcode.later, byteCount: 20)
    private let settings = Game.settings()

    private func world(workerCount: Int = 1) throws -> World {
        try World(workerCount: workerCount, settings: settings, rulesets: [Game.ruleset()])
    }

    @Test("a reload reaches open connections at their next packet, on all workers")
    func reaches() throws {
        let world = try world(workerCount: 3)
        for _ in 0..<6 {
            world.addClient([.send(later), .pause(2 * Game.secondNS), .send(later + request), .finish, .awaitEnd])
        }
        world.run(forNS: Game.secondNS)
        world.reload(settings, rulesets: [Game.ruleset([Game.rule(100, Opcode.later, .drop)])])
        world.run()
        #expect(world.servers.map(\.received) == Array(repeating: later + request, count: 6))
        #expect(world.notices.isEmpty)
    }

    @Test("a packet that is being forwarded when a reload comes goes on to its end")
    func finishesPacket() throws {
        let world = try world()
        world.addClient([
            .send(Array(later.prefix(10))), .pause(2 * Game.secondNS), .send(Array(later.dropFirst(10)) + later),
            .finish, .awaitEnd,
        ])
        world.run(forNS: Game.secondNS)
        world.reload(settings, rulesets: [Game.ruleset([Game.rule(100, Opcode.later, .drop)])])
        world.run()
        #expect(world.servers[0].received == later)
        #expect(world.servers[0].isWhole)
    }

    @Test("a connection whose framing changed keeps its rules to its end, which a notice counts")
    func keepsOldRules() throws {
        let world = try world()
        let old = world.addClient([.send(later), .pause(2 * Game.secondNS), .send(later), .finish, .awaitEnd])
        world.run(forNS: Game.secondNS)
        let recut = Game.ruleset([Game.rule(100, Opcode.later, .drop)], descriptor: Game.descriptor(most: 900))
        world.reload(settings, rulesets: [recut])
        let new = world.addClient([.send(later + request), .finish, .awaitEnd])
        world.run()
        #expect(world.monitor.servers(of: old, in: world).first?.received == later + later)
        #expect(world.monitor.servers(of: new, in: world).first?.received == request)
        #expect(world.notices.map(\.name) == ["kept-old-rules"])
    }

    @Test("a bucket keeps what was used of it over a reload")
    func keepsBuckets() throws {
        let limit = Limit(
            count: .packets, scope: .connection, amount: 1, periodNS: 1_000_000 * Game.secondNS, burst: 3)
        let rules = [Game.rule(100, Opcode.limited, .drop, limit: limit)]
        let world = try World(settings: settings, rulesets: [Game.ruleset(rules)])
        let packet = Game.packet(Opcode.limited)
        world.addClient([
            .send(packet + packet), .pause(2 * Game.secondNS), .send(packet + packet), .finish, .awaitEnd,
        ])
        world.run(forNS: Game.secondNS)
        world.reload(settings, rulesets: [Game.ruleset([Game.rule(99_000, Opcode.later, .drop)] + rules)])
        world.run()
        #expect(world.servers[0].received.count == 3 * packet.count)
    }

    @Test("a listener that a reload removes accepts what waits, and its players stay")
    func removesListener() throws {
        let world = try world()
        let client = world.addClient([.send(request), .pause(2 * Game.secondNS), .send(request), .finish, .awaitEnd])
        world.run(forNS: Game.secondNS)
        let elsewhere = Game.settings {
            $0.listeners[0].name = "other"
            $0.listeners[0].bind.port = 7_999
        }
        let waiting = Peer(number: 9, name: "waiting", endpoint: client.endpoint, script: [.finish])
        world.network.connect(waiting, to: Game.listener)
        world.reload(elsewhere, rulesets: [Game.ruleset()])
        world.run(forNS: 100_000_000)
        #expect(waiting.socket?.isHandedOut == true)
        let refused = world.addClient([.send(request), .awaitEnd])
        world.run()
        #expect(refused.isRefused)
        #expect(world.record(of: client)?.termination.reason == .finished)
        #expect(world.servers[0].received == request + request)
    }

    // MARK: Who a client is

    private func prefixed(_ prefix: Int, allow: [String] = []) -> ServiceSettings {
        Game.settings {
            $0.reputation.addressPrefixIPv6 = prefix
            $0.reputation.allow = allow.compactMap { IPNetwork($0) }
        }
    }

    @Test("a ban finds all connections of its address after a reload changed what an IPv6 address means")
    func rekeys() throws {
        let world = try World(settings: prefixed(64), rulesets: [Game.ruleset()])
        let banned = world.addClient([.send(request), .awaitEnd], from: "2001:db8::1")
        let neighbour = world.addClient([.pause(5 * Game.secondNS), .finish, .awaitEnd], from: "2001:db8::2")
        world.run(forNS: Game.secondNS)
        // Another framing: the connections keep their old rules, but not their old names.
        let recut = Game.ruleset(descriptor: Game.descriptor(most: 900))
        world.reload(prefixed(128), rulesets: [recut])
        world.run(forNS: Game.secondNS)
        world.ban(banned.endpoint.address, forNS: 60 * Game.secondNS)
        world.run()
        #expect(world.record(of: banned)?.termination.code == "BE")
        #expect(world.record(of: neighbour)?.termination.reason == .finished)
        #expect(world.network.violations == [])
    }

    @Test("a ban between a reload's new addresses and the workers' step is not lost")
    func bansMeanwhile() throws {
        let world = try World(settings: prefixed(128), rulesets: [Game.ruleset()])
        let banned = world.addClient([.send(request), .awaitEnd], from: "2001:db8::1")
        world.run(forNS: Game.secondNS)
        // What a ban that is decided after the book changed and before the plan is sent out looks like.
        let settings = prefixed(64)
        world.shared.reputation.update(settings: settings.reputation)
        world.ban(banned.endpoint.address, forNS: 60 * Game.secondNS)
        world.reload(settings, rulesets: [Game.ruleset()])
        world.run(forNS: Game.secondNS)
        #expect(world.record(of: banned)?.termination.code == "BE")
    }

    @Test("an address that a reload allows is no longer scored, and one that it no longer allows is again")
    func reallows() throws {
        let scored = Game.rule(100, Opcode.scored, .log, score: 5)
        let world = try World(settings: prefixed(64, allow: ["198.51.100.8"]), rulesets: [Game.ruleset([scored])])
        let script: [Peer.Step] = [
            .pause(2 * Game.secondNS), .send(Game.packet(Opcode.scored)), .pause(Game.secondNS), .finish, .awaitEnd,
        ]
        let first = world.addClient(script, from: "198.51.100.7")
        let second = world.addClient(script, from: "198.51.100.8")
        world.run(forNS: Game.secondNS)
        world.reload(prefixed(64, allow: ["198.51.100.7"]), rulesets: [Game.ruleset([scored])])
        world.run(forNS: 1_500_000_000)
        let nowNS = world.network.nowNS
        #expect(world.shared.reputation.score(of: first.endpoint.address, nowNS: nowNS) == 0)
        #expect(world.shared.reputation.score(of: second.endpoint.address, nowNS: nowNS) > 4)
        world.run()
    }

    // MARK: Drain and stop

    @Test("a drain accepts what waits, refuses what comes later, and lets players finish")
    func drains() throws {
        let world = try world()
        let player = world.addClient([.send(request), .pause(5 * Game.secondNS), .send(request), .finish, .awaitEnd])
        world.run(forNS: Game.secondNS)
        let waiting = world.addClient([.send(request), .finish, .awaitEnd])
        world.network.advance(toNS: world.network.nowNS)
        world.drain()
        let refused = world.addClient([.send(request), .awaitEnd], afterNS: Game.secondNS)
        world.run()
        #expect(refused.isRefused)
        #expect(world.record(of: waiting)?.termination.code == "CD")
        #expect(world.record(of: player)?.termination.code == "CD")
        #expect(world.servers.allSatisfy { !$0.received.isEmpty && $0.isWhole })
        #expect(world.boxes[0].isFinished)
    }

    @Test("a player who has not finished 30 seconds into a drain is closed")
    func drainEnds() throws {
        let world = try world()
        let player = world.addClient([.send(request), .awaitEnd])
        world.run(forNS: Game.secondNS)
        world.drain()
        world.run(forNS: 29 * Game.secondNS)
        #expect(!world.boxes[0].isFinished)
        world.run(forNS: 2 * Game.secondNS)
        #expect(world.boxes[0].isFinished)
        #expect(world.record(of: player)?.termination.code == "OD")
        #expect(world.record(of: player)?.termination.reason == .drainTimeout)
    }

    @Test("a drain ends a connection that has been quiet for long, too, when its time is over")
    func drainEndsQuiet() throws {
        let world = try world()
        let player = world.addClient([.send(request), .pause(20 * Game.secondNS), .send(request), .awaitEnd])
        world.run(forNS: 40 * Game.secondNS)
        world.drain()
        world.run(forNS: 31 * Game.secondNS)
        #expect(world.boxes[0].isFinished)
        #expect(world.record(of: player)?.termination.reason == .drainTimeout)
    }

    @Test("a stop during a drain ends everything at once")
    func stops() throws {
        let world = try world(workerCount: 2)
        let players = (0..<5).map { _ in world.addClient([.send(request), .awaitEnd]) }
        world.run(forNS: Game.secondNS)
        world.drain()
        world.run(forNS: Game.secondNS)
        world.stop()
        world.run(forNS: 100_000_000)
        #expect(world.boxes.allSatisfy { $0.isFinished })
        for player in players {
            #expect(world.record(of: player)?.termination.reason == .stopped)
            #expect(player.isOver)
        }
        #expect(world.network.violations == [])
    }
}
