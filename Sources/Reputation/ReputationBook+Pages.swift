/// Bans for who shows them page by page.
extension ReputationBook {
    /// Entries that one look goes over while the workers wait.
    private static let lookCount = 4_096

    /// Bans in force, by subject.
    ///
    /// The lock is taken many times, each time for a few entries. Bans that begin or end meanwhile may be among them or
    /// not; those that hold all the time are.
    ///
    /// Cost: each page goes over all entries, so few large pages are cheaper than many small ones.
    ///
    /// - Parameter after: the last one of the page before.
    public func bans(after: Subject?, most: Int, nowNS: UInt64) -> [Ban] {
        var page = SubjectPage(after: after, most: most)
        var start: Int? = 0
        while let from = start {
            let bounds = page.bounds
            let (found, next) = change { $0.subjects(from: from, most: Self.lookCount, within: bounds, nowNS: nowNS) }
            page.take(found)
            start = next
        }
        let subjects = page.sorted
        var bans: [Ban] = []
        for first in stride(from: 0, to: subjects.count, by: Self.lookCount) {
            let part = subjects[first..<min(first + Self.lookCount, subjects.count)]
            bans += change { state in part.compactMap { state.ban(of: $0, nowNS: nowNS) } }
        }
        return bans
    }
}

extension BookState {
    /// Subjects with a ban among some of the entries.
    ///
    /// - Returns: them, and where to go on; `nil` at the end.
    fileprivate func subjects(
        from start: Int, most: Int, within bounds: SubjectPage.Bounds, nowNS: UInt64
    ) -> ([Subject], Int?) {
        let end = min(start + most, table.entries.count)
        var found: [Subject] = []
        for index in min(start, end)..<end {
            let slot = SubjectTable.Slot(index)
            let entry = table.entries[index]
            guard table.holdsBan(slot), entry.banUntilNS > nowNS else { continue }
            guard let subject = entry.key.network.map(Subject.network) ?? table.memories[slot]?.ban?.subject else {
                continue
            }
            if bounds.hold(subject) { found.append(subject) }
        }
        return (found, end < table.entries.count ? end : nil)
    }

    fileprivate func ban(of subject: Subject, nowNS: UInt64) -> Ban? {
        guard let slot = table.slot(of: SubjectKey(subject)), let ban = table.memories[slot]?.ban, ban.untilNS > nowNS
        else { return nil }
        return ban
    }
}

/// The first so many subjects behind one, out of many that come in no order.
private struct SubjectPage {
    /// What can still be on the page.
    struct Bounds: Sendable {
        var after: Subject?
        var before: Subject?

        func hold(_ subject: Subject) -> Bool {
            if let before, !subject.isBefore(before) { return false }
            return after?.isBefore(subject) ?? true
        }
    }

    private let most: Int
    private var kept: [Subject] = []
    private(set) var bounds: Bounds

    init(after: Subject?, most: Int) {
        self.most = max(1, most)
        bounds = Bounds(after: after)
    }

    mutating func take(_ subjects: [Subject]) {
        kept += subjects
        // Sorted when it has doubled, so that all of it costs no more than one sort of what passed the bounds.
        if kept.count >= 2 * most { cut() }
    }

    var sorted: [Subject] { Array(kept.sorted { $0.isBefore($1) }.prefix(most)) }

    private mutating func cut() {
        kept = sorted
        bounds.before = kept.last
    }
}
