import WireBytes

/// What another configuration would have done differently with the same capture.
public struct ReplayComparison: Sendable {
    /// A rule whose effect differs.
    struct RuleChange: Sendable, Equatable {
        let id: UInt32
        let name: String
        let action: String
        let isShadow: Bool
        let before: UInt64
        let after: UInt64
    }

    /// A player whom something else happens to.
    struct PlayerChange: Sendable, Equatable {
        let address: IPNetwork?
        let before: ReplayReport.Player
        let after: ReplayReport.Player
    }

    let rules: [RuleChange]
    let players: [PlayerChange]

    /// Whether both do the same.
    public var isEmpty: Bool { rules.isEmpty && players.isEmpty }

    /// - Parameters:
    ///   - before: what the configuration does.
    ///   - after: what the other would do.
    public init(_ before: ReplayReport, _ after: ReplayReport) {
        var changes: [RuleChange] = []
        for rule in before.rules {
            let other = after.rules.first { Self.isSame($0, rule) }
            guard other?.count != rule.count else { continue }
            changes.append(Self.change(rule, rule.count, other?.count ?? 0))
        }
        for rule in after.rules where !before.rules.contains(where: { Self.isSame($0, rule) }) {
            changes.append(Self.change(rule, 0, rule.count))
        }
        rules = changes.sorted { ($0.id, $0.action) < ($1.id, $1.action) }

        let others = Dictionary(after.players.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        var players = before.players.compactMap { player in
            let other = others[player.address] ?? ReplayReport.Player(address: player.address)
            return other == player ? nil : PlayerChange(address: player.address, before: player, after: other)
        }
        let known = Set(before.players.map(\.address))
        for player in after.players where !known.contains(player.address) {
            let none = ReplayReport.Player(address: player.address)
            players.append(PlayerChange(address: player.address, before: none, after: player))
        }
        self.players = players
    }

    private static func isSame(_ one: ReplayReport.Rule, _ other: ReplayReport.Rule) -> Bool {
        one.id == other.id && one.action == other.action && one.isShadow == other.isShadow
    }

    private static func change(_ rule: ReplayReport.Rule, _ before: UInt64, _ after: UInt64) -> RuleChange {
        RuleChange(
            id: rule.id, name: rule.name, action: rule.action, isShadow: rule.isShadow, before: before, after: after)
    }
}

extension ReplayText {
    /// What differs, per rule and per player.
    public func text(of comparison: ReplayComparison, _ other: String) -> String {
        guard !comparison.isEmpty else { return "\(other) would do the same" }
        var lines = ["what \(other) would do differently:"]
        if !comparison.rules.isEmpty {
            var table = TextTable([
                ("rule", .right), ("name", .left), ("action", .left), ("mode", .left), ("times", .right),
                ("there", .right),
            ])
            for change in comparison.rules {
                table.add([
                    "\(change.id)", change.name, change.action, change.isShadow ? "shadow" : "enforced",
                    "\(change.before)", "\(change.after)",
                ])
            }
            lines += table.lines(indent: "  ")
        }
        guard !comparison.players.isEmpty else { return lines.joined(separator: "\n") }
        if !comparison.rules.isEmpty { lines.append("") }
        var table = TextTable([
            ("player", .left), ("packets", .right), ("dropped", .right), ("closed", .right), ("banned", .right),
            ("points", .right), ("refused", .right),
        ])
        for change in comparison.players.prefix(playerCountMax) {
            let (before, after) = (change.before, change.after)
            table.add([
                Words.player(change.address), Self.pair(before.packets, after.packets),
                Self.pair(before.dropped, after.dropped), Self.pair(before.closed, after.closed),
                Self.pair(before.bans, after.bans), Self.pair(Words.points(before.points), Words.points(after.points)),
                Self.pair(before.refused, after.refused),
            ])
        }
        lines += table.lines(indent: "  ")
        let hidden = comparison.players.count - min(comparison.players.count, playerCountMax)
        if hidden > 0 { lines.append("  and \(Words.count(UInt64(hidden), "player")) more") }
        return lines.joined(separator: "\n")
    }

    /// One value where both are the same.
    private static func pair<Value: Equatable>(_ before: Value, _ after: Value) -> String {
        before == after ? "\(before)" : "\(before) → \(after)"
    }
}
