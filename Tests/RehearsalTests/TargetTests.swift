import ConfigurationFiles
import Foundation
import Rehearsal
import TestSupport
import Testing
import WireBytes

@Suite("Replay: listeners, comparisons and reports")
struct TargetTests {
    private func two() throws -> LoadedConfiguration {
        let files = try GameFiles()
        try files.write(
            "portcullis.yaml",
            """
            version: 1
            listeners:
              - { name: front, bind: 192.0.2.1:7000, protocol: game, policies: [rules], to: 127.0.0.1:7001 }
              - { name: back, bind: 192.0.2.2:7000, to: 127.0.0.1:7001 }
              - { name: side, bind: 127.0.0.1:8000, to: 127.0.0.1:7001 }
            """)
        return try files.configuration()
    }

    @Test("a connection belongs to the listener of its port, and of its address where several have the port")
    func choice() throws {
        let configuration = try two()
        var game = GameCapture()
        game.login()
        game.say("rude")
        // The capture's server is 192.0.2.2, whose listener has no rules.
        #expect(try Replayed(game.writer, configuration).report.isClean)
        #expect(try Replayed(game.writer, configuration, listener: "front").rules == ["104 close 1"])
        #expect(try Replayed(game.writer, configuration, listener: "side").report.connectionCount == 0)
        #expect(try Replayed(game.writer, configuration, listener: "side", port: 7_000).report.connectionCount == 1)
        #expect(try ReplayTarget(configuration, listener: nil, port: nil).ports == [7_000, 8_000])
    }

    @Test("an unknown listener, and a port that could be anybody's, are refused by name")
    func mistakes() throws {
        let configuration = try two()
        #expect(throws: ReplayTarget.Mistake.unknownListener("fron", known: ["front", "back", "side"])) {
            try ReplayTarget(configuration, listener: "fron", port: nil)
        }
        #expect(throws: ReplayTarget.Mistake.manyListeners(["front", "back", "side"])) {
            try ReplayTarget(configuration, listener: nil, port: 7_000)
        }
    }

    @Test("a comparison names the rules and the players for whom something differs, and nothing else")
    func comparison() throws {
        var game = GameCapture()
        game.login(host: 1)
        for _ in 0..<5 { game.say("a") }
        game.close()
        game.login(host: 2)
        game.close()
        let now = try Replayed(game.writer, GameFiles().configuration()).report
        let same = ReplayComparison(now, try Replayed(game.writer, GameFiles().configuration()).report)
        #expect(same.isEmpty)
        #expect(ReplayText().text(of: same, "other.yaml") == "other.yaml would do the same")
        let other = try Replayed(
            game.writer,
            GameFiles(
                policy: GameFiles.policy.replacing("burst: 3", with: "burst: 4").replacing(
                    "- { id: 103", with: "- { id: 103")
            )
            .configuration()
        ).report
        let text = ReplayText().text(of: ReplayComparison(now, other), "other.yaml")
        #expect(text.contains("101  flood  drop    enforced      2      1"), "\(text)")
        #expect(text.contains("192.0.2.1    4 → 5    2 → 1"), "\(text)")
        #expect(!text.contains("192.0.2.2"))
    }

    @Test("the report for people names everything that fired, and what could not be judged")
    func text() throws {
        var game = GameCapture()
        game.login()
        game.say("damn")
        game.say("rude")
        game.writer.clientPort = 1
        game.writer.segment(.inbound, 77, "in the middle")
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        let summary = CaptureSummary(path: "game.pcap", counts: replayed.counts, breakage: "cut off", ports: [7_000])
        let text = ReplayText().text(of: replayed.report, summary)
        for part in [
            "game.pcap: 8 frames", "ended: 1 connection, rule", "104  rude      close   enforced",
            "102  swearing  close   shadow", "1970-01-01T00:00:01.006000Z  192.0.2.1:40000  SAY", "192.0.2.1",
            "1 connection open before the capture, with a beginning that is not the protocol's", "breaks off: cut off",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
        var few = ReplayText()
        few.playerCountMax = 0
        #expect(few.text(of: replayed.report, summary).contains("and 1 player more"))
    }

    @Test("the report for programs is one JSON object, whatever the file is called")
    func json() throws {
        var game = GameCapture()
        game.login()
        game.say("rude")
        let replayed = try Replayed(game.writer, GameFiles().configuration())
        let path = "a\u{1}\t \"b\" \\ \u{2028}\n.pcap"
        let summary = CaptureSummary(path: path, counts: replayed.counts, breakage: nil, ports: [7_000])
        let comparison = ReplayComparison(replayed.report, replayed.report)
        let text = ReplayJSON.text(
            of: replayed.report, summary, compared: ("other.yaml", replayed.report, comparison))
        #expect(!text.contains("\n") && !text.contains("\u{2028}"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect((object["capture"] as? [String: Any])?["path"] as? String == path)
        #expect(object["clean"] as? Bool == false)
        let rule = try #require((object["rules"] as? [[String: Any]])?.first)
        #expect(rule["rule_name"] as? String == "rude")
        #expect(rule["first_packet"] as? String == "SAY")
        #expect((object["compared"] as? [String: Any])?["config"] as? String == "other.yaml")
    }
}
