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
    private let cells: [BucketCells]
    /// Places of each group that are in use: all, but in the smallest tables.
    private let wayCount: Int
    private let hashSeed: UInt64
    /// What the numbers that stand for packets depend on.
    var contentSeed: UInt64 { ~hashSeed }
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
        let cells = (0..<max(1, capacity / BucketCells.count)).map { _ in BucketCells() }
        groups = (0..<capacity / wayCount).map { group in
            let cell = BucketCell(index: group * BucketGroup.wayCountMax)
            return BucketGroup(cells: cells[cell.block], firstCell: cell.place)
        }
        self.cells = cells
        self.hashSeed = hashSeed
    }

    /// Bytes that a table of this capacity takes.
    public static func byteCount(capacity: Int) -> Int {
        8 * capacity  // the buckets' numbers
            + capacity * BucketGroup.entryByteCount  // whose they are
            + capacity / BucketGroup.wayCountMax * (64 + 8)  // a group's head with its lock, and where it is
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
        cells[cell.block][cell.place].load(ordering: .relaxed)
    }

    /// Replaces `old` by `new`; otherwise puts what stands there into `old`.
    func exchange(_ cell: BucketCell, _ old: inout UInt64, _ new: UInt64) -> Bool {
        // Relaxed, because the number guards no other memory.
        let (isDone, original) = cells[cell.block][cell.place].weakCompareExchange(
            expected: old, desired: new, ordering: .relaxed)
        old = original
        return isDone
    }
}

/// A place in the table.
struct BucketCell: Sendable, Equatable, BitwiseCopyable {
    let index: Int

    // Unsigned, so that each is one instruction.
    var group: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) / UInt(BucketGroup.wayCountMax)) }
    var way: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) % UInt(BucketGroup.wayCountMax)) }
    var block: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) / UInt(BucketCells.count)) }
    var place: Int { Int(truncatingIfNeeded: UInt(bitPattern: index) % UInt(BucketCells.count)) }
}

/// The numbers of many buckets, one behind the other: when each is full, or how many connections are open.
///
/// Shape: a block of 4 KiB; so a packet's way to its bucket is one cache line, and the few blocks' addresses.
final class BucketCells: Sendable {
    static let count = 512

    private let cells = InlineArray<512, Atomic<UInt64>> { _ in Atomic(0) }

    subscript(place: Int) -> Atomic<UInt64> {
        @inline(__always) _read { yield cells[place] }
    }
}
