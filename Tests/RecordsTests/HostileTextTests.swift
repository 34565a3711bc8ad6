import Events
import Foundation
import Records
import Reputation
import TestSupport
import Testing
import WireBytes

/// The keys and values of a line behind its verb, read strictly: `key=word` or `key="…"` without a quote inside.
private func values(of line: Substring) -> [(key: String, value: String)]? {
    var rest = line
    var values: [(String, String)] = []
    while !rest.isEmpty {
        guard let match = rest.prefixMatch(of: /([a-z_]+)=("[^"]*"|[^" ]+)( |$)/) else { return nil }
        values.append((String(match.1), String(match.2)))
        rest = rest[match.range.upperBound...]
    }
    return values
}

@Suite("Hostile text in the logs")
struct HostileTextTests {
    @Test("names that hold quotes, line breaks and whole log lines never change a line's shape", arguments: 0..<200)
    func shapeHolds(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let finding = makeFinding {
            $0.ruleName = hostileText(&random)
            $0.packet = hostileText(&random)
            $0.listener = hostileText(&random)
            $0.connection = hostileText(&random)
            $0.action = hostileText(&random)
            $0.from = hostileText(&random)
            $0.isShadow = .random(using: &random)
        }
        let ban = makeBan {
            $0.ban.cause.ruleName = hostileText(&random)
            $0.ban.cause.packet = hostileText(&random)
            $0.ban.cause.connection = hostileText(&random)
        }
        let account = AccountName(hostileName(&random))
        let accountBan = makeBan(.lifted) {
            if let account { $0.ban.subject = .account(account) }
            $0.ban.cause.who = hostileText(&random)
            $0.who = hostileText(&random)
        }
        let command = makeCommand {
            $0.subject = hostileText(&random)
            $0.verb = hostileText(&random)
            $0.who = hostileText(&random)
            $0.text = hostileText(&random)
        }
        let attack = makeAttack {
            $0.listener = hostileText(&random)
            $0.limits = hostileText(&random)
            $0.who = hostileText(&random)
            $0.measure = [.new, .operator].randomElement(using: &random)
            $0.change = .ended
        }
        let connection = makeConnection {
            $0.listener = hostileText(&random)
            $0.pool = hostileText(&random)
            $0.connection = hostileText(&random)
            $0.ruleName = hostileText(&random)
        }
        let words = Notice(wallUS: noonUS, level: .error, name: hostileText(&random), text: hostileText(&random))
        let directory = try LogDirectory()
        try directory.recorder().record(
            [
                .finding(finding), .ban(ban), .ban(accountBan), .operatorAction(command), .connection(connection),
                .notice(words), .underAttack(attack),
            ], leftOutCount: 0, nowUS: noonUS)

        let expected = [
            ["action", "score", "packet", "bytes", "from", "listener", "reason", "conn"],
            ["for", "count", "packet", "reason", "by", "conn"],
            ["count", "packet", "reason", "by", "conn"] + (account == nil ? [] : ["account", "address"])
                + ["who", "lifted_by"],
            ["command", "who", "text"],
        ]
        let banLines = try directory.lines("bans.log")
        #expect(banLines.count == 4, "seed \(seed)")
        for (line, keys) in zip(banLines, expected) {
            let start =
                #/^[-0-9]+ [:,0-9]+ portcullis\.actions \[4711\]: NOTICE \[[-a-z0-9]+\] [A-Za-z]+ ("[^"]*"|[^" ]+) /#
            let match = try #require(line.firstMatch(of: start), "seed \(seed): \(line)")
            #expect(values(of: line[match.range.upperBound...])?.map(\.key) == keys, "seed \(seed): \(line)")
        }
        let connectionLines = try directory.lines("connections.log")
        #expect(connectionLines.count == 1)
        let match = try #require(connectionLines[0].firstMatch(of: #/portcullis\.connections \[4711\]: /#))
        #expect(values(of: connectionLines[0][match.range.upperBound...])?.count == 20, "seed \(seed)")
        #expect(try directory.lines("stderr").count == 2)
        for name in ["bans.log", "connections.log", "stderr", "events.json"] {
            let text = try directory.text(name)
            #expect(
                text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F }, "seed \(seed)")
            #expect(!text.unicodeScalars.contains("\u{2028}") && !text.unicodeScalars.contains("\u{85}"))
        }
        // JSON loses nothing: what was written is read again.
        let objects = try directory.objects()
        #expect(
            objects.map { $0["event_type"] as? String } == [
                "finding", "ban", "ban", "operator", "connection", "notice", "under_attack",
            ])
        #expect(Array((objects[0]["rule_name"] as? String ?? "?").utf8) == Array(finding.ruleName.utf8))
        #expect(Array((objects[1]["rule_name"] as? String ?? "?").utf8) == Array(ban.ban.cause.ruleName.utf8))
        #expect(objects[2]["account"] as? String == account?.text)
        #expect(Array((objects[3]["text"] as? String ?? "?").utf8) == Array(command.text.utf8))
        #expect(Array((objects[4]["pool"] as? String ?? "?").utf8) == Array(connection.pool.utf8))
        #expect(Array((objects[5]["text"] as? String ?? "?").utf8) == Array(words.text.utf8))
    }

    @Test("a quote, a backslash and a line break are written as their codes")
    func codes() throws {
        let directory = try LogDirectory()
        let ban = makeBan { $0.ban.cause.ruleName = "a\"b\\c\nd\u{2028}é" }
        try directory.recorder().record([.ban(ban)], leftOutCount: 0, nowUS: noonUS)
        #expect(try directory.text("bans.log").contains(#" reason="a\x22b\x5cc\x0ad\u{2028}é" "#))
        #expect(try directory.text("events.json").contains(#""rule_name":"a\"b\\c\nd\u2028é""#))
    }

    @Test("a value of 256 characters is shown whole, of one of 257 the rest is an ellipsis", arguments: [256, 257])
    func length(count: Int) throws {
        let directory = try LogDirectory()
        let ban = makeBan { $0.ban.cause.ruleName = String(repeating: "x", count: count) }
        try directory.recorder().record([.ban(ban)], leftOutCount: 0, nowUS: noonUS)
        let shown = String(repeating: "x", count: 256) + (count > 256 ? "…" : "")
        #expect(try directory.text("bans.log").contains(" reason=\"\(shown)\" "))
    }
}
