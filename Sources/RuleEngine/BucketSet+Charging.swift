extension BucketSet {
    /// Spends tokens for a packet or a new connection.
    ///
    /// - Returns: Whether it is over the limit; then nothing was spent. `nil` when the bucket has no place yet.
    @inline(__always)
    borrowing func isOver(_ slot: BucketSlot, _ rate: borrowing TokenRate, cost: UInt64, nowNS: UInt64) -> Bool? {
        switch slot {
        case .local(let index):
            guard let bucket = unsafe heldLocal(Int(index)) else { return nil }
            let now = rate.units(atNS: nowNS)
            guard let new = rate.charged(unsafe bucket.pointee, now: now, cost: cost) else { return true }
            unsafe bucket.pointee = new
            return false
        case .shared(let index):
            let words = unsafe shared(Int(index))
            let reference = unsafe words[0]
            if reference == Reference.exempt { return false }
            let now = rate.units(atNS: nowNS)
            if reference == Reference.own {
                guard let new = rate.charged(unsafe words[1], now: now, cost: cost) else { return true }
                unsafe words[1] = new
                return false
            }
            let cell = BucketCell(index: Int(truncatingIfNeeded: reference))
            var old = table.load(cell)
            while true {
                guard let new = rate.charged(old, now: now, cost: cost) else { return true }
                if table.exchange(cell, &old, new) { return false }
            }
        }
    }

    /// Spends tokens for a packet even before they have accrued.
    ///
    /// - Returns: When they will have; `nil` when the packet was within the limit.
    mutating func reserve(_ slot: BucketSlot, _ rate: TokenRate, cost: UInt64, nowNS: UInt64) -> UInt64? {
        let now = rate.units(atNS: nowNS)
        switch slot {
        case .local(let index):
            let old = self[local: Int(index)]
            let new = rate.charged(old, now: now, cost: cost)
            self[local: Int(index)] = new ?? old.addingSaturating(cost)
            return new == nil ? rate.nanoseconds(whenUnits: rate.allowedAt(old, cost: cost)) : nil
        case .shared(let index):
            let reference = self[reference: Int(index)]
            if reference == Reference.exempt { return nil }
            if reference == Reference.own {
                let old = self[own: Int(index)]
                let new = rate.charged(old, now: now, cost: cost)
                self[own: Int(index)] = new ?? old.addingSaturating(cost)
                return new == nil ? rate.nanoseconds(whenUnits: rate.allowedAt(old, cost: cost)) : nil
            }
            let cell = BucketCell(index: Int(truncatingIfNeeded: reference))
            var old = table.load(cell)
            while true {
                let before = old
                let new = rate.charged(before, now: now, cost: cost)
                if table.exchange(cell, &old, new ?? before.addingSaturating(cost)) {
                    return new == nil ? rate.nanoseconds(whenUnits: rate.allowedAt(before, cost: cost)) : nil
                }
            }
        }
    }

    /// Undoes a reservation of the same packet, because a later rule drops it.
    mutating func refund(_ slot: BucketSlot, cost: UInt64) {
        switch slot {
        case .local(let index):
            self[local: Int(index)] = self[local: Int(index)].subtractingSaturating(cost)
        case .shared(let index):
            let reference = self[reference: Int(index)]
            if reference == Reference.exempt { return }
            if reference == Reference.own {
                self[own: Int(index)] = self[own: Int(index)].subtractingSaturating(cost)
                return
            }
            let cell = BucketCell(index: Int(truncatingIfNeeded: reference))
            var old = table.load(cell)
            while !table.exchange(cell, &old, old.subtractingSaturating(cost)) {}
        }
    }

    /// Counts this connection among the open ones.
    ///
    /// - Returns: Whether there are as many as the limit allows already; then it is not counted.
    mutating func isOverOpen(_ slot: BucketSlot, most: UInt64) -> Bool {
        // A count that no other connection shares is 1, and no limit is less.
        guard case .shared(let slot) = slot else { return false }
        let reference = self[reference: Int(slot)]
        if reference == Reference.exempt || reference == Reference.own || self[own: Int(slot)] == 1 { return false }
        let cell = BucketCell(index: Int(truncatingIfNeeded: reference))
        var old = table.load(cell)
        while true {
            if old >= most { return true }
            if table.exchange(cell, &old, old + 1) { break }
        }
        self[own: Int(slot)] = 1
        return false
    }
}
