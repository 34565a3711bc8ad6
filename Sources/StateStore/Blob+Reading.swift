import WireBytes

/// Reads what ``BlobWriter`` wrote; `nil` for what is not there or cannot be, whatever the bytes are.
extension RawSpan {
    func readByte(_ offset: inout Int) -> UInt8? {
        guard let value = byte(at: offset) else { return nil }
        offset += 1
        return value
    }

    func readUInt64(_ offset: inout Int) -> UInt64? {
        guard let value = unsignedInteger(at: offset, byteCount: 8, littleEndian: true) else { return nil }
        offset += 8
        return value
    }

    func readInt64(_ offset: inout Int) -> Int64? { readUInt64(&offset).map(Int64.init(bitPattern:)) }

    /// A number that is one, not negative and not endless.
    func readDouble(_ offset: inout Int) -> Double? {
        guard let bits = readUInt64(&offset) else { return nil }
        let value = Double(bitPattern: bits)
        return value.isFinite && value >= 0 ? value : nil
    }

    func readShort(_ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            guard let byte = readByte(&offset) else { return nil }
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    func readUInt32(_ offset: inout Int) -> UInt32? { readShort(&offset).flatMap { UInt32(exactly: $0) } }

    func readFlag(_ offset: inout Int) -> Bool? {
        guard let byte = readByte(&offset), byte <= 1 else { return nil }
        return byte == 1
    }

    /// How many elements follow, at most `most`.
    func readCount(_ offset: inout Int, most: Int = BlobBounds.listCountMax) -> Int? {
        guard let count = readShort(&offset), count <= UInt64(most) else { return nil }
        return Int(count)
    }

    func readBytes(_ offset: inout Int, most: Int) -> [UInt8]? {
        guard let count = readCount(&offset, most: most), count <= byteCount - offset else { return nil }
        defer { offset += count }
        return extracting(offset..<offset + count).copied()
    }

    func readText(_ offset: inout Int, _ texts: inout TextPool) -> String? {
        guard let count = readCount(&offset, most: BlobBounds.textByteCountMax), count <= byteCount - offset else {
            return nil
        }
        defer { offset += count }
        return texts.text(extracting(offset..<offset + count))
    }

    /// A text that may be missing: the outer `nil` is a broken row.
    func readOptionalText(_ offset: inout Int, _ texts: inout TextPool) -> String?? {
        guard let isThere = readFlag(&offset) else { return nil }
        guard isThere else { return .some(nil) }
        guard let text = readText(&offset, &texts) else { return nil }
        return .some(text)
    }
}

/// Gives the same text the same storage, because a million bans have a few rules and packets between them.
///
/// Shape: a table of the last text seen for each of 1,024 keys; a text of up to 15 bytes needs no storage at all.
struct TextPool {
    private var texts = [String](repeating: "", count: 1_024)

    /// The text of some bytes, or `nil` when they are not UTF-8.
    mutating func text(_ bytes: RawSpan) -> String? {
        // Safe: the string is made before the closure returns, and nothing keeps the pointer.
        guard bytes.byteCount > 15 else {
            return unsafe bytes.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var offset = 0
        while let word = bytes.unsignedInteger(at: offset, byteCount: 8, littleEndian: true) {
            hash = (hash ^ word) &* 0x100_0000_01B3
            offset += 8
        }
        while let byte = bytes.readByte(&offset) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let index = Int((hash ^ hash >> 32) & 1_023)
        if Self.holds(texts[index], bytes) { return texts[index] }
        guard let text = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) }) else {
            return nil
        }
        texts[index] = text
        return text
    }

    private static func holds(_ text: String, _ bytes: RawSpan) -> Bool {
        let copy = text.utf8
        guard copy.count == bytes.byteCount else { return false }
        // Safe: both buffers live until the closures return, and hold as many bytes as was compared above.
        return unsafe bytes.withUnsafeBytes { left in
            unsafe copy.withContiguousStorageIfAvailable { right in unsafe left.elementsEqual(right) } ?? false
        }
    }
}
