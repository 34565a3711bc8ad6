import ConfigurationFiles
import Events
import GameProtocol
import Inspection
import Reputation
import RuleEngine
import Settings
import WireBytes

/// What the rules found: to the records, to reputation, and perhaps a ban.
extension RehearsedService {
    /// Tells of a finding, and asks the book of addresses what follows.
    mutating func report(_ finding: Finding, _ connection: RehearsedConnection) {
        let direction = finding.packet.direction
        let violation = Violation(index: finding.rule)
        if violation != nil, connection.isProbing[direction] || connection.isProbing[direction.opposite] {
            return abandon(connection)
        }
        events.append(.finding(connection: connection.number, record(of: finding, violation, connection)))
        guard let client = connection.client, !connection.isExempt else { return }
        let offender = Offender(
            address: client.address, account: connection.runner.account,
            isAccountChecked: !ruleset(connection).descriptor.logins.isEmpty)
        // The rule's own ban first: what the score brings about then can only make it longer.
        if case .ban(let order) = finding.action, !finding.isShadow {
            let cause = cause(of: finding, connection, origin: .rule)
            let change = book.ban(
                offender, on: order.subjects, baseNS: order.baseNS, kind: order.reach, cause: cause, nowNS: nowNS)
            carryOut(change, finding.rule, connection)
        }
        if finding.score > 0 {
            let cause = cause(of: finding, connection, origin: .ladder)
            for change in book.add(
                finding.score, to: offender, basis: configuration.lists.standing(of: offender.address).baseScore,
                cause: cause, nowNS: nowNS)
            {
                carryOut(change, finding.rule, connection)
            }
        }
    }

    /// Tells of a client that stands in lists which log.
    mutating func tellListed(_ connection: RehearsedConnection, _ client: Endpoint) {
        for list in configuration.lists.standing(of: client.address).logging.numbers {
            let record = FindingRecord(
                listed: configuration.lists.lists[list].name, wallUS: wallUS, connection: connection.name,
                listener: configuration.listeners[connection.listener].settings.name, client: client)
            events.append(.finding(connection: connection.number, record))
        }
    }

    /// Does what a ban means: the connection that caused it ends, and so do all others of the address.
    private mutating func carryOut(
        _ change: ReputationChange, _ rule: RuleIndex, _ connection: RehearsedConnection
    ) {
        let ban: Ban
        let kind: BanRecord.Change
        switch change {
        case .none, .allowed: return
        case .banned(let new): (ban, kind) = (new, .began)
        case .extended(let longer): (ban, kind) = (longer, .extended)
        }
        banCount += 1
        events.append(
            .ban(
                BanRecord(
                    wallUS: wallUS, change: kind, ban: ban, remainingSeconds: ban.remainingSeconds(nowNS: nowNS))))
        // A soft ban ends what broke the rule, where the rule itself does so.
        guard ban.kind == .hard else { return }
        if connections[connection.number] != nil {
            end(connection, SessionEnd(cause: .ban, reason: .banned, rule: rule), byPolicy: true)
        }
        // The book bans what it knows an address by, and so the connections are entered; networks are rare.
        let others: Set<UInt64>
        switch ban.subject {
        case .account(let account): others = connections(of: account)
        case .network(let network):
            let isAddress = book.key(of: network.base) == network
            others =
                isAddress
                ? numbers[network] ?? []
                : Set(
                    connections.values.filter { $0.client.map { network.contains($0.address) } ?? false }
                        .map(\.number))
        }
        for number in others.sorted() {
            guard let other = connections[number], !other.isExempt else { continue }
            end(other, SessionEnd(cause: .ban, reason: .banned), byPolicy: true)
        }
    }

    /// Bans that have ended by now.
    mutating func tellEndedBans() {
        guard banCount > 0 else { return }
        for ban in book.takeExpired(nowNS: nowNS, most: 1_000) {
            events.append(.ban(BanRecord(wallUS: wallUS, change: .ended, ban: ban.ban, remainingSeconds: 0)))
        }
        banCount = book.counts.banCount
    }

    private func record(
        of finding: Finding, _ violation: Violation?, _ connection: RehearsedConnection
    ) -> FindingRecord {
        let ruleset = ruleset(connection)
        let rule = ruleset.policy.rules[Int(finding.rule)]
        let isScored = connection.client != nil && !connection.isExempt
        return FindingRecord(
            wallUS: wallUS, connection: connection.name,
            listener: configuration.listeners[connection.listener].settings.name, client: connection.client,
            ruleID: rule.id, ruleName: rule.name, action: finding.action.name, isShadow: finding.isShadow,
            score: isScored || finding.isShadow ? finding.score : 0, from: finding.packet.direction.sender,
            packet: packetName(finding, ruleset), opcode: finding.packet.opcode,
            byteCount: finding.packet.byteCount,
            detail: violation.map { connection.runner.detail(of: $0) } ?? ruleset.policy.detail(of: finding))
    }

    private func packetName(_ finding: Finding, _ ruleset: Ruleset) -> String {
        guard finding.packet.byteCount > 0 else { return "-" }
        guard finding.packet.packet > 0 else { return "0x" + String(finding.packet.opcode, radix: 16) }
        return ruleset.descriptor.packets[finding.packet.direction].name(of: finding.packet.packet)
    }

    private func cause(
        of finding: Finding, _ connection: RehearsedConnection, origin: BanCause.Origin
    ) -> BanCause {
        let ruleset = ruleset(connection)
        let rule = ruleset.policy.rules[Int(finding.rule)]
        return BanCause(
            origin: origin, ruleID: rule.id, ruleName: rule.name, packet: packetName(finding, ruleset),
            connection: connection.name)
    }
}
