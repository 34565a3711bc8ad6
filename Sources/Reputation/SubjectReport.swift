import Settings
public import WireBytes

/// Everything that is remembered of a subject.
public struct SubjectReport: Sendable, Equatable {
    /// What is remembered of a network around an address.
    public struct Surrounding: Sendable, Equatable {
        /// The network.
        public var network: IPNetwork
        /// Its score now, decayed.
        public var score: Double
        /// Addresses that the points came from lately, at most sixteen.
        public var addressCount: Int
    }

    /// Whom it is about, as scores and bans are filed: of a single IPv6 address its prefix.
    public var subject: Subject
    /// Who allows it; `nil` where it is not allowed.
    public var allowance: AllowEntry?
    /// Its own ban.
    public var ban: Ban?
    /// Bans of networks that hold it, the smallest first.
    public var widerBans: [Ban] = []
    /// Where it is a network, how many bans there are within it.
    public var innerBanCount = 0
    /// Its score now, decayed.
    public var score: Double = 0
    /// How the score came about, newest last.
    public var trail: [ScorePoint] = []
    /// The networks around it that score.
    public var surroundings: [Surrounding] = []
    /// Earlier bans that the ladder counts.
    public var earlierBanCount = 0
    /// Whether many players share the address.
    public var isShared = false
}

extension BookState {
    func report(on asked: Subject, nowNS: UInt64) -> SubjectReport {
        let subject = settled(asked)
        var report = SubjectReport(subject: subject)
        if let slot = table.slot(of: SubjectKey(subject)) {
            report.score = table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
            report.trail = trail(slot)
            if let memory = table.memories[slot] {
                report.earlierBanCount = memory.earlierCount(nowNS: nowNS, forgetNS: settings.repeatForgetNS)
                if table[slot].isBanned, table[slot].banUntilNS > nowNS { report.ban = memory.ban }
            }
        }
        guard case .network(let network) = subject, case .network(let askedNetwork) = asked else { return report }
        report.allowance = allowance(of: askedNetwork) ?? allowance(of: network)
        report.isShared = shared.covering(network) != nil
        let _: Bool? = table.bannedLevels.first(holding: network.base) { key in
            guard Int(key.tag) < network.prefixLength, let slot = table.slot(of: key),
                table[slot].banUntilNS > nowNS, let ban = table.memories[slot]?.ban
            else { return nil }
            report.widerBans.append(ban)
            return nil
        }
        if network.prefixLength < key(of: network.base).prefixLength {
            report.innerBanCount = table.bans.count { slot in
                guard table[slot].banUntilNS > nowNS, let inner = table[slot].key.network else { return false }
                return inner.prefixLength > network.prefixLength && network.contains(inner.base)
            }
        }
        for level in settings.networks {
            guard let around = self.network(of: network.base, level), around.prefixLength < network.prefixLength,
                let slot = table.slot(of: SubjectKey(around))
            else { continue }
            report.surroundings.append(
                SubjectReport.Surrounding(
                    network: around, score: table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS),
                    addressCount: table.contributors[slot]?.count(
                        nowNS: nowNS, withinNS: settings.halfLifeNS.multipliedSaturating(4)) ?? 0))
        }
        return report
    }

    /// The entry that allows all of a network.
    private func allowance(of network: IPNetwork) -> AllowEntry? {
        if let wider = allowances.networks.covering(network) { return allowances.entries[wider] }
        return allow.covering(network).map {
            AllowEntry(
                network: $0, untilWallUS: AllowEntry.foreverWallUS, addedWallUS: 0, who: "", comment: "",
                isConfigured: true)
        }
    }
}

extension Subject {
    /// Networks by address, then accounts by name.
    func isBefore(_ other: Subject) -> Bool {
        switch (self, other) {
        case (.network(let left), .network(let right)):
            (left.base, left.prefixLength) < (right.base, right.prefixLength)
        case (.network, .account): true
        case (.account, .network): false
        case (.account(let left), .account(let right)): left.text < right.text
        }
    }
}
