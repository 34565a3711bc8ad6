import WireBytes

/// What an ``ExactTable`` is asked for.
protocol ExactKey: Equatable, BitwiseCopyable, Sendable {
    /// What stands beside a tag.
    associatedtype Lane: ExactLane<Self>

    /// Stands where nobody looks at it: in an empty lane.
    static var filler: Self { get }

    /// All bits depend on every bit of the key and of the seed.
    func hash(_ seed: HashSeed) -> UInt64

    /// What a search compares first.
    func tag(hash: UInt64) -> UInt32
}

/// What stands beside a tag: the number, and what of the key the tag does not say.
protocol ExactLane<Key>: BitwiseCopyable, Sendable {
    associatedtype Key

    /// The number; ``AddressMap/none`` in an empty lane.
    var value: UInt32 { get }

    init(_ key: Key, value: UInt32)

    /// Whether the key is this one, when the tag is.
    func holds(_ key: Key) -> Bool

    /// The key, of a lane that is not empty.
    func key(tag: UInt32) -> Key
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
    /// The tag is all of an IPv4 address.
    struct Lane: ExactLane {
        let value: UInt32

        init(_ key: UInt32, value: UInt32) { self.value = value }

        func holds(_ key: UInt32) -> Bool { true }

        func key(tag: UInt32) -> UInt32 { tag }
    }

    static var filler: UInt32 { 0 }

    func hash(_ seed: HashSeed) -> UInt64 { HashSeed.finish((UInt64(self) ^ seed.first) &* seed.second) }

    func tag(hash: UInt64) -> UInt32 { self }
}

extension IPAddress: ExactKey {
    /// All of an IPv6 address, in quarters: so a lane takes 20 bytes and not 24.
    struct Lane: ExactLane {
        private let address: (UInt32, UInt32, UInt32, UInt32)
        let value: UInt32

        init(_ key: IPAddress, value: UInt32) {
            address = Self.quarters(key)
            self.value = value
        }

        func holds(_ key: IPAddress) -> Bool { address == Self.quarters(key) }

        func key(tag: UInt32) -> IPAddress {
            IPAddress(
                high: UInt64(address.0) << 32 | UInt64(address.1), low: UInt64(address.2) << 32 | UInt64(address.3))
        }

        private static func quarters(_ key: IPAddress) -> (UInt32, UInt32, UInt32, UInt32) {
            (
                UInt32(truncatingIfNeeded: key.high >> 32), UInt32(truncatingIfNeeded: key.high),
                UInt32(truncatingIfNeeded: key.low >> 32), UInt32(truncatingIfNeeded: key.low)
            )
        }
    }

    static var filler: IPAddress { IPAddress(0) }

    func hash(_ seed: HashSeed) -> UInt64 {
        let product = (high ^ seed.first).multipliedFullWidth(by: low ^ seed.second)
        // Behind a high half that happens to equal its seed every product would be 0.
        return HashSeed.finish(product.high ^ product.low ^ low)
    }

    func tag(hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }
}
