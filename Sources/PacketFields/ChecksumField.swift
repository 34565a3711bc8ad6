import WireBytes

/// A number that a sender computes over the bytes of a packet.
public struct ChecksumField: Hashable, Sendable, BitwiseCopyable {
    /// How it is computed.
    public enum Algorithm: Hashable, Sendable, BitwiseCopyable {
        /// Adler-32 of RFC 1950.
        case adler32
        /// The CRC-32 of Ethernet and zip.
        case crc32
        /// All bytes exclusive-or.
        case xor
        /// The sum of all bytes.
        case sum
        /// The hash of TERA's listed packets, with the seed of the session; without one it is 0.
        case teraIntegrity(seed: Int32?)
    }

    /// Where it stands.
    public let place: IntegerPlace
    /// How it is computed.
    public let algorithm: Algorithm
    /// The first byte it covers; a negative one counts from the packet's end.
    public let start: Int
    /// The first byte it does not cover any more, counted from the packet's end: 0, or negative.
    public let end: Int

    /// A checksum; its own bytes are never covered.
    public init(place: IntegerPlace, algorithm: Algorithm, start: Int, end: Int) {
        precondition(end <= 0, "the end is counted from the packet's end, so it is not \(end)")
        self.place = place
        self.algorithm = algorithm
        self.start = start
        self.end = end
    }

    /// Whether a packet carries the number it should; `false` where it is too short to carry one.
    public func isRight(in packet: RawSpan) -> Bool {
        guard let found = place.value(in: packet) else { return false }
        return found == value(of: packet)
    }

    /// Computes the number anew and writes it; `false` where the packet is too short.
    public func recompute(_ packet: inout [UInt8]) -> Bool {
        // Safe: the span is of integers, which have no padding, and it lives as long as the packet is not touched.
        let value = unsafe value(of: packet.span.bytes)
        return place.write(value, into: &packet)
    }

    /// What the number should be, cut to its width.
    public func value(of packet: RawSpan) -> UInt64 {
        let size = packet.byteCount
        let own = place.position(byteCount: size)
        let first = max(0, start < 0 ? size + start : start)
        let last = size + end
        // The bytes before its own, and those behind them.
        let parts = (first, min(last, max(own, first)), max(first, own + place.byteCount), last)
        return Hashes.value(algorithm, of: packet, parts) & place.largest
    }
}
