/// The token buckets of one connection: its own, and those it shares, pinned while it is open.
///
/// Shape: two words, and one block made when the connection opens and when its policy changes: eight bytes for each
/// limit per connection, sixteen for each limit that spans connections, eight for their numbers. No block without a
/// limit.
///
/// Thread safety: used by one thread at a time; what it shares it changes atomically.
@safe
public struct BucketSet: ~Copyable {
    /// What a shared slot's first word says; any other value is the index of a cell.
    enum Reference {
        /// The connection has the bucket for itself, in the slot's second word.
        static let own = UInt64.max
        /// The limit leaves this connection alone.
        static let exempt = UInt64.max - 1
    }

    let table: SharedBuckets
    /// How many there are, then the local buckets, then two words for each shared one; zero is a bucket that is full at
    /// any time.
    private let words: UnsafeMutablePointer<UInt64>?

    /// Finds or makes every bucket the policy's limits need.
    ///
    /// - Parameters:
    ///   - policy: whose limits; only this policy may use the set.
    ///   - keys: whom the limits count against.
    ///   - shared: the buckets of all connections.
    ///   - nowNS: monotonic nanoseconds.
    public init(policy: borrowing Policy, keys: BucketKeys, shared: SharedBuckets, nowNS: UInt64) {
        table = shared
        let localCount = policy.slots.local.count
        let sharedCount = policy.slots.shared.count
        guard localCount + sharedCount > 0 else {
            unsafe words = nil
            return
        }
        let count = 1 + localCount + 2 * sharedCount
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        unsafe words.initialize(repeating: 0, count: count)
        unsafe words[0] = UInt64(localCount) | UInt64(sharedCount) << 32
        unsafe self.words = words
        for slot in 0..<sharedCount {
            let origin = policy.slots.shared[slot]
            let plan = policy.slots.limits[Int(origin.limit)]
            if keys.isExempt(from: plan.scope) {
                self[reference: slot] = Reference.exempt
            } else if let key = keys.key(for: plan, packetTag: origin.packetTag),
                let cell = shared.pin(key, rate: plan.rate, nowNS: nowNS)
            {
                self[reference: slot] = UInt64(cell.index)
            } else {
                self[reference: slot] = Reference.own
            }
        }
    }

    deinit {
        for slot in 0..<sharedCount { giveBack(slot, forget: false) }
        unsafe words?.deallocate()
    }

    /// Buckets that are the connection's own by their limit.
    var localCount: Int { unsafe words.map { unsafe Int(truncatingIfNeeded: $0[0] & 0xFFFF_FFFF) } ?? 0 }

    /// Buckets that span connections.
    var sharedCount: Int { unsafe words.map { unsafe Int(truncatingIfNeeded: $0[0] >> 32) } ?? 0 }

    /// The bucket of a limit per connection.
    subscript(local slot: Int) -> UInt64 {
        @inline(__always) get { unsafe local(slot).pointee }
        @inline(__always) nonmutating set { unsafe local(slot).pointee = newValue }
    }

    @inline(__always)
    func local(_ slot: Int) -> UnsafeMutablePointer<UInt64> {
        guard let words = unsafe words, slot >= 0, slot < localCount else {
            preconditionFailure("slot \(slot) of \(localCount): buckets of another policy")
        }
        // In bounds by the line above: the local buckets stand behind the first word.
        return unsafe words + 1 + slot
    }

    /// Where the bucket of a limit that spans connections is.
    subscript(reference slot: Int) -> UInt64 {
        @inline(__always) get { unsafe shared(slot)[0] }
        @inline(__always) nonmutating set { unsafe shared(slot)[0] = newValue }
    }

    /// A shared slot's own bucket; where it has a cell and counts open connections, 1 when this one is counted there.
    subscript(own slot: Int) -> UInt64 {
        @inline(__always) get { unsafe shared(slot)[1] }
        @inline(__always) nonmutating set { unsafe shared(slot)[1] = newValue }
    }

    /// The two words of a shared slot.
    @inline(__always)
    func shared(_ slot: Int) -> UnsafeMutablePointer<UInt64> {
        guard let words = unsafe words, slot >= 0, slot < sharedCount else {
            preconditionFailure("slot \(slot) of \(sharedCount): buckets of another policy")
        }
        // In bounds by the line above: two words for each, behind the local ones.
        return unsafe words + 1 + localCount + 2 * slot
    }

    /// The cell of a shared slot that has one.
    func cell(_ slot: Int) -> BucketCell? {
        let reference = self[reference: slot]
        guard reference < Reference.exempt else { return nil }
        return BucketCell(index: Int(truncatingIfNeeded: reference))
    }

    /// Gives up a shared slot's count and pin, for good.
    func giveBack(_ slot: Int, forget: Bool) {
        guard let cell = cell(slot) else { return }
        // A token bucket that has a cell keeps 0 there.
        if self[own: slot] == 1 {
            var old = table.load(cell)
            while !table.exchange(cell, &old, old.subtractingSaturating(1)) {}
        }
        table.unpin(cell, forget: forget)
    }
}
