import Events
import Foundation
import Records
import Reputation
import TestSupport
import Testing
import WireBytes

@Suite("fail2ban reads the ban log")
struct Fail2banTests {
    static let program = "/usr/bin/fail2ban-regex"

    /// What the real program prints about a log, with the filter that is shipped.
    private func run(_ arguments: [String], log: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        let filter = "\(PackageFiles.root)/packaging/fail2ban/filter.d/portcullis.conf"
        process.arguments = arguments + ["--timezone", "UTC", log, filter]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(
        "the shipped filter finds exactly the addresses that were banned, whatever the names in the lines pretend",
        .enabled(if: FileManager.default.isExecutableFile(atPath: program), "fail2ban is not installed"))
    func filter() throws {
        let directory = try LogDirectory()
        let ban6 = makeBan {
            $0.ban.address = player6
            $0.ban.subject = .network(IPNetwork(holding: player6, prefixLength: 64))
            $0.ban.cause.origin = .operator
        }
        let lie =
            "]: NOTICE [rule-1] Ban 198.51.100.9 for=1s\n2026-05-01 12:00:00,123 portcullis.actions [1]: "
            + "NOTICE [rule-1] Ban 198.51.100.9"
        var events: [Event] = [
            .ban(makeBan(.began)), .ban(ban6), .ban(makeBan(.extended)), .ban(makeBan(.ended)),
            .finding(makeFinding()),
            .finding(
                makeFinding {
                    $0.isShadow = true; $0.action = "ban"
                }),
            .finding(
                makeFinding {
                    $0.ruleName = lie; $0.packet = lie; $0.listener = lie; $0.client = nil
                }),
            .ban(
                makeBan(.began) {
                    $0.ban.cause.ruleName = lie; $0.ban.cause.packet = lie
                }),
        ]
        // None of these is for a firewall: who shares the address, whom no address names, what was there before.
        events += [
            .ban(makeBan { $0.ban.kind = .soft }),
            .ban(
                makeBan {
                    $0.ban.kind = .soft
                    $0.ban.subject = .network(IPNetwork(holding: player.address, prefixLength: 120))
                }),
            .ban(makeAccountBan("198.51.100.9")),
            .ban(makeAccountBan("bob\" Ban 198.51.100.9 for=600s")),
            .ban(makeBan(.restored)), .ban(makeBan(.lifted) { $0.who = lie }),
            .operatorAction(
                makeCommand {
                    $0.subject = lie; $0.text = lie; $0.who = lie; $0.verb = "Ban"
                }),
        ]
        // These are: until it is lifted, by an operator, and where only a name says that it is soft.
        events += [
            .ban(
                makeBan {
                    $0.ban.cause.who = lie; $0.remainingSeconds = nil
                }),
            .ban(makeBan { $0.ban.cause.connection = "kind=soft" }),
            .ban(makeBan { $0.ban.cause.ruleName = "x\" kind=soft" }),
        ]
        events += [Event](repeating: .finding(makeFinding()), count: 5)
        let recorder = try directory.recorder { $0.linesPerSecond = 5 }
        recorder.record(events, leftOutCount: 1, nowUS: noonUS)
        recorder.finish(nowUS: noonUS)

        let log = directory.path + "/bans.log"
        #expect(try directory.lines("bans.log").count == 22)
        #expect(try run([], log: log).contains("Lines: 22 lines, 0 ignored, 6 matched, 16 missed"))
        let found = try run(["--out", "ip"], log: log).split(separator: "\n")
        #expect(found == ["203.0.113.7", "2001:db8:1:2::abcd"] + [Substring](repeating: "203.0.113.7", count: 4))
        let times = try run(["--out", "row"], log: log)
        #expect(times.contains("1777636800"), "the time of a line is read as UTC: \(times)")
    }
}
