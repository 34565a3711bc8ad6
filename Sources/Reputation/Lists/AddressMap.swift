public import WireBytes

/// Numbers by addresses and networks, small and fast to ask, for lists of a million.
///
/// An entry means exactly what it says: an IPv6 address is that one, not its /64. Where several hold an address, the
/// most specific answers. A network of IPv6 that holds all of IPv4 (`::/0`) holds it here, too, as in ``IPNetwork``.
///
/// Shape: immutable, made by an ``AddressMapBuilder``. A table of single addresses and one of networks for each kind
/// of address. Cost: see ``byteCount`` and the benchmark; a search neither allocates nor waits.
///
/// Thread safety: any number of threads may ask at once.
public final class AddressMap: Sendable {
    /// Stands for no number inside the tables, and so is no number of an entry.
    static var none: UInt32 { .max }

    private let addresses4: ExactTable<UInt32>
    private let addresses6: ExactTable<IPAddress>
    private let networks4: NetworkStretches<UInt32>
    private let networks6: NetworkStretches<UInt128>
    /// Whether nobody stands in it.
    public let isEmpty: Bool

    init(
        addresses4: ExactTable<UInt32>, addresses6: ExactTable<IPAddress>, networks4: NetworkStretches<UInt32>,
        networks6: NetworkStretches<UInt128>
    ) {
        self.addresses4 = addresses4
        self.addresses6 = addresses6
        self.networks4 = networks4
        self.networks6 = networks6
        isEmpty = addresses4.count + addresses6.count + networks4.count + networks6.count == 0
    }

    /// The number of the most specific entry that holds an address; `nil` when none does.
    public func value(of address: IPAddress) -> UInt32? {
        if isEmpty { return nil }
        var value: UInt32
        if let bits = address.ipv4 {
            value = addresses4.value(of: bits)
            if value == Self.none { value = networks4.value(of: bits) }
        } else {
            value = addresses6.value(of: address)
            if value == Self.none { value = networks6.value(of: address.number) }
        }
        return value == Self.none ? nil : value
    }

    /// Single addresses, each counted once.
    public var addressCount: Int { addresses4.count + addresses6.count }

    /// Networks, each counted once.
    public var networkCount: Int { networks4.count + networks6.count }

    /// The memory that the tables take.
    public var byteCount: Int {
        addresses4.byteCount  // 8 bytes a lane, sixteen lanes for ten addresses
            + addresses6.byteCount  // 24 bytes a lane, likewise
            + networks4.byteCount  // 8 bytes a stretch, two for a network, and the index
            + networks6.byteCount  // 20 bytes a stretch, likewise
    }

    /// The most lines that any search for a single address looks at.
    var longestSearch: Int { max(addresses4.longestSearch, addresses6.longestSearch) }
}

/// Collects what becomes an ``AddressMap``.
public struct AddressMapBuilder {
    private var addresses4: [ExactTable<UInt32>.Entry] = []
    private var addresses6: [ExactTable<IPAddress>.Entry] = []
    private var networks4: [NetworkStretches<UInt32>.Network] = []
    private var networks6: [NetworkStretches<UInt128>.Network] = []
    /// Entries that were added, whether or not they are the same.
    public private(set) var count = 0

    /// Begins with nothing.
    public init() {}

    /// Adds an address, which is a network of one, or a network; of equal entries the first one added stays.
    ///
    /// At most 4,294,967,295 entries.
    ///
    /// - Parameter value: what the map answers; any number but the greatest.
    public mutating func add(_ network: IPNetwork, value: UInt32) {
        precondition(value != AddressMap.none, "\(value) is no number of an entry")
        count += 1
        if network.prefixLength == 128 {
            if let bits = network.base.ipv4 {
                addresses4.append(ExactTable.Entry(key: bits, value: value))
            } else {
                addresses6.append(ExactTable.Entry(key: network.base, value: value))
            }
            return
        }
        let (order, prefixLength) = (UInt32(count), UInt8(network.prefixLength))
        if let bits = network.base.ipv4, network.prefixLength >= 96 {
            networks4.append(
                NetworkStretches.Network(first: bits, value: value, order: order, prefixLength: prefixLength))
            return
        }
        networks6.append(
            NetworkStretches.Network(
                first: network.base.number, value: value, order: order, prefixLength: prefixLength))
        guard network.contains(IPAddress(ipv4: 0)) else { return }
        networks4.append(NetworkStretches.Network(first: 0, value: value, order: order, prefixLength: prefixLength))
    }

    /// Makes the map.
    public func build() -> AddressMap {
        var random = SystemRandomNumberGenerator()
        return build(using: &random)
    }

    /// Makes the map, with a hash that a test repeats.
    func build(using random: inout some RandomNumberGenerator) -> AddressMap {
        AddressMap(
            addresses4: ExactTable(addresses4, seed: HashSeed(using: &random)),
            addresses6: ExactTable(addresses6, seed: HashSeed(using: &random)),
            networks4: NetworkStretches(networks4), networks6: NetworkStretches(networks6))
    }
}
