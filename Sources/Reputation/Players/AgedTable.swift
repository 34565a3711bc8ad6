/// Entries that are found by key and that age: when there are too many, the oldest of the lowest level makes room.
///
/// Shape: slots that are reused, each in the chain of its level from the entry that was touched longest ago to the
/// newest; a hash table with a random seed says which slot a key has. Everything costs O(1).
struct AgedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Key
        var value: Value
        var level: UInt8
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    private struct Chain: Sendable {
        var oldest: Int32 = -1
        var newest: Int32 = -1
    }

    private var entries: [Entry] = []
    private var free: [Int32] = []
    private var places: [Key: Int32] = [:]
    private var chains: [Chain]

    /// Bytes of one entry at most: arrays grow by doubling, and the table of keys is at least a third full.
    static var entryByteCountMax: Int {
        2 * MemoryLayout<Entry>.stride + 2 * 4 + 3 * (MemoryLayout<Key>.stride + 4)
    }

    init(levelCount: Int) {
        chains = [Chain](repeating: Chain(), count: levelCount)
    }

    var count: Int { places.count }

    /// In no order.
    var keys: Dictionary<Key, Int32>.Keys { places.keys }

    subscript(key: Key) -> Value? {
        get { places[key].map { entries[Int($0)].value } }
    }

    func level(of key: Key) -> Int? { places[key].map { Int(entries[Int($0)].level) } }

    /// Puts a value under a key, as the newest of a level.
    mutating func set(_ key: Key, to value: Value, level: Int) {
        if let place = places[key] {
            leaveChain(place)
            entries[Int(place)].value = value
            joinChain(place, level)
            return
        }
        let entry = Entry(key: key, value: value, level: 0)
        let place: Int32
        if let reused = free.popLast() {
            place = reused
            entries[Int(place)] = entry
        } else {
            place = Int32(entries.count)
            entries.append(entry)
        }
        places[key] = place
        joinChain(place, level)
    }

    /// Takes an entry out.
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        leaveChain(place)
        free.append(place)
        return entries[Int(place)].value
    }

    /// The entry of a level that was touched longest ago.
    func oldest(level: Int) -> (key: Key, value: Value)? {
        let place = chains[level].oldest
        return place < 0 ? nil : (entries[Int(place)].key, entries[Int(place)].value)
    }

    /// The entry that makes room first.
    var first: (key: Key, value: Value)? {
        for level in chains.indices {
            if let entry = oldest(level: level) { return entry }
        }
        return nil
    }

    private mutating func joinChain(_ place: Int32, _ level: Int) {
        let newest = chains[level].newest
        entries[Int(place)].level = UInt8(level)
        entries[Int(place)].older = newest
        entries[Int(place)].newer = -1
        if newest >= 0 { entries[Int(newest)].newer = place } else { chains[level].oldest = place }
        chains[level].newest = place
    }

    private mutating func leaveChain(_ place: Int32) {
        let entry = entries[Int(place)]
        let level = Int(entry.level)
        if entry.older >= 0 {
            entries[Int(entry.older)].newer = entry.newer
        } else {
            chains[level].oldest = entry.newer
        }
        if entry.newer >= 0 {
            entries[Int(entry.newer)].older = entry.older
        } else {
            chains[level].newest = entry.older
        }
    }
}
