import WireBytes

/// What an ``ExactTable`` is asked for.
protocol ExactKey: Equatable, BitwiseCopyable, Sendable {
    /// Stands where nobody looks at it: in an empty lane.
    static var filler: Self { get }
    /// Whether the tag is all of the key.
    static var isItsTag: Bool { get }

    /// All bits depend on every bit of the key and of the seed.
    func hash(_ seed: HashSeed) -> UInt64

    /// What a search compares first.
    func tag(hash: UInt64) -> UInt32
}

/// Random numbers that nobody outside knows, so that no client can choose addresses that fall on one place.
struct HashSeed: Sendable {
    var first: UInt64
    var second: UInt64

    init(using random: inout some RandomNumberGenerator) {
        first = random.next()
        second = random.next() | 1
    }

    /// The last step of every hash: the high bits of a product depend on all bits of its factors.
    static func finish(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits ^= bits >> 32
        bits &*= 0x9E37_79B9_7F4A_7C15
        bits ^= bits >> 29
        return bits &* 0xBF58_476D_1CE4_E5B9
    }
}

extension UInt32: ExactKey {
    static var filler: UInt32 { 0 }
    static var isItsTag: Bool { true }

    func hash(_ seed: HashSeed) -> UInt64 { HashSeed.finish((UInt64(self) ^ seed.first) &* seed.second) }

    func tag(hash: UInt64) -> UInt32 { self }
}

extension IPAddress: ExactKey {
    static var filler: IPAddress { IPAddress(high: 0, low: 0) }
    static var isItsTag: Bool { false }

    func hash(_ seed: HashSeed) -> UInt64 {
        let product = (high ^ seed.first).multipliedFullWidth(by: low ^ seed.second)
        // Behind a high half that happens to equal its seed every product would be 0.
        return HashSeed.finish(product.high ^ product.low ^ low)
    }

    func tag(hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }
}
