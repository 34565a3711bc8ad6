import Rehearsal
import TestSupport
import Testing
import WireBytes

@Suite("Replay: behind a balancer")
struct BalancerTests {
    private let proxyLine = Array("PROXY TCP4 203.0.113.7 198.51.100.1 5000 7000\r\n".utf8)

    private func files() throws -> GameFiles { try GameFiles(listener: ["proxy_protocol: { from: [192.0.2.1] }"]) }

    @Test("the header names the player, in however many pieces it comes")
    func header() throws {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<20 {
            var game = GameCapture()
            game.open()
            let bytes = proxyLine + GameCapture.packet(1, "me")
            for piece in generator.pieces(of: bytes, most: 20) { game.send(.inbound, piece) }
            game.send(.outbound, GameCapture.packet(1))
            game.say("cheat")
            game.open(port: 40_001)
            game.send(.inbound, proxyLine)
            let replayed = try Replayed(game.writer, try files().configuration())
            #expect(replayed.players == ["203.0.113.7 1/1/0/1/1/0.0/1"])
        }
    }

    @Test("a trusted source without a header, or with a broken one, is refused and nobody's fault")
    func missing() throws {
        for bytes in [GameCapture.packet(1, "me"), Array("PROXY TCP4 nobody\r\n".utf8)] {
            var game = GameCapture()
            game.open()
            game.send(.inbound, bytes)
            game.send(.inbound, [1, 2, 3])
            let replayed = try Replayed(game.writer, try files().configuration())
            #expect(replayed.rules == ["7 close 1"])
            #expect(replayed.refusals == ["violation 1"])
            #expect(replayed.players == ["- 0/0/0/0/0/0.0/1"])
        }
    }

    @Test("from elsewhere a header is refused, and without one the connection is the player's own")
    func untrusted() throws {
        var game = GameCapture()
        game.open(host: 9)
        game.send(.inbound, proxyLine)
        game.login(host: 8)
        game.say("rude")
        let replayed = try Replayed(game.writer, try files().configuration())
        #expect(replayed.refusals == ["untrusted-source 1"])
        #expect(replayed.rules == ["104 close 1"])
        #expect(replayed.report.unjudged.withoutHeader == 1)
        // A server that speaks first says the same.
        var first = GameCapture()
        first.open(host: 8)
        first.send(.outbound, GameCapture.packet(2, "who are you"))
        #expect(try Replayed(first.writer, try files().configuration()).report.unjudged.withoutHeader == 1)
    }

    @Test("a balancer's own check opens no session, and UNKNOWN is judged without an address")
    func local() throws {
        var game = GameCapture()
        game.open()
        game.send(.inbound, [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x20, 0, 0, 0])
        game.open(port: 40_001)
        game.send(.inbound, Array("PROXY UNKNOWN\r\n".utf8) + GameCapture.packet(1, "me"))
        game.send(.outbound, GameCapture.packet(1))
        game.say("cheat")
        let replayed = try Replayed(game.writer, try files().configuration())
        #expect(replayed.report.connectionCount == 1)
        #expect(replayed.players == ["- 1/1/0/1/0/0.0/0"])
    }

    @Test("a connection of the balancer that was open before the capture belongs to nobody known")
    func midStream() throws {
        var game = GameCapture()
        game.login()
        game.say("rude")
        game.writer.reorder { $0.removeFirst(3) }
        let replayed = try Replayed(game.writer, try files().configuration())
        #expect(replayed.players == ["- 1/1/0/1/0/0.0/0"])
    }
}
