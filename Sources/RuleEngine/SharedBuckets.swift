internal import Synchronization

/// The buckets that several connections share, on all workers.
///
/// A table of fixed size in groups of eight. A connection finds its buckets when it opens, under the lock of their
/// group, and pins them; per packet it only touches the 64-bit cell, with one compare-and-swap. A group that is full
/// gives up the unpinned bucket that is nearest to full, so that least is forgotten.
///
/// Thread safety: everything may be called from any thread.
public final class SharedBuckets: Sendable {
    private let groups: [BucketGroup]
    /// Places of each group that are in use: all, but in the smallest tables.
    private let wayCount: Int
    private let hashSeed: UInt64
    private let fallbacks = Atomic<UInt64>(0)

    /// An empty table, all of whose memory is taken now.
    ///
    /// - Parameters:
    ///   - capacity: most buckets at once; a power of two.
    ///   - hashSeed: decides which buckets compete for a place; random so that clients cannot choose it.
    public init(capacity: Int, hashSeed: UInt64 = .random(in: .min ... .max)) {
        precondition(
            capacity > 0 && capacity & (capacity - 1) == 0, "a capacity is a power of two, not \(capacity)")
        wayCount = min(BucketGroup.wayCountMax, capacity)
        groups = (0..<capacity / wayCount).map { _ in BucketGroup() }
        self.hashSeed = hashSeed
    }

    /// Limits that fell back to the connection alone because every bucket was in use.
    public var fallbackCount: UInt64 { fallbacks.load(ordering: .relaxed) }

    /// Finds or makes a bucket and pins it; `nil`, and counted, when every place is pinned.
    ///
    /// A bucket whose rate or burst changed goes over to the new one with the tokens it has. While connections under
    /// the old policy still hold the old one, both exist.
    func pin(_ key: BucketKey, rate: TokenRate, nowNS: UInt64) -> BucketCell? {
        let group = Int(truncatingIfNeeded: key.hash(seed: hashSeed) & UInt64(groups.count - 1))
        guard let way = groups[group].pin(key, rate, nowNS, wayCount: wayCount) else {
            fallbacks.wrappingAdd(1, ordering: .relaxed)
            return nil
        }
        return BucketCell(index: group * BucketGroup.wayCountMax + way)
    }

    /// Gives a pinned bucket back; it stays findable until its place is needed, unless it is to be forgotten.
    func unpin(_ cell: BucketCell, forget: Bool) {
        groups[cell.group].unpin(cell.way, forget: forget)
    }

    /// What stands in a cell: when the bucket is full, or how many connections are open.
    func load(_ cell: BucketCell) -> UInt64 {
        groups[cell.group].cells[cell.way].load(ordering: .relaxed)
    }

    /// Replaces `old` by `new`; otherwise puts what stands there into `old`.
    func exchange(_ cell: BucketCell, _ old: inout UInt64, _ new: UInt64) -> Bool {
        // Relaxed, because the number guards no other memory.
        let (isDone, original) = groups[cell.group].cells[cell.way].weakCompareExchange(
            expected: old, desired: new, ordering: .relaxed)
        old = original
        return isDone
    }
}

/// A place in the table.
struct BucketCell: Sendable, Equatable, BitwiseCopyable {
    let index: Int

    // Unsigned, so that both are one instruction.
    var group: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) / UInt(BucketGroup.wayCountMax)) }
    var way: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) % UInt(BucketGroup.wayCountMax)) }
}
