import Reputation
import WireBytes

/// What waits to be written, in one piece, while the disk does not take it.
///
/// Bounds: 10,000 entries, as many records, and as many of the rest. With more entries than that everything in memory
/// is written when the disk works again; of more records the oldest are lost, and counted.
struct StateBacklog {
    static let countMax = 10_000

    private var entries: [Subject: StoredEntry] = [:]
    private(set) var records: [HistoryRecord] = []
    private var allowed: [IPNetwork: AllowEntry?] = [:]
    private var known: [Subject: Int64?] = [:]
    private var counters: [String: UInt64] = [:]
    /// Entries were left out.
    private(set) var isOverflowed = false
    /// Records that were left out since the program started.
    private(set) var lostRecordCount = 0

    var isEmpty: Bool {
        entries.isEmpty && records.isEmpty && allowed.isEmpty && known.isEmpty && counters.isEmpty
    }

    var count: Int { entries.count + records.count + allowed.count + known.count }

    /// Adds changes; of two for one subject the later counts.
    ///
    /// - Parameter isBounded: whether the disk fails at the moment, and the bounds hold.
    mutating func add(_ changes: StateChanges, isBounded: Bool) {
        for entry in changes.entries where !isOverflowed { entries[entry.subject] = entry }
        records += changes.records
        for network in changes.disallowed { allowed.updateValue(nil, forKey: network) }
        for entry in changes.allowed { allowed[entry.network] = entry }
        for subject in changes.unknown { known.updateValue(nil, forKey: subject) }
        for player in changes.known { known[player.subject] = player.untilWallUS }
        counters.merge(changes.counters) { _, new in new }
        if isBounded { bound() }
    }

    /// Brings what waits within the bounds.
    mutating func bound() {
        if entries.count > Self.countMax {
            isOverflowed = true
            entries = [:]
        }
        if records.count > Self.countMax {
            lostRecordCount += records.count - Self.countMax
            records.removeFirst(records.count - Self.countMax)
        }
        // Both are told anew with everything else.
        if allowed.count > Self.countMax || known.count > Self.countMax {
            isOverflowed = true
            if allowed.count > Self.countMax { allowed = [:] }
            if known.count > Self.countMax { known = [:] }
        }
    }

    /// All of it as one change.
    var changes: StateChanges {
        var changes = StateChanges()
        changes.entries = Array(entries.values)
        changes.records = records
        for (network, entry) in allowed {
            if let entry { changes.allowed.append(entry) } else { changes.disallowed.append(network) }
        }
        for (subject, until) in known {
            if let until {
                changes.known.append(KnownPlayer(subject: subject, untilWallUS: until))
            } else {
                changes.unknown.append(subject)
            }
        }
        changes.counters = counters
        return changes
    }

    /// After it was written, or when everything is written anyway.
    mutating func clear() {
        let lost = lostRecordCount
        self = StateBacklog()
        lostRecordCount = lost
    }

    /// Only records, for a database in memory that the rest is not written to.
    mutating func takeRecords() -> [HistoryRecord] {
        defer { records = [] }
        return records
    }
}
