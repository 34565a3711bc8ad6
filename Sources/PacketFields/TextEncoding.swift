/// How the characters of a text stand in a packet.
public enum TextEncoding: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// One to four bytes a character.
    case utf8
    /// Two or four bytes a character, the low byte first.
    case utf16le
    /// Two or four bytes a character, the high byte first.
    case utf16be
    /// One byte a character, whatever its value: for code pages that nobody declared.
    case latin1

    /// Bytes of the smallest piece of a text, which is also what a NUL takes.
    public var unitByteCount: Int {
        switch self {
        case .utf8, .latin1: 1
        case .utf16le, .utf16be: 2
        }
    }
}

extension TextEncoding {
    /// Bytes that these Unicode scalars take.
    public func byteCount(of scalars: [UInt32]) -> Int { scalars.reduce(0) { $0 + byteCount(of: $1) } }

    /// Bytes that one Unicode scalar takes.
    func byteCount(of scalar: UInt32) -> Int {
        switch self {
        case .latin1: 1
        case .utf8: scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
        case .utf16le, .utf16be: scalar < 0x1_0000 ? 2 : 4
        }
    }

    /// Writes one Unicode scalar; `latin1` has a question mark for those beyond 255.
    func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch self {
        case .latin1: bytes.append(UInt8(exactly: scalar) ?? UInt8(ascii: "?"))
        case .utf8: appendUTF8(scalar, to: &bytes)
        case .utf16le, .utf16be:
            if scalar < 0x1_0000 { return appendUnit(scalar, to: &bytes) }
            appendUnit(0xD800 + (scalar - 0x1_0000) >> 10, to: &bytes)
            appendUnit(0xDC00 + (scalar - 0x1_0000) & 0x3FF, to: &bytes)
        }
    }

    private func appendUnit(_ unit: UInt32, to bytes: inout [UInt8]) {
        let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8))
        bytes += self == .utf16le ? [low, high] : [high, low]
    }

    private func appendUTF8(_ scalar: UInt32, to bytes: inout [UInt8]) {
        let byteCount = byteCount(of: scalar)
        if byteCount == 1 { return bytes.append(UInt8(truncatingIfNeeded: scalar)) }
        let mark: UInt32 = byteCount == 2 ? 0xC0 : byteCount == 3 ? 0xE0 : 0xF0
        let shift = UInt32(6 * (byteCount - 1))
        bytes.append(UInt8(truncatingIfNeeded: mark | scalar >> shift))
        for index in stride(from: byteCount - 2, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> UInt32(6 * index) & 0x3F))
        }
    }
}
