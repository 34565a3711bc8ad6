public import Settings
public import WireBytes

/// One list of addresses, read.
public struct AddressList: Sendable, Equatable {
    /// How logs and rules call it.
    public var name: String
    /// What becomes of its addresses; `nil` for a list that only gives points.
    public var action: ListSettings.Action?
    /// Points that its addresses have from the start.
    public var score: Double
    /// Its entries, repetitions among them.
    public var entryCount: Int

    /// Puts the parts together.
    public init(name: String, action: ListSettings.Action?, score: Double = 0, entryCount: Int = 0) {
        self.name = name
        self.action = action
        self.score = score
        self.entryCount = entryCount
    }
}

/// What the lists say about an address.
public struct ListStanding: Sendable, Equatable {
    /// The lists that hold it.
    public var lists = ListSet()
    /// Those among them that only log it.
    public var logging = ListSet()
    /// Whether a list allows it; then nothing below counts.
    public var isAllowed = false
    /// The first list that refuses it.
    public var refusing: Int?
    /// The points that the lists give it, together.
    public var baseScore: Double = 0

    /// Of an address that stands in no list.
    public init() {}
}

/// The lists of addresses that an operator named, read: what becomes of who stands in them.
///
/// An address may stand in several, and all count: `allow` beats `refuse`, which beats points, which add up.
///
/// Shape: one table for all lists, which answers the number of a set of them, and what each set means. Immutable: what
/// changes makes new ones.
public struct AddressLists: Sendable {
    /// Who stands in which of them.
    public let map: AddressMap
    /// In the order of the settings, which is that of their numbers.
    public let lists: [AddressList]
    /// What each set of `map` means.
    private let standings: [ListStanding]
    private let clear = ListStanding()
    /// Whether any list allows whom it holds.
    public let allowsSomebody: Bool
    /// Whether any list logs whom it holds.
    public let logsSomebody: Bool

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - map: who stands in which of them.
    ///   - lists: the lists; every number in `map` is an index of these.
    public init(_ map: AddressMap, _ lists: [AddressList]) {
        self.map = map
        self.lists = lists
        allowsSomebody = lists.contains { $0.action == .allow }
        logsSomebody = lists.contains { $0.action == .log }
        standings = map.sets.map { set in Self.standing(of: set, lists) }
    }

    /// Lists that all refuse.
    public init(refused: AddressMap, names: [String]) {
        self.init(refused, names.map { AddressList(name: $0, action: .refuse) })
    }

    /// No list.
    public init() {
        self.init(AddressMapBuilder().build(), [])
    }

    private static func standing(of set: ListSet, _ lists: [AddressList]) -> ListStanding {
        var standing = ListStanding()
        standing.lists = set
        for number in set.numbers {
            let list = lists[number]
            switch list.action {
            case .allow: standing.isAllowed = true
            case .refuse: standing.refusing = standing.refusing ?? number
            case .log: standing.logging.formUnion(ListSet(number))
            case nil: break
            }
            standing.baseScore += list.score
        }
        if standing.isAllowed { (standing.refusing, standing.baseScore) = (nil, 0) }
        return standing
    }

    /// What the lists say about an address.
    ///
    /// Cost: one search for all lists, and nothing is allocated.
    public func standing(of address: IPAddress) -> ListStanding {
        map.setNumber(of: address).map { standings[$0] } ?? clear
    }

    /// The number of the list of a name.
    public func number(of name: String) -> Int? { lists.firstIndex { $0.name == name } }

    /// The names of some of the lists, in their order.
    public func names(of set: ListSet) -> [String] { set.numbers.map { lists[$0].name } }

    /// Each list with what becomes of how many entries, for a person to read.
    public var summary: String { summary(of: Array(lists.indices)) }

    /// The same of some of the lists.
    public func summary(of numbers: [Int]) -> String {
        numbers.map { number in
            let list = lists[number]
            var words: [String] = []
            if let action = list.action { words.append(action.rawValue) }
            if list.score > 0 { words.append("score \(list.score)") }
            let entries = list.entryCount == 1 ? "1 entry" : "\(list.entryCount) entries"
            return "\(list.name) (\(words.joined(separator: ", "))): \(entries)"
        }.joined(separator: "; ")
    }

    /// Bytes they take.
    public var byteCount: Int { map.byteCount + standings.count * MemoryLayout<ListStanding>.stride }
}
