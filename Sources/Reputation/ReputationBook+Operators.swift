import Settings
public import WireBytes

/// What operators ask of the book.
extension ReputationBook {
    /// Most entries of the allowlist that operators add.
    public static let allowanceCountMax = Allowances.countMax

    /// Bans as an operator says, to the letter: without growth or jitter, and shorter than before if he wants.
    public func order(_ order: ManualBan, nowNS: UInt64) -> ManualBanOutcome {
        change { $0.order(order, nowNS: nowNS) }
    }

    /// Lifts the bans of a subject, and where it is a network those of all that lie in it; their scores are then 0.
    ///
    /// The ladder does not remember a ban that was lifted.
    ///
    /// - Returns: the bans, as they were, with the time at which they ended.
    public func lift(_ subject: Subject, nowNS: UInt64) -> [Ban] {
        change { $0.lift(subject, nowNS: nowNS) }
    }

    /// Lifts every ban.
    public func liftAll(nowNS: UInt64) -> [Ban] {
        change { $0.liftAll(nowNS: nowNS) }
    }

    /// Allows somebody, or changes until when and why; bans of those it covers are lifted and returned.
    ///
    /// - Returns: `nil` where there are too many entries.
    public func allow(_ entry: AllowEntry, nowNS: UInt64) -> [Ban]? {
        change { state in
            let isNew = state.allowances.entries[entry.network] == nil
            guard !isNew || state.allowances.entries.count < Allowances.countMax else { return nil }
            return state.allow(entry, nowNS: nowNS)
        }
    }

    /// Removes an entry of the allowlist that an operator added.
    public func disallow(_ network: IPNetwork) -> AllowEntry? {
        change { $0.allowances.remove(network) }
    }

    /// Entries whose time is over; they are removed.
    public func takeExpiredAllowances(wallUS: Int64) -> [AllowEntry] {
        change { $0.allowances.takeExpired(wallUS: wallUS) }
    }

    /// Who is allowed: those of the service's file first, then by address.
    public func allowed() -> [AllowEntry] {
        let (configured, added) = change { ($0.settings.allow, $0.allowances.entries.values) }
        let entries = configured.map {
            AllowEntry(
                network: $0, untilWallUS: AllowEntry.foreverWallUS, addedWallUS: 0, who: "", comment: "",
                isConfigured: true)
        }
        return entries
            + added.sorted {
                ($0.network.base, $0.network.prefixLength) < ($1.network.base, $1.network.prefixLength)
            }
    }

    /// Everything that is remembered of a subject.
    public func report(on subject: Subject, nowNS: UInt64) -> SubjectReport {
        change { $0.report(on: subject, nowNS: nowNS) }
    }

    /// How the score of a subject came about, newest last.
    public func trail(of subject: Subject) -> [ScorePoint] {
        change { state in state.table.slot(of: SubjectKey(subject)).map { state.trail($0) } ?? [] }
    }
}

/// What outlives the program.
extension ReputationBook {
    /// Begins to keep track of what changes.
    public func keepChanges() {
        change { $0.changes.isKept = true }
    }

    /// What changed since it was asked last, as it is now.
    ///
    /// - Parameter most: subjects; more stay for the next time, unless all there is must be written.
    public func takeChanged(most: Int, nowNS: UInt64) -> StoredChanges {
        change { $0.takeChanged(most: most, nowNS: nowNS) }
    }

    /// What was taken could not be written: the next time everything is taken.
    public func forgetWritten() {
        change { $0.changes.fail() }
    }

    /// Entries of the allowlist that operators added or removed since it was asked last.
    public func takeChangedAllowances() -> [AllowanceChange] {
        change { $0.allowances.takeChanged() }
    }

    /// Makes room for so many subjects at once, which is faster than room for each of them.
    public func reserve(_ count: Int) {
        change { $0.table.reserve(max(0, min(count, $0.addressCountMax - $0.table.count))) }
    }

    /// Puts in what another run remembered; what is there already stays.
    ///
    /// Call ``synchronise(nowNS:wallUS:)`` before.
    public func restore(_ entries: [StoredEntry], nowNS: UInt64) {
        change { $0.restore(entries, nowNS: nowNS) }
    }

    /// Puts in whom operators of another run allowed.
    public func restore(_ entries: [AllowEntry]) {
        change { $0.allowances.restore(entries) }
    }
}
