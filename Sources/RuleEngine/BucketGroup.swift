internal import Synchronization

/// Eight buckets that compete for the same places, with the lock under which they are found.
///
/// Only who opens or ends a connection comes here: the buckets' numbers stand apart, in ``BucketCells``.
final class BucketGroup: Sendable {
    /// Whose bucket a cell is.
    private struct Entry: Sendable {
        let key: BucketKey
        let rate: TokenRate
        /// Connections that hold the cell.
        var pinCount: UInt32
    }

    /// Bytes of one place, beside its number.
    static var entryByteCount: Int { MemoryLayout<Entry?>.stride }

    /// Places of a group.
    static let wayCountMax = 8

    private let entries = Mutex(InlineArray<8, Entry?>(repeating: nil))
    private let cells: BucketCells
    /// The first of its cells.
    private let firstCell: Int

    init(cells: BucketCells, firstCell: Int) {
        self.cells = cells
        self.firstCell = firstCell
    }

    /// Finds or makes a bucket and pins it.
    ///
    /// - Returns: which of the group's cells it has; `nil` when all are pinned.
    func pin(_ key: BucketKey, _ rate: TokenRate, _ nowNS: UInt64, wayCount: Int) -> Int? {
        entries.withLock { entries in place(key, rate, nowNS, in: &entries, wayCount: wayCount) }
    }

    /// Gives a pinned bucket back.
    func unpin(_ way: Int, forget: Bool) {
        entries.withLock { entries in
            guard var entry = entries[way], entry.pinCount > 0 else {
                preconditionFailure("the bucket in place \(way) is given back but not pinned")
            }
            entry.pinCount -= 1
            entries[way] = forget && entry.pinCount == 0 ? nil : entry
        }
    }

    private func place(
        _ key: BucketKey, _ rate: TokenRate, _ nowNS: UInt64, in entries: inout InlineArray<8, Entry?>, wayCount: Int
    ) -> Int? {
        var predecessor: Int?
        var free: Int?
        var emptiest: (way: Int, untilFullNS: UInt64)?
        for way in 0..<wayCount {
            guard var entry = entries[way] else {
                free = free ?? way
                continue
            }
            if entry.key == key {
                if entry.rate == rate || key.count == .open {
                    entry.pinCount += 1
                    entries[way] = entry
                    return way
                }
                predecessor = predecessor ?? way
            }
            if entry.pinCount == 0 {
                let untilFullNS = untilFullNS(entry, way, nowNS)
                if emptiest.map({ untilFullNS < $0.untilFullNS }) ?? true { emptiest = (way, untilFullNS) }
            }
        }
        var fullAt: UInt64 = 0
        if let predecessor, let old = entries[predecessor] {
            let oldFullAt = cells[firstCell + predecessor].load(ordering: .relaxed)
            fullAt = rate.converted(oldFullAt, of: old.rate, nowNS: nowNS)
            if old.pinCount == 0 { free = predecessor }
        }
        guard let way = free ?? emptiest?.way else { return nil }
        // Nobody has this cell: it was free or unpinned, and pins are taken only under this lock.
        cells[firstCell + way].store(fullAt, ordering: .relaxed)
        entries[way] = Entry(key: key, rate: rate, pinCount: 1)
        return way
    }

    /// How long forgetting the bucket would matter.
    private func untilFullNS(_ entry: Entry, _ way: Int, _ nowNS: UInt64) -> UInt64 {
        // Without a pin no connection is open.
        if entry.key.count == .open { return 0 }
        return entry.rate.nanosecondsUntilFull(cells[firstCell + way].load(ordering: .relaxed), nowNS: nowNS)
    }
}
