import GRDB
import Glibc
import Reputation
import WireBytes

/// One open database, in a file or in memory.
///
/// Thread safety: any thread; GRDB lets one at a time in.
final class StateDatabase: Sendable {
    let queue: DatabaseQueue

    /// In memory, as long as the program runs.
    init() throws(StateError) {
        do {
            queue = try DatabaseQueue(configuration: Self.configuration)
            try queue.writeWithoutTransaction { try StateSchema.migrate($0, from: 0) }
        } catch { throw StateError(error) }
    }

    /// In a file that is Portcullis's, or new.
    ///
    /// - Parameter version: the version of the schema to bring it to; an earlier one only to make an old file.
    init(path: String, version: Int = StateSchema.version) throws(StateError) {
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            try queue.writeWithoutTransaction { database in
                let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                guard found <= StateSchema.version else {
                    throw StateError(
                        .newer,
                        "a newer version of Portcullis wrote it: its schema is \(found), and this program knows "
                            + "\(StateSchema.version)")
                }
                // Before the switch to the write-ahead log, so that the first page says whose file it is.
                try StateSchema.migrate(database, from: found, to: version)
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw StateError(.other, "SQLite cannot keep its log beside the file (mode \(mode ?? "unknown"))")
                }
            }
        } catch { throw StateError(error) }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "portcullis.state"
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        // A transaction that SQLite ended by itself, as it does on a full disk, is an error and no reason to trap.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            for pragma in pragmas { try database.execute(sql: "PRAGMA " + pragma) }
        }
        return configuration
    }

    private static let pragmas = [
        "page_size = \(Salvage.pageByteCount)",
        // What is answered has reached the disk.
        "synchronous = FULL",
        // Removed rows are overwritten, so that salvage does not find a ban that was lifted.
        "secure_delete = ON",
        // Every page is looked at before its rows are.
        "cell_size_check = ON",
        "trusted_schema = OFF",
        // Never a mapping of the file, where a disk's error is a signal instead of a result.
        "mmap_size = 0",
        // 16 MiB of pages; and the log beside the file shrinks again after a burst.
        "cache_size = -16384",
        "journal_size_limit = 16777216",
    ]

    /// Works within one transaction, which is on disk when this returns.
    func transaction(_ body: (Database) throws -> Void) throws(StateError) {
        do {
            try queue.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    try body(database)
                    return .commit
                }
            }
        } catch { throw StateError(error) }
    }

    /// Reads.
    func read<Result>(_ body: (Database) throws -> Result) throws(StateError) -> Result {
        do { return try queue.writeWithoutTransaction(body) } catch { throw StateError(error) }
    }

    /// Lets go of the file; later use is an error.
    func close() { try? queue.close() }
}
