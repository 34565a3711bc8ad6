public import WireBytes

/// A ban of a network, with nothing but its end.
public struct NetworkBan: Hashable, Sendable {
    /// Whom it shuts out.
    public var network: IPNetwork
    /// Monotonic nanoseconds; the greatest number: until it is lifted.
    public var untilNS: UInt64
}

extension ReputationBook {
    /// Entries that one look at the bans goes over while the workers wait.
    private static let lookCount = 4_096

    /// All bans of addresses and networks, in no order, for who keeps a copy of them.
    ///
    /// The lock is taken many times, each time for a few entries. Bans that begin, end or change meanwhile may be in it
    /// or not; those that hold all the time are.
    public func networkBans(nowNS: UInt64) -> [NetworkBan] {
        var bans: [NetworkBan] = []
        var next = 0
        while let place = look(at: next, into: &bans, nowNS: nowNS) { next = place }
        return bans
    }

    /// - Returns: where to look next; `nil` at the end.
    private func look(at start: Int, into bans: inout [NetworkBan], nowNS: UInt64) -> Int? {
        let (found, next) = change { state -> ([NetworkBan], Int?) in
            let end = min(start + Self.lookCount, state.table.entries.count)
            let found = (start..<end).compactMap { index -> NetworkBan? in
                let slot = SubjectTable.Slot(index)
                let entry = state.table.entries[index]
                guard state.table.holdsBan(slot), entry.banUntilNS > nowNS else { return nil }
                return entry.key.network.map { NetworkBan(network: $0, untilNS: entry.banUntilNS) }
            }
            return (found, end < state.table.entries.count ? end : nil)
        }
        bans += found
        return next
    }
}

extension SubjectTable {
    /// Whether a slot is in use by a ban; one that is free may still say so of itself.
    func holdsBan(_ slot: Slot) -> Bool {
        let position = Int(self[slot].position)
        return position < bans.count && bans[position] == slot
    }
}
