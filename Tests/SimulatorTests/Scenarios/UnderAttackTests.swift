import Inspection
import RuleEngine
import Settings
import TestSupport
import Testing
import WireBytes

@testable import DataPlane

@Suite("Under attack")
struct UnderAttackTests {
    let request = Game.packet(Opcode.plain, byteCount: 30)
    let second = Game.secondNS

    /// Twenty new ones a second, ten unfinished or five failures are an attack; strangers are then at most three at
    /// once, five a second and one a second from each address, and have two seconds for their handshake.
    func settings(
        isBehindBalancer: Bool = false, _ change: (inout UnderAttackSettings) -> Void = { _ in }
    ) -> ServiceSettings {
        var attack = UnderAttackSettings(
            limits: StrangerLimits(
                name: "siege", open: 3, new: Frequency(count: 5, periodNS: second),
                newPerAddress: Frequency(count: 1, periodNS: second), handshakeNS: 2 * second),
            new: Frequency(count: 20, periodNS: second), unfinished: 10,
            failures: Frequency(count: 5, periodNS: second))
        attack.leastNS = 10 * second
        change(&attack)
        return Game.settings(isBehindBalancer: isBehindBalancer) { settings in
            settings.listeners[0].underAttack = attack
            settings.reputation.known.afterNS = 5 * second
        }
    }

    func world(_ settings: ServiceSettings, workerCount: Int = 3, seed: UInt64 = 1) throws -> World {
        try World(seed: seed, workerCount: workerCount, settings: settings, rulesets: [Game.ruleset()])
    }

    /// An address of its own for every number.
    func stranger(_ number: Int) -> String { "198.18.\(number / 250).\(number % 250)" }

    func reason(_ world: World, _ client: Peer) -> Termination.Reason? {
        world.record(of: client)?.termination.reason
    }

    /// One session that makes its address known.
    func play(_ address: String, in world: World) {
        world.addClient([.send(request), .pause(6 * second), .finish, .awaitEnd], from: address)
        world.run(forNS: 8 * second)
    }

    // MARK: Who has played

    @Test("a session that lasts as long as `after` beyond its handshake makes its address a player's, a shorter not")
    func becomesKnown() throws {
        let world = try world(settings(), workerCount: 2)
        world.addClient([.send(request), .pause(5 * second + 50_000_000), .finish, .awaitEnd], from: "203.0.113.1")
        world.addClient([.send(request), .pause(5 * second - 50_000_000), .finish, .awaitEnd], from: "203.0.113.2")
        world.addClient([.pause(6 * second), .finish, .awaitEnd], from: "203.0.113.3")
        world.addClient([.send(request), .pause(6 * second), .reset], from: "2001:db8::1")
        world.run()
        let known = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::77", "2001:db8:0:1::1"].map { text in
            IPAddress(text).map { address in
                world.shared.known.contains(world.shared.reputation.key(of: address), nowNS: world.network.nowNS)
            }
        }
        #expect(known == [true, false, false, true, false])
    }

    @Test("a session that a rule or a ban ends makes nobody known, and a ban forgets who was")
    func isForgotten() throws {
        let settings = settings()
        let world = try World(
            workerCount: 2, settings: settings, rulesets: [Game.ruleset([Game.rule(100, Opcode.closing, .close)])])
        world.addClient(
            [.send(request), .pause(6 * second), .send(Game.packet(Opcode.closing)), .awaitEnd], from: "203.0.113.1")
        play("203.0.113.2", in: world)
        world.run(forNS: second)
        let keys = [1, 2].map { IPNetwork(holding: IPAddress(ipv4: 0xCB00_7100 + $0), prefixLength: 128) }
        #expect(keys.map { world.shared.known.contains($0, nowNS: world.network.nowNS) } == [false, true])
        world.ban(keys[1].base, forNS: second)
        world.run(forNS: second)
        #expect(!world.shared.known.contains(keys[1], nowNS: world.network.nowNS))
    }

    // MARK: When it begins

    @Test("new connections up to the threshold are let in, the one above it is an attack, which is told once")
    func beginsByNew() throws {
        let world = try world(settings())
        let clients = (0..<25).map { number in
            world.addClient(
                [.send(request), .finish, .awaitEnd], from: stranger(number), afterNS: UInt64(number) * 10_000_000)
        }
        world.run(forNS: 5 * second)
        #expect(clients.prefix(20).allSatisfy { reason(world, $0) == .finished })
        #expect(world.attacks.map(\.change) == [.began])
        #expect(world.attacks.first?.measure == .new)
        #expect(world.attacks.first?.count == 21)
        #expect(world.attacks.first?.threshold == 20)
        #expect(world.attacks.first?.notice.name == "under-attack")
        // Five a second: the 21st to the 25th.
        #expect(clients.suffix(5).allSatisfy { reason(world, $0) == .finished })
    }

    @Test("connections that stand in their handshake are an attack when there is one too many")
    func beginsByUnfinished() throws {
        let world = try world(settings())
        // Who has sent a packet is out of it.
        for number in 10..<15 { world.addClient([.send(request), .awaitEnd], from: stranger(number)) }
        for number in 0..<10 { world.addClient([.awaitEnd], from: stranger(number), afterNS: second) }
        world.run(forNS: 4 * second)
        #expect(world.attacks.isEmpty)
        #expect(world.plan.attackStatus[0].unfinishedCount == 10)
        world.addClient([.awaitEnd], from: stranger(99))
        world.run(forNS: second)
        #expect(world.attacks.map(\.measure) == [.unfinished])
        #expect(world.attacks.first?.count == 11)
    }

    @Test("connections that rules end in their handshake are an attack when there is one too many in a second")
    func beginsByFailures() throws {
        let bad: [UInt8] = [1, 0, 0]
        let world = try world(settings())
        for number in 0..<5 { world.addClient([.send(bad), .awaitEnd], from: stranger(number)) }
        // The same behind a good packet is no failure of a handshake.
        for number in 5..<9 {
            world.addClient([.send(request), .pause(second / 4), .send(bad), .awaitEnd], from: stranger(number))
        }
        world.run(forNS: second / 2)
        #expect(world.records.filter { $0.termination.cause == .violation }.count == 9)
        #expect(world.attacks.isEmpty)
        world.addClient([.send(bad), .awaitEnd], from: stranger(9))
        world.run(forNS: second / 4)
        #expect(world.attacks.map(\.measure) == [.failures])
    }

    // MARK: What holds then

    @Test("a stranger's address comes once a second, all strangers five times, three at once; each has its reason")
    func limitsStrangers() throws {
        let world = try world(settings())
        try world.setUnderAttack(.on)
        world.run(forNS: second)
        let staying: [Peer.Step] = [.send(request), .pause(5 * second), .finish, .awaitEnd]
        let first = (0..<3).map { world.addClient(staying, from: stranger($0), afterNS: UInt64($0) * 1_000_000) }
        let again = world.addClient(staying, from: stranger(0), afterNS: 10_000_000)
        let fourth = world.addClient(staying, from: stranger(4), afterNS: 20_000_000)
        let fifth = world.addClient(staying, from: stranger(5), afterNS: 30_000_000)
        let sixth = world.addClient(staying, from: stranger(6), afterNS: 40_000_000)
        world.run(forNS: second)
        #expect(again.isReset)
        #expect(reason(world, again) == .attackNewPerAddress)
        #expect(reason(world, fourth) == .attackOpen)
        #expect(reason(world, fifth) == .attackOpen)
        #expect(reason(world, sixth) == .attackNew)
        #expect(world.record(of: sixth)?.termination.code == "LP")
        #expect(world.plan.attackStatus[0].strangerCount == 3)
        world.run(forNS: 10 * second)
        #expect(first.allSatisfy { reason(world, $0) == .finished })
        #expect(world.plan.attackStatus[0].strangerCount == 0)
        // None of those that were refused has reached the server.
        #expect(world.servers.count == 3)
    }

    @Test("a stranger's handshake ends in time; one that was there before the attack has the whole time from then on")
    func limitsHandshakes() throws {
        let world = try world(settings(), workerCount: 2)
        play("203.0.113.1", in: world)
        let before = world.addClient([.awaitEnd], from: stranger(1))
        let player = world.addClient([.awaitEnd], from: "203.0.113.1")
        let done = world.addClient([.send(request), .awaitEnd], from: stranger(2))
        world.run(forNS: 30 * second)
        try world.setUnderAttack(.on)
        let during = world.addClient([.awaitEnd], from: stranger(3), afterNS: second)
        world.run(forNS: 2 * second - 100_000_000)
        #expect(reason(world, before) == nil)
        world.run(forNS: 200_000_000)
        #expect(reason(world, before) == .attackHandshake)
        #expect(world.record(of: before)?.termination.code == "TE")
        #expect(reason(world, during) == nil)
        world.run(forNS: second)
        #expect(reason(world, during) == .attackHandshake)
        #expect(reason(world, player) == nil)
        #expect(reason(world, done) == nil)
        #expect(world.findings.isEmpty)
        #expect(world.bans.isEmpty)
    }

    @Test("behind a balancer it counts and limits the clients that the headers name")
    func behindBalancer() throws {
        let world = try world(settings(isBehindBalancer: true))
        try world.setUnderAttack(.on)
        world.run(forNS: second)
        let header = { (address: String) in Array("PROXY TCP4 \(address) 192.0.2.1 4000 7801\r\n".utf8) }
        let clients = ["198.18.0.1", "198.18.0.1", "198.18.0.2"].enumerated().map { number, address in
            world.addClient(
                [.send(header(address) + request), .finish, .awaitEnd], from: Game.balancer,
                afterNS: UInt64(number) * 10_000_000)
        }
        world.run(forNS: 5 * second)
        #expect(clients.map { reason(world, $0) } == [.finished, .attackNewPerAddress, .finished])
    }

    @Test("whoever is allowed is neither counted nor limited")
    func allowed() throws {
        var settings = settings()
        settings.reputation.allow = [IPNetwork(holding: IPAddress(ipv4: 0xC612_0000), prefixLength: 112)]
        let world = try world(settings)
        let clients = (0..<40).map { _ in world.addClient([.awaitEnd], from: stranger(1)) }
        world.run(forNS: second)
        #expect(world.attacks.isEmpty)
        try world.setUnderAttack(.on)
        let more = (0..<10).map { _ in world.addClient([.awaitEnd], from: stranger(2)) }
        world.run(forNS: 9 * second)
        #expect((clients + more).allSatisfy { reason(world, $0) == nil })
    }

    @Test(
        "while strangers besiege the listener known players come in and play, and when it is over so does everybody",
        arguments: 1...6)
    func siege(seed: UInt64) throws {
        var settings = settings()
        settings.listeners[0].limits.open = 12
        let world = try world(settings, seed: seed)
        let players = (1...8).map { "203.0.113.\($0)" }
        for player in players {
            world.addClient([.send(request), .pause(6 * second), .finish, .awaitEnd], from: player)
        }
        world.run(forNS: 20 * second)
        // Sixty a second for ten seconds from as many addresses: some are silent, some break the protocol, some play.
        var random = SplitMix64(seed: seed)
        for number in 0..<600 {
            let script: [Peer.Step] =
                random.choice([.awaitEnd], [.send([1, 0, 0]), .awaitEnd], [.send(request), .awaitEnd])
            let afterNS = UInt64(number) * second / 60
            world.addClient(script, from: stranger(number), afterNS: afterNS)
        }
        let late = players.enumerated().map { number, player in
            world.addClient(
                [.send(request), .pause(3 * second), .send(request), .finish, .awaitEnd], from: player,
                afterNS: (2 + UInt64(number)) * second)
        }
        world.run(forNS: 25 * second)
        #expect(late.allSatisfy { reason(world, $0) == .finished })
        #expect(world.attacks.first?.change == .began)
        for player in late {
            #expect(world.monitor.servers(of: player, in: world).first?.received == request + request)
        }
        let refused = world.records.filter { $0.termination.cause == .limit }
        #expect(refused.count > 400)
        // The strangers who play go in the end, and ten seconds later anybody comes in again.
        world.run(forNS: 700 * second)
        #expect(world.attacks.map(\.change) == [.began, .ended])
        let newcomers = (0..<6).map { number in
            world.addClient([.send(request), .finish, .awaitEnd], from: stranger(9_000 + number))
        }
        world.run(forNS: 5 * second)
        #expect(newcomers.allSatisfy { reason(world, $0) == .finished })
        #expect(world.network.violations == [])
        let status = world.plan.attackStatus[0]
        #expect([status.openCount, status.unfinishedCount, status.strangerCount] == [0, 0, 0])
    }

    // MARK: When it ends

    @Test("it ends when it was calm for `least`, though nobody comes any more, and says so once")
    func ends() throws {
        let world = try world(settings())
        for number in 0..<25 { world.addClient([.send(request), .finish, .awaitEnd], from: stranger(number)) }
        world.run(forNS: second)
        #expect(world.attacks.map(\.change) == [.began])
        let beganUS = world.attacks[0].wallUS
        world.run(forNS: 60 * second)
        #expect(world.attacks.map(\.change) == [.began, .ended])
        let lastedUS = world.attacks[1].wallUS - beganUS
        #expect(lastedUS >= 10_000_000 && lastedUS <= 12_000_000)
        #expect(world.attacks[1].notice.name == "attack-over")
        // And then nothing wakes the workers for it any more.
        let steps = world.stepCount
        world.run(forNS: 60 * second)
        #expect(world.stepCount == steps)
    }

    @Test("waves that come sooner than `least` after one another are one attack, later ones another")
    func flaps() throws {
        let world = try world(settings())
        for wave: UInt64 in [0, 8, 16, 60] {
            for number in 0..<30 {
                world.addClient(
                    [.send(request), .finish, .awaitEnd], from: stranger(Int(wave) * 100 + number),
                    afterNS: wave * second)
            }
        }
        world.run(forNS: 100 * second)
        #expect(world.attacks.map(\.change) == [.began, .ended, .began, .ended])
    }

    // MARK: Reload and by hand

    @Test("a reload keeps the mode and what is counted, takes other limits at once, and one without limits ends it")
    func reloads() throws {
        let world = try world(settings(), workerCount: 2)
        try world.setUnderAttack(.on)
        let silent = world.addClient([.awaitEnd], from: stranger(1))
        world.run(forNS: second)
        world.reload(
            settings { $0.limits = StrangerLimits(name: "moat", handshakeNS: 4 * second) }, rulesets: [Game.ruleset()])
        let more = (0..<6).map { world.addClient([.send(request), .awaitEnd], from: stranger(10 + $0)) }
        world.run(forNS: 2 * second)
        #expect(reason(world, silent) == nil)
        #expect(more.allSatisfy { reason(world, $0) == nil })
        #expect(world.plan.attackStatus[0].strangerCount == 7)
        world.run(forNS: 2 * second)
        #expect(reason(world, silent) == .attackHandshake)
        world.reload(Game.settings(), rulesets: [Game.ruleset()])
        world.run(forNS: second)
        #expect(world.attacks.map(\.change) == [.began, .ended])
        let free = (0..<6).map { world.addClient([.awaitEnd], from: stranger(30 + $0)) }
        world.run(forNS: 10 * second)
        #expect(free.allSatisfy { reason(world, $0) == nil })
        #expect(world.plan.attackStatus[0].unfinishedCount == 6)
    }

    @Test("by hand it begins and ends at once on all workers, and who has said so is in the record")
    func byHand() throws {
        let world = try world(settings())
        try world.setUnderAttack(.on)
        let first = (0..<5).map { world.addClient([.send(request), .awaitEnd], from: stranger($0)) }
        world.run(forNS: second)
        #expect(first.filter { reason(world, $0) == .attackOpen }.count == 2)
        try world.setUnderAttack(.off)
        let crowd = (10..<60).map { world.addClient([.send(request), .finish, .awaitEnd], from: stranger($0)) }
        world.run(forNS: second)
        #expect(crowd.allSatisfy { reason(world, $0) == .finished })
        #expect(world.attacks.map(\.change) == [.began, .ended])
        #expect(world.attacks.map(\.measure) == [.operator, .operator])
        #expect(world.attacks.map(\.who) == ["tester", "tester"])
        #expect(throws: UnderAttackError.noListener("x")) {
            try world.plan.setUnderAttack("x", to: .on, who: "", nowNS: 0, wallUS: 0, shared: world.shared)
        }
        let plain = try World(settings: Game.settings(), rulesets: [Game.ruleset()])
        #expect(throws: UnderAttackError.noLimits("world")) {
            try plain.plan.setUnderAttack("world", to: .on, who: "", nowNS: 0, wallUS: 0, shared: plain.shared)
        }
        #expect(throws: UnderAttackError.nowhere) { try plain.setUnderAttack(.on) }
    }
}
