import Events
import Foundation
import Records
import Reputation
import TestSupport
import Testing
import WireBytes

@Suite("CrowdSec reads the ban log", .enabled(if: Crowdsec.isThere, "crowdsec is not unpacked"), .serialized)
struct CrowdsecTests {
    private static let lie =
        "]: NOTICE [rule-1] Ban 198.51.100.9 for=1s\n2026-05-01 12:00:00,123 portcullis.actions [1]: NOTICE [rule-1] "
        + "Ban 198.51.100.9 for=1s count=1 packet=- reason=\"x\" by=rule conn=-"

    /// Writes a log as the program does and gives its path.
    private func write(_ events: [Event], in directory: LogDirectory) throws -> String {
        let recorder = try directory.recorder { $0.linesPerSecond = 1_000 }
        recorder.record(events, leftOutCount: 0, nowUS: noonUS)
        recorder.finish(nowUS: noonUS)
        return directory.path + "/bans.log"
    }

    @Test("bans and rules that fired are parsed, what else is in the log is not, whatever the names pretend")
    func parses() throws {
        let directory = try LogDirectory()
        let log = try write(
            [
                .ban(makeBan(.began)),
                .ban(makeBan(.extended)),
                .ban(makeBan(.ended)),
                .finding(makeFinding()),
                .finding(makeFinding { $0.client = nil }),
                .finding(
                    makeFinding {
                        $0.isShadow = true; $0.action = "ban"
                    }),
                .finding(
                    makeFinding {
                        $0.ruleName = Self.lie; $0.packet = Self.lie; $0.listener = Self.lie; $0.detail = Self.lie
                    }),
                .ban(
                    makeBan {
                        $0.ban.cause.ruleName = Self.lie; $0.ban.cause.packet = Self.lie
                    }),
                .ban(makeBan { $0.ban.kind = .soft }),
                .ban(makeBan { $0.ban.cause.who = "x\" kind=soft" }),
                .ban(makeAccountBan("198.51.100.9")),
                .ban(makeBan(.restored)),
                .operatorAction(
                    makeCommand {
                        $0.subject = Self.lie; $0.text = Self.lie; $0.who = Self.lie
                    }),
            ], in: directory)
        let found = try Crowdsec().explain(log)
        let lines = try directory.lines("bans.log")
        #expect(lines.count == 13)
        let parsed = lines.map { found[$0]?.isParsed }
        #expect(parsed == [true, false, false, true, false, false, true, true] + [true, true, false, false, false])
        let scenarios = lines.map { found[$0]?.scenarios ?? ["missing"] }
        let expected = Set([0, 7, 9])
        #expect(scenarios == lines.indices.map { expected.contains($0) ? ["portcullis/ban"] : [] })
    }

    @Test("a ban becomes a decision on its address or network that lasts as long, and one without an end ten years")
    func decides() throws {
        let directory = try LogDirectory()
        let now = Int64(Date().timeIntervalSince1970 * 1e6)
        func ban(_ address: IPAddress, prefixLength: Int, seconds: UInt64?) -> Event {
            .ban(
                makeBan {
                    $0.wallUS = now
                    $0.ban.address = address
                    $0.ban.subject = .network(IPNetwork(holding: address, prefixLength: prefixLength))
                    $0.ban.cause.ruleName = Self.lie
                    $0.remainingSeconds = seconds
                })
        }
        let log = try write(
            [
                ban(player.address, prefixLength: 128, seconds: 89_400),
                ban(player6, prefixLength: 64, seconds: 10_200),
                ban(IPAddress(ipv4: 0xCB00_7108), prefixLength: 128, seconds: nil),
            ], in: directory)
        #expect(
            try Crowdsec().decisions(on: log) == [
                .init(scenario: "portcullis/ban-network", scope: "Range", value: "2001:db8:1:2::/64", hours: 2),
                .init(scenario: "portcullis/ban", scope: "Ip", value: "203.0.113.7", hours: 24),
                .init(scenario: "portcullis/ban", scope: "Ip", value: "203.0.113.8", hours: 87_599),
            ])
    }
}
