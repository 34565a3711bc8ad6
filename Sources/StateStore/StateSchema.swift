import GRDB

/// The versions of the file, and how one becomes the next.
enum StateSchema {
    /// What stands at byte 68 of every file of Portcullis: "Port".
    static let applicationID: Int32 = 0x506F_7274
    /// The version that this program reads and writes.
    static let version = 2

    /// Brings a database of any earlier version, or a new one, to the newest; each step is a transaction.
    ///
    /// - Parameter last: the version to stop at; an earlier one only to make an old file.
    static func migrate(_ database: Database, from first: Int, to last: Int = version) throws {
        for next in stride(from: first + 1, through: last, by: 1) {
            try database.inTransaction(.immediate) {
                for statement in statements(of: next) { try database.execute(sql: statement) }
                try database.execute(sql: "PRAGMA user_version = \(next)")
                return .commit
            }
        }
    }

    /// What makes a version of the one before it.
    private static func statements(of version: Int) -> [String] {
        switch version {
        case 1:
            // Bans and scores, the allowlist, and what happened.
            [
                "PRAGMA application_id = \(applicationID)",
                "CREATE TABLE entries(key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
                "CREATE TABLE allowed(key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
                "CREATE TABLE history(id INTEGER PRIMARY KEY, key BLOB NOT NULL, content BLOB NOT NULL)",
                "CREATE INDEX history_of_key ON history(key)",
            ]
        case 2:
            // Who has played before, and counters.
            [
                "CREATE TABLE known(key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
                "CREATE TABLE counters(key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
            ]
        default: preconditionFailure("version \(version) of the state's schema is not one of 1 to \(Self.version)")
        }
    }
}
