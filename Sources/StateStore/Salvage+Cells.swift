import WireBytes

/// A row that passes its check, as it stood in a page.
struct FoundRow {
    var table: StateTable
    /// The history's number of the row.
    var number: Int64?
    var key: [UInt8]
    /// The check and the content.
    var row: [UInt8]
}

extension Salvage {
    private static let indexLeaf: UInt8 = 0x0A
    private static let indexInterior: UInt8 = 0x02
    private static let tableLeaf: UInt8 = 0x0D

    /// Gives the rows of the page at hand.
    ///
    /// The tables without row numbers are indexes to SQLite, and keep rows in their inner pages too.
    func cells(of page: [UInt8], overflow: (Int) -> [UInt8]?, _ body: (FoundRow) throws -> Void) rethrows {
        // Safe: bytes have no padding between them that could hold anything else.
        let bytes = unsafe page.span.bytes
        guard let kind = bytes.byte(at: 0), [Self.indexLeaf, Self.indexInterior, Self.tableLeaf].contains(kind),
            let count = bytes.unsignedInteger(at: 3, byteCount: 2, littleEndian: false)
        else { return }
        let start = kind == Self.indexInterior ? 12 : 8
        for index in 0..<min(Int(count), page.count / 4) {
            guard let place = bytes.unsignedInteger(at: start + 2 * index, byteCount: 2, littleEndian: false) else {
                return
            }
            // An inner page's cell begins with the page on its left.
            var offset = Int(place) + (kind == Self.indexInterior ? 4 : 0)
            guard let total = bytes.readVarint(&offset), total <= UInt64(Self.rowByteCountMax) else { continue }
            var number: Int64?
            if kind == Self.tableLeaf {
                guard let id = bytes.readVarint(&offset) else { continue }
                number = Int64(bitPattern: id)
            }
            let local = Self.localByteCount(Int(total), isTable: kind == Self.tableLeaf)
            guard offset >= 0, local <= bytes.byteCount - offset else { continue }
            var payload = bytes.extracting(offset..<offset + local).copied()
            if local < Int(total) {
                let next = bytes.unsignedInteger(at: offset + local, byteCount: 4, littleEndian: false)
                guard Self.follow(Int(next ?? 0), &payload, to: Int(total), overflow) else { continue }
            }
            if let row = Self.row(payload, number: number) { try body(row) }
        }
    }

    /// How much of a row stands in its own page (sqlite.org/fileformat2.html, 1.6, with no bytes reserved).
    private static func localByteCount(_ total: Int, isTable: Bool) -> Int {
        let usable = pageByteCount
        let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard total > most else { return total }
        let least = (usable - 12) * 32 / 255 - 23
        let rest = least + (total - least) % (usable - 4)
        return rest <= most ? rest : least
    }

    /// Appends what stands in other pages, each of which names the next.
    private static func follow(
        _ first: Int, _ payload: inout [UInt8], to total: Int, _ overflow: (Int) -> [UInt8]?
    ) -> Bool {
        var next = first
        // A row of the greatest size ends before that, whatever the pages say.
        for _ in 0..<rowByteCountMax / (pageByteCount - 4) + 1 where payload.count < total {
            guard next > 0, let page = overflow(next) else { return false }
            next = page[0..<4].reduce(0) { $0 << 8 | Int($1) }
            payload.append(contentsOf: page[4...].prefix(total - payload.count))
        }
        return payload.count == total
    }

    /// Takes a record apart: the size of its header, a type a column, then the columns.
    private static func row(_ payload: [UInt8], number: Int64?) -> FoundRow? {
        // Safe: as above.
        let bytes = unsafe payload.span.bytes
        var offset = 0
        guard let headerByteCount = bytes.readVarint(&offset), headerByteCount <= UInt64(bytes.byteCount) else {
            return nil
        }
        // The history's first column is its row number, which stands before the record.
        if number != nil { guard bytes.readVarint(&offset) == 0 else { return nil } }
        guard let keyByteCount = bytes.readVarint(&offset).flatMap(blobByteCount),
            let rowByteCount = bytes.readVarint(&offset).flatMap(blobByteCount), offset == Int(headerByteCount),
            keyByteCount + rowByteCount == bytes.byteCount - offset
        else { return nil }
        let key = bytes.extracting(offset..<offset + keyByteCount)
        let row = bytes.extracting((offset + keyByteCount)..<bytes.byteCount)
        for table in StateTable.allCases where (number != nil) == (table == .history) {
            guard CheckedRow.content(table, key: key, row: row, { _ in () }) != nil else { continue }
            return FoundRow(table: table, number: number, key: key.copied(), row: row.copied())
        }
        return nil
    }

    /// The size of a column of bytes by its type.
    private static func blobByteCount(_ type: UInt64) -> Int? {
        type >= 12 && type.isMultiple(of: 2) && type <= UInt64(2 * rowByteCountMax + 12) ? Int(type - 12) / 2 : nil
    }
}

extension RawSpan {
    /// SQLite's numbers: seven bits a byte, the highest first, and eight in the ninth.
    fileprivate func readVarint(_ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard let byte = readByte(&offset) else { return nil }
            if index == 8 { return value << 8 | UInt64(byte) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
