public import WireBytes

/// Which lists hold an address, small and fast to ask, for lists of a million.
///
/// An entry means exactly what it says: an IPv6 address is that one, not its /64. Where several hold an address, all of
/// them count. What holds all of IPv4 in IPv6 (`::/0`) holds it here, too, as in ``IPNetwork``.
///
/// Shape: immutable, made by an ``AddressMapBuilder``. A table of single addresses and one of networks and ranges for
/// each kind of address; each answers the number of a set of lists. Cost: see ``byteCount`` and the benchmark; a search
/// neither allocates nor waits, and is the same for one list and for a hundred.
///
/// Thread safety: any number of threads may ask at once.
public final class AddressMap: Sendable {
    /// Stands for no set inside the tables, and so is no number of a set.
    static var none: UInt32 { .max }

    private let addresses4: ExactTable<UInt32>
    private let addresses6: ExactTable<IPAddress>
    private let networks4: NetworkStretches<UInt32>
    private let networks6: NetworkStretches<UInt128>
    /// The sets of lists that occur, by their numbers.
    public let sets: [ListSet]
    /// Whether nobody stands in it.
    public let isEmpty: Bool
    /// Single addresses, each counted once.
    public let addressCount: Int
    /// Networks and ranges that were added, repetitions among them.
    public let networkCount: Int

    init(
        addresses4: ExactTable<UInt32>, addresses6: ExactTable<IPAddress>, networks4: NetworkStretches<UInt32>,
        networks6: NetworkStretches<UInt128>, sets: [ListSet], networkCount: Int
    ) {
        self.addresses4 = addresses4
        self.addresses6 = addresses6
        self.networks4 = networks4
        self.networks6 = networks6
        self.sets = sets
        self.networkCount = networkCount
        addressCount = addresses4.count + addresses6.count
        isEmpty = addressCount + networkCount == 0
    }

    /// The number of the set of lists that hold an address; `nil` when none does.
    public func setNumber(of address: IPAddress) -> Int? {
        if isEmpty { return nil }
        var number: UInt32
        if let bits = address.ipv4 {
            number = addresses4.value(of: bits)
            if number == Self.none { number = networks4.value(of: bits) }
        } else {
            number = addresses6.value(of: address)
            if number == Self.none { number = networks6.value(of: address.number) }
        }
        return number == Self.none ? nil : Int(number)
    }

    /// Whether any list holds an address.
    public func contains(_ address: IPAddress) -> Bool { setNumber(of: address) != nil }

    /// The lists that hold an address.
    public func lists(holding address: IPAddress) -> ListSet { setNumber(of: address).map { sets[$0] } ?? ListSet() }

    /// The memory that the tables take.
    public var byteCount: Int {
        addresses4.byteCount  // 8 bytes a lane, sixteen lanes for ten addresses
            + addresses6.byteCount  // 24 bytes a lane, likewise
            + networks4.byteCount  // 8 bytes a stretch, two for a network, and the index
            + networks6.byteCount  // 20 bytes a stretch, likewise
            + sets.count * MemoryLayout<ListSet>.stride  // which lists: one for most services
    }

    /// The most lines that any search for a single address looks at.
    var longestSearch: Int { max(addresses4.longestSearch, addresses6.longestSearch) }

    /// Hands out what one list holds, as entries that hold the same addresses as those it was made of.
    func forEachEntry(of list: Int, _ body: (ListEntry) -> Void) {
        func isHeld(_ number: UInt32) -> Bool { number != Self.none && sets[Int(number)].contains(list) }
        addresses4.forEach { if isHeld($1) { body(.network(IPNetwork(IPAddress(ipv4: $0)))) } }
        addresses6.forEach { if isHeld($1) { body(.network(IPNetwork($0))) } }
        networks4.forEachStretch(where: isHeld) { body(.range(IPAddress(ipv4: $0), IPAddress(ipv4: $1))) }
        networks6.forEachStretch(where: isHeld) { body(.range(IPAddress($0), IPAddress($1))) }
    }
}

extension IPNetwork {
    /// The network of one address.
    init(_ address: IPAddress) { self.init(holding: address, prefixLength: 128) }
}
