import Events
import Inspection
import Reputation
import TestSupport
import Testing
import WireBytes

@Suite("The manual's page on logs")
struct ManualTests {
    /// Its indented lines: what it shows of files and commands.
    private func shown() throws -> [String] {
        try PackageFiles.text("docs/manual/logs.md").split(separator: "\n").filter { $0.hasPrefix("    ") }
            .map { String($0.drop { $0 == " " }) }
    }

    @Test("every line of a log that it shows is one that is written, to the letter")
    func lines() throws {
        let directory = try LogDirectory()
        let recorder = try directory.recorder { $0.linesPerSecond = 2 }
        let prefixBan = makeBan {
            $0.ban.address = player6
            $0.ban.subject = .network(IPNetwork(holding: player6, prefixLength: 64))
            $0.ban.cause.origin = .ladder
        }
        let networkBan = makeBan {
            $0.ban.subject = .network(IPNetwork(holding: player.address, prefixLength: 120))
            $0.ban.cause.origin = .network
            $0.ban.kind = .soft
            $0.ban.number = 1
        }
        let operatorsBans = [BanRecord.Change.began, .restored].map { change in
            var record = makeAccountBan("bob", change)
            record.remainingSeconds = nil
            record.ban.address = nil
            record.ban.number = 1
            record.ban.cause.ruleName = "sells gold"
            record.ban.cause.packet = "-"
            record.ban.cause.connection = "-"
            return record
        }
        let lifted = makeBan(.lifted) { $0.who = "alice" }
        let withEvidence = makeBan { $0.evidence = makeEvidence() }
        let findings = [makeFinding(), makeFinding { $0.isShadow = true }, makeFinding()]
        let bans =
            [makeBan(.began), makeBan(.extended), makeBan(.ended), prefixBan, networkBan, lifted, withEvidence]
            + operatorsBans
        recorder.record(
            findings.map { .finding($0) } + bans.map { .ban($0) } + [
                .operatorAction(makeCommand()), .underAttack(makeAttack()), .notice(notice),
            ],
            leftOutCount: 0, nowUS: noonUS)
        recorder.record([.connection(makeConnection())], leftOutCount: 0, nowUS: noonUS + 1_000_000)
        let last = try directory.recorder { $0.linesPerSecond = 0 }
        last.record(findings.map { .finding($0) }, leftOutCount: 0, nowUS: noonUS)
        last.finish(nowUS: noonUS)
        let written = Set(
            try ["bans.log", "connections.log", "events.json", "stderr"].flatMap { try directory.lines($0) })
        let logLines = try shown().filter { $0.hasPrefix("{\"") || $0.hasPrefix("2026-") }
        #expect(logLines.count == 22)
        for line in logLines { #expect(written.contains(line), "\(line)") }
    }

    @Test("every notice that the program has a name for is explained")
    func notices() throws {
        let page = try PackageFiles.text("docs/manual/logs.md")
        let shape = #/\.(?:info|warning|error),\s*(?:name: )?"([a-z]+(?:-[a-z]+)*)"/#
        var names: Set<Substring> = []
        for file in PackageFiles.files(below: "Sources") where file.hasSuffix(".swift") {
            names.formUnion(try PackageFiles.text(file).matches(of: shape).map(\.1))
        }
        #expect(names.count > 20)
        for name in names { #expect(page.contains("`\(name)`"), "`\(name)`") }
    }

    @Test("its tables of termination codes are the program's")
    func codes() throws {
        let page = try PackageFiles.text("docs/manual/logs.md")
        let head = "| letter | means |\n|---|---|\n"
        let causes = Termination.Cause.allCases.map { "| `\($0.letter)` | \($0.meaning) |\n" }.joined()
        let stages = Termination.Stage.allCases.map { "| `\($0.letter)` | \($0.meaning) |\n" }.joined()
        #expect(page.contains("<!-- causes -->\n" + head + causes + "\n"))
        #expect(page.contains("<!-- stages -->\n" + head + stages + "\n"))
    }
}
