import GRDB
import WireBytes

extension StateDatabase {
    /// Rows that one transaction copies.
    private static let copyCount = 5_000

    /// Takes over what was found in the pages of a damaged file, and counts it by table.
    func take(_ salvage: Salvage) throws(StateError) -> [StateTable: Int] {
        var counts: [StateTable: Int] = [:]
        var batch: [FoundRow] = []
        do {
            try salvage.rows { row in
                batch.append(row)
                guard batch.count == Self.copyCount else { return }
                try insert(batch)
                for row in batch { counts[row.table, default: 0] += 1 }
                batch.removeAll(keepingCapacity: true)
            }
        } catch { throw StateError(error) }
        try insert(batch)
        for row in batch { counts[row.table, default: 0] += 1 }
        return counts
    }

    private func insert(_ rows: [FoundRow]) throws(StateError) {
        try transaction { database in
            let history = try RowStatement(
                database, "INSERT OR IGNORE INTO history(key, content, id) VALUES(?1, ?2, ?3)")
            var statements: [StateTable: RowStatement] = [:]
            for table in StateTable.allCases where table != .history {
                statements[table] = try RowStatement(database, table.putSQL)
            }
            for row in rows {
                if let number = row.number {
                    try history.run([row.key, row.row], number: number)
                } else {
                    try statements[row.table]?.run([row.key, row.row])
                }
            }
        }
    }

    /// Appends the history of another database, oldest first.
    func takeHistory(of other: StateDatabase) throws(StateError) {
        let rows = try other.read { database in
            var rows: [(key: [UInt8], row: [UInt8])] = []
            try RowStatement(database, StateTable.history.allSQL).rows { row in
                rows.append((row.bytes(0) { $0.copied() }, row.bytes(1) { $0.copied() }))
                return true
            }
            return rows
        }
        try transaction { database in
            let statement = try RowStatement(database, StateTable.history.putSQL)
            for row in rows { try statement.run([row.key, row.row]) }
        }
    }
}
