import ControlPlane

/// An answer to "why", on one screen.
struct WhyScreen {
    /// Where values begin.
    private static let indent = 11
    /// Of what happened before.
    private static let historyCountMax = 3

    private let reply: WhyReply
    private let style: Style
    private var lines: [String] = []

    init(_ reply: WhyReply, style: Style) {
        self.reply = reply
        self.style = style
        addVerdict()
        for ban in reply.bans { add(ban) }
        if let allowed = reply.allowed { add(allowed) }
        if let evidence = reply.evidence { add(evidence) }
        addScores()
        addHistory()
        addSurroundings()
    }

    var text: String { lines.joined(separator: "\n") }

    private mutating func addVerdict() {
        let name = style.strong(reply.subject)
        let verdict: String
        switch reply.verdict {
        case .banned:
            let own = reply.bans.first { $0.subject == reply.filedAs }
            verdict = style.bad("BANNED") + (own.map(Self.extent) ?? ", as part of a network")
        case .allowed: verdict = style.good("ALLOWED")
        case .listed: verdict = style.bad("REFUSED") + " by a list"
        case .scored: verdict = style.warning("SCORED") + ", not banned"
        case .clear: verdict = style.good("CLEAR") + ", nothing speaks against it"
        }
        lines.append("\(name)  \(verdict)")
    }

    private mutating func add(_ ban: BanItem) {
        lines.append("")
        if ban.subject != reply.filedAs { add("ban of", ban.subject) }
        let packet = ban.packet.map { ", for \($0)" } ?? ""
        add("by", Self.author(ban.origin, ban.ruleID, ban.reason, ban.who) + packet)
        if let address = ban.address, address != ban.subject { add("caused by", address) }
        add("since", "\(Moment.clock(ban.since))  (\(relative(ban.since)))")
        add("until", ban.until.map { "\(Moment.clock($0))  (\(relative($0)))" } ?? "somebody lifts it")
    }

    /// How far a ban goes, and how often there was one.
    private static func extent(_ ban: BanItem) -> String {
        (ban.kind == "soft" ? ", new connections only" : "")
            + (ban.number > 1 ? ", number \(ban.number) within the memory" : "")
    }

    private mutating func add(_ allowed: AllowItem) {
        lines.append("")
        let end = allowed.until.map { "until \(Moment.clock($0))  (\(relative($0)))" } ?? "until it is removed"
        add(
            "allowed", allowed.isConfigured ? "\(allowed.subject), in the service's file" : "\(allowed.subject), \(end)"
        )
        if let who = allowed.who, !allowed.isConfigured {
            add("by", who + (allowed.added.map { ", \(Moment.clock($0))" } ?? ""))
        }
        if !allowed.comment.isEmpty { add("comment", allowed.comment) }
    }

    private mutating func add(_ evidence: EvidenceItem) {
        lines.append("")
        let opcode = evidence.opcode == 0 ? "" : " (opcode \(evidence.opcode))"
        let what = evidence.packet.map { "\($0)\(opcode), \(evidence.byteCount) bytes" } ?? "no packet"
        add("evidence", "\(what), in \(evidence.phase) at \(evidence.listener)")
        if let detail = evidence.detail { add("", detail) }
        for line in ExcerptLines(evidence.excerptBytes, ofByteCount: evidence.byteCount).lines { add("", line) }
        let client = evidence.client.map { "\($0), " } ?? ""
        add("client", "\(client)connected for \(Moment.span(Int64(evidence.ageSeconds))), \(evidence.connection)")
        add("", "sent \(Self.counters(evidence.inbound)); got \(Self.counters(evidence.outbound))")
    }

    private mutating func addScores() {
        let trail = reply.score?.trail.isEmpty == false ? reply.score?.trail : reply.evidence?.trail
        guard reply.score != nil || !reply.networkScores.isEmpty || trail?.isEmpty == false else { return }
        lines.append("")
        if let score = reply.score { add("score", Self.value(score)) }
        for (index, point) in (trail ?? []).enumerated() {
            add(
                reply.score == nil && index == 0 ? "score" : "",
                "\(Moment.clock(point.at))  +\(Self.number(point.points)) = \(Self.number(point.score))  "
                    + "\(point.ruleID) \(point.rule)")
        }
        for score in reply.networkScores { add("network", "\(score.subject): \(Self.value(score))") }
    }

    private static func value(_ score: ScoreItem) -> String {
        number(score.score) + (score.bansAt.map { ", bans at \(number($0))" } ?? "")
    }

    private mutating func addHistory() {
        let shown = reply.history.prefix(Self.historyCountMax)
        guard !shown.isEmpty else { return }
        lines.append("")
        for (index, item) in shown.enumerated() {
            var text = "\(Moment.clock(item.at))  \(Column.line([(item.change, 7)]))"
            text += String(repeating: " ", count: max(1, 9 - item.change.count))
            text += item.change == "Unban" ? (item.who.map { "by \($0)" } ?? "its time was over") : ""
            if item.change != "Unban" {
                text += Self.author(item.origin, item.ruleID, item.reason, item.who)
                if let until = item.until {
                    text += ", for \(Moment.span((until.wallUS - item.at.wallUS) / 1_000_000))"
                }
            }
            add(index == 0 ? "before" : "", text)
        }
        if reply.hasMoreHistory || reply.history.count > shown.count { add("", "and more: -o json") }
    }

    private mutating func addSurroundings() {
        var texts: [(String, String)] = []
        for list in reply.lists { texts.append(("list", list)) }
        if reply.filedAs != reply.subject { texts.append(("filed as", reply.filedAs)) }
        if reply.innerBans > 0 { texts.append(("within", "\(reply.innerBans.counted("ban")) of others")) }
        if reply.isShared { texts.append(("shared", "many players have this address: its bans are soft")) }
        if let origin = reply.origin {
            let network = origin.asn.map { "AS\($0)" + (origin.organization.map { " \($0)" } ?? "") }
            let parts = [origin.country, network, origin.isHosting ? "hosting" : nil].compactMap(\.self)
            if !parts.isEmpty { texts.append(("from", parts.joined(separator: ", "))) }
        }
        if let known = reply.knownUntil {
            texts.append(("known", "played before; remembered until \(Moment.clock(known))"))
        }
        for (label, text) in texts { add(label, text) }
    }

    private mutating func add(_ label: String, _ text: String) {
        let padding = String(repeating: " ", count: max(1, Self.indent - 2 - label.count))
        // Cut rather than broken: what is left out is in the JSON.
        let room = max(80, Terminal.width) - Self.indent
        let shown = text.count > room ? text.prefix(room - 1) + "…" : text[...]
        lines.append("  " + style.faint(label) + padding + shown)
    }

    private func relative(_ time: Timestamp) -> String {
        Moment.relative(time, nowUS: reply.asOf.wallUS)
    }

    /// Who decided a ban, and why.
    private static func author(_ origin: String, _ ruleID: UInt32, _ reason: String, _ who: String?) -> String {
        let quoted = reason.isEmpty || reason == "-" ? "" : ": \(reason)"
        switch origin {
        case "rule": return "rule \(ruleID) \(reason)"
        case "ladder": return "score, last points from rule \(ruleID) \(reason)"
        case "network": return "score of the network, last points from rule \(ruleID) \(reason)"
        case "operator": return "\(who ?? "an operator")\(quoted)"
        case "import": return "import by \(who ?? "an operator")\(quoted)"
        default: return origin + quoted
        }
    }

    private static func counters(_ counters: EvidenceItem.Counters) -> String {
        let dropped = counters.dropped > 0 ? ", \(counters.dropped) dropped" : ""
        return "\(Int(clamping: counters.packets).counted("packet")) of \(size(counters.bytes))\(dropped)"
    }

    private static func size(_ byteCount: UInt64) -> String {
        switch byteCount {
        case ..<10_000: "\(byteCount) bytes"
        case ..<10_000_000: "\(byteCount / 1_000) kB"
        default: "\(byteCount / 1_000_000) MB"
        }
    }

    /// With two places at most.
    private static func number(_ value: Double) -> String {
        // Down, so that nothing looks as if it had reached a step.
        let hundredths = (value * 100 + 1e-6).rounded(.down)
        guard hundredths.isFinite, hundredths.magnitude < 1e15 else { return "\(value)" }
        let whole = Int(hundredths) / 100
        let rest = Int(hundredths) % 100
        if rest == 0 { return "\(whole)" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// Bytes as hex and letters, sixteen a line.
struct ExcerptLines {
    private static let lineCountMax = 3
    private static let lineByteCount = 16

    private(set) var lines: [String] = []

    /// - Parameter byteCount: of the whole packet.
    init(_ bytes: [UInt8?], ofByteCount byteCount: Int) {
        guard !bytes.isEmpty else { return }
        let shown = bytes.prefix(Self.lineCountMax * Self.lineByteCount)
        for start in stride(from: 0, to: shown.count, by: Self.lineByteCount) {
            lines.append(Self.line(shown[start..<min(start + Self.lineByteCount, shown.count)]))
        }
        let secret = shown.contains { $0 == nil } ? "-- is never kept" : nil
        let left = byteCount - shown.count
        let more = left > 0 ? "\(left) bytes more" : nil
        let notes = [secret, more].compactMap(\.self)
        if !notes.isEmpty { lines.append(notes.joined(separator: "; ")) }
    }

    private static func line(_ bytes: ArraySlice<UInt8?>) -> String {
        var hex = ""
        var letters = ""
        for (index, byte) in bytes.enumerated() {
            if index > 0 { hex += index == lineByteCount / 2 ? "  " : " " }
            if let byte {
                hex += (byte < 16 ? "0" : "") + String(byte, radix: 16)
                letters += (0x20..<0x7F).contains(byte) ? String(Unicode.Scalar(byte)) : "."
            } else {
                hex += "--"
                letters += "-"
            }
        }
        return hex + String(repeating: " ", count: lineByteCount * 3 - hex.count) + "  " + letters
    }
}
