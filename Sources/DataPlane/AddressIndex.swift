import WireBytes

/// Finds a worker's live connections by address, so that a ban closes them at once.
///
/// Shape: a hash table whose chains go through the connections themselves: four bytes a connection here, at most twice
/// as many. A chain holds whatever hashes alike, the newest in front; the seed is random, so that nobody can choose
/// addresses that do.
struct AddressIndex {
    /// The first connection of each chain, -1 for none; as many as a power of two.
    private var heads = [Int32](repeating: -1, count: 64)
    private var count = 0
    private let seed = UInt64.random(in: .min ... .max)

    /// The newest connection of an address.
    func first(of key: IPNetwork, in connections: borrowing ConnectionSlab) -> Int? {
        find(key, from: heads[place(of: key)], in: connections)
    }

    /// The connection of the same address that was entered before one that is in.
    func next(after slot: Int, in connections: borrowing ConnectionSlab) -> Int? {
        guard let key = connections[slot].indexKey else { return nil }
        return find(key, from: connections[slot].indexNext, in: connections)
    }

    private func find(_ key: IPNetwork, from head: Int32, in connections: borrowing ConnectionSlab) -> Int? {
        var next = head
        while next >= 0 {
            if connections[Int(next)].indexKey == key { return Int(next) }
            next = connections[Int(next)].indexNext
        }
        return nil
    }

    /// Enters a connection whose client is known and that is not in.
    ///
    /// - Parameter prefixLength: how much of the client's address counts, 1 to 128.
    mutating func insert(_ slot: Int, prefixLength: Int, into connections: inout ConnectionSlab) {
        if count == heads.count { grow(connections: &connections) }
        connections[slot].indexPrefixLength = UInt8(prefixLength)
        link(slot, into: &connections)
        count += 1
    }

    private func key(of slot: Int, in connections: borrowing ConnectionSlab) -> IPNetwork {
        guard let key = connections[slot].indexKey else { preconditionFailure("slot \(slot) is not entered") }
        return key
    }

    private mutating func link(_ slot: Int, into connections: inout ConnectionSlab) {
        let place = place(of: key(of: slot, in: connections))
        let head = heads[place]
        connections[slot].indexPrevious = -1
        connections[slot].indexNext = head
        if head >= 0 { connections[Int(head)].indexPrevious = Int32(slot) }
        heads[place] = Int32(slot)
    }

    /// Takes a connection out; nothing happens when it is not in.
    mutating func remove(_ slot: Int, from connections: inout ConnectionSlab) {
        guard let key = connections[slot].indexKey else { return }
        let next = connections[slot].indexNext
        let previous = connections[slot].indexPrevious
        if next >= 0 { connections[Int(next)].indexPrevious = previous }
        if previous >= 0 {
            connections[Int(previous)].indexNext = next
        } else {
            heads[place(of: key)] = next
        }
        connections[slot].indexPrefixLength = 0
        count -= 1
    }

    /// Twice as many chains; each is taken from its end, so that the newest stays in front.
    private mutating func grow(connections: inout ConnectionSlab) {
        let old = heads
        heads = [Int32](repeating: -1, count: 2 * old.count)
        for head in old where head >= 0 {
            var last = Int(head)
            while connections[last].indexNext >= 0 { last = Int(connections[last].indexNext) }
            while last >= 0 {
                let previous = Int(connections[last].indexPrevious)
                link(last, into: &connections)
                last = previous
            }
        }
    }

    private func place(of key: IPNetwork) -> Int {
        // The high half of a product is the best mixed one.
        let mixed = (key.base.high ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let folded = mixed.high ^ mixed.low ^ key.base.low
        let hash = folded.multipliedFullWidth(by: seed | 1)
        return Int(truncatingIfNeeded: (hash.high ^ hash.low) & UInt64(heads.count - 1))
    }
}
