import Inspection
import Testing
import WireBytes

@testable import Demonstration

@Suite("Under the shipped rules")
struct ShippedRulesTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("the demonstration's service file loads without a word")
    func loads() {
        #expect(ShippedRules.loaded.text == "")
        #expect(ShippedRules.loaded.configuration?.listeners.first?.settings.timeouts.packetNS == 2 * Self.second)
    }

    @Test("a player plays a minute, and no rule fires")
    func players() throws {
        var nowNS = Self.second
        var link = try GuardedLink(nowNS: nowNS)
        var player = Player(name: "thief", address: IPAddress(ipv4: 0x7F00_0A01), pauseNS: 160_000_000)
        var world = WorldSession()
        var toPlayer = world.receive(Array("PROXY TCP4 127.0.10.1 127.0.0.1 1 2\r\n".utf8))
        var toWorld = player.connected(nowNS: nowNS)
        for step in 0..<6_000 {
            nowNS += 10_000_000
            toWorld += player.receive(link.pass(toPlayer, .outbound, nowNS: nowNS), nowNS: nowNS)
            toWorld += player.due(nowNS: nowNS)
            toPlayer = world.receive(link.pass(toWorld, .inbound, nowNS: nowNS))
            if step % 12 == 0 { toPlayer += world.tick(UInt32(step)) }
            toWorld = []
        }
        let (ruleNames, end) = (link.ruleNames, link.end)
        #expect(ruleNames.isEmpty)
        #expect(end == nil)
        #expect(player.complaint == nil)
        #expect(player.answeredCount > 300)
    }

    /// One connection of an attacker, until it ends or five seconds are over.
    private func attack(_ kind: AttackKind) throws -> (ruleNames: [String], score: Double, end: SessionEnd?, left: Int)
    {
        var nowNS = Self.second
        var link = try GuardedLink(nowNS: nowNS)
        var run = AttackRun(kind)
        var world = WorldSession()
        var toClient = world.receive(Array("PROXY TCP4 127.0.66.1 127.0.0.1 1 2\r\n".utf8))
        var toWorld = run.connected(nowNS: nowNS)
        var forwardedCount = 0
        for _ in 0..<500 where link.end == nil {
            nowNS += 10_000_000
            toWorld += run.receive(link.pass(toClient, .outbound, nowNS: nowNS), nowNS: nowNS)
            toWorld += run.due(nowNS: nowNS)
            let forwarded = link.pass(toWorld, .inbound, nowNS: nowNS)
            forwardedCount += forwarded.count
            toClient = world.receive(forwarded)
            toWorld = []
            link.wait(untilNS: nowNS)
        }
        return (link.ruleNames, link.score, link.end, forwardedCount)
    }

    @Test("a flood meets the limit of commands, and collects a ban's points in five seconds")
    func flood() throws {
        let outcome = try attack(.flood)
        #expect(outcome.ruleNames.first == "command-flood")
        #expect(outcome.score >= 20)
        #expect(outcome.end == nil)
    }

    @Test("a length of zero cannot be a packet, and not a byte of it goes on")
    func malformedLength() throws {
        let outcome = try attack(.malformedLength)
        #expect(outcome.ruleNames == ["framing"])
        #expect(outcome.end?.cause == .violation)
        #expect(outcome.left == 0)
    }

    @Test("an oversized packet is framed well, dropped for its size, and not a byte of it goes on")
    func oversizedPacket() throws {
        let outcome = try attack(.oversizedPacket)
        #expect(outcome.ruleNames == ["size"])
        #expect(outcome.score >= 20)
        #expect(outcome.left == 0)
    }

    @Test("a word that only the server may send is unknown from a client, and goes nowhere")
    func forbiddenOpcode() throws {
        let outcome = try attack(.forbiddenOpcode)
        #expect(outcome.ruleNames == ["unknown"])
        #expect(outcome.score >= 20)
        #expect(outcome.left == 0)
    }

    @Test("a slow header runs into the packet's deadline, and not a byte of it goes on")
    func slowHeader() throws {
        let outcome = try attack(.slowHeader)
        #expect(outcome.ruleNames == ["timeout"])
        #expect(outcome.end?.cause == .deadline)
        #expect(outcome.end?.reason == .packetTimeout)
    }

    @Test("a cheating module's marker bans by itself")
    func cheatingModule() throws {
        let outcome = try attack(.cheatingModule)
        #expect(outcome.ruleNames == ["cheat-module-marker"])
        #expect(outcome.end?.cause == .rule)
    }

    @Test("a connection flood sends nothing at all")
    func connectionFlood() throws {
        let outcome = try attack(.connectionFlood)
        #expect(outcome.ruleNames.isEmpty)
        #expect(outcome.left == 0)
    }
}
