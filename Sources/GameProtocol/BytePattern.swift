/// One byte of a pattern that was laid flat into a row of them.
struct PatternByte: Sendable, BitwiseCopyable {
    /// The value where `mask` has ones.
    let value: UInt8
    /// The bits that count.
    let mask: UInt8

    @inline(__always)
    func fits(_ byte: UInt8) -> Bool { byte & mask == value }
}

/// A run of neighbouring rows in a flat table.
struct TableRun: Sendable, BitwiseCopyable {
    /// Index of the first row.
    let start: Int
    /// Rows in the run.
    let count: Int

    static let none = TableRun(start: 0, count: 0)

    @inline(__always)
    var indices: Range<Int> { start..<start + count }
}

/// Where a delimiter was found.
enum DelimiterSearch: BitwiseCopyable {
    /// Offset behind its last byte.
    case end(Int)
    /// Not in the bytes at hand, but more bytes may bring it.
    case notYet
    /// It cannot end within the bound any more.
    case never
}

extension RawSpan {
    /// How many bytes of a pattern fit the bytes at `offset`, at most until the bytes at hand end.
    ///
    /// - Parameters:
    ///   - run: the pattern's place in `rows`.
    /// - Returns: `nil` as soon as one does not fit.
    func fittingByteCount(of run: TableRun, in rows: [PatternByte], at offset: Int) -> Int? {
        let count = Swift.min(run.count, byteCount - offset)
        var index = 0
        while index < count {
            guard rows[run.start + index].fits(octet(offset + index)) else { return nil }
            index += 1
        }
        return count
    }

    /// Looks for the first end of a delimiter within the first `most` bytes.
    ///
    /// - Parameters:
    ///   - delimiter: its place in `rows`.
    ///   - scannedByteCount: bytes at the start that an earlier call has been through.
    func search(
        _ delimiter: TableRun, in rows: [PatternByte], scannedByteCount: Int, most: Int
    ) -> DelimiterSearch {
        let last = Swift.min(byteCount, most) - delimiter.count
        // A delimiter may have begun in the bytes that were already scanned.
        var start = Swift.max(0, scannedByteCount - delimiter.count + 1)
        while start <= last {
            if fittingByteCount(of: delimiter, in: rows, at: start) == delimiter.count {
                return .end(start + delimiter.count)
            }
            start += 1
        }
        // Behind `last` a delimiter can only have begun; it must still end within the bound.
        start = Swift.max(0, byteCount - delimiter.count + 1)
        while start < byteCount {
            if start + delimiter.count <= most && fittingByteCount(of: delimiter, in: rows, at: start) != nil {
                return .notYet
            }
            start += 1
        }
        return byteCount + delimiter.count <= most ? .notYet : .never
    }
}
