import Captures
import Records
import WireBytes

/// A report for people.
public struct ReplayText: Sendable {
    /// The most players that are shown.
    public var playerCountMax = 20

    /// With twenty players.
    public init() {}

    /// What the capture is, and what became of it.
    public func text(of report: ReplayReport, _ summary: CaptureSummary) -> String {
        var lines = head(report, summary)
        lines += [""] + rules(report)
        lines += [""] + players(report)
        let notes = notes(report, summary)
        if !notes.isEmpty { lines += ["", "not judged, or judged in part:"] + notes.map { "  " + $0 } }
        return lines.joined(separator: "\n")
    }

    private func head(_ report: ReplayReport, _ summary: CaptureSummary) -> [String] {
        let counts = summary.counts
        var lines = ["\(summary.path): \(Words.count(counts.frames, "frame")), \(Words.count(counts.bytes, "byte"))"]
        if let span = report.spanUS {
            lines.append(
                "from \(Words.time(span.lowerBound)) to \(Words.time(span.upperBound)), "
                    + Words.duration(span.upperBound - span.lowerBound))
        }
        let ports =
            (summary.ports.count == 1 ? "port " : "ports ") + summary.ports.map { "\($0)" }.joined(separator: ", ")
        lines.append(
            "\(Words.count(report.connectionCount, "connection")) to \(ports): "
                + "\(Words.count(report.packetCounts.inbound, "packet")) of the players and "
                + "\(Words.count(report.packetCounts.outbound, "packet")) of the server passed, "
                + "\(report.droppedCounts.inbound) and \(report.droppedCounts.outbound) were dropped")
        for tally in report.refusals {
            lines.append("not let in: \(Words.count(tally.count, "connection")), \(tally.reason)")
        }
        for tally in report.endings {
            lines.append("ended: \(Words.count(tally.count, "connection")), \(tally.reason)")
        }
        return lines
    }

    private func rules(_ report: ReplayReport) -> [String] {
        guard !report.rules.isEmpty else { return ["no rule fired"] }
        var table = TextTable([
            ("rule", .right), ("name", .left), ("action", .left), ("mode", .left), ("times", .right),
            ("players", .right), ("first", .left), ("", .left), ("", .left),
        ])
        for rule in report.rules {
            let players =
                rule.playerCount < ReplayReport.Rule.playerCountMax
                ? "\(rule.playerCount)" : "\(ReplayReport.Rule.playerCountMax)+"
            table.add([
                "\(rule.id)", rule.name, rule.action, Words.mode(rule), "\(rule.count)", players,
                Words.time(rule.firstUS), rule.firstClient.map { "\($0)" } ?? "-", rule.firstPacket,
            ])
        }
        return ["rules that fired:"] + table.lines(indent: "  ")
    }

    private func players(_ report: ReplayReport) -> [String] {
        guard !report.players.isEmpty else { return ["no player"] }
        var table = TextTable([
            ("player", .left), ("connections", .right), ("packets", .right), ("dropped", .right), ("closed", .right),
            ("banned", .right), ("points", .right), ("refused", .right), ("bytes refused", .right),
        ])
        for player in report.players.prefix(playerCountMax) {
            table.add([
                Words.player(player.address), "\(player.connections)", "\(player.packets)", "\(player.dropped)",
                "\(player.closed)", "\(player.bans)", Words.points(player.points), "\(player.refused)",
                "\(player.refusedBytes)",
            ])
        }
        var lines = ["players:"] + table.lines(indent: "  ")
        let hidden = report.players.count - min(report.players.count, playerCountMax)
        if hidden > 0 { lines.append("  and \(Words.count(UInt64(hidden), "player")) more") }
        return lines
    }

    private func notes(_ report: ReplayReport, _ summary: CaptureSummary) -> [String] {
        let (counts, unjudged) = (summary.counts, report.unjudged)
        let notes: [(UInt64, String)] = [
            (
                unjudged.midStreamConnections,
                "open before the capture, with a beginning that is not the protocol's: not judged"
            ),
            (unjudged.midStreamJudged, "open before the capture: judged from the first packet in it"),
            (unjudged.lostConnections, "with bytes missing in the capture: not judged from there"),
            (unjudged.lostDirections, "with bytes missing in one direction: only the other is judged from there"),
            (unjudged.overfull, "with too many bytes that waited: not judged from there"),
            (unjudged.withoutHeader, "without a PROXY header: taken as the players' own"),
        ]
        var lines = notes.filter { $0.0 > 0 }.map { "\(Words.count($0.0, "connection")) \($0.1)" }
        let frames: [(UInt64, String)] = [
            (counts.snapped, "with only their beginning in the capture: capture with `-s 0`"),
            (counts.fragments, "with a fragment of an IP packet"),
            (counts.malformed, "with headers that contradict themselves"),
        ]
        lines += frames.filter { $0.0 > 0 }.map { "\(Words.count($0.0, "frame")) \($0.1)" }
        if counts.skippedBytes > 0 {
            lines.append("\(Words.count(counts.skippedBytes, "byte")) behind missing ones")
        }
        if counts.unansweredHandshakes > 0 {
            lines.append("\(Words.count(counts.unansweredHandshakes, "handshake")) that nothing followed")
        }
        if counts.untracked > 0 {
            lines.append("\(Words.count(counts.untracked, "segment")) of more connections at once than are followed")
        }
        if let breakage = summary.breakage { lines.append("the capture breaks off: \(breakage)") }
        return lines
    }
}

/// How reports say things.
enum Words {
    static func count(_ number: UInt64, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    static func time(_ wallUS: Int64) -> String {
        var ascii: [UInt8] = []
        WallTime(wallUS: wallUS).appendRFC3339(to: &ascii)
        return String(decoding: ascii, as: UTF8.self)
    }

    static func duration(_ microseconds: Int64) -> String {
        let seconds = microseconds / 1_000_000
        if seconds < 60 { return "\(seconds).\(microseconds % 1_000_000 / 100_000) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds / 60 % 60) min"
    }

    static func mode(_ rule: ReplayReport.Rule) -> String { rule.isShadow ? "shadow" : "enforced" }

    /// An address alone where it is one, else the prefix.
    static func player(_ network: IPNetwork?) -> String {
        guard let network else { return "unknown" }
        return network.prefixLength == 128 ? "\(network.base)" : "\(network)"
    }

    /// `5` rather than `5.0`, and no more digits than anybody reads.
    static func points(_ points: Double) -> String {
        let rounded = (points * 1_000).rounded() / 1_000
        let text = "\(rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
