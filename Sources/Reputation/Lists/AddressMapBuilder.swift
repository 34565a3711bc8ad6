public import WireBytes

/// A line of a list: one address, a network, or a range.
public enum ListEntry: Sendable, Equatable {
    /// An address, which is a network of one, or a network.
    case network(IPNetwork)
    /// From one address to another, both among them; the first not behind the last.
    case range(IPAddress, IPAddress)
}

/// Collects what becomes an ``AddressMap``.
public struct AddressMapBuilder {
    private var addresses4: [ExactTable<UInt32>.Entry] = []
    private var addresses6: [ExactTable<IPAddress>.Entry] = []
    private var networks4 = StretchEdges<UInt32>()
    private var networks6 = StretchEdges<UInt128>()
    private var numbers = ListSetNumbers()
    private var networkCount = 0
    /// Entries that were added, whether or not they are the same.
    public private(set) var count = 0

    /// Begins with nothing.
    public init() {}

    /// Adds an entry.
    ///
    /// - Parameter list: the number of its list, below ``ListSet/listCountMax``.
    public mutating func add(_ entry: ListEntry, list: Int = 0) {
        switch entry {
        case .network(let network): add(network, list: list)
        case .range(let first, let last): add(first, last, list: list)
        }
    }

    /// Adds an address, which is a network of one, or a network.
    ///
    /// - Parameter list: the number of its list, below ``ListSet/listCountMax``.
    public mutating func add(_ network: IPNetwork, list: Int = 0) {
        if network.prefixLength == 128 { return addAddress(network.base, list) }
        // A shift by all 128 bits leaves none.
        addRange(network.base, IPAddress(network.base.number | UInt128.max >> UInt128(network.prefixLength)), list)
    }

    private mutating func add(_ first: IPAddress, _ last: IPAddress, list: Int) {
        precondition(first <= last, "no range: \(first) to \(last)")
        if first == last { addAddress(first, list) } else { addRange(first, last, list) }
    }

    private mutating func addAddress(_ address: IPAddress, _ list: Int) {
        count += 1
        let value = numbers.number(of: ListSet(list))
        if let bits = address.ipv4 {
            addresses4.append(ExactTable.Entry(key: bits, value: value))
        } else {
            addresses6.append(ExactTable.Entry(key: address, value: value))
        }
    }

    private mutating func addRange(_ first: IPAddress, _ last: IPAddress, _ list: Int) {
        count += 1
        networkCount += 1
        if let first4 = first.ipv4, let last4 = last.ipv4 { return networks4.add(first4, last4, list: list) }
        networks6.add(first.number, last.number, list: list)
        let (first4, last4) = (max(first, IPAddress(ipv4: 0)), min(last, IPAddress(ipv4: .max)))
        if first4 <= last4, let first4 = first4.ipv4, let last4 = last4.ipv4 {
            networks4.add(first4, last4, list: list)
        }
    }

    /// Adds what one list of a map holds, to another number.
    public mutating func add(list: Int, of map: AddressMap, as number: Int) {
        map.forEachEntry(of: list) { add($0, list: number) }
    }

    /// Makes the map.
    public func build() -> AddressMap {
        var random = SystemRandomNumberGenerator()
        return build(using: &random)
    }

    /// Makes the map, with a hash that a test repeats.
    func build(using random: inout some RandomNumberGenerator) -> AddressMap {
        var numbers = numbers
        let networks4 = NetworkStretches(networks4, &numbers)
        let networks6 = NetworkStretches(networks6, &numbers)
        // A single address answers for the networks that hold it, too; with one list it does so already.
        var (single4, single6) = (addresses4, addresses6)
        if numbers.sets.count > 1 {
            Self.widen(&single4, networks4, &numbers) { $0 }
            Self.widen(&single6, networks6, &numbers) { $0.number }
        }
        let addresses4 = ExactTable(single4, seed: HashSeed(using: &random), &numbers)
        let addresses6 = ExactTable(single6, seed: HashSeed(using: &random), &numbers)
        return AddressMap(
            addresses4: addresses4, addresses6: addresses6, networks4: networks4, networks6: networks6,
            sets: numbers.sets, networkCount: networkCount)
    }

    private static func widen<Key, NetworkKey>(
        _ entries: inout [ExactTable<Key>.Entry], _ networks: NetworkStretches<NetworkKey>,
        _ numbers: inout ListSetNumbers, _ key: (Key) -> NetworkKey
    ) {
        if networks.isEmpty { return }
        for place in entries.indices {
            let holding = networks.value(of: key(entries[place].key))
            entries[place].value = numbers.union(entries[place].value, holding)
        }
    }
}
