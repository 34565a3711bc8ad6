import Captures
import Rehearsal
import TestSupport
import Testing
import WireBytes

@Suite("Replay: captures that do not hold everything")
struct IncompleteTests {
    @Test("a connection that was open before the capture is judged only if it begins as the protocol does")
    func midStream() throws {
        let files = try GameFiles()
        var middle = CaptureWriter()
        // In the middle of a packet; and of what is no login.
        for (port, bytes) in [(UInt16(1), [UInt8](repeating: 0xFF, count: 9)), (2, GameCapture.packet(2, "cheat"))] {
            middle.clientPort = 40_000 + port
            middle.segment(.inbound, 500, bytes)
            middle.segment(.inbound, 500 + UInt32(bytes.count), "more")
        }
        let replayed = try Replayed(middle, try files.configuration())
        #expect(replayed.report.isClean && replayed.rules == [])
        #expect(replayed.report.unjudged.midStreamConnections == 2)
        #expect(replayed.report.connectionCount == 0)
        #expect(replayed.report.unjudged.bytes == 8)

        var beginning = GameCapture()
        beginning.login()
        beginning.say("cheat")
        // Without its handshake it begins with the login all the same.
        beginning.writer.reorder { $0.removeFirst(3) }
        let judged = try Replayed(beginning.writer, try files.configuration())
        #expect(judged.rules == ["100 ban 1"])
        #expect(judged.report.unjudged.midStreamJudged == 1 && judged.report.unjudged.midStreamConnections == 0)
    }

    @Test("where bytes are missing in the first phases the connection is judged no further")
    func lostEarly() throws {
        var game = GameCapture()
        game.open()
        game.miss(.inbound, 5)
        game.send(.outbound, GameCapture.packet(1))
        game.wait(2)
        game.say("cheat")
        game.send(.outbound, GameCapture.packet(2, "cheat"))
        game.wait(100)
        game.say("still there")
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        #expect(replayed.report.isClean && replayed.rules == [])
        #expect(replayed.report.unjudged.lostConnections == 1 && replayed.report.unjudged.lostDirections == 0)
        #expect(replayed.report.unjudged.bytes > 0)
    }

    @Test("where bytes of one side are missing in the last phase the other side is judged on")
    func lostLate() throws {
        var game = GameCapture()
        game.login()
        game.miss(.outbound, 1_000)
        game.say("hello")
        game.wait(2)
        game.send(.outbound, GameCapture.packet(2, "behind the hole"))
        game.wait(10_000)
        game.say("rude")
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        // A clock says nothing of a connection of which bytes are missing.
        #expect(replayed.rules == ["104 close 1"])
        #expect(replayed.report.unjudged.lostDirections == 1 && replayed.report.unjudged.lostConnections == 0)
        #expect(replayed.counts.lostStreams == 1)
    }

    @Test("64 MiB may wait in all sessions together; with more, the connection that brings it is judged no further")
    func overfull() throws {
        // The client speaks without end while it is the server's turn.
        let game = GameFiles.game.replacing(
            "    deadline: 20s\n", with: "    preamble: [{ from: server, bytes: 4 }]\n")
        let configuration = try GameFiles(game: game).configuration()
        for (count, isTooMuch) in [(1_118, false), (1_119, true)] {
            var capture = GameCapture(CaptureWriter(link: .raw))
            capture.open(host: 2)
            for _ in 0..<count { capture.send(.inbound, [UInt8](repeating: 0, count: 60_000)) }
            capture.send(.inbound, [UInt8](repeating: 0, count: 28_864))
            let report = try Replayed(capture.writer, configuration).report
            #expect(report.unjudged.overfull == (isTooMuch ? 1 : 0), "\(count)")
            #expect(report.connectionCount == (isTooMuch ? 0 : 1))
        }
    }

    @Test("a flood behind a held packet is judged when that packet has gone on")
    func heldFlood() throws {
        let files = try GameFiles(
            policy: """
                version: 1
                policy: rules
                protocol: game
                rules:
                  - { id: 100, name: slow, packet: MOVE, limit: { rate: 1/s, burst: 1 }, action: delay }
                  - { id: 101, name: never, packet: SAY, action: drop }
                """)
        var game = GameCapture(CaptureWriter(link: .raw))
        game.login()
        for _ in 0..<2 { game.send(.inbound, [0, 5, 3, 1, 1]) }
        let flood = [[UInt8]](repeating: GameCapture.packet(2), count: 5_000).flatMap { $0 }
        for _ in 0..<5 { game.send(.inbound, flood) }
        game.wait(2)
        game.open(host: 2)
        let replayed = try Replayed(game.writer, try files.configuration())
        #expect(replayed.rules == ["101 drop 25000", "100 delay 1"])
    }

    @Test("changed captures never trap, and every connection is either judged or told of")
    func hostile() throws {
        var game = GameCapture()
        for host in UInt8(1)...3 {
            game.login(host: host)
            for text in ["hello", "damn", "rude", "x", "y", "z"] { game.say(text) }
            game.close()
        }
        let file = game.writer.file()
        let files = try GameFiles(listener: ["proxy_protocol: { from: [192.0.2.3] }"])
        let configuration = try files.configuration()
        var generator = SplitMix64(seed: 21)
        var unclean = 0
        for round in 0..<200 {
            var bytes = file
            for _ in 0...(round % 5) {
                bytes[Int.random(in: 24..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if generator.chance(1, in: 6) { bytes.removeLast(Int.random(in: 1..<bytes.count - 24, using: &generator)) }
            let report = try Replayed(bytes, configuration).report
            if !report.isClean { unclean += 1 }
            #expect(
                !ReplayJSON.text(
                    of: report, CaptureSummary(path: "", counts: CaptureCounts(), breakage: nil, ports: [])
                ).isEmpty)
        }
        #expect(unclean > 40, "\(unclean)")
    }
}
