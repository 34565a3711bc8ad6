/// The token buckets of one connection: its own, and those it shares, pinned while it is open.
///
/// Shape: one allocation, made when the connection opens and when its policy changes: eight bytes for each limit per
/// connection, sixteen for each limit that spans connections.
///
/// Thread safety: used by one thread at a time; what it shares it changes atomically.
public struct BucketSet: ~Copyable, Sendable {
    /// What a shared slot's first word says; any other value is the index of a cell.
    enum Reference {
        /// The connection has the bucket for itself, in the slot's second word.
        static let own = UInt64.max
        /// The limit leaves this connection alone.
        static let exempt = UInt64.max - 1
    }

    /// Whom the limits count against.
    public let keys: BucketKeys

    let table: SharedBuckets
    let localCount: Int
    let sharedCount: Int
    /// The local buckets, then two words for each shared one; zero is a bucket that is full at any time.
    private var words: [UInt64]

    /// Finds or makes every bucket the policy's limits need.
    ///
    /// - Parameters:
    ///   - policy: whose limits; only this policy may use the set.
    ///   - keys: whom the limits count against.
    ///   - shared: the buckets of all connections.
    ///   - nowNS: monotonic nanoseconds.
    public init(policy: borrowing Policy, keys: BucketKeys, shared: SharedBuckets, nowNS: UInt64) {
        self.keys = keys
        table = shared
        localCount = policy.slots.local.count
        sharedCount = policy.slots.shared.count
        words = [UInt64](repeating: 0, count: localCount + 2 * sharedCount)
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
    }

    /// The bucket of a limit per connection.
    subscript(local slot: Int) -> UInt64 {
        get {
            precondition(slot >= 0 && slot < localCount, "slot \(slot) of \(localCount): buckets of another policy")
            return words[slot]
        }
        set {
            precondition(slot >= 0 && slot < localCount, "slot \(slot) of \(localCount): buckets of another policy")
            words[slot] = newValue
        }
    }

    /// Where the bucket of a limit that spans connections is.
    subscript(reference slot: Int) -> UInt64 {
        get {
            precondition(slot >= 0 && slot < sharedCount, "slot \(slot) of \(sharedCount): buckets of another policy")
            return words[localCount + 2 * slot]
        }
        set { words[localCount + 2 * slot] = newValue }
    }

    /// A shared slot's own bucket; where it has a cell and counts open connections, 1 when this one is counted there.
    subscript(own slot: Int) -> UInt64 {
        get { words[localCount + 2 * slot + 1] }
        set { words[localCount + 2 * slot + 1] = newValue }
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
