import Captures
import WireBytes

/// A report for programs: one object; the manual lists its keys.
public enum ReplayJSON {
    /// - Parameters:
    ///   - other: the other configuration's path, its report, and what differs.
    public static func text(
        of report: ReplayReport, _ summary: CaptureSummary,
        compared other: (path: String, report: ReplayReport, comparison: ReplayComparison)? = nil
    ) -> String {
        var members: [(StaticString, String)] = [("capture", capture(summary))]
        members += self.members(report)
        if let other {
            members.append(
                (
                    "compared",
                    JSONText.object(
                        [("config", JSONText.text(other.path))] + self.members(other.report) + [
                            ("differing_rules", JSONText.list(other.comparison.rules.map(change))),
                            (
                                "differing_players",
                                JSONText.list(other.comparison.players.map { JSONText.text(Words.player($0.address)) })
                            ),
                        ])
                ))
        }
        return JSONText.object(members)
    }

    private static func capture(_ summary: CaptureSummary) -> String {
        let counts = summary.counts
        return JSONText.object([
            ("path", JSONText.text(summary.path)), ("ports", JSONText.list(summary.ports.map { "\($0)" })),
            ("frames", "\(counts.frames)"), ("bytes", "\(counts.bytes)"), ("fragments", "\(counts.fragments)"),
            ("malformed", "\(counts.malformed)"), ("snapped", "\(counts.snapped)"),
            ("lost_streams", "\(counts.lostStreams)"), ("skipped_bytes", "\(counts.skippedBytes)"),
            ("unanswered_handshakes", "\(counts.unansweredHandshakes)"), ("untracked", "\(counts.untracked)"),
            ("breakage", JSONText.text(summary.breakage)),
        ])
    }

    private static func members(_ report: ReplayReport) -> [(StaticString, String)] {
        let unjudged = report.unjudged
        return [
            ("clean", "\(report.isClean)"),
            ("from", JSONText.text(report.spanUS.map { Words.time($0.lowerBound) })),
            ("to", JSONText.text(report.spanUS.map { Words.time($0.upperBound) })),
            ("connections", "\(report.connectionCount)"), ("packets_in", "\(report.packetCounts.inbound)"),
            ("packets_out", "\(report.packetCounts.outbound)"), ("dropped_in", "\(report.droppedCounts.inbound)"),
            ("dropped_out", "\(report.droppedCounts.outbound)"),
            ("refused", JSONText.list(report.refusals.map(tally))),
            ("ended", JSONText.list(report.endings.map(tally))), ("rules", JSONText.list(report.rules.map(rule))),
            ("players", JSONText.list(report.players.map(player))),
            (
                "unjudged",
                JSONText.object([
                    ("mid_stream", "\(unjudged.midStreamConnections)"),
                    ("mid_stream_judged", "\(unjudged.midStreamJudged)"),
                    ("lost_connections", "\(unjudged.lostConnections)"),
                    ("lost_directions", "\(unjudged.lostDirections)"), ("overfull", "\(unjudged.overfull)"),
                    ("without_header", "\(unjudged.withoutHeader)"), ("bytes", "\(unjudged.bytes)"),
                ])
            ),
        ]
    }

    private static func tally(_ tally: ReplayReport.Tally) -> String {
        JSONText.object([("reason", JSONText.text(tally.reason)), ("count", "\(tally.count)")])
    }

    private static func rule(_ rule: ReplayReport.Rule) -> String {
        JSONText.object([
            ("rule_id", "\(rule.id)"), ("rule_name", JSONText.text(rule.name)),
            ("action", JSONText.text(rule.action)), ("mode", rule.isShadow ? "\"shadow\"" : "\"enforce\""),
            ("count", "\(rule.count)"), ("players", "\(rule.playerCount)"),
            ("first", JSONText.text(Words.time(rule.firstUS))),
            ("first_src_ip", JSONText.text(rule.firstClient.map { "\($0.address)" })),
            ("first_packet", rule.firstPacket == "-" ? "null" : JSONText.text(rule.firstPacket)),
        ])
    }

    private static func player(_ player: ReplayReport.Player) -> String {
        JSONText.object([
            ("player", player.address == nil ? "null" : JSONText.text(Words.player(player.address))),
            ("connections", "\(player.connections)"), ("packets", "\(player.packets)"),
            ("dropped", "\(player.dropped)"), ("closed", "\(player.closed)"), ("bans", "\(player.bans)"),
            ("points", JSONText.number(player.points)), ("refused", "\(player.refused)"),
            ("refused_bytes", "\(player.refusedBytes)"),
        ])
    }

    private static func change(_ change: ReplayComparison.RuleChange) -> String {
        JSONText.object([
            ("rule_id", "\(change.id)"), ("rule_name", JSONText.text(change.name)),
            ("action", JSONText.text(change.action)), ("mode", change.isShadow ? "\"shadow\"" : "\"enforce\""),
            ("count", "\(change.before)"), ("there", "\(change.after)"),
        ])
    }
}
