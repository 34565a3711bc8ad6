import TestSupport
import Testing
import WireBytes

@testable import Reputation

/// What a map means, written to be obvious and slow.
struct AddressMapModel {
    var entries: [(first: IPAddress, last: IPAddress, list: Int)] = []

    mutating func add(_ entry: ListEntry, list: Int) {
        switch entry {
        case .range(let first, let last): entries.append((first, last, list))
        case .network(let network):
            var last = network.base.number
            for bit in network.prefixLength..<128 { last |= 1 << UInt128(127 - bit) }
            entries.append((network.base, IPAddress(last), list))
        }
    }

    func lists(holding address: IPAddress) -> ListSet {
        var lists = ListSet()
        for entry in entries where entry.first <= address && address <= entry.last {
            lists.formUnion(ListSet(entry.list))
        }
        return lists
    }
}

@Suite("The map of addresses")
struct AddressMapTests {
    private func map(_ entries: [(String, Int)]) throws -> AddressMap {
        var builder = AddressMapBuilder()
        for (text, list) in entries { builder.add(try IPNetwork(parsing: text), list: list) }
        return builder.build()
    }

    private func lists(_ map: AddressMap, _ text: String) throws -> [Int] {
        map.lists(holding: try IPAddress(parsing: text)).numbers
    }

    @Test("an empty map holds nobody")
    func empty() throws {
        let map = try map([])
        #expect(map.isEmpty && map.addressCount == 0 && map.networkCount == 0)
        for text in ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1"] { #expect(try lists(map, text) == []) }
    }

    @Test("every list that holds an address counts, whatever the order in which entries were added")
    func several() throws {
        let entries: [(String, Int)] = [
            ("10.1.2.3", 1), ("10.0.0.0/8", 2), ("10.1.0.0/16", 3), ("0.0.0.0/0", 4), ("10.1.2.2/31", 5),
            ("2001:db8::/32", 6), ("2001:db8::1", 7), ("2001:db8::/127", 8), ("::/0", 127),
        ]
        for list in [entries, entries.reversed()] {
            let map = try map(list)
            for (text, expected) in [
                ("10.1.2.3", [1, 2, 3, 4, 5, 127]), ("10.1.2.2", [2, 3, 4, 5, 127]), ("10.1.2.4", [2, 3, 4, 127]),
                ("10.2.0.0", [2, 4, 127]), ("11.0.0.0", [4, 127]), ("9.255.255.255", [4, 127]),
                ("2001:db8::1", [6, 7, 8, 127]), ("2001:db8::", [6, 8, 127]), ("2001:db8::2", [6, 127]),
                ("2001:db9::", [127]), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", [127]),
            ] as [(String, [Int])] {
                #expect(try lists(map, text) == expected, "\(text)")
            }
        }
    }

    @Test("the same address in several lists, or twice in one, is one address")
    func equal() throws {
        let map = try map([
            ("10.1.2.3", 1), ("10.1.2.3", 2), ("10.1.2.3", 1), ("10.0.0.0/8", 3), ("::1", 5), ("::1", 6),
        ])
        #expect(try lists(map, "10.1.2.3") == [1, 2, 3])
        #expect(try lists(map, "10.9.9.9") == [3])
        #expect(try lists(map, "::1") == [5, 6])
        #expect(map.addressCount == 2 && map.networkCount == 1)
    }

    @Test("an IPv6 address is only itself, and a mapped one is the IPv4 address")
    func exact() throws {
        let map = try map([("2001:db8::1", 1), ("::ffff:192.0.2.1", 2), ("::ffff:10.0.0.0/104", 3)])
        #expect(try lists(map, "2001:db8::1") == [1])
        #expect(try lists(map, "2001:db8::2") == [])
        #expect(try lists(map, "192.0.2.1") == [2])
        #expect(try lists(map, "::ffff:192.0.2.1") == [2])
        #expect(try lists(map, "10.255.255.255") == [3])
        #expect(map.networkCount == 1)
    }

    @Test("what holds all of IPv4 in IPv6 holds it here, too, and what holds none of it does not")
    func around() throws {
        let map = try map([("::/0", 1), ("::/80", 2), ("0.0.0.0/1", 3), ("::fffe:0:0/95", 4)])
        #expect(try lists(map, "10.0.0.1") == [1, 2, 3, 4])
        #expect(try lists(map, "200.0.0.1") == [1, 2, 4])
        #expect(try lists(map, "2001:db8::") == [1])
        #expect(try lists(try self.map([("::1:0:0/96", 1)]), "10.0.0.1") == [])
    }

    @Test("the first and the last address of everything are found and their neighbours are not")
    func edges() throws {
        for text in ["0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] {
            let map = try map([(text, 1)])
            #expect(try lists(map, text) == [1])
            #expect(try lists(map, "128.0.0.1") == [])
        }
        for text in ["0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/31", "255.255.255.254/31", "10.0.0.0/30"] {
            let network = try IPNetwork(parsing: text)
            let map = try map([(text, 7)])
            let first = try #require(network.base.ipv4)
            let last = first | UInt32(truncatingIfNeeded: ~UInt64(0) >> UInt64(network.prefixLength - 64))
            for bits in [first, last] { #expect(map.contains(IPAddress(ipv4: bits))) }
            for bits in [first &- 1, last &+ 1] { #expect(!map.contains(IPAddress(ipv4: bits))) }
        }
    }

    /// Entries near each other, so that they meet, overlap and repeat.
    private struct Crowd {
        var random: TestSupport.SplitMix64
        let width: Int
        let isIPv6: Bool

        init(seed: UInt64) {
            random = TestSupport.SplitMix64(seed: seed)
            // Few bits that differ make networks in networks and equal ones; many make a wide table.
            width = Int.random(in: 2...32, using: &random)
            isIPv6 = random.chance(1, in: 2)
        }

        mutating func address() -> IPAddress {
            let bits = UInt32(truncatingIfNeeded: random.next()) >> UInt32(32 - width)
            if !isIPv6 { return IPAddress(ipv4: random.chance(1, in: 2) ? bits << UInt32(32 - width) : bits) }
            return random.chance(1, in: 2)
                ? IPAddress(high: UInt64(bits) << 40, low: 0) : IPAddress(high: 0x2001_0DB8 << 32, low: UInt64(bits))
        }

        mutating func entry() -> ListEntry {
            if random.chance(1, in: 3) {
                let (one, other) = (address(), address())
                return .range(min(one, other), max(one, other))
            }
            let prefix = random.chance(1, in: 2) ? 128 : Int.random(in: (isIPv6 ? 0 : 96)...128, using: &random)
            return .network(IPNetwork(holding: address(), prefixLength: prefix))
        }
    }

    @Test("random entries of several lists are found as the slow model finds them", arguments: 0..<200)
    func random(seed: UInt64) {
        var crowd = Crowd(seed: seed)
        var model = AddressMapModel()
        var builder = AddressMapBuilder()
        let listCount = Int.random(in: 1...5, using: &crowd.random)
        for _ in 0..<Int.random(in: 1...150, using: &crowd.random) {
            let (entry, list) = (crowd.entry(), Int.random(in: 0..<listCount, using: &crowd.random))
            model.add(entry, list: list)
            builder.add(entry, list: list)
        }
        let map = builder.build(using: &crowd.random)
        // One list of it, taken out again and put under another number.
        var again = AddressMapBuilder()
        again.add(list: 0, of: map, as: 9)
        let first = again.build(using: &crowd.random)
        var asked = (0..<300).map { _ in crowd.address() }
        for entry in model.entries {
            asked += [
                entry.first.number, entry.first.number &- 1, entry.last.number, entry.last.number &+ 1,
            ].map { IPAddress($0) }
        }
        for address in asked {
            let expected = model.lists(holding: address)
            #expect(map.lists(holding: address) == expected, "\(address)")
            #expect(map.contains(address) == !expected.isEmpty)
            #expect(first.lists(holding: address).numbers == (expected.contains(0) ? [9] : []), "\(address)")
        }
        #expect(map.addressCount == Set(model.entries.filter { $0.first == $0.last }.map(\.first)).count)
        #expect(map.networkCount == model.entries.count { $0.first != $0.last })
    }

    @Test("neither a full network nor any other pattern of addresses makes searches long", arguments: 0..<6)
    func searches(seed: UInt64) {
        var random = TestSupport.SplitMix64(seed: seed)
        var builder = AddressMapBuilder()
        let stride = [1, 256, 65_536, 3, 1 << 20, 0x9E37_79B9][Int(seed)]
        let addresses = (0..<4_096).flatMap { number in
            let bits = UInt64(truncatingIfNeeded: number &* stride)
            return [
                IPAddress(ipv4: UInt32(truncatingIfNeeded: bits)), IPAddress(high: 1 << 61, low: bits),
                IPAddress(high: bits, low: 1),
            ]
        }
        for address in addresses { builder.add(IPNetwork(holding: address, prefixLength: 128)) }
        let known = Set(addresses)
        let map = builder.build(using: &random)
        #expect(map.longestSearch <= 5)
        #expect(map.addressCount == known.count)
        // Also their neighbours, of which some are among them themselves.
        for address in addresses + addresses.map({ IPAddress($0.number ^ 1 << 31) }) {
            #expect(map.contains(address) == known.contains(address))
        }
    }

    @Test(
        "an IPv4 entry takes 24 bytes at most at any fill, and so does a network of many",
        arguments: [1_000, 1_001, 9_999, 30_000])
    func bytes(count: Int) {
        var random = TestSupport.SplitMix64(seed: UInt64(count))
        var (addresses, networks) = (AddressMapBuilder(), AddressMapBuilder())
        for number in 0..<count {
            let address = IPAddress(ipv4: UInt32(truncatingIfNeeded: random.next()))
            // Each twice, as in lists that overlap.
            for _ in 0..<2 { addresses.add(IPNetwork(holding: address, prefixLength: 128)) }
            networks.add(IPNetwork(holding: IPAddress(ipv4: UInt32(number) << 12), prefixLength: 96 + 24))
        }
        for map in [addresses.build(using: &random), networks.build(using: &random)] {
            #expect(map.byteCount <= 24 * (map.addressCount + map.networkCount) + 16)
        }
    }
}
