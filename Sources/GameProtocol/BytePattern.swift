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
    /// How many bytes of `pattern` fit the bytes at `offset`, at most until the bytes at hand end.
    ///
    /// - Returns: `nil` as soon as one does not fit.
    func fittingByteCount(of pattern: Span<PatternByte>, at offset: Int) -> Int? {
        let count = Swift.min(pattern.count, byteCount - offset)
        var index = 0
        while index < count {
            guard pattern[index].fits(octet(offset + index)) else { return nil }
            index += 1
        }
        return count
    }

    /// Looks for the first end of `delimiter` within the first `most` bytes.
    ///
    /// - Parameter scannedByteCount: bytes at the start that an earlier call has been through.
    func search(_ delimiter: Span<PatternByte>, scannedByteCount: Int, most: Int) -> DelimiterSearch {
        let last = Swift.min(byteCount, most) - delimiter.count
        // A delimiter may have begun in the bytes that were already scanned.
        var start = Swift.max(0, scannedByteCount - delimiter.count + 1)
        while start <= last {
            if fittingByteCount(of: delimiter, at: start) == delimiter.count { return .end(start + delimiter.count) }
            start += 1
        }
        // Behind `last` a delimiter can only have begun; it must still end within the bound.
        start = Swift.max(0, byteCount - delimiter.count + 1)
        while start < byteCount {
            if start + delimiter.count <= most && fittingByteCount(of: delimiter, at: start) != nil { return .notYet }
            start += 1
        }
        return byteCount + delimiter.count <= most ? .notYet : .never
    }
}
