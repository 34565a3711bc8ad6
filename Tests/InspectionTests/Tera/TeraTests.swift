import Inspection
import TestSupport
import Testing
import WireBytes

@Suite("TERA")
struct TeraTests {
    @Test("a session of every version is understood, and goes on byte for byte", arguments: TeraGame.versions)
    func versions(_ version: UInt32) throws {
        for size in [Int.max, 1, 3, 7, 64] {
            let game = try TeraGame(version, pieceByteCount: size)
            try game.enterWorld()
            let chat = TeraPacket.chat(try game.opcode("C_CHAT"), "hello")
            let place = TeraPacket.location(try game.opcode("C_PLAYER_LOCATION"), (1, 2, 3), time: 1_000)
            let unknown = TeraPacket(1, [1, 2, 3])
            #expect(game.send([chat, place, unknown]) == [chat, place, unknown])
            #expect(game.wire.end == nil)
            #expect(game.wire.fired == [])
            for direction in Direction.allCases {
                #expect(game.wire.forwarded[direction].suffix(game.sent[direction].count) == game.sent[direction][...])
            }
        }
    }

    @Test("another version is taken for the usual one")
    func otherVersion() throws {
        let game = try TeraGame(367_081)
        let packets = [
            TeraPacket.version(999_999), .login(try game.opcode("C_LOGIN_ARBITER"), name: "a", ticket: [1]),
        ]
        #expect(game.send(packets) == packets)
        #expect(game.wire.end == nil)
    }

    @Test("before the login nothing else is said, and an answer that refuses does not lead on")
    func login() throws {
        let early = try TeraGame()
        early.send([.version(367_081), .chat(try early.opcode("C_CHAT"), "hello")])
        #expect(early.wire.endingRule == "phase")
        let refused = try TeraGame()
        refused.send([.version(367_081), .login(try refused.opcode("C_LOGIN_ARBITER"), name: "a", ticket: [1])])
        refused.send([TeraPacket(try refused.opcode("S_LOGIN_ARBITER"), [0, 0])], .outbound)
        #expect(refused.wire.phaseName == "login")
        refused.send([try refused.packet("C_GET_USER_LIST")])
        #expect(refused.wire.endingRule == "phase")
    }

    @Test("another magic, and lengths that no packet has, end the connection")
    func framing() throws {
        let wire = Wire(try Rules.shipped("tera-92"))
        wire.send([2, 0, 0, 0], .outbound)
        #expect(wire.endingRule == "preamble")
        for length in [UInt16(0), 3] {
            let game = try TeraGame()
            game.send([TeraPacket(bytes: TeraPacket.number(length) + [0, 0])])
            #expect(game.wire.endingRule == "framing")
        }
    }

    @Test(
        "what lies outside its packet, an array that lies, and a text without its end are malformed",
        arguments: [
            ("C_CHAT", [10, 0, 0, 0, 0, 0, 0x41, 0]), ("C_CHAT", [0xFF, 0xFF, 0, 0, 0, 0, 0, 0]),
            ("C_CHAT", [4, 0, 0, 0, 0, 0, 0, 0]), ("C_WHISPER", [8, 0, 9, 9, 0, 0, 0, 0]),
            ("C_CHECK_VERSION", [2, 0, 8, 0, 8, 0, 20, 0] + [UInt8](repeating: 0, count: 8)),
            ("C_CHECK_VERSION", [1, 0, 8, 0, 8, 0, 8, 0] + [UInt8](repeating: 0, count: 8)),
            ("C_CHECK_VERSION", [0xFF, 0xFF, 8, 0, 8, 0, 0, 0] + [UInt8](repeating: 0, count: 8)),
        ] as [(String, [UInt8])])
    func malformed(_ name: String, _ body: [UInt8]) throws {
        let game = try TeraGame()
        if name != "C_CHECK_VERSION" { try game.enterWorld() }
        game.send([TeraPacket(try game.opcode(name), body)])
        #expect(game.wire.endingRule == "malformed")
    }

    @Test("after drops and rewrites both ends stay in step, whatever comes, in pieces of any size")
    func inStep() throws {
        let ruleset = try Rules.shipped("tera-92")
        for seed in UInt64(0)..<6 {
            var random = SplitMix64(seed: seed)
            let game = try TeraGame(367_081, pieceByteCount: [1, 5, 40, 700][Int(seed) % 4], ruleset: ruleset)
            try game.enterWorld()
            for step in 0..<120 {
                // So slow that no limit is asked.
                game.wire.wait(2 * second)
                let (packets, expected) = try packets(Int.random(in: 0..<8, using: &random), step, game)
                #expect(game.send(packets) == expected, "seed \(seed), step \(step)")
                let answer = TeraPacket(UInt16.random(in: 1...9_000, using: &random), random.bytes(step))
                #expect(game.send([answer], .outbound) == [answer], "seed \(seed), step \(step)")
            }
            #expect(game.wire.end == nil)
        }
    }

    /// Some packets, and what of them the server gets.
    private func packets(_ kind: Int, _ step: Int, _ game: TeraGame) throws -> ([TeraPacket], [TeraPacket]) {
        let chat = try game.opcode("C_CHAT")
        let location = try game.opcode("C_PLAYER_LOCATION")
        let plain = TeraPacket.chat(chat, "step \(step)")
        let place = TeraPacket.location(location, (Float(step), 2, 3), time: UInt32(step))
        switch kind {
        case 0: return ([plain], [plain])
        case 1: return ([.chat(chat, "<img src='x'>step \(step)</img>")], [plain])
        case 2: return ([place], [place])
        case 3: return ([.location(location, (.nan, 2, 3), time: 1), place], [place])
        case 4: return ([place, .ranking(try game.opcode("C_REQUEST_PVE_RANKING"), class: 13), plain], [place, plain])
        case 5: return ([try game.packet("C_USE_ITEM", 70), place], [place])
        case 6: return ([.chat(chat, "!TOOLBOX"), plain], [plain])
        default: return ([try game.packet("C_PONG"), place], [try game.packet("C_PONG"), place])
        }
    }

    @Test("the counter of C_DIALOG goes on without a gap when one was dropped")
    func counter() throws {
        let game = try TeraGame()
        try game.logIn()
        let opcode = try game.opcode("C_DIALOG")
        #expect(game.send([.dialog(opcode, counter: 1)]) == [])
        #expect(game.wire.fired == ["play-in-the-lobby"])
        let login = try game.packet("S_LOGIN", 300)
        #expect(game.send([login], .outbound) == [login])
        #expect(game.send([.dialog(opcode, counter: 2)]) == [.dialog(opcode, counter: 1)])
        #expect(game.send([.dialog(opcode, counter: 3)]) == [.dialog(opcode, counter: 2)])
        #expect(game.wire.fired == ["play-in-the-lobby"])
        game.send([.dialog(opcode, counter: 7)])
        #expect(game.wire.fired.last == "counter")
        // Without its counter it has another size.
        #expect(game.send([try game.packet("C_DIALOG", 16)]) == [])
        #expect(game.wire.fired.last == "size")
    }

    @Test("in the first build of 92.04 C_DIALOG has no counter")
    func noCounter() throws {
        let game = try TeraGame(367_078)
        try game.enterWorld()
        let dialog = try game.packet("C_DIALOG", 16)
        #expect(game.send([dialog, dialog]) == [dialog, dialog])
        #expect(game.send([.dialog(try game.opcode("C_DIALOG"), counter: 1)]) == [])
        #expect(game.wire.fired == ["size"])
    }
}
