public import WireBytes

/// What a rule asks of where a client is from: all of it must hold.
///
/// A condition on what is not known does not hold, whichever way it is asked: without its database a rule is silent,
/// and so it is for a client whose address nobody tells.
public struct OriginCondition: Hashable, Sendable {
    /// The country is one of these.
    public var countries: CountryChoice?
    /// The country is none of these (`where_not`).
    public var countriesNot: CountryChoice?
    /// The network operator is one of these.
    public var operators: OperatorChoice?
    /// The network operator is none of these.
    public var operatorsNot: OperatorChoice?
    /// Whether the operator rents out servers.
    public var isHosting: Bool?
    /// Some of these lists hold the address, one bit for each by its number; 0 asks nothing.
    public var lists: UInt128 = 0
    /// None of these lists holds it.
    public var listsNot: UInt128 = 0

    /// Asks nothing.
    public init() {}

    /// Whether nothing is asked.
    public var isEmpty: Bool { self == OriginCondition() }

    /// What must be known for an answer.
    public var sources: Origin.Sources {
        var sources: Origin.Sources = []
        for choice in [countries, countriesNot] { sources.formUnion(choice?.sources ?? []) }
        for choice in [operators, operatorsNot] { sources.formUnion(choice?.sources ?? []) }
        if isHosting != nil { sources.formUnion([.asn, .hosting]) }
        if lists != 0 || listsNot != 0 { sources.insert(.lists) }
        return sources
    }

    /// Whether an address from there is meant.
    public func holds(_ origin: Origin) -> Bool {
        guard origin.sources.isSuperset(of: sources) else { return false }
        if let countries, countries.contains(origin) != true { return false }
        if let countriesNot, countriesNot.contains(origin) != false { return false }
        if let operators, operators.contains(origin) != true { return false }
        if let operatorsNot, operatorsNot.contains(origin) != false { return false }
        if let isHosting, isHosting != origin.isHosting { return false }
        if lists != 0, lists & origin.lists == 0 { return false }
        return listsNot & origin.lists == 0
    }
}

/// The different conditions of a policy on where clients are from.
///
/// They are asked once, when a connection opens; then it has a word with one bit for each, and a check looks at a bit.
struct OriginTable: Sendable {
    private struct Row: Hashable, Sendable {
        let condition: OriginCondition
        /// Of a rule that is judged when a connection opens, from which allowed addresses are exempt.
        let isAtOpen: Bool
    }

    private var rows: [Row] = []
    /// What must be known to answer all of them.
    private(set) var sources: Origin.Sources = []

    /// As many as a word has bits.
    static let countMax = 64

    var isEmpty: Bool { rows.isEmpty }

    /// The bit of a condition, made when it is new.
    mutating func bit(of condition: OriginCondition, isAtOpen: Bool) -> UInt8 {
        let row = Row(condition: condition, isAtOpen: isAtOpen)
        if let index = rows.firstIndex(of: row) { return UInt8(index) }
        precondition(rows.count < Self.countMax, "more than \(Self.countMax) conditions on where clients are from")
        rows.append(row)
        sources.formUnion(condition.sources)
        return UInt8(rows.count - 1)
    }

    /// Which of them hold for a connection.
    func word(for keys: BucketKeys) -> UInt64 {
        var word: UInt64 = 0
        for index in rows.indices where rows[index].condition.holds(keys.origin) {
            if rows[index].isAtOpen, keys.isExempt { continue }
            word |= 1 << UInt64(index)
        }
        return word
    }
}
