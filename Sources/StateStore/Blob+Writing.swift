/// Bytes of a row as they are put together: numbers least significant byte first, texts with their length before them.
struct BlobWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ number: Int64) { append(UInt64(bitPattern: number)) }

    /// A score or points; what is no number, or below zero, reads as none.
    mutating func append(_ number: Double) {
        append((number.isFinite && number > 0 ? number : 0).bitPattern)
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    mutating func append(short number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// A text, cut at a character's end when it is longer than the bound.
    mutating func append(_ text: String, most: Int = BlobBounds.textByteCountMax) {
        let kept = text.prefix(utf8Count: most)
        append(short: UInt64(kept.utf8.count))
        bytes.append(contentsOf: kept.utf8)
    }

    mutating func append(_ text: String?, most: Int = BlobBounds.textByteCountMax) {
        append(text != nil)
        if let text { append(text, most: most) }
    }

    mutating func append(counted blob: some Collection<UInt8>) {
        append(short: UInt64(blob.count))
        bytes.append(contentsOf: blob)
    }
}

/// Bounds of what one row may hold.
enum BlobBounds {
    /// Bytes of one text.
    static let textByteCountMax = 512
    /// Elements of one list.
    static let listCountMax = 256
}

extension String {
    /// The longest beginning of whole characters that has at most so many bytes of UTF-8.
    func prefix(utf8Count: Int) -> Substring {
        guard utf8.count > utf8Count else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: utf8Count)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}
