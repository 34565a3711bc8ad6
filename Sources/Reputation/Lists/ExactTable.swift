/// Numbers of sets of lists by single addresses: an immutable hash table whose lines are searched whole.
///
/// Shape: lines of 16 tags, 64 bytes on a cache line of their own, filled to ten on average; beside each tag its lane,
/// with the number and what of the key the tag does not say. An entry that finds its line full stands in the next one,
/// and the line it passed is marked, so that a search goes on there and nowhere else. Cost: one line in nearly every
/// case, compared at once and without a branch that depends on the address; the marks of a million entries fit into
/// 13 KiB.
struct ExactTable<Key: ExactKey>: Sendable {
    /// A key with its number.
    struct Entry: BitwiseCopyable, Sendable {
        var key: Key
        var value: UInt32
    }

    /// Four tags, which a vector register of every processor holds.
    private typealias Quarter = SIMD4<UInt32>

    /// Tags of a line.
    private static var laneCount: Int { 16 }
    /// Entries a line has on average: nearly none of them overflows, and an IPv4 entry takes 12.8 bytes.
    private static var entriesPerLine: Int { 10 }

    /// The tags, from `start` on.
    private var quarters: [Quarter]
    /// The quarter with which the first line begins: one at the beginning of a cache line.
    private let start: Int
    private let lineCount: Int
    /// What stands beside each tag.
    private var lanes: [Key.Lane]
    /// A bit for each line that an entry passed because it was full.
    private var overflows: [UInt64]
    private let seed: HashSeed
    /// Lanes in use.
    private(set) var count = 0

    /// A table of these; those with the same key answer the number of all their sets together.
    init(_ entries: [Entry], seed: HashSeed, _ numbers: inout ListSetNumbers) {
        self.init(room: entries.count, seed: seed)
        for entry in entries { insert(entry, &numbers) }
        // Lists name many an address twice; its room is given back where it is worth the work.
        guard count < entries.count / 10 * 9 else { return }
        var smaller = ExactTable(room: count, seed: seed)
        for entry in entries { smaller.insert(entry, &numbers) }
        self = smaller
    }

    private init(room: Int, seed: HashSeed) {
        lineCount = (room + Self.entriesPerLine - 1) / Self.entriesPerLine
        quarters = [Quarter](repeating: Quarter(repeating: 0), count: lineCount * 4 + 3)
        // Safe: the address is only looked at. The array is never copied, and if it were, searches would cost more.
        let address = unsafe quarters.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        start = (64 - address % 64) % 64 / MemoryLayout<Quarter>.stride
        let empty = Key.Lane(.filler, value: AddressMap.none)
        lanes = [Key.Lane](repeating: empty, count: lineCount * Self.laneCount)
        overflows = [UInt64](repeating: 0, count: (lineCount + 63) / 64)
        self.seed = seed
    }

    private mutating func insert(_ entry: Entry, _ numbers: inout ListSetNumbers) {
        let hash = entry.key.hash(seed)
        let tag = entry.key.tag(hash: hash)
        var line = home(hash)
        // Ends: sixteen lanes stand ready for ten entries.
        while true {
            for lane in 0..<Self.laneCount {
                let place = line * Self.laneCount + lane
                if lanes[place].value == AddressMap.none {
                    quarters[start + line * 4 + lane / 4][lane % 4] = tag
                    lanes[place] = Key.Lane(entry.key, value: entry.value)
                    count += 1
                    return
                }
                if quarters[start + line * 4 + lane / 4][lane % 4] == tag, lanes[place].holds(entry.key) {
                    if lanes[place].value != entry.value {
                        let value = numbers.union(lanes[place].value, entry.value)
                        lanes[place] = Key.Lane(entry.key, value: value)
                    }
                    return
                }
            }
            overflows[line / 64] |= 1 << UInt64(line % 64)
            line = line + 1 == lineCount ? 0 : line + 1
        }
    }

    /// Any number of lines will do, so that the table is as large as its entries ask for.
    private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(lineCount)).high)
    }

    /// The number of an address, or ``AddressMap/none``.
    @inline(__always)
    func value(of key: Key) -> UInt32 {
        if count == 0 { return AddressMap.none }
        let (quarters, overflows) = (quarters.span, overflows.span)
        let hash = key.hash(seed)
        let tag = key.tag(hash: hash)
        var line = home(hash)
        while true {
            let first = start &+ line &* 4
            var matches = Self.matches(of: quarters.extracting(first..<first &+ 4), equalTo: tag)
            while matches[0] | matches[1] != 0 {
                let half = matches[0] == 0 ? 1 : 0
                let lane = half &* 8 &+ matches[half].trailingZeroBitCount >> 3
                let place = line &* Self.laneCount &+ lane
                // Lanes are filled from the first on: behind an empty one, whose tag is 0, there is none.
                let found = lanes[place]
                if found.value == AddressMap.none || found.holds(key) { return found.value }
                matches[half] &= ~(0xFF << UInt64(lane & 7 * 8))
            }
            if overflows[line >> 6] >> UInt64(line & 63) & 1 == 0 { return AddressMap.none }
            line = line + 1 == lineCount ? 0 : line + 1
        }
    }

    /// A byte of ones for each lane of a line that holds a tag, in two words.
    @inline(__always)
    private static func matches(of line: Span<Quarter>, equalTo tag: UInt32) -> SIMD2<UInt64> {
        let wanted = Quarter(repeating: tag)
        let (none, all) = (SIMD4<Int32>(repeating: 0), SIMD4<Int32>(repeating: -1))
        // All ones survive being cut down to a byte, which a processor does for eight or sixteen of them at once.
        let lanes0 = none.replacing(with: all, where: line[0] .== wanted)
        let lanes1 = none.replacing(with: all, where: line[1] .== wanted)
        let lanes2 = none.replacing(with: all, where: line[2] .== wanted)
        let lanes3 = none.replacing(with: all, where: line[3] .== wanted)
        let low = SIMD8<Int16>(truncatingIfNeeded: SIMD8<Int32>(lowHalf: lanes0, highHalf: lanes1))
        let high = SIMD8<Int16>(truncatingIfNeeded: SIMD8<Int32>(lowHalf: lanes2, highHalf: lanes3))
        // Safe: both are 16 bytes of plain numbers.
        return unsafe unsafeBitCast(
            SIMD16<Int8>(truncatingIfNeeded: SIMD16<Int16>(lowHalf: low, highHalf: high)), to: SIMD2<UInt64>.self)
    }

    /// Hands out each key with its number.
    func forEach(_ body: (Key, UInt32) -> Void) {
        for place in lanes.indices where lanes[place].value != AddressMap.none {
            let tag = quarters[start + place / 4][place % 4]
            body(lanes[place].key(tag: tag), lanes[place].value)
        }
    }

    /// Bytes of all lines and of what stands beside them.
    var byteCount: Int {
        quarters.count * MemoryLayout<Quarter>.stride  // 4 bytes a lane
            + lanes.count * MemoryLayout<Key.Lane>.stride  // 4 bytes, or 20 for IPv6
            + overflows.count * MemoryLayout<UInt64>.stride  // a bit a line
    }

    /// The most lines that any search looks at, for tests.
    var longestSearch: Int {
        var longest = 0
        var run = 0
        // Twice, because a run may go on behind the end.
        for line in 0..<2 * lineCount {
            let place = line % lineCount
            run = overflows[place / 64] >> UInt64(place % 64) & 1 == 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        return longest + 1
    }
}
