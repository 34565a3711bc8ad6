import GRDB
import Reputation
import WireBytes

/// How much of the past is kept.
struct HistoryBounds {
    /// Records of one subject.
    var perSubject = 64
    /// Records of all subjects together.
    var count: Int
    /// How old a record may be, in microseconds.
    var ageUS: Int64
}

extension StateDatabase {
    /// Writes changes in one transaction, which is on disk when this returns.
    ///
    /// - Parameter leastScore: a score of this or less is not worth a row.
    func write(_ changes: StateChanges, leastScore: Double, bounds: HistoryBounds) throws(StateError) {
        try transaction { database in
            if !changes.entries.isEmpty {
                let writer = try RowWriter(.entries, database)
                for entry in changes.entries { try Self.write(entry, leastScore: leastScore, with: writer) }
            }
            if !changes.records.isEmpty { try Self.write(changes.records, bounds: bounds, database) }
            if !changes.allowed.isEmpty || !changes.disallowed.isEmpty {
                let writer = try RowWriter(.allowed, database)
                for network in changes.disallowed { try writer.remove(SubjectKey.bytes(of: network)) }
                for entry in changes.allowed {
                    try writer.put(SubjectKey.bytes(of: entry.network), AllowCodec.content(of: entry))
                }
            }
            if !changes.known.isEmpty || !changes.unknown.isEmpty {
                let writer = try RowWriter(.known, database)
                for subject in changes.unknown { try writer.remove(SubjectKey.bytes(of: subject)) }
                for player in changes.known {
                    try writer.put(
                        SubjectKey.bytes(of: player.subject), AllowCodec.content(of: player.untilWallUS))
                }
            }
            if !changes.counters.isEmpty {
                let writer = try RowWriter(.counters, database)
                for (name, value) in changes.counters {
                    try writer.put(Array(name.utf8), AllowCodec.content(of: Int64(bitPattern: value)))
                }
            }
        }
    }

    private static func write(_ entry: StoredEntry, leastScore: Double, with writer: RowWriter) throws {
        let key = SubjectKey.bytes(of: entry.subject)
        let isWorthIt = entry.isWorthKeeping(scoresAbove: leastScore)
        if isWorthIt { try writer.put(key, EntryCodec.content(of: entry)) } else { try writer.remove(key) }
    }

    private static func write(_ records: [HistoryRecord], bounds: HistoryBounds, _ database: Database) throws {
        let writer = try RowWriter(.history, database)
        // The index gives the last rows of a key in order, so this looks at as many as are kept.
        let trim = try RowStatement(
            database,
            "DELETE FROM history WHERE key = ?1 AND id <= (SELECT id FROM history WHERE key = ?1 "
                + "ORDER BY id DESC LIMIT 1 OFFSET \(max(1, bounds.perSubject)))")
        for record in records {
            let key = SubjectKey.bytes(of: record.subject)
            try writer.put(key, HistoryCodec.content(of: record))
            try trim.run([key])
        }
    }

    /// Puts the entries of some subjects in place of all that stand from one key up to another.
    ///
    /// - Parameters:
    ///   - isMerged: rows of others stay.
    ///   - after: what was written before; `nil` at the beginning.
    ///   - through: the last key of this part; `nil` for the end.
    func replace(
        isMerged: Bool, after: [UInt8]?, through: [UInt8]?, with entries: [StoredEntry], leastScore: Double
    ) throws(StateError) {
        try transaction { database in
            switch (after, through) {
            case _ where isMerged: break
            case (nil, nil): try RowStatement(database, "DELETE FROM entries").run([])
            case (nil, let through?): try RowStatement(database, "DELETE FROM entries WHERE key <= ?1").run([through])
            case (let after?, nil): try RowStatement(database, "DELETE FROM entries WHERE key > ?1").run([after])
            case (let after?, let through?):
                try RowStatement(database, "DELETE FROM entries WHERE key > ?1 AND key <= ?2").run([after, through])
            }
            let writer = try RowWriter(.entries, database)
            for entry in entries { try Self.write(entry, leastScore: leastScore, with: writer) }
        }
    }

    /// Removes some of what is too old or too much; `false` when nothing was left to remove.
    func prune(_ bounds: HistoryBounds, nowWallUS: Int64) throws(StateError) -> Bool {
        var isMore = false
        let (oldest, isUnderflow) = nowWallUS.subtractingReportingOverflow(bounds.ageUS)
        try transaction { database in
            let span = try Int.fetchOne(database, sql: "SELECT max(id) - min(id) + 1 FROM history") ?? 0
            // The rows' numbers have gaps, so this is only asked when there may be too many.
            let count = span > bounds.count ? try Int.fetchOne(database, sql: "SELECT count(*) FROM history") ?? 0 : 0
            var surplus = max(0, count - bounds.count)
            var last: Int64?
            let rows = "SELECT id, content FROM history ORDER BY id LIMIT \(Self.pruneCount)"
            try RowStatement(database, rows).rows { row in
                // The time is the first number of the content, behind the check.
                let wallUS = row.bytes(1) { $0.unsignedInteger(at: 4, byteCount: 8, littleEndian: true) }
                let isOld = !isUnderflow && wallUS.map { Int64(bitPattern: $0) < oldest } ?? true
                guard isOld || surplus > 0 else { return false }
                surplus -= 1
                last = row.integer(0)
                return true
            }
            guard let last else { return }
            try RowStatement(database, "DELETE FROM history WHERE id <= ?1").run(numbers: [last])
            isMore = true
        }
        return isMore
    }

    /// Rows that one step removes.
    private static let pruneCount = 500
}

extension StateDatabase {
    /// Puts what is allowed and who is known in place of what stands there; `nil` leaves it.
    ///
    /// - Parameter isMerged: rows of others stay.
    func replace(isMerged: Bool, _ allowed: [AllowEntry]?, _ known: [KnownPlayer]?) throws(StateError) {
        try transaction { database in
            if let allowed {
                if !isMerged { try RowStatement(database, "DELETE FROM allowed").run([]) }
                let writer = try RowWriter(.allowed, database)
                for entry in allowed {
                    try writer.put(SubjectKey.bytes(of: entry.network), AllowCodec.content(of: entry))
                }
            }
            if let known {
                if !isMerged { try RowStatement(database, "DELETE FROM known").run([]) }
                let writer = try RowWriter(.known, database)
                for player in known {
                    try writer.put(SubjectKey.bytes(of: player.subject), AllowCodec.content(of: player.untilWallUS))
                }
            }
        }
    }
}
