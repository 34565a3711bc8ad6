import WireBytes

/// How many networks there are of each prefix length.
///
/// Shape: 129 counts, and a bit for each that is not 0, so that only lengths in use are looked for: mostly two.
struct PrefixLevels {
    private var counts = [UInt32](repeating: 0, count: 129)
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var hasWhole = false

    mutating func enter(_ key: SubjectKey) {
        guard !key.isAccount else { return }
        counts[Int(key.tag)] += 1
        mark(Int(key.tag), true)
    }

    mutating func leave(_ key: SubjectKey) {
        guard !key.isAccount else { return }
        precondition(counts[Int(key.tag)] > 0, "no network of /\(key.tag) is left")
        counts[Int(key.tag)] -= 1
        if counts[Int(key.tag)] == 0 { mark(Int(key.tag), false) }
    }

    private mutating func mark(_ length: Int, _ isUsed: Bool) {
        let bit: UInt64 = 1 << UInt64(length % 64)
        switch length {
        case ..<64: low = isUsed ? low | bit : low & ~bit
        case ..<128: high = isUsed ? high | bit : high & ~bit
        default: hasWhole = isUsed
        }
    }

    /// The networks in use that would hold an address, the smallest first, until `body` answers something.
    func first<Found>(holding address: IPAddress, _ body: (SubjectKey) -> Found?) -> Found? {
        if hasWhole, let found = body(SubjectKey(IPNetwork(holding: address, prefixLength: 128))) { return found }
        for (word, offset) in [(high, 64), (low, 0)] {
            var rest = word
            while rest != 0 {
                let bit = 63 - rest.leadingZeroBitCount
                rest &= ~(1 << UInt64(bit))
                let network = IPNetwork(holding: address, prefixLength: offset + bit)
                if let found = body(SubjectKey(network)) { return found }
            }
        }
        return nil
    }
}
