extension BucketSet {
    /// The same connection under another policy: buckets of rules that stay are kept, cut to the new burst.
    ///
    /// A rule whose limit counts something else or another scope than before starts anew. A connection is counted in
    /// the limits on open connections that are new, over the limit or not, because it is open.
    ///
    /// - Parameters:
    ///   - old: the policy this set was made for.
    ///   - new: the policy that takes over.
    ///   - keys: whom the limits count against from now on. A shared bucket of other keys is another bucket.
    ///   - nowNS: monotonic nanoseconds.
    public consuming func carried(
        from old: borrowing Policy, to new: borrowing Policy, keys: BucketKeys, nowNS: UInt64
    ) -> BucketSet {
        // The new pins first: an entry that stays is never without one.
        var next = BucketSet(policy: new, keys: keys, shared: table, nowNS: nowNS)
        // Who keeps its policy keeps what was found when it opened: the lists may have other numbers by now.
        if (copy old) === (copy new), !new.origins.isEmpty { next.originWord = originWord }
        for slot in new.slots.local.indices {
            let origin = new.slots.local[slot]
            let plan = new.slots.limits[Int(origin.limit)]
            guard let (from, oldPlan) = old.slots.slot(continuedBy: origin, of: plan), case .local(let index) = from
            else { continue }
            next[local: slot] = plan.rate.converted(self[local: Int(index)], of: oldPlan.rate, nowNS: nowNS)
        }
        for slot in 0..<next.sharedCount {
            let origin = new.slots.shared[slot]
            let plan = new.slots.limits[Int(origin.limit)]
            let continued = old.slots.slot(continuedBy: origin, of: plan)
            if plan.count == .open {
                next.countOpen(slot, unless: continued.map { isUncounted($0.slot) } ?? false)
            } else if let (from, oldPlan) = continued, case .shared(let index) = from {
                carryShared(Int(index), oldPlan.rate, to: slot, plan.rate, of: &next, nowNS: nowNS)
            }
        }
        carryMemories(from: old, to: new, of: &next, nowNS: nowNS)
        for slot in 0..<sharedCount {
            // What the new policy does not use is freed; what it uses has its pin.
            giveBack(slot, forget: true)
            self[reference: slot] = Reference.own
        }
        return next
    }

    /// What was remembered for rules that stay.
    ///
    /// A rule that asks what was forwarded before and is new counts it as forwarded now: nobody looked until then.
    private func carryMemories(
        from old: borrowing Policy, to new: borrowing Policy, of next: inout BucketSet, nowNS: UInt64
    ) {
        for memory in new.memories.memories {
            let first = Int(memory.firstWord)
            if let from = old.memories.continued(by: memory).map({ Int($0.firstWord) }) {
                for index in 0..<memory.kind.wordCount where self[local: from + index] != 0 {
                    next[local: first + index] = self[local: from + index]
                }
            } else if memory.kind == .notAfter {
                next[local: first] = max(1, nowNS)
            }
        }
    }

    /// `carried` for a set that is stored in something else, which cannot be taken out and put back.
    public mutating func carry(
        from old: borrowing Policy, to new: borrowing Policy, keys: BucketKeys, nowNS: UInt64
    ) {
        self = self.carried(from: old, to: new, keys: keys, nowNS: nowNS)
    }

    /// A bucket that the connection had for itself, or has now, takes the tokens along; a shared one stays where it is.
    private func carryShared(
        _ slot: Int, _ oldRate: TokenRate, to nextSlot: Int, _ rate: TokenRate, of next: inout BucketSet,
        nowNS: UInt64
    ) {
        guard next[reference: nextSlot] == Reference.own else { return }
        guard self[reference: slot] != Reference.exempt else { return }
        let fullAt = cell(slot).map { table.load($0) } ?? self[own: slot]
        next[own: nextSlot] = rate.converted(fullAt, of: oldRate, nowNS: nowNS)
    }

    /// Whether this connection is open but not counted, because it was over the limit and allowed to stay.
    private func isUncounted(_ slot: BucketSlot) -> Bool {
        guard case .shared(let slot) = slot else { return false }
        return cell(Int(slot)) != nil && self[own: Int(slot)] == 0
    }

    /// Counts this connection among the open ones, limit or not.
    private mutating func countOpen(_ slot: Int, unless isUncounted: Bool) {
        guard !isUncounted, let cell = cell(slot) else { return }
        var old = table.load(cell)
        while !table.exchange(cell, &old, old.addingSaturating(1)) {}
        self[own: slot] = 1
    }
}
