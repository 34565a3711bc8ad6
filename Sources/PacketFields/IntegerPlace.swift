import WireBytes

/// An unsigned integer at a fixed place of a packet.
public struct IntegerPlace: Hashable, Sendable, BitwiseCopyable {
    /// Bytes from the packet's first; a negative one counts from the packet's end.
    public let offset: Int
    /// Bytes it has, 1 to 8.
    public let byteCount: Int
    /// Whether its least significant byte comes first.
    public let isLittleEndian: Bool

    /// An integer and where it stands.
    public init(offset: Int, byteCount: Int, isLittleEndian: Bool) {
        precondition((1...8).contains(byteCount), "an integer has 1 to 8 bytes, not \(byteCount)")
        self.offset = offset
        self.byteCount = byteCount
        self.isLittleEndian = isLittleEndian
    }

    /// The largest number it can hold.
    public var largest: UInt64 { byteCount == 8 ? .max : (1 << UInt64(byteCount * 8)) - 1 }

    /// The number, or `nil` where the packet is too short for it.
    public func value(in packet: RawSpan) -> UInt64? {
        packet.unsignedInteger(
            at: position(byteCount: packet.byteCount), byteCount: byteCount, littleEndian: isLittleEndian)
    }

    /// Writes a number; `false`, and nothing written, where the packet is too short or the number too large.
    public func write(_ value: UInt64, into packet: inout [UInt8]) -> Bool {
        let start = position(byteCount: packet.count)
        guard value <= largest, start >= 0, start <= packet.count - byteCount else { return false }
        for index in 0..<byteCount {
            let place = isLittleEndian ? index : byteCount - 1 - index
            packet[start + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
        return true
    }

    /// Bytes of the smallest packet that has it.
    var leastByteCount: Int { offset < 0 ? -offset : offset + byteCount }

    /// Offset of its first byte in a packet of this size; negative where it lies outside.
    func position(byteCount size: Int) -> Int { offset < 0 ? size + offset : offset }
}
