import WireBytes

/// What reading a varint can come to.
enum VarintValue: BitwiseCopyable {
    /// It reaches outside the packet.
    case outside
    /// It has more than 10 bytes, or more than 64 bits.
    case tooLong
    case value(UInt64, end: Int)
}

extension RawSpan {
    /// Reads a base-128 number, least significant group first.
    func varintValue(at offset: Int) -> VarintValue {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard let byte = byte(at: offset + index) else { return .outside }
            // The tenth group holds the 64th bit and nothing else.
            if index == 9 && byte > 1 { return .tooLong }
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return .value(value, end: offset + index + 1) }
        }
        return .tooLong
    }
}

/// Writes base-128 numbers.
enum Varint {
    /// The shortest form of a number.
    static func bytes(of value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(truncatingIfNeeded: rest)]
    }
}
