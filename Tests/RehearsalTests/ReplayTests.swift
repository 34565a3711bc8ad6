import Rehearsal
import TestSupport
import Testing
import WireBytes

@Suite("Replay: what would have happened")
struct ReplayTests {
    @Test("an ordinary game is clean, and its packets are counted")
    func clean() throws {
        var game = GameCapture()
        game.login()
        for text in ["hello", "you"] { game.say(text) }
        game.send(.outbound, GameCapture.packet(2, "hello yourself"))
        game.close()
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        #expect(replayed.report.isClean)
        #expect(replayed.rules == [])
        #expect(replayed.players == ["192.0.2.1 1/3/0/0/0/0.0/0"])
        #expect(replayed.report.packetCounts == PerDirection(inbound: 3, outbound: 2))
        #expect(replayed.report.unjudged == ReplayReport.Unjudged())
    }

    @Test("each rule is told with its action, mode, count and first time; what only looks on is clean")
    func rules() throws {
        var game = GameCapture()
        game.login()
        game.send(.inbound, [0, 5, 3, 1, 1])
        game.say("damn")
        game.send(.inbound, [0, 5, 3, 1, 1])
        var replayed = try Replayed(game.writer, GameFiles().configuration())
        #expect(replayed.report.isClean)
        #expect(replayed.rules == ["103 log 2", "102 would close 1"])
        game.say("rude")
        game.say("never seen")
        replayed = try Replayed(game.writer, GameFiles().configuration())
        #expect(!replayed.report.isClean)
        #expect(replayed.rules == ["104 close 1", "103 log 2", "102 would close 1"])
        #expect(replayed.players == ["192.0.2.1 1/4/0/1/0/0.0/0"])
        #expect(replayed.endings == ["rule 1"])
        // What came after the end.
        #expect(replayed.report.players.first?.refusedBytes == 13)
        let rule = try #require(replayed.report.rules.first { $0.id == 102 })
        #expect(rule.firstUS == 1_006_000 && rule.firstPacket == "SAY" && rule.firstClient?.port == 40_000)
        #expect(rule.playerCount == 1)
    }

    @Test("limits count in the capture's time: exactly the burst passes, then one for each second")
    func limits() throws {
        var game = GameCapture()
        game.login()
        for _ in 0..<3 { game.say("a") }
        let kept = game
        #expect(try Replayed(game.writer, GameFiles().configuration()).rules == [])
        game.say("b")
        #expect(try Replayed(game.writer, GameFiles().configuration()).rules == ["101 drop 1"])
        game = kept
        game.wait(1)
        game.say("b")
        #expect(try Replayed(game.writer, GameFiles().configuration()).rules == [])
    }

    @Test("a rule's ban ends all of the address's connections, refuses new ones, and is over when its time is")
    func bans() throws {
        let files = try GameFiles(service: "reputation: { repeat: { jitter: 0% } }")
        var game = GameCapture()
        game.login(host: 1, port: 40_000)
        game.login(host: 1, port: 40_001)
        game.login(host: 9, port: 40_000)
        game.say("cheat")
        game.say("more")
        // The first two connections are another address's, and go on.
        game.login(host: 9, port: 40_002)
        game.say("x")
        game.close()
        var replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.rules == ["100 ban 1"])
        #expect(replayed.players == ["192.0.2.9 1/1/0/1/1/0.0/1", "192.0.2.1 2/2/0/0/0/0.0/0"])
        #expect(replayed.refusals == ["banned 1"])
        #expect(replayed.endings == ["banned 1"])
        // SAY "more" of the first, and all of the second but its server's packets.
        #expect(replayed.report.players.first?.refusedBytes == 7 + 5 + 4)

        game.wait(599)
        var late = game
        game.login(host: 9, port: 40_003)
        replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.report.refusals.first?.count == 2)
        late.wait(2)
        late.login(host: 9, port: 40_003)
        replayed = try Replayed(late.writer, try files.configuration())
        #expect(replayed.report.refusals.first?.count == 1)
    }

    @Test("points add up to a ban in the middle of a segment, and the packet that brings it about does not pass")
    func ladder() throws {
        let files = try GameFiles(service: "reputation: { ladder: [{ at: 4, ban: 1h }] }")
        var game = GameCapture()
        game.login(port: 40_000)
        game.login(port: 40_001)
        // Three pass, two are dropped for two points each: the second brings the ban.
        let says = (0..<8).flatMap { GameCapture.packet(2, "\($0)") }
        game.send(.inbound, says)
        let replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.rules == ["101 drop 2"])
        // Two logins and three texts; the packet of the ban counts as dropped; both connections are closed.
        #expect(replayed.players == ["192.0.2.1 2/5/2/2/1/4.0/0"])
    }

    @Test("violations of the protocol are told by name, and bytes that are no packet end the connection")
    func violations() throws {
        var game = GameCapture()
        game.login()
        game.send(.inbound, [0, 1, 9])
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        #expect(replayed.rules == ["1 close 1"])
        #expect(replayed.report.rules.first?.name == "framing")
        #expect(replayed.players == ["192.0.2.1 1/1/0/1/0/10.0/0"])
    }

    @Test("deadlines pass in the capture's time, also where nothing comes any more")
    func deadlines() throws {
        let files = try GameFiles(listener: ["timeouts: { idle: 60s, packet: 5s }"])
        // No login within 20 seconds of the third segment of the handshake.
        for (seconds, isLate) in [(19.9, false), (20.0, true)] {
            var game = GameCapture()
            game.open()
            game.wait(seconds)
            game.open(host: 2)
            let replayed = try Replayed(game.writer, try files.configuration())
            #expect(replayed.report.endings.map(\.reason) == (isLate ? ["phase-timeout"] : []), "\(seconds)")
        }
        var slow = GameCapture()
        slow.login()
        slow.send(.inbound, [0, 9, 2])
        slow.wait(5)
        slow.send(.inbound, Array("rest..".utf8))
        #expect(try Replayed(slow.writer, try files.configuration()).report.endings.map(\.reason) == ["packet-timeout"])
        var idle = GameCapture()
        idle.login()
        idle.wait(59.9)
        idle.say("still here")
        idle.wait(60)
        idle.say("gone")
        let replayed = try Replayed(idle.writer, try files.configuration())
        #expect(replayed.report.endings.map(\.reason) == ["idle-timeout"])
        #expect(replayed.report.packetCounts.inbound == 2)
        #expect(!replayed.report.isClean)
    }

    @Test("a delayed packet goes on in its time, and what comes behind it waits")
    func delays() throws {
        let files = try GameFiles(
            policy: """
                version: 1
                policy: rules
                protocol: game
                rules:
                  - { id: 100, name: slow, packet: SAY, limit: { rate: 1/s, burst: 1 }, action: delay }
                """)
        var game = GameCapture()
        game.login()
        for _ in 0..<4 { game.say("a") }
        game.wait(2.5)
        game.open(host: 2)
        let waiting = try Replayed(game.writer, try files.configuration())
        // The login, the first, and after one and two seconds two more.
        #expect(waiting.report.packetCounts.inbound == 4)
        #expect(!waiting.report.isClean)
        game.wait(2.5)
        game.open(host: 3)
        #expect(try Replayed(game.writer, try files.configuration()).report.packetCounts.inbound == 5)
    }

    @Test("allowed addresses are judged by packet rules and never banned; listed ones do not come in")
    func standing() throws {
        let files = try GameFiles(
            service: "reputation: { allow: [192.0.2.5], lists: [{ file: bad.txt, action: refuse }] }")
        try files.write("bad.txt", "192.0.2.6\n")
        var game = GameCapture()
        game.login(host: 5)
        game.say("cheat")
        game.login(host: 5, port: 40_009)
        game.close()
        game.login(host: 6)
        let replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.players == ["192.0.2.5 2/2/0/1/0/0.0/0", "192.0.2.6 0/0/0/0/0/0.0/1"])
        #expect(replayed.refusals == ["listed 1"])
    }

    @Test("no more connections are let in than may be open at once, and an end makes room")
    func open() throws {
        let files = try GameFiles(listener: ["limits: { open: 2 }"])
        var game = GameCapture()
        for host: UInt8 in [1, 2] {
            game.login(host: host)
            game.close()
        }
        for host: UInt8 in [3, 4, 5] { game.login(host: host) }
        let replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.refusals == ["too-many-open 1"])
        #expect(replayed.report.connectionCount == 4)
    }

    @Test("limits on connections are judged when one opens")
    func connectionLimits() throws {
        let files = try GameFiles(
            policy: """
                version: 1
                policy: rules
                protocol: game
                rules:
                  - id: 100
                    name: many
                    limit: { count: connections, per: address, rate: 1/m, burst: 2 }
                    action: close
                    score: 1
                """)
        var game = GameCapture()
        for port: UInt16 in [1, 2, 3] { game.login(port: 40_000 + port) }
        let replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.rules == ["100 close 1"])
        #expect(replayed.players == ["192.0.2.1 3/2/0/1/0/1.0/0"])
    }
}
