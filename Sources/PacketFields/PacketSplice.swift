import WireBytes

/// A stretch of a packet, the bytes that take its place, and the numbers elsewhere that follow.
///
/// Offsets are those in the packet before the change.
struct PacketSplice {
    let range: Range<Int>
    let bytes: [UInt8]
    /// Numbers to write: where, and what; several may say the same.
    private(set) var patches: [(place: IntegerPlace, value: UInt64)] = []

    init(_ range: Range<Int>, _ bytes: [UInt8]) {
        self.range = range
        self.bytes = bytes
    }

    /// Bytes by which the packet grows.
    var growth: Int { bytes.count - range.count }

    /// Where an offset is afterwards; `nil` for one inside the stretch.
    func moved(_ offset: Int) -> Int? {
        if offset <= range.lowerBound { return offset }
        return offset >= range.upperBound ? offset + growth : nil
    }

    /// Whether bytes lie at least in part in the stretch.
    func touches(_ other: Range<Int>) -> Bool { range.overlaps(other) }

    /// Whether it changes a part of these bytes, which then are others afterwards.
    func isInside(_ other: Range<Int>) -> Bool {
        range.isEmpty
            ? other.lowerBound < range.lowerBound && range.lowerBound < other.upperBound : range.overlaps(other)
    }

    /// Notes a number that follows; `false` where it does not fit its place.
    mutating func patch(_ place: IntegerPlace, _ value: Int) -> Bool {
        guard let value = UInt64(exactly: value), value <= place.largest else { return false }
        patches.append((place, value))
        return true
    }

    /// The packet afterwards; `nil` where a number stands inside the stretch.
    func applied(to packet: [UInt8]) -> [UInt8]? {
        var changed = packet
        for (place, value) in patches {
            let start = place.position(byteCount: packet.count)
            guard !touches(start..<start + place.byteCount), place.write(value, into: &changed) else { return nil }
        }
        changed.replaceSubrange(range, with: bytes)
        return changed
    }
}
