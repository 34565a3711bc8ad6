/// Numbers of sets of lists by networks and ranges: an immutable table of the stretches into which these cut the
/// addresses.
///
/// Each begins and ends somewhere on the line of all addresses, and so they cut it into stretches with one answer each:
/// the set of the lists that hold it, or none. A search finds the last stretch that begins at or before an address. An
/// index over the upper bits of what the networks span, wherever that lies, says in which few it may be, and a binary
/// search without unpredictable branches does the rest.
///
/// Shape: two stretches a network at most, of 8 bytes (IPv4) or 20 (IPv6), and 4 bytes of index for one to two of them.
struct NetworkStretches<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private static var indexBitCountMax: Int { 20 }

    /// Where each stretch begins, ascending; the first is 0.
    private let starts: [Key]
    /// The answer in each stretch.
    private let values: [UInt32]
    /// For each part of what the networks span, the stretch in which it begins; and the last stretch at the end.
    private let index: [UInt32]
    /// The least address that a network holds.
    private let lowest: Key
    /// Where the last stretch begins.
    private let highest: Key
    /// From an address's distance to `lowest` to its place in the index.
    private let shift: Int

    /// A table of what begins and ends at these edges.
    init(_ edges: consuming StretchEdges<Key>, _ numbers: inout ListSetNumbers) {
        (starts, values) = edges.cut(&numbers)
        lowest = values[0] == AddressMap.none && starts.count > 1 ? starts[1] : 0
        highest = starts[starts.count - 1]
        (shift, index) = Self.makeIndex(starts, lowest: lowest, highest: highest)
    }

    /// Whether no address has an answer.
    var isEmpty: Bool { starts.count == 1 && values[0] == AddressMap.none }

    private static func makeIndex(_ starts: [Key], lowest: Key, highest: Key) -> (shift: Int, index: [UInt32]) {
        guard starts.count > 1 else { return (0, []) }
        let partBits = min(indexBitCountMax, Int.bitWidth - 1 - starts.count.leadingZeroBitCount)
        let spanBits = Key.bitWidth - (highest - lowest).leadingZeroBitCount
        let shift = max(0, spanBits - partBits)
        let partCount = Int(truncatingIfNeeded: (highest - lowest) >> shift) + 1
        var index: [UInt32] = []
        index.reserveCapacity(partCount + 1)
        var stretch = 0
        for part in 0..<partCount {
            let start = lowest + Key(truncatingIfNeeded: part) << shift
            while stretch + 1 < starts.count, starts[stretch + 1] <= start { stretch += 1 }
            index.append(UInt32(stretch))
        }
        index.append(UInt32(starts.count - 1))
        return (shift, index)
    }

    /// The number of the set of lists that hold an address, or ``AddressMap/none``.
    @inline(__always)
    func value(of key: Key) -> UInt32 {
        // Outside of what the networks span; in an empty table every address is.
        guard key >= lowest else { return AddressMap.none }
        guard key < highest else { return values[values.count - 1] }
        let (starts, index) = (starts.span, index.span)
        let part = Int(truncatingIfNeeded: (key &- lowest) &>> Key(truncatingIfNeeded: shift))
        var stretch = Int(index[part])
        var last = Int(index[part + 1])
        while stretch < last {
            let middle = (stretch &+ last &+ 1) >> 1
            if starts[middle] <= key { stretch = middle } else { last = middle &- 1 }
        }
        return values[stretch]
    }

    /// Bytes of the stretches and of the index.
    var byteCount: Int {
        starts.count * MemoryLayout<Key>.stride  // where they begin
            + values.count * MemoryLayout<UInt32>.stride  // their answers
            + index.count * MemoryLayout<UInt32>.stride  // which to look at
    }
}

extension NetworkStretches {
    /// Hands out the first and the last address of each stretch whose number is wanted.
    func forEachStretch(where isWanted: (UInt32) -> Bool, _ body: (Key, Key) -> Void) {
        for place in starts.indices where isWanted(values[place]) {
            body(starts[place], place + 1 < starts.count ? starts[place + 1] - 1 : Key.max)
        }
    }
}

/// Where networks and ranges begin and end.
///
/// They may lie in each other, apart or across: only how many of each list are open counts.
struct StretchEdges<Key: FixedWidthInteger & UnsignedInteger & Sendable> {
    private struct Edge {
        var position: Key
        var list: UInt8
    }

    private var starts: [Edge] = []
    /// The first addresses behind them; none for what ends with the last address of all.
    private var ends: [Edge] = []

    /// Adds a network or range.
    mutating func add(_ first: Key, _ last: Key, list: Int) {
        starts.append(Edge(position: first, list: UInt8(list)))
        if last < Key.max { ends.append(Edge(position: last + 1, list: UInt8(list))) }
    }

    /// Walks over the edges: where each stretch begins, the first at 0, and the number of its set.
    ///
    /// Neighbours differ.
    consuming func cut(_ numbers: inout ListSetNumbers) -> (starts: [Key], values: [UInt32]) {
        starts.sort { $0.position < $1.position }
        ends.sort { $0.position < $1.position }
        var openCounts = [UInt32](repeating: 0, count: ListSet.listCountMax)
        var open = ListSet()
        var (places, values): ([Key], [UInt32]) = ([0], [AddressMap.none])
        var (start, end) = (0, 0)
        while start < starts.count || end < ends.count {
            let position =
                start == starts.count
                ? ends[end].position
                : end == ends.count ? starts[start].position : min(starts[start].position, ends[end].position)
            while start < starts.count, starts[start].position == position {
                let list = Int(starts[start].list)
                openCounts[list] += 1
                if openCounts[list] == 1 { open.formUnion(ListSet(list)) }
                start += 1
            }
            while end < ends.count, ends[end].position == position {
                let list = Int(ends[end].list)
                openCounts[list] -= 1
                if openCounts[list] == 0 { open.subtract(ListSet(list)) }
                end += 1
            }
            let value = numbers.number(of: open)
            if position == 0 {
                values[0] = value
            } else if values[values.count - 1] != value {
                places.append(position)
                values.append(value)
            }
        }
        // Exactly as large as they must be.
        return (Array(places[...]), Array(values[...]))
    }
}
