import WireBytes

/// A search for a few bytes of each of many signatures at once.
///
/// It tells which signatures a packet can match; those are then verified one by one, so what a rule means never depends
/// on it. One filter serves all packets of a direction, because its cost hardly grows with the signatures.
///
/// Each signature gives a *window*: so many bytes of one of its patterns that stand side by side and are known but for
/// the case of letters. Of a packet, only every so manieth *block* of a few bytes is looked up in a set of bits; the
/// step is such that of every place of a window one block is looked up. Where the bit is set, the windows with that
/// block are compared.
///
/// Shape: flat arrays for all filters of a policy.
struct SignatureFilters: Sendable {
    /// One filter: where its tables begin, and how it steps.
    struct Filter: Sendable, BitwiseCopyable {
        /// Spreads a block over the 32 bits of a hash, and shifts out what is loaded behind it.
        let factor: UInt32
        let blockByteCount: Int
        let step: Int
        let firstWord: Int
        /// The hash is shifted right by so much to be the number of a bit.
        let bitShift: UInt32
        let firstBucket: Int
        /// Likewise to be a bucket's.
        let bucketShift: UInt32
        let signatureCount: Int

        /// Most comparisons in so many bytes.
        ///
        /// To verify one signature takes at least as long as a few comparisons, and one more for every 16 bytes: not
        /// more time than all of them would take goes into finding out that they must be.
        func comparisonCountMax(byteCount: Int) -> Int {
            64 + byteCount + signatureCount * (64 + byteCount) / 16
        }
    }

    /// One block of one window.
    struct Entry: Sendable, BitwiseCopyable {
        /// Up to eight bytes around the block, and which bits of them the pattern knows.
        let value: UInt64
        let mask: UInt64
        let signature: Int32
        /// Where these bytes may begin in a packet.
        let lowestStart: Int32
        let highestStart: Int32
        let byteCount: UInt8
        /// Where the block stands in these bytes.
        let blockOffset: UInt8
    }

    var filters: [Filter] = []
    var words: [UInt64] = []
    /// Where the entries of each bucket begin; one more for the last one's end.
    var buckets: [UInt32] = []
    var entries: [Entry] = []

    /// The hash of the block that four bytes begin with.
    ///
    /// The bit that makes two cases of a letter one is set; other bytes lose a bit by that, which the comparison looks
    /// at again.
    static func hash(_ bytes: UInt32, factor: UInt32) -> UInt32 { (bytes | 0x2020_2020) &* factor }

    /// The factor for blocks of so many bytes.
    static func factor(blockByteCount: Int) -> UInt32 { 0x9E37_79B1 << UInt32(32 - 8 * blockByteCount) }

    /// Adds the signatures that `bytes` can match to `candidates`.
    ///
    /// Cost: one look-up each step, and a comparison where the bit is set. A packet made to need many gets all
    /// signatures as candidates.
    @inline(never)
    func search(_ index: Int, in bytes: RawSpan, for candidates: inout Candidates) {
        let filter = filters[index]
        let lastBlock = bytes.byteCount - filter.blockByteCount
        var comparisonsLeft = filter.comparisonCountMax(byteCount: bytes.byteCount)
        var position = 0
        while true {
            position = next(filter, in: bytes, from: position)
            if position > lastBlock { return }
            let block = UInt32(truncatingIfNeeded: Self.word(bytes, from: position, count: filter.blockByteCount))
            let bucket = Self.hash(block, factor: filter.factor) >> filter.bucketShift
            comparisonsLeft -= compare(filter.firstBucket + Int(bucket), in: bytes, at: position, for: &candidates)
            if comparisonsLeft < 0 { return candidates.insertAll() }
            position += filter.step
        }
    }

    /// Where the first block from a position on stands that a window may have; behind the last block when none does.
    @inline(__always)
    private func next(_ filter: Filter, in bytes: RawSpan, from first: Int) -> Int {
        let (factor, shift, step) = (filter.factor, filter.bitShift, filter.step)
        let lastLoad = bytes.byteCount - 4
        var position = first
        let isFound = unsafe words.withUnsafeBufferPointer { words in
            // A shifted hash is below the number of bits for which `append` made words from `firstWord` on.
            guard let words = unsafe words.baseAddress.map({ unsafe $0 + filter.firstWord }) else { return false }
            return unsafe bytes.withUnsafeBytes { bytes in
                guard let bytes = bytes.baseAddress else { return false }
                // Only called where `position` is at most `lastLoad`, so that four bytes are there.
                @inline(__always) func bit(_ position: Int) -> UInt64 {
                    let block = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                    let bit = Self.hash(UInt32(littleEndian: block), factor: factor) &>> shift
                    return unsafe words[Int(bit &>> 6)] &>> UInt64(bit)
                }
                while position <= lastLoad {
                    if bit(position) & 1 != 0 { return true }
                    position &+= step
                }
                return false
            }
        }
        if isFound { return position }
        // A block of less than four bytes at the packet's end.
        while position <= bytes.byteCount - filter.blockByteCount {
            let block = UInt32(truncatingIfNeeded: Self.word(bytes, from: position, count: filter.blockByteCount))
            let bit = Self.hash(block, factor: factor) >> shift
            if words[filter.firstWord + Int(bit / 64)] >> UInt64(bit % 64) & 1 != 0 { return position }
            position += step
        }
        return position
    }

    /// Compares the windows of one bucket with the bytes around a block; answers how many there were.
    @inline(never)
    private func compare(
        _ bucket: Int, in bytes: RawSpan, at position: Int, for candidates: inout Candidates
    ) -> Int {
        let entries = entries.span
        let range = Int(buckets[bucket])..<Int(buckets[bucket + 1])
        for index in range {
            let start = position - Int(entries[index].blockOffset)
            let count = Int(entries[index].byteCount)
            if start < Int(entries[index].lowestStart) || start > Int(entries[index].highestStart)
                || start + count > bytes.byteCount
            {
                continue
            }
            if Self.word(bytes, from: start, count: count) & entries[index].mask == entries[index].value {
                candidates.insert(entries[index].signature)
            }
        }
        return range.count
    }

    /// Eight bytes, of which `count` are there and count; what lies behind the end is zero.
    private static func word(_ bytes: RawSpan, from start: Int, count: Int) -> UInt64 {
        if start + 8 <= bytes.byteCount {
            // In bounds by the line above, and `RawSpan` checks again.
            return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        var word: UInt64 = 0
        for index in 0..<count {
            // The caller has compared `start + count` with the bytes' end, and `RawSpan` checks again.
            word |= UInt64(unsafe bytes.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)) << UInt64(8 * index)
        }
        return word
    }
}
