import TestSupport
import Testing
import WireBytes

@testable import Demonstration

@Suite("The game world")
struct WorldSessionTests {
    private let header = Array("PROXY TCP4 127.0.66.1 127.0.0.1 40000 13327\r\n".utf8)
    private let login: [UInt8] =
        [
            GamePacket("version", text: "1023 1029 somebody"), GamePacket("setup", text: "tick 1"),
            GamePacket("requestinfo", text: "skill_info"), GamePacket("accountlogin", Login.counted("thief")),
            GamePacket("accountplay", text: "thief"),
        ].flatMap(\.bytes)

    private func answers(_ bytes: [UInt8]) -> [GamePacket] {
        var stream = PacketStream()
        return stream.packets(in: bytes)
    }

    @Test("greets whoever the PROXY header names, and nobody before")
    func greets() {
        var session = WorldSession()
        #expect(session.receive(header.dropLast()).isEmpty)
        #expect(session.client == nil)
        let greeting = answers(session.receive([header.last!]))
        #expect(greeting.map(\.word) == ["version"])
        #expect(session.client == IPAddress("127.0.66.1"))
        #expect(session.byteCount == 0)
    }

    @Test("answers every step of a login, and each command with its number and what arrived")
    func plays() {
        var session = WorldSession()
        let say = GamePacket.command(7, "say hello")
        let words = answers(session.receive(header + login)).map(\.word)
        #expect(
            words == ["version", "setup", "replyinfo", "accountplayers", "player", "addme_success", "newmap"])
        let reply = answers(session.receive(GamePacket.command(6, "north").bytes + say.bytes))
        #expect(reply.map(\.word) == ["comc", "drawextinfo", "comc"])
        #expect(reply[0].number(at: 0, byteCount: 2) == 6)
        #expect(reply[1].text == "0 10 0 thief says: hello")
        #expect(reply[2].number(at: 0, byteCount: 2) == 7)
        #expect(reply[2].number(at: 2, byteCount: 4) == say.checksum)
        #expect(reply[2].bytes.count == 13)
    }

    @Test("answers no command of somebody who has no character")
    func needsLogin() {
        var session = WorldSession()
        _ = session.receive(header)
        #expect(session.receive(GamePacket.command(1, "north").bytes).isEmpty)
        #expect(session.tick(1).isEmpty)
    }

    @Test("counts the game's bytes of its client, however they are split, and answers the same")
    func splits() {
        let bytes = header + login + GamePacket.command(1, "say one two").bytes + GamePacket.command(2, "east").bytes
        var whole = WorldSession()
        let expected = whole.receive(bytes)
        #expect(whole.byteCount == bytes.count - header.count)
        for size in 1...bytes.count {
            var session = WorldSession()
            var answers: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                answers += session.receive(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(answers == expected)
            #expect(session.byteCount == whole.byteCount)
        }
    }

    @Test(
        "believes nobody without a PROXY header",
        arguments: ["GET / HTTP/1.1\r\n", "PROXY UNKNOWN\r\n", "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "\n"])
    func refuses(header: String) {
        var session = WorldSession()
        #expect(session.receive(Array(header.utf8) + login).isEmpty)
        #expect(session.isRefused)
        #expect(session.receive(login).isEmpty)
    }

    @Test("gives a header 107 bytes and no more")
    func longHeader() {
        var session = WorldSession()
        _ = session.receive([UInt8](repeating: UInt8(ascii: "P"), count: 107))
        #expect(!session.isRefused)
        _ = session.receive([UInt8(ascii: "P")])
        #expect(session.isRefused)
    }

    @Test("lives through random bytes")
    func randomBytes() {
        var random = SplitMix64(seed: 0x0DE0)
        for _ in 0..<200 {
            var session = WorldSession()
            _ = session.receive(header + login)
            for _ in 0..<20 {
                let count = Int.random(in: 0...40, using: &random)
                var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                // Short lengths, so that packets do end.
                if count > 1 { (bytes[0], bytes[1]) = (0, bytes[1] % 16) }
                _ = session.receive(bytes)
            }
        }
    }

    @Test("packets survive the wire")
    func packets() {
        for packet in [GamePacket("tick", [1, 2, 32, 4]), GamePacket("newmap"), GamePacket("x", text: "a b c")] {
            #expect(answers(packet.bytes) == [packet])
        }
    }
}
