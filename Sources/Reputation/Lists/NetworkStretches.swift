/// Numbers by networks: an immutable table of the stretches into which networks cut the addresses.
///
/// Networks lie in each other or apart, never across. So they cut the line of all addresses into stretches, each with
/// one answer: the number of the most specific network, or none. A search finds the last stretch that begins at or
/// before an address. An index over the upper bits of what the networks span, wherever that lies, says in which few it
/// may be, and a binary search without unpredictable branches does the rest.
///
/// Shape: two stretches a network at most, of 8 bytes (IPv4) or 20 (IPv6), and 4 bytes of index for one to two of them.
struct NetworkStretches<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// A network with its number.
    struct Network {
        var first: Key
        var value: UInt32
        /// Its place among those that were added.
        var order: UInt32
        /// Counted in the 128-bit form; one of IPv6 below 96 that holds all of IPv4 stands among these, too.
        var prefixLength: UInt8

        /// The last address.
        var last: Key { first | Key.max >> max(0, Int(prefixLength) - 128 + Key.bitWidth) }
    }

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
    /// Different networks.
    let count: Int

    /// A table of these; of equal networks the first that was added stays.
    init(_ networks: consuming [Network]) {
        var cutting = Cutting()
        networks.sort { one, other in
            if one.first != other.first { return one.first < other.first }
            return (one.prefixLength, one.order) < (other.prefixLength, other.order)
        }
        for network in networks { cutting.enter(network) }
        cutting.leave(before: nil)
        (starts, values) = cutting.merged()
        count = cutting.networkCount
        lowest = values[0] == AddressMap.none && starts.count > 1 ? starts[1] : 0
        highest = starts[starts.count - 1]
        (shift, index) = Self.makeIndex(starts, lowest: lowest, highest: highest)
    }

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

    /// The number of the most specific network that holds an address, or ``AddressMap/none``.
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
    /// Walks over networks in the order of their first addresses, those that hold others before these.
    private struct Cutting {
        private var starts: [Key] = [0]
        private var values: [UInt32] = [AddressMap.none]
        /// The networks that hold where the walk is, the most specific last.
        private var open: [Network] = []
        private(set) var networkCount = 0

        mutating func enter(_ network: Network) {
            leave(before: network.first)
            if let last = open.last, last.first == network.first, last.prefixLength == network.prefixLength { return }
            // A network of IPv6 that holds all of IPv4 is counted where it belongs.
            if Key.bitWidth == 128 || network.prefixLength >= 96 { networkCount += 1 }
            cut(at: network.first, value: network.value)
            open.append(network)
        }

        /// Ends the networks that end before an address; all when there is none.
        mutating func leave(before next: Key?) {
            while let last = open.last, next.map({ last.last < $0 }) ?? true {
                open.removeLast()
                guard last.last < Key.max else { continue }
                cut(at: last.last + 1, value: open.last?.value ?? AddressMap.none)
            }
        }

        private mutating func cut(at start: Key, value: UInt32) {
            if starts[starts.count - 1] == start {
                values[values.count - 1] = value
            } else {
                starts.append(start)
                values.append(value)
            }
        }

        /// The stretches, with neighbours of one answer made one; exactly as large as they must be.
        mutating func merged() -> (starts: [Key], values: [UInt32]) {
            var count = 1
            for place in starts.indices.dropFirst() where values[place] != values[count - 1] {
                starts[count] = starts[place]
                values[count] = values[place]
                count += 1
            }
            return (Array(starts[..<count]), Array(values[..<count]))
        }
    }
}
