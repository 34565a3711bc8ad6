/// What reading a varint can come to.
enum VarintReading: BitwiseCopyable {
    /// The bytes at hand end inside it; it takes at least this many.
    case needs(Int)
    /// Its value, and the offset behind its last byte.
    case value(UInt64, end: Int)
    /// It reaches beyond the bytes it may stand in.
    case cutOff
    /// It runs over its most bytes, or over 64 bits.
    case tooLong
}

extension RawSpan {
    /// The byte at `offset`, which the caller has checked to be at hand.
    @inline(__always)
    func octet(_ offset: Int) -> UInt8 {
        // Safe: the load itself checks `offset` against the span's end, and every bit pattern is a UInt8.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The number in `field`, or `nil` while not all of it is at hand.
    @inline(__always)
    func number(in field: IntegerField) -> UInt64? {
        guard byteCount >= field.end else { return nil }
        return numberAtHand(at: field.offset, byteCount: field.byteCount, isLittleEndian: field.isLittleEndian)
    }

    /// The integer of 1, 2, 3, 4 or 8 bytes at `offset`, which the caller has checked to be at hand.
    ///
    /// Beside `WireBytes`' checked reading because a header's bytes are checked together: that takes a third off the
    /// time of a cut.
    @inline(__always)
    func numberAtHand(at offset: Int, byteCount: Int, isLittleEndian: Bool) -> UInt64 {
        switch byteCount {
        case 1:
            return UInt64(octet(offset))
        case 2:
            // Safe, all of them: the load itself checks its range against the span's end; any bits are an integer.
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
            return UInt64(isLittleEndian ? UInt16(littleEndian: raw) : UInt16(bigEndian: raw))
        case 3:
            let first = UInt64(octet(offset))
            let middle = UInt64(octet(offset + 1)) << 8
            let last = UInt64(octet(offset + 2))
            return isLittleEndian ? first | middle | last << 16 : first << 16 | middle | last
        case 4:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return UInt64(isLittleEndian ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw))
        default:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            return isLittleEndian ? UInt64(littleEndian: raw) : UInt64(bigEndian: raw)
        }
    }

    /// Reads a base-128 varint, least significant group first.
    ///
    /// Needless continuation bytes (`80 00` for 0) are taken as the games take them.
    ///
    /// - Parameters:
    ///   - byteCountMax: bytes it may have, 1 to 10.
    ///   - limit: offset it must end before or at.
    func varint(at offset: Int, byteCountMax: Int, limit: Int) -> VarintReading {
        var value: UInt64 = 0
        for index in 0..<byteCountMax {
            let position = offset + index
            guard position < limit else { return .cutOff }
            guard position < byteCount else { return .needs(position + 1) }
            let byte = octet(position)
            // The tenth group holds the 64th bit and nothing else.
            if index == 9 && byte > 1 { return .tooLong }
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return .value(value, end: position + 1) }
        }
        return .tooLong
    }
}
