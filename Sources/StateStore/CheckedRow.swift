import GRDB
import WireBytes

/// Puts rows into a table and takes them out, each with its check.
struct RowWriter {
    let table: StateTable
    private let put: RowStatement
    private let take: RowStatement?

    init(_ table: StateTable, _ database: Database) throws {
        self.table = table
        put = try RowStatement(database, table.putSQL)
        take = table == .history ? nil : try RowStatement(database, table.removeSQL)
    }

    func put(_ key: [UInt8], _ content: [UInt8]) throws {
        try put.run(key, CheckedRow.bytes(table, key: key, content: content))
    }

    func remove(_ key: [UInt8]) throws { try take?.run([key]) }
}

/// A row's content behind its check.
enum CheckedRow {
    /// The check, then the content.
    static func bytes(_ table: StateTable, key: [UInt8], content: [UInt8]) -> [UInt8] {
        // Safe: bytes have no padding between them that could hold anything else.
        let sum = unsafe RowCheck.sum(table: table.rawValue, key: key.span.bytes, content: content.span.bytes)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(RowCheck.byteCount + content.count)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: sum >> shift)) }
        bytes.append(contentsOf: content)
        return bytes
    }

    /// Works on the content of a row whose check holds; `nil` for another one.
    static func content<Result>(
        _ table: StateTable, key: RawSpan, row: RawSpan, _ body: (RawSpan) -> Result?
    ) -> Result? {
        guard let sum = row.unsignedInteger(at: 0, byteCount: RowCheck.byteCount, littleEndian: true) else {
            return nil
        }
        let content = row.extracting(RowCheck.byteCount..<row.byteCount)
        guard RowCheck.sum(table: table.rawValue, key: key, content: content) == sum else { return nil }
        return body(content)
    }
}
