/// Some of a service's lists, by their numbers.
public struct ListSet: Hashable, Sendable, BitwiseCopyable {
    /// Most lists there can be.
    public static let listCountMax = 128

    private var bits: UInt128

    /// No list.
    public init() { bits = 0 }

    /// One list.
    public init(_ number: Int) {
        precondition((0..<Self.listCountMax).contains(number), "a list has a number below 128, not \(number)")
        bits = 1 << UInt128(number)
    }

    /// One bit for each list, by its number.
    public var mask: UInt128 { bits }

    /// Whether it holds no list.
    public var isEmpty: Bool { bits == 0 }

    /// Whether a list is among these.
    public func contains(_ number: Int) -> Bool { bits >> UInt128(number) & 1 == 1 }

    /// Whether any of others is among these.
    public func intersects(_ other: ListSet) -> Bool { bits & other.bits != 0 }

    /// Adds lists.
    public mutating func formUnion(_ other: ListSet) { bits |= other.bits }

    /// Takes lists away.
    mutating func subtract(_ other: ListSet) { bits &= ~other.bits }

    /// The first list; `nil` when there is none.
    public var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

    /// The lists' numbers, ascending.
    public var numbers: [Int] { (0..<Self.listCountMax).filter { contains($0) } }
}

/// Gives each set of lists that occurs a number of its own, from 0 on.
struct ListSetNumbers {
    private(set) var sets: [ListSet] = []
    private var numbers: [ListSet: UInt32] = [:]
    /// What was asked for last: neighbours in a list mostly have the same.
    private var last: (set: ListSet, number: UInt32)?

    /// The number of a set; ``AddressMap/none`` for the empty one.
    mutating func number(of set: ListSet) -> UInt32 {
        if set.isEmpty { return AddressMap.none }
        if let last, last.set == set { return last.number }
        let number: UInt32
        if let known = numbers[set] {
            number = known
        } else {
            number = UInt32(sets.count)
            sets.append(set)
            numbers[set] = number
        }
        last = (set, number)
        return number
    }

    /// The number of two sets together; either may be none.
    mutating func union(_ one: UInt32, _ other: UInt32) -> UInt32 {
        if one == other || other == AddressMap.none { return one }
        if one == AddressMap.none { return other }
        var set = sets[Int(one)]
        set.formUnion(sets[Int(other)])
        return number(of: set)
    }
}
