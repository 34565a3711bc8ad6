/// Characters that one step of a pattern takes, as ranges of Unicode scalars that neither touch nor overlap.
struct CharacterRanges: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]
    /// The first 128, one bit each.
    private let low: UInt64
    private let high: UInt64

    /// - Parameters:
    ///   - written: in any order.
    ///   - isNegated: whether it is all others, pieces that are no characters included.
    ///   - isCaseless: whether letters of ASCII count in both cases.
    init(_ written: [ClosedRange<UInt32>], isNegated: Bool = false, isCaseless: Bool = false) {
        var all = written
        if isCaseless {
            for (one, distance) in [(0x41...0x5A, 32), (0x61...0x7A, -32)] as [(ClosedRange<UInt32>, Int)] {
                for range in written where range.overlaps(one) {
                    let both = range.clamped(to: one)
                    let shifted = { (scalar: UInt32) in UInt32(Int(scalar) + distance) }
                    all.append(shifted(both.lowerBound)...shifted(both.upperBound))
                }
            }
        }
        var merged: [ClosedRange<UInt32>] = []
        for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = isNegated ? Self.others(than: merged) : merged
        var bits: (UInt64, UInt64) = (0, 0)
        for scalar in UInt32(0)..<128 where ranges.contains(where: { $0.contains(scalar) }) {
            if scalar < 64 { bits.0 |= 1 << UInt64(scalar) } else { bits.1 |= 1 << UInt64(scalar - 64) }
        }
        (low, high) = bits
    }

    private static func others(than ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var others: [ClosedRange<UInt32>] = []
        var start: UInt32 = 0
        for range in ranges {
            if range.lowerBound > start { others.append(start...range.lowerBound - 1) }
            start = range.upperBound + 1
        }
        if start <= ScalarCursor.broken { others.append(start...ScalarCursor.broken) }
        return others
    }

    /// Every character, and every piece that is none.
    static let any = CharacterRanges([0...ScalarCursor.broken])
    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let wordLetters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]

    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
        var first = 0
        var last = ranges.count
        while first < last {
            let middle = (first + last) / 2
            if ranges[middle].upperBound < scalar { first = middle + 1 } else { last = middle }
        }
        return first < ranges.count && ranges[first].lowerBound <= scalar
    }
}
