import Inspection
import RuleEngine
import TestSupport
import Testing
import WireBytes

@Suite("The policy of TERA")
struct TeraPolicyTests {
    /// A game in the world, and the findings of what is sent there.
    private func play(
        _ one: TeraCase, _ packets: (TeraGame) throws -> [TeraPacket], _ ruleset: Ruleset
    ) throws -> (game: TeraGame, sent: [TeraPacket], received: [TeraPacket]?) {
        let game = try TeraGame(ruleset: ruleset)
        try game.enterWorld()
        game.wire.wait(120 * second)
        let sent = try packets(game)
        return (game, sent, game.send(sent))
    }

    @Test("a rule that drops takes the last of the packets that break it, and no other")
    func drops() throws {
        let ruleset = try Rules.shipped("tera-92")
        for one in TeraCase.dropping {
            let (game, sent, received) = try play(one, one.breaking, ruleset)
            #expect(game.wire.fired == [one.rule])
            #expect(received == Array(sent.dropLast()), "\(one.rule)")
            #expect(game.wire.end == nil)
        }
    }

    @Test("a rule in shadow only says what it would have done")
    func remarks() throws {
        let ruleset = try Rules.shipped("tera-92")
        for one in TeraCase.remarking {
            let (game, sent, received) = try play(one, one.breaking, ruleset)
            #expect(game.wire.fired == [one.rule])
            #expect(game.wire.findings.allSatisfy { $0.isShadow })
            #expect(received == sent, "\(one.rule)")
        }
    }

    @Test("a rule that ends the connection lets nothing of the packet through")
    func ends() throws {
        let ruleset = try Rules.shipped("tera-92")
        for one in TeraCase.ending {
            let (game, sent, received) = try play(one, one.breaking, ruleset)
            #expect(game.wire.endingRule == one.rule)
            #expect(received == Array(sent.dropLast()), "\(one.rule)")
        }
    }

    @Test("what comes close to a rule and does not break it passes")
    func harmless() throws {
        let ruleset = try Rules.shipped("tera-92")
        for one in TeraCase.all {
            let (game, sent, received) = try play(one, one.harmless, ruleset)
            #expect(game.wire.fired == [], "\(one.rule)")
            #expect(received == sent, "\(one.rule)")
        }
    }

    @Test("every rule of the policy is tested")
    func all() throws {
        let text = try PackageFiles.text("rules/policies/tera-92.yaml")
        // A rule in a comment is an offer to the operator, and judges nothing.
        let lines = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
        let names = lines.compactMap { $0.firstMatch(of: /name: ([a-z-]+)/).map { String($0.1) } }
        let tested = Set(TeraCase.all.map(\.rule))
        // These have tests of their own.
        let others: Set = ["chat-markup", "play-in-the-lobby", "character-without-a-machine"]
        #expect(Set(names) == tested.union(others))
        #expect(names.count == Set(names).count)
    }

    @Test(
        "markup is taken out of what players say, but for fonts and links",
        arguments: [
            ("<b>hello</b>", "hello"), ("<FONT color=\"#ff0000\">hi</FONT>", "<FONT color=\"#ff0000\">hi</FONT>"),
            ("<img src='http://x/y'>", ""), ("1 < 2", "1 "), ("a\u{202E}b\u{0007}", "ab"),
            (TeraCase.link, TeraCase.link),
            (String(repeating: "x", count: 600), String(repeating: "x", count: 512)),
        ])
    func markup(_ text: String, _ expected: String) throws {
        let game = try TeraGame()
        try game.enterWorld()
        let whisper = TeraPacket.whisper(try game.opcode("C_WHISPER"), to: "friend", text)
        let chat = TeraPacket.chat(try game.opcode("C_CHAT"), text)
        let received = try #require(game.send([chat, whisper]))
        #expect(received.map { $0.text(at: $0.opcode == chat.opcode ? 4 : 6) } == [expected, expected])
        #expect(received.last?.text(at: 4) == "friend")
        let pong = try game.packet("C_PONG")
        #expect(game.send([pong]) == [pong], "the length of the packet before followed its text")
    }

    @Test("a character is chosen by a client that said what machine it runs on, and plays in the world")
    func lobby() throws {
        let game = try TeraGame()
        let login = [
            TeraPacket.version(game.version), .login(try game.opcode("C_LOGIN_ARBITER"), name: "a", ticket: [1]),
        ]
        #expect(game.send(login) == login)
        game.send([TeraPacket(try game.opcode("S_LOGIN_ARBITER"), [1, 0])], .outbound)
        let select = try game.packet("C_SELECT_USER", 8)
        #expect(game.send([select]) == [select])
        #expect(game.wire.fired == ["character-without-a-machine"])
        #expect(game.send([.chat(try game.opcode("C_CHAT"), "hello")]) == [])
        #expect(game.wire.fired.last == "play-in-the-lobby")
    }

    @Test("of 100.02 the rules hold that need no more than a name")
    func latest() throws {
        let game = try TeraGame(376_012)
        try game.enterWorld()
        let chat = TeraPacket.chat(try game.opcode("C_CHAT"), "<b>hello</b>")
        #expect(game.send([chat]) == [chat])
        #expect(game.send([TeraPacket.chat(try game.opcode("C_CHAT"), "!toolbox")]) == [])
        #expect(game.wire.fired == ["toolbox-command-in-chat"])
    }
}
