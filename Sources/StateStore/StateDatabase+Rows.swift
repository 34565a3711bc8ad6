import GRDB
import Reputation
import WireBytes

/// How far a reading came.
struct RowReading {
    /// Rows that were read.
    var rowCount = 0
    /// Rows whose check does not hold, or that are out of order.
    var damagedCount = 0
}

extension StateDatabase {
    /// Gives every entry in batches of about `batchCount`.
    func entries(batchCount: Int, _ body: ([StoredEntry]) -> Void) throws(StateError) -> RowReading {
        var texts = TextPool()
        var batch: [StoredEntry] = []
        batch.reserveCapacity(batchCount)
        let reading = try rows(of: .entries) { key, content in
            guard let subject = SubjectKey.subject(key), let entry = EntryCodec.entry(subject, content, &texts) else {
                return nil
            }
            batch.append(entry)
            if batch.count == batchCount {
                body(batch)
                batch.removeAll(keepingCapacity: true)
            }
            return ()
        }
        if !batch.isEmpty { body(batch) }
        return reading
    }

    /// Rows of entries; 0 when the file cannot tell.
    var entryCount: Int {
        (try? read { try Int.fetchOne($0, sql: "SELECT count(*) FROM entries") }).flatMap(\.self) ?? 0
    }

    /// What is allowed.
    func allowed() throws(StateError) -> (entries: [AllowEntry], reading: RowReading) {
        var texts = TextPool()
        var entries: [AllowEntry] = []
        let reading = try rows(of: .allowed) { key, content in
            SubjectKey.network(key).flatMap { AllowCodec.entry($0, content, &texts) }.map { entries.append($0) }
        }
        return (entries, reading)
    }

    /// Who has played before.
    func known() throws(StateError) -> (players: [KnownPlayer], reading: RowReading) {
        var players: [KnownPlayer] = []
        let reading = try rows(of: .known) { key, content in
            guard let subject = SubjectKey.subject(key), let until = AllowCodec.number(content) else { return nil }
            return players.append(KnownPlayer(subject: subject, untilWallUS: until))
        }
        return (players, reading)
    }

    /// The counters by their names.
    func counters() throws(StateError) -> (values: [String: UInt64], reading: RowReading) {
        var values: [String: UInt64] = [:]
        let reading = try rows(of: .counters) { key, content in
            guard let name = String(validating: key.copied(), as: UTF8.self), let value = AllowCodec.number(content)
            else { return nil }
            values[name] = UInt64(bitPattern: value)
            return ()
        }
        return (values, reading)
    }

    /// Goes over the rows of a table; `body` gives `nil` for a row that it cannot read.
    private func rows(of table: StateTable, _ body: (RawSpan, RawSpan) -> Void?) throws(StateError) -> RowReading {
        try read { database in
            var reading = RowReading()
            var last: [UInt8] = []
            try RowStatement(database, table.allSQL).rows { row in
                reading.rowCount += 1
                let isGood = row.bytes(0) { key in
                    // Keys that do not ascend mean that a page of another place stands here.
                    guard last.precedes(key) else { return false }
                    last.replace(with: key)
                    return row.bytes(1) { bytes in
                        CheckedRow.content(table, key: key, row: bytes) { body(key, $0) } != nil
                    }
                }
                if !isGood { reading.damagedCount += 1 }
                return true
            }
            return reading
        }
    }

    /// What happened to the bans of a subject, newest first.
    func history(of subject: Subject, most: Int) throws(StateError) -> (records: [HistoryRecord], reading: RowReading) {
        let key = SubjectKey.bytes(of: subject)
        var texts = TextPool()
        var records: [HistoryRecord] = []
        let reading = try read { database in
            var reading = RowReading()
            let sql = "SELECT content FROM history WHERE key = ?1 ORDER BY id DESC"
            guard most > 0 else { return reading }
            try RowStatement(database, sql).rows([key]) { row in
                reading.rowCount += 1
                let record = row.bytes(0) { bytes in
                    // Safe: bytes have no padding between them that could hold anything else.
                    unsafe CheckedRow.content(.history, key: key.span.bytes, row: bytes) {
                        HistoryCodec.record(subject, $0, &texts)
                    }
                }
                if let record { records.append(record) } else { reading.damagedCount += 1 }
                return records.count < most
            }
            return reading
        }
        return (records, reading)
    }
}

extension [UInt8] {
    /// Whether it stands before a key in the order of bytes.
    fileprivate func precedes(_ key: RawSpan) -> Bool {
        for offset in 0..<Swift.min(count, key.byteCount) {
            // The loop stays inside both.
            let other = key.byte(at: offset) ?? 0
            if self[offset] != other { return self[offset] < other }
        }
        return count < key.byteCount
    }

    fileprivate mutating func replace(with key: RawSpan) {
        removeAll(keepingCapacity: true)
        for offset in 0..<key.byteCount { append(key.byte(at: offset) ?? 0) }
    }
}
