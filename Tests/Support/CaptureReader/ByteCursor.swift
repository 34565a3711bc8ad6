/// Reads numbers and ranges from bytes, front to back.
struct ByteCursor {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// What has not been read.
    var rest: ArraySlice<UInt8> { bytes[index...] }

    mutating func take(_ count: Int) throws(CaptureError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.endIndex - index else { throw .truncated(at: index) }
        defer { index += count }
        return bytes[index..<index + count]
    }

    mutating func skip(_ count: Int) throws(CaptureError) {
        _ = try take(count)
    }

    mutating func u8() throws(CaptureError) -> UInt8 {
        UInt8(try number(1, bigEndian: true))
    }

    mutating func u16(bigEndian: Bool = true) throws(CaptureError) -> UInt16 {
        UInt16(try number(2, bigEndian: bigEndian))
    }

    mutating func u32(bigEndian: Bool = true) throws(CaptureError) -> UInt32 {
        try number(4, bigEndian: bigEndian)
    }

    private mutating func number(_ count: Int, bigEndian: Bool) throws(CaptureError) -> UInt32 {
        let digits = try take(count)
        var value: UInt32 = 0
        for position in 0..<count {
            let index = bigEndian ? digits.startIndex + position : digits.endIndex - 1 - position
            value = value << 8 | UInt32(digits[index])
        }
        return value
    }
}
