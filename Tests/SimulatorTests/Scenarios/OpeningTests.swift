import GameProtocol
import Inspection
import RuleEngine
import Settings
import Testing
import WireBytes

@testable import DataPlane

@Suite("Opening, preambles and shadow")
struct OpeningTests {
    private let request = Game.packet(Opcode.plain, byteCount: 30)

    @Test("a listener holds as many connections as its limit and refuses one more, until one ends")
    func limitsOpen() throws {
        let settings = Game.settings { $0.listeners[0].limits.open = 2 }
        let world = try World(workerCount: 2, settings: settings, rulesets: [Game.ruleset()])
        let staying = (0..<2).map { _ in world.addClient([.pause(5 * Game.secondNS), .finish, .awaitEnd]) }
        let refused = world.addClient([.awaitEnd], afterNS: Game.secondNS)
        let late = world.addClient([.send(request), .finish, .awaitEnd], afterNS: 6 * Game.secondNS)
        world.run()
        #expect(refused.isReset)
        #expect(world.record(of: refused)?.termination.code == "LP")
        for client in staying + [late] { #expect(world.record(of: client)?.termination.reason == .finished) }
    }

    @Test("a rule on open connections per address counts them over all workers")
    func limitsOpenPerAddress() throws {
        let limit = Limit(count: .open, scope: .address, amount: 1, periodNS: 1, burst: 3)
        let rule = RuleDefinition(
            id: 100, name: "three-at-once", packets: PerDirection(both: nil), limit: limit, action: .close)
        let world = try World(workerCount: 3, settings: Game.settings(), rulesets: [Game.ruleset([rule])])
        for _ in 0..<5 { world.addClient([.pause(5 * Game.secondNS), .finish, .awaitEnd]) }
        let late = world.addClient([.finish, .awaitEnd], afterNS: 8 * Game.secondNS)
        world.run()
        #expect(world.records.filter { $0.ruleID == 100 && $0.termination.cause == .rule }.count == 2)
        #expect(world.record(of: late)?.termination.reason == .finished)
    }

    @Test("a shadowed listener changes nothing, whatever comes, and says what it would have done")
    func shadows() throws {
        let rules = [
            Game.rule(100, Opcode.dropped, .drop, score: 50), Game.rule(101, Opcode.closing, .close),
            Game.rule(102, Opcode.banning, .ban(baseNS: nil)),
            Game.rule(
                103, Opcode.delayed, .delay,
                limit: Limit(count: .packets, scope: .connection, amount: 1, periodNS: Game.secondNS, burst: 1)),
        ]
        let world = try World(settings: Game.settings(), rulesets: [Game.ruleset(rules, isShadow: true)])
        var sent: [UInt8] = []
        for opcode in [Opcode.dropped, Opcode.closing, Opcode.banning, Opcode.delayed, Opcode.delayed, Opcode.sized] {
            sent += Game.packet(opcode, byteCount: 200)
        }
        // From here on it is no packet any more.
        sent += [1, 0, 3, 4] + (0..<500).map { UInt8(truncatingIfNeeded: $0) }
        world.serverScript = { [sent] _ in [.send(sent), .awaitEnd, .finish] }
        let client = world.addClient([.send(sent), .finish, .awaitEnd])
        world.run()
        #expect(world.servers.map(\.received) == [sent])
        #expect(client.received == sent)
        #expect(world.record(of: client)?.termination.code == "CE")
        #expect(world.bans.isEmpty)
        #expect(world.findings.allSatisfy { $0.isShadow })
        let names = world.findings.filter { $0.from == "client" }.map(\.ruleName)
        #expect(names == ["rule-100", "rule-101", "rule-102", "rule-103", "size", "framing"])
        #expect(client.lastReceivedNS.map { $0 - client.startedNS < Game.secondNS } == true)
    }

    // MARK: Preambles

    private func preambleWorld() throws -> World {
        try World(settings: Game.settings(), rulesets: [GameRules.ruleset(.first, .preamble)])
    }

    @Test("a client's bytes that come before its turn wait unread, and are then taken in order")
    func earlyBytesWait() throws {
        let world = try preambleWorld()
        let key: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2]
        world.serverScript = { _ in [.pause(2 * Game.secondNS), .send(GameRules.serverPreamble), .awaitEnd, .finish] }
        let client = world.addClient([.send(key + request), .pause(Game.secondNS), .send(request), .finish, .awaitEnd])
        world.run(forNS: 1_900_000_000)
        #expect(world.servers[0].received.isEmpty)
        world.run()
        #expect(world.servers[0].received == key + request + request)
        #expect(client.received == GameRules.serverPreamble)
        #expect(world.servers[0].isWhole)
        #expect(world.network.violations == [])
    }

    @Test("bytes that are not the preamble end the connection in the handshake")
    func refusesPreamble() throws {
        let world = try preambleWorld()
        world.serverScript = { _ in [.send([1, 0, 0, 7]), .awaitEnd] }
        let client = world.addClient([.awaitEnd])
        world.run()
        #expect(world.record(of: client)?.termination.code == "SH")
        #expect(world.record(of: client)?.ruleName == "preamble")
        #expect(client.received.isEmpty)
    }

    @Test("an end inside the preamble is one in the handshake")
    func endsInPreamble() throws {
        let world = try preambleWorld()
        world.serverScript = { _ in [.send(GameRules.serverPreamble), .awaitEnd, .finish] }
        let client = world.addClient([.pause(Game.secondNS), .reset])
        world.run()
        #expect(world.record(of: client)?.termination.code == "CH")
    }
}
