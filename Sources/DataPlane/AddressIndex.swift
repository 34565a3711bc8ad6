import WireBytes

/// Finds a worker's live connections by address, so that a ban closes them at once.
///
/// Shape: one dictionary entry an address, and links through the connections themselves.
struct AddressIndex {
    private var heads: [IPNetwork: Int32] = [:]

    /// The first connection of an address.
    func first(of key: IPNetwork) -> Int? {
        heads[key].map(Int.init)
    }

    /// Enters a connection.
    mutating func insert(_ slot: Int, key: IPNetwork, into connections: inout ConnectionSlab) {
        let head = heads[key]
        connections[slot].indexKey = key
        connections[slot].indexPrevious = -1
        connections[slot].indexNext = head ?? -1
        if let head { connections[Int(head)].indexPrevious = Int32(slot) }
        heads[key] = Int32(slot)
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
            heads[key] = next >= 0 ? next : nil
        }
        connections[slot].indexKey = nil
    }
}
