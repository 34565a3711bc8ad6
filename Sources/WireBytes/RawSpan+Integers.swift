extension RawSpan {
    /// The byte at `offset`, or `nil` outside.
    @inlinable
    public func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        // Safe: the guard proved that the byte is inside, and every bit pattern is a number.
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The unsigned integer of `byteCount` bytes at `offset`, or `nil` if any of them lies outside.
    ///
    /// Cost: one load for 1, 2, 4 and 8 bytes, one a byte for the other widths; no allocation.
    ///
    /// - Parameters:
    ///   - offset: bytes from the beginning; may be anything, also negative.
    ///   - width: bytes of the integer, 1 to 8; anything else is the caller's bug.
    ///   - littleEndian: whether the least significant byte comes first.
    @inlinable
    public func unsignedInteger(at offset: Int, byteCount width: Int, littleEndian: Bool) -> UInt64? {
        precondition(width >= 1 && width <= 8, "an integer has 1 to 8 bytes, not \(width)")
        guard offset >= 0, width <= byteCount, offset <= byteCount - width else { return nil }
        // Safe, all of them: the guard proved that `width` bytes are inside, and every bit pattern is a number.
        switch width {
        case 1:
            return UInt64(unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        case 2:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
            return UInt64(littleEndian ? UInt16(littleEndian: raw) : UInt16(bigEndian: raw))
        case 4:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return UInt64(littleEndian ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw))
        case 8:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            return littleEndian ? UInt64(littleEndian: raw) : UInt64(bigEndian: raw)
        default:
            var value: UInt64 = 0
            for index in 0..<width {
                let place = littleEndian ? width - 1 - index : index
                value = value << 8 | UInt64(unsafe unsafeLoad(fromByteOffset: offset + place, as: UInt8.self))
            }
            return value
        }
    }
}
