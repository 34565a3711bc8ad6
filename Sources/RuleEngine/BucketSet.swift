/// The token buckets of one connection: its own, and those it shares, pinned while it is open.
///
/// Beside them stands what the rules remember of the connection's packets.
///
/// Shape: two words, and one block made when the connection opens and when its policy changes: eight bytes for each
/// limit per connection and for each remembered word, sixteen for each limit that spans connections, eight for their
/// numbers, and eight where rules ask where the client is from. No block without any. A limit on single packets has a
/// place when the first of them comes, and so have memories: many players never send most of them.
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
    /// How many there are, then two words for each shared bucket, then the local ones that have a place, memories last.
    ///
    /// Zero is a bucket that is full at any time, and a memory of nothing. Before them all stands, where the policy
    /// asks for it, which of its conditions on the client's origin hold.
    private var words: UnsafeMutablePointer<UInt64>?

    /// The first word.
    private struct Counts: BitwiseCopyable {
        private var sharedAndFlag: UInt32
        /// Local buckets and words of memories that have a place, and all there are.
        var held: UInt16
        var local: UInt16

        init(shared: Int, held: UInt16, local: UInt16, hasOrigin: Bool = false) {
            precondition(shared < 1 << 31, "\(shared) shared buckets of one connection")
            sharedAndFlag = UInt32(shared) << 1 | (hasOrigin ? 1 : 0)
            self.held = held
            self.local = local
        }

        var shared: Int { Int(sharedAndFlag >> 1) }
        /// Whether a word stands before the first.
        var hasOrigin: Bool { sharedAndFlag & 1 == 1 }
        /// Words of the block.
        var wordCount: Int { (hasOrigin ? 2 : 1) + 2 * shared + Int(held) }
    }

    /// Finds or makes every bucket the policy's limits need.
    ///
    /// - Parameters:
    ///   - policy: whose limits; only this policy may use the set.
    ///   - keys: whom the limits count against.
    ///   - shared: the buckets of all connections.
    ///   - nowNS: monotonic nanoseconds.
    public init(policy: borrowing Policy, keys: BucketKeys, shared: SharedBuckets, nowNS: UInt64) {
        table = shared
        let localCount = policy.slots.local.count + policy.memories.wordCount
        let sharedCount = policy.slots.shared.count
        let hasOrigin = !policy.origins.isEmpty
        guard localCount + sharedCount > 0 || hasOrigin else {
            unsafe words = nil
            return
        }
        precondition(localCount <= Int(UInt16.max), "\(localCount) words of one connection")
        let counts = Counts(
            shared: sharedCount, held: UInt16(policy.slots.commonLocalCount), local: UInt16(localCount),
            hasOrigin: hasOrigin)
        unsafe words = Self.block(counts)
        if hasOrigin { originWord = policy.origins.word(for: keys) }
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
        unsafe Self.free(words, counts)
    }

    /// A block whose buckets are all full.
    private static func block(_ counts: Counts) -> UnsafeMutablePointer<UInt64> {
        let block = UnsafeMutablePointer<UInt64>.allocate(capacity: counts.wordCount)
        unsafe block.initialize(repeating: 0, count: counts.wordCount)
        let words = unsafe counts.hasOrigin ? block + 1 : block
        unsafe words[0] = unsafeBitCast(counts, to: UInt64.self)
        return unsafe words
    }

    private static func free(_ words: UnsafeMutablePointer<UInt64>?, _ counts: Counts) {
        // The block begins where `block` made it.
        unsafe (counts.hasOrigin ? words.map { unsafe $0 - 1 } : words)?.deallocate()
    }

    /// Which of the policy's conditions on the client's origin hold, one bit each; 0 where it has none.
    var originWord: UInt64 {
        get {
            guard let words = unsafe words, counts.hasOrigin else { return 0 }
            // In bounds by the line above: `block` made room for it.
            return unsafe words[-1]
        }
        nonmutating set {
            guard let words = unsafe words, counts.hasOrigin else {
                preconditionFailure("the origin of a connection whose policy does not ask for it")
            }
            unsafe words[-1] = newValue
        }
    }

    /// Whether the policy's condition of this number holds.
    @inline(__always)
    func isFrom(_ bit: UInt8) -> Bool { originWord &>> UInt64(bit) & 1 == 1 }

    private var counts: Counts {
        @inline(__always) get {
            guard let words = unsafe words else { return Counts(shared: 0, held: 0, local: 0) }
            // Both are eight bytes of plain numbers.
            return unsafe unsafeBitCast(words[0], to: Counts.self)
        }
    }

    /// Buckets that are the connection's own by their limit.
    var localCount: Int { Int(counts.local) }

    /// Buckets that span connections.
    var sharedCount: Int { counts.shared }

    /// Gives a bucket a place if it has none yet.
    mutating func makeRoom(for slot: BucketSlot) {
        guard case .local(let index) = slot else { return }
        precondition(
            index >= 0 && Int(index) < localCount, "slot \(index) of \(localCount): buckets of another policy")
        if Int(index) >= Int(counts.held) { holdAll() }
    }

    /// Gives every local bucket a place.
    @inline(never)
    private mutating func holdAll() {
        guard let old = unsafe words, counts.held < counts.local else { return }
        var all = counts
        all.held = all.local
        let new = unsafe Self.block(all)
        // In bounds: the new block has the words of the old and more.
        for index in 1..<1 + 2 * sharedCount + Int(counts.held) { unsafe new[index] = old[index] }
        let origin = originWord
        unsafe Self.free(old, counts)
        unsafe words = new
        if all.hasOrigin { originWord = origin }
    }

    /// The bucket of a limit per connection; to set it gives it a place.
    subscript(local slot: Int) -> UInt64 {
        get {
            precondition(slot >= 0 && slot < localCount, "slot \(slot) of \(localCount): buckets of another policy")
            return slot < Int(counts.held) ? unsafe local(slot).pointee : 0
        }
        set {
            precondition(slot >= 0 && slot < localCount, "slot \(slot) of \(localCount): buckets of another policy")
            if slot >= Int(counts.held) { holdAll() }
            unsafe local(slot).pointee = newValue
        }
    }

    /// A local bucket, if it has a place.
    @inline(__always)
    func heldLocal(_ slot: Int) -> UnsafeMutablePointer<UInt64>? {
        guard let words = unsafe words, UInt(bitPattern: slot) < UInt(counts.held) else { return nil }
        // In bounds by the line above: the local buckets stand behind the shared ones.
        return unsafe words + 1 + 2 * sharedCount + slot
    }

    /// A local bucket that has a place.
    @inline(__always)
    func local(_ slot: Int) -> UnsafeMutablePointer<UInt64> {
        guard let bucket = unsafe heldLocal(slot) else {
            preconditionFailure("slot \(slot) of \(counts.held): buckets of another policy, or without a place")
        }
        return unsafe bucket
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
        // In bounds by the line above: two words for each, behind the first word.
        return unsafe words + 1 + 2 * slot
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
