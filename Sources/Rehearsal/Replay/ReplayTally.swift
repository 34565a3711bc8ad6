import Events
import Inspection
import Reputation
import WireBytes

/// Adds up what a rehearsed service did.
///
/// Shape: a row for each rule that fired and for each player; the players are bounded, and those beyond share a row
/// with those whose address nobody knows.
struct ReplayTally {
    /// Players that are told apart.
    var playerCountMax = 262_144
    /// Players of one rule that are told apart.
    var rulePlayerCountMax = ReplayReport.Rule.playerCountMax

    private struct RuleKey: Hashable {
        let id: UInt32
        let action: String
        let isShadow: Bool
    }

    private var rules: [RuleKey: ReplayReport.Rule] = [:]
    private var rulePlayers: [RuleKey: Set<IPNetwork>] = [:]
    private var players: [IPNetwork?: ReplayReport.Player] = [:]
    private var refusals: [String: UInt64] = [:]
    private var endings: [String: UInt64] = [:]
    var report = ReplayReport()

    mutating func take(_ event: RehearsalEvent, keyOf key: (IPAddress) -> IPNetwork) {
        switch event {
        case .finding(_, let record): take(record, player: record.client.map { key($0.address) })
        case .ban(let record):
            guard record.change != .ended, let address = record.ban.address else { return }
            change(key(address)) { $0.bans += 1 }
        case .refused(let record):
            refusals[record.termination.reason.rawValue, default: 0] += 1
            change(record.client.map { key($0.address) }) { $0.refused += 1 }
        case .session: break
        case .ended(_, let record, let byPolicy):
            if byPolicy { endings[record.termination.reason.rawValue, default: 0] += 1 }
            report.connectionCount += 1
            count(record, player: record.client.map { key($0.address) }, isClosed: byPolicy)
        case .abandoned(_, let record), .overfull(_, let record):
            count(record, player: record.client.map { key($0.address) }, isClosed: false)
        }
    }

    /// Bytes that came after an end, or on a connection that was not let in.
    mutating func refuse(byteCount: Int, of player: IPNetwork?) {
        change(player) { $0.refusedBytes += UInt64(byteCount) }
    }

    func finished() -> ReplayReport {
        var report = report
        report.rules = rules.map { key, rule in
            var rule = rule
            rule.playerCount = rulePlayers[key]?.count ?? 0
            return rule
        }
        .sorted {
            ($0.isEnforced ? 0 : 1, -Int64(clamping: $0.count), $0.id) < (
                $1.isEnforced ? 0 : 1, -Int64(clamping: $1.count), $1.id
            )
        }
        report.players = players.values.sorted(by: Self.isMoreTouched)
        report.refusals = Self.tallies(refusals)
        report.endings = Self.tallies(endings)
        return report
    }

    private mutating func take(_ record: FindingRecord, player: IPNetwork?) {
        let key = RuleKey(id: record.ruleID, action: record.action, isShadow: record.isShadow)
        var rule =
            rules[key]
            ?? ReplayReport.Rule(
                id: record.ruleID, name: record.ruleName, action: record.action, isShadow: record.isShadow,
                firstUS: record.wallUS, firstPacket: record.packet, firstClient: record.client)
        rule.count += 1
        rules[key] = rule
        if let player, rulePlayers[key, default: []].count < rulePlayerCountMax {
            rulePlayers[key, default: []].insert(player)
        }
        guard !record.isShadow, record.score > 0 else { return }
        change(player) { $0.points += record.score }
    }

    private mutating func count(_ record: ConnectionRecord, player: IPNetwork?, isClosed: Bool) {
        for direction in Direction.allCases {
            report.packetCounts[direction] += record.packetCounts[direction]
            report.droppedCounts[direction] += record.droppedPacketCounts[direction]
        }
        change(player) {
            $0.connections += 1
            $0.packets += record.packetCounts.inbound
            $0.dropped += record.droppedPacketCounts.inbound
            if isClosed { $0.closed += 1 }
        }
    }

    private mutating func change(_ player: IPNetwork?, _ body: (inout ReplayReport.Player) -> Void) {
        let isKnown = players[player] != nil
        let key = isKnown || players.count < playerCountMax ? player : nil
        body(&players[key, default: ReplayReport.Player(address: key)])
    }

    private static func tallies(_ counts: [String: UInt64]) -> [ReplayReport.Tally] {
        counts.map { ReplayReport.Tally(reason: $0, count: $1) }
            .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }

    private static func isMoreTouched(_ one: ReplayReport.Player, _ other: ReplayReport.Player) -> Bool {
        let (left, right) = (
            [one.bans, one.closed + one.refused, one.dropped],
            [other.bans, other.closed + other.refused, other.dropped]
        )
        if left != right { return right.lexicographicallyPrecedes(left) }
        if one.points != other.points { return one.points > other.points }
        if one.packets != other.packets { return one.packets > other.packets }
        guard let low = one.address?.base, let high = other.address?.base else { return one.address != nil }
        return low < high
    }
}
