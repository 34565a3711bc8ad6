import Settings
import WireBytes

/// What rules report: points and bans.
extension BookState {
    /// Adds points to whom they are counted against, and their share to the networks around him.
    mutating func add(
        _ points: Double, to offender: Offender, basis: Double, cause: BanCause, nowNS: UInt64
    ) -> [ReputationChange] {
        if isAllowed(offender.address) { return [.allowed] }
        // Also false for what is no number.
        guard points > 0 else { return [] }
        let isShared = shared.contains(offender.address)
        if ruleNames[cause.ruleID] != cause.ruleName { ruleNames[cause.ruleID] = cause.ruleName }
        if isShared, let account = offender.ownAccount {
            return [
                collect(
                    points, .account(account), offender.address, settings.ladder, basis: basis, isShared: false,
                    origin: .ladder, cause, nowNS)
            ].filter { $0 != .none }
        }
        var changes = [
            collect(
                points, subject(of: offender.address), offender.address, settings.ladder, basis: basis,
                isShared: isShared, origin: .ladder, cause, nowNS)
        ]
        for level in settings.networks.prefix(ReputationSettings.networkLevelCountMax) {
            guard let network = network(of: offender.address, level) else { continue }
            let slot = settledSlot(of: .network(network), nowNS: nowNS)
            var contributors = table.contributors[slot] ?? Contributors()
            contributors.note(key(of: offender.address).base, nowNS: nowNS)
            table.contributors[slot] = contributors
            // What four half-lives ago gave points has hardly any left.
            let addressCount = contributors.count(nowNS: nowNS, withinNS: settings.halfLifeNS.multipliedSaturating(4))
            let ladder = addressCount >= level.addressCountMin ? level.ladder : []
            changes.append(
                collect(
                    points * level.weight, .network(network), offender.address, ladder, basis: 0, isShared: isShared,
                    origin: .network, cause, nowNS))
        }
        return changes.filter { $0 != .none }
    }

    /// The network of a level around an address; `nil` where it would be no more than the address.
    func network(of address: IPAddress, _ level: ReputationSettings.NetworkLevel) -> IPNetwork? {
        let own = key(of: address).prefixLength
        let prefix = address.isIPv4 ? level.prefixIPv4.map { $0 + 96 } : level.prefixIPv6
        guard let prefix, prefix < own, prefix >= (address.isIPv4 ? 97 : 1) else { return nil }
        return IPNetwork(holding: address, prefixLength: prefix)
    }

    /// Adds points to one subject's score; the highest step that it reaches bans, and it is then 0.
    private mutating func collect(
        _ points: Double, _ subject: Subject, _ address: IPAddress, _ ladder: [ReputationSettings.Step],
        basis: Double, isShared: Bool, origin: BanCause.Origin, _ cause: BanCause, _ nowNS: UInt64
    ) -> ReputationChange {
        let slot = settledSlot(of: subject, nowNS: nowNS)
        let decayed = table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
        let score = min(decayed + points, .greatestFiniteMagnitude)
        table[slot].scoreNS = max(table[slot].scoreNS, nowNS)
        table[slot].note(
            TrailPoint(
                wallSeconds: UInt32(clamping: wallUS(nowNS) / 1_000_000), ruleID: cause.ruleID,
                points: Float(points), score: Float(score)))
        changes.add(subject, countMax: addressCountMax)
        guard let step = Self.highestStep(of: ladder, reachedBy: score + basis) else {
            table[slot].score = score
            return .none
        }
        table[slot].score = 0
        var cause = cause
        cause.origin = origin
        return impose(
            on: subject, address: address, baseNS: step.baseNS, kind: isShared ? .soft : step.kind, cause: cause,
            nowNS: nowNS)
    }

    private static func highestStep(
        of ladder: [ReputationSettings.Step], reachedBy score: Double
    ) -> ReputationSettings.Step? {
        var highest: ReputationSettings.Step?
        for step in ladder where score >= step.at && step.at >= highest?.at ?? -.infinity { highest = step }
        return highest
    }

    /// Bans by a rule.
    mutating func ban(
        _ offender: Offender, on target: BanTarget, baseNS: UInt64?, kind: Ban.Kind, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        if isAllowed(offender.address) { return .allowed }
        let lowest = settings.ladder.min { $0.at < $1.at }
        let isShared = shared.contains(offender.address)
        let subject: Subject
        switch target {
        case .account: subject = offender.account.map { .account($0) } ?? self.subject(of: offender.address)
        case .address:
            let account = isShared ? offender.ownAccount : nil
            subject = account.map { .account($0) } ?? self.subject(of: offender.address)
        case .network: subject = .network(AddressPrefixes(settings).network(of: offender.address))
        }
        return impose(
            on: subject, address: offender.address, baseNS: baseNS ?? lowest?.baseNS ?? settings.repeatMostNS,
            kind: isShared && subject.network != nil ? .soft : kind, cause: cause, nowNS: nowNS)
    }

    /// How the score of an entry came about, newest last.
    func trail(_ slot: SubjectTable.Slot) -> [ScorePoint] {
        let entry = table[slot]
        return (0..<Int(entry.trailCount)).map { index in
            let point = entry.trail[index]
            return ScorePoint(
                wallUS: Int64(point.wallSeconds) * 1_000_000, ruleID: point.ruleID,
                ruleName: ruleNames[point.ruleID] ?? "", points: Double(point.points), score: Double(point.score))
        }
    }
}

extension UInt64 {
    /// `self * other`, or the greatest value.
    func multipliedSaturating(_ other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
