import WireBytes

/// The algorithms of checksums, over the bytes of two stretches that lie one behind the other.
enum Hashes {
    typealias Parts = (Int, Int, Int, Int)

    static func value(_ algorithm: ChecksumField.Algorithm, of packet: RawSpan, _ parts: Parts) -> UInt64 {
        switch algorithm {
        case .adler32:
            var low: UInt32 = 1
            var high: UInt32 = 0
            fold(packet, parts) { byte in
                low = (low + UInt32(byte)) % 65_521
                high = (high + low) % 65_521
            }
            return UInt64(high << 16 | low)
        case .crc32:
            var state = UInt32.max
            fold(packet, parts) { byte in
                state ^= UInt32(byte)
                for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
            }
            return UInt64(~state)
        case .xor:
            var value: UInt64 = 0
            fold(packet, parts) { value ^= UInt64($0) }
            return value
        case .sum:
            var value: UInt64 = 0
            fold(packet, parts) { value &+= UInt64($0) }
            return value
        case .teraIntegrity(let seed):
            return seed.map { TeraIntegrity.value(of: packet, seed: $0) } ?? 0
        }
    }

    @inline(__always)
    private static func fold(_ packet: RawSpan, _ parts: Parts, _ body: (UInt8) -> Void) {
        var offset = parts.0
        while offset < parts.1, let byte = packet.byte(at: offset) {
            body(byte)
            offset += 1
        }
        offset = parts.2
        while offset < parts.3, let byte = packet.byte(at: offset) {
            body(byte)
            offset += 1
        }
    }
}
