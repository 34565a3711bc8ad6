/// The CRC-32C of bytes that come in pieces (Castagnoli's polynomial, RFC 3720 appendix B.4).
///
/// Cost: one table look-up a byte, for headers and not for streams.
public struct CRC32C: Sendable, Hashable {
    private var state: UInt32 = .max

    /// The state before the first byte.
    public init() {}

    /// Takes in the next bytes.
    public mutating func update(_ bytes: RawSpan) {
        for offset in 0..<bytes.byteCount {
            // Safe: the loop stays inside, and every bit pattern is a number.
            step(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
    }

    /// Takes in `count` zero bytes.
    public mutating func update(zeros count: Int) {
        for _ in 0..<count { step(0) }
    }

    /// The checksum of all bytes so far; more may follow.
    public var checksum: UInt32 { ~state }

    private mutating func step(_ byte: UInt8) {
        state = Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
    }

    /// What one byte does to the state, for each of its values: the reflected polynomial, eight shifts.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { state, _ in state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
    }
}
