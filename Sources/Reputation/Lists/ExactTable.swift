import WireBytes

/// What an ``ExactTable`` is asked for.
protocol ExactKey: Equatable, BitwiseCopyable, Sendable {
    /// Stands where nobody looks at it: in an empty slot.
    static var filler: Self { get }

    /// All 64 bits depend on every bit of the key and of the seed.
    func hash(_ seed: HashSeed) -> UInt64
}

/// Random numbers that nobody outside knows, so that no client can choose addresses that fall on one place.
struct HashSeed: Sendable {
    var first: UInt64
    var second: UInt64

    init(using random: inout some RandomNumberGenerator) {
        first = random.next()
        second = random.next()
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

    func hash(_ seed: HashSeed) -> UInt64 {
        HashSeed.finish((UInt64(self) ^ seed.first) &* (seed.second | 1))
    }
}

extension IPAddress: ExactKey {
    static var filler: IPAddress { IPAddress(high: 0, low: 0) }

    func hash(_ seed: HashSeed) -> UInt64 {
        let product = (high ^ seed.first).multipliedFullWidth(by: low ^ seed.second)
        // Behind a high half that happens to equal its seed every product would be 0.
        return HashSeed.finish(product.high ^ product.low ^ low)
    }
}

/// Numbers by single addresses: an immutable open-addressing table with linear probing.
///
/// Shape: slots of 8 bytes (IPv4) or 24 (IPv6), at most seven of ten in use, and a free one always, at which a search
/// ends. Cost: a search looks at 2 slots on average that stand side by side where the address is there, at 6 where it
/// is not: one cache line in the most cases.
struct ExactTable<Key: ExactKey>: Sendable {
    struct Slot: BitwiseCopyable, Sendable {
        var key: Key
        /// ``AddressMap/none`` in an empty slot.
        var value: UInt32
    }

    private let slots: [Slot]
    private let seed: HashSeed
    /// Slots in use.
    let count: Int

    /// A table of these; of those with the same key the first stays.
    init(_ entries: [Slot], seed: HashSeed) {
        var filled = Self.filled(with: entries, count: entries.count, seed)
        // Lists name many an address twice; its room is given back where it is worth the work.
        if filled.count < entries.count / 10 * 9 {
            filled = Self.filled(with: filled.slots.filter { $0.value != AddressMap.none }, count: filled.count, seed)
        }
        (slots, count) = filled
        self.seed = seed
    }

    private static func filled(with entries: [Slot], count: Int, _ seed: HashSeed) -> (slots: [Slot], count: Int) {
        let capacity = count / 7 * 10 + count % 7 * 2 + 1
        var slots = [Slot](repeating: Slot(key: .filler, value: AddressMap.none), count: capacity)
        var filledCount = 0
        for entry in entries {
            var index = home(of: entry.key, seed, capacity: capacity)
            while slots[index].value != AddressMap.none, slots[index].key != entry.key {
                index = index + 1 == capacity ? 0 : index + 1
            }
            guard slots[index].value == AddressMap.none else { continue }
            slots[index] = entry
            filledCount += 1
        }
        return (slots, filledCount)
    }

    /// Any capacity will do, so that the table is as large as its load asks for.
    private static func home(of key: Key, _ seed: HashSeed, capacity: Int) -> Int {
        Int(truncatingIfNeeded: key.hash(seed).multipliedFullWidth(by: UInt64(capacity)).high)
    }

    /// The number of an address, or ``AddressMap/none``.
    func value(of key: Key) -> UInt32 {
        let slots = slots.span
        var index = Self.home(of: key, seed, capacity: slots.count)
        while true {
            let slot = slots[index]
            if slot.value == AddressMap.none || slot.key == key { return slot.value }
            index = index + 1 == slots.count ? 0 : index + 1
        }
    }

    /// Bytes of all slots.
    var byteCount: Int { slots.count * MemoryLayout<Slot>.stride }

    /// The most slots that any search looks at, for tests.
    var longestSearch: Int {
        var longest = 0
        var run = 0
        // Twice, because a run may go on behind the end.
        for slot in slots + slots {
            run = slot.value == AddressMap.none ? 0 : run + 1
            longest = max(longest, run)
        }
        return min(longest, count) + 1
    }
}
