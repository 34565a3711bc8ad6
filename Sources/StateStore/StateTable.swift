/// The tables of the file; each has a byte of its own in the check of its rows.
///
/// Shape: a table is keys and contents, both bytes, in the order of the keys. The history has a number a row besides,
/// in the order of time, and an index of its keys.
enum StateTable: UInt8, CaseIterable {
    case entries = 0x45
    case allowed = 0x41
    case history = 0x48
    case known = 0x4B
    case counters = 0x43

    var name: String {
        switch self {
        case .entries: "entries"
        case .allowed: "allowed"
        case .history: "history"
        case .known: "known"
        case .counters: "counters"
        }
    }

    /// Puts a row in, or in place of another one of its key; the history's rows are only ever added.
    var putSQL: String {
        self == .history
            ? "INSERT INTO history(key, content) VALUES(?1, ?2)"
            : "INSERT OR REPLACE INTO \(name)(key, content) VALUES(?1, ?2)"
    }

    /// Takes a row out by its key.
    var removeSQL: String { "DELETE FROM \(name) WHERE key = ?1" }

    /// All rows in the order in which they are kept.
    var allSQL: String {
        "SELECT key, content FROM \(name) ORDER BY " + (self == .history ? "id" : "key")
    }
}
