import GRDB
import GRDBSQLite
import WireBytes

/// A prepared statement whose parameters and results are bytes, without GRDB's values in between.
///
/// A million rows are read before the listeners open, and what a general value costs is most of that.
/// Every answer of SQLite's is checked here, so that none of its errors reaches a call that would end the program.
struct RowStatement {
    private let database: Database
    private let statement: Statement

    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.makeStatement(sql: sql)
    }

    /// Runs a statement of two parameters that gives no rows; the way of a million of them.
    func run(_ first: [UInt8], _ second: [UInt8]) throws {
        try bind(first, at: 1) { try bind(second, at: 2) { try stepToEnd() } }
    }

    /// Runs a statement that gives no rows.
    func run(_ parameters: [[UInt8]]) throws {
        try bind(parameters[...], at: 1) { try stepToEnd() }
    }

    /// Runs a statement whose last parameter is a number.
    func run(_ parameters: [[UInt8]], number: Int64) throws {
        // Safe: the statement is alive, and SQLite refuses an index that it does not have.
        try check(unsafe sqlite3_bind_int64(statement.sqliteStatement, Int32(parameters.count + 1), number))
        try bind(parameters[...], at: 1) { try stepToEnd() }
    }

    /// Runs a statement with numbers as parameters that gives no rows.
    func run(numbers: [Int64]) throws {
        for (index, number) in numbers.enumerated() {
            // Safe: the statement is alive, and SQLite refuses an index that it does not have.
            try check(unsafe sqlite3_bind_int64(statement.sqliteStatement, Int32(index + 1), number))
        }
        try stepToEnd()
    }

    /// Gives the rows one after another, until `body` says that it has enough.
    func rows(_ parameters: [[UInt8]] = [], _ body: (borrowing Row) throws -> Bool) throws {
        try bind(parameters[...], at: 1) {
            // Safe, here and below: the statement is alive as long as `self`.
            defer { _ = unsafe sqlite3_reset(statement.sqliteStatement) }
            while true {
                let code = unsafe sqlite3_step(statement.sqliteStatement)
                if code == SQLITE_DONE { return }
                guard code == SQLITE_ROW else { throw error(code) }
                guard try unsafe body(Row(statement: statement.sqliteStatement)) else { return }
            }
        }
    }

    /// The columns of one row, until the next.
    ///
    /// Safe, because it cannot be copied and is lent to a closure only while its statement stands on that row.
    @safe
    struct Row: ~Copyable {
        private let statement: OpaquePointer

        fileprivate init(statement: OpaquePointer) { unsafe self.statement = unsafe statement }

        /// Works on the bytes of a column; none when it is empty or holds something else.
        func bytes<Result>(_ column: Int32, _ body: (RawSpan) throws -> Result) rethrows -> Result {
            // Safe: SQLite's pointer is valid until the next step, which the caller cannot take before this returns,
            // and the count is asked for after the pointer, as SQLite demands.
            guard let start = unsafe sqlite3_column_blob(statement, column) else { return try body(RawSpan()) }
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            let buffer = unsafe UnsafeRawBufferPointer(start: start, count: max(0, count))
            return try unsafe body(buffer.bytes)
        }

        func integer(_ column: Int32) -> Int64 {
            // Safe: as above.
            unsafe sqlite3_column_int64(statement, column)
        }
    }

    /// Binds the parameters, each of which stays where it is until `body` returns.
    private func bind(_ parameters: ArraySlice<[UInt8]>, at index: Int32, _ body: () throws -> Void) throws {
        guard let first = parameters.first else { return try body() }
        try bind(first, at: index) { try bind(parameters.dropFirst(), at: index + 1, body) }
    }

    private func bind(_ parameter: [UInt8], at index: Int32, _ body: () throws -> Void) throws {
        try unsafe parameter.withUnsafeBytes { bytes in
            // Safe: the bytes outlive the step, after which the bindings are cleared; an array without bytes has no
            // address, and SQLite would take that for NULL.
            let code =
                unsafe bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement.sqliteStatement, index, 0)
                : sqlite3_bind_blob(
                    statement.sqliteStatement, index, bytes.baseAddress, Int32(clamping: bytes.count), nil)
            defer {
                _ = unsafe sqlite3_reset(statement.sqliteStatement)
                _ = unsafe sqlite3_clear_bindings(statement.sqliteStatement)
            }
            try check(code)
            try body()
        }
    }

    private func stepToEnd() throws {
        // Safe: the statement is alive as long as `self`.
        let code = unsafe sqlite3_step(statement.sqliteStatement)
        _ = unsafe sqlite3_reset(statement.sqliteStatement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw error(code) }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }
}
