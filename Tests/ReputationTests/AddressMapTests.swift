import TestSupport
import Testing
import WireBytes

@testable import Reputation

/// What a map means, written to be obvious and slow.
struct AddressMapModel {
    var entries: [(network: IPNetwork, value: UInt32)] = []

    func value(of address: IPAddress) -> UInt32? {
        var best: (prefixLength: Int, value: UInt32)?
        for entry in entries
        where entry.network.contains(address) && entry.network.prefixLength > best?.prefixLength ?? -1 {
            best = (entry.network.prefixLength, entry.value)
        }
        return best?.value
    }
}

@Suite("The map of addresses")
struct AddressMapTests {
    private func map(_ entries: [(String, UInt32)]) throws -> AddressMap {
        var builder = AddressMapBuilder()
        for (text, value) in entries { builder.add(try IPNetwork(parsing: text), value: value) }
        return builder.build()
    }

    private func value(_ map: AddressMap, _ text: String) throws -> UInt32? {
        map.value(of: try IPAddress(parsing: text))
    }

    @Test("an empty map holds nobody")
    func empty() throws {
        let map = try map([])
        #expect(map.isEmpty && map.addressCount == 0 && map.networkCount == 0)
        for text in ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1"] { #expect(try value(map, text) == nil) }
    }

    @Test("the most specific entry answers, whatever the order in which they were added")
    func mostSpecific() throws {
        let entries: [(String, UInt32)] = [
            ("10.1.2.3", 1), ("10.0.0.0/8", 2), ("10.1.0.0/16", 3), ("0.0.0.0/0", 4), ("10.1.2.2/31", 5),
            ("2001:db8::/32", 6), ("2001:db8::1", 7), ("2001:db8::/127", 8), ("::/0", 9),
        ]
        for list in [entries, entries.reversed()] {
            let map = try map(list)
            for (text, expected) in [
                ("10.1.2.3", 1), ("10.1.2.2", 5), ("10.1.2.4", 3), ("10.2.0.0", 2), ("11.0.0.0", 4),
                ("9.255.255.255", 4),
                ("2001:db8::1", 7), ("2001:db8::", 8), ("2001:db8::2", 6), ("2001:db9::", 9),
                ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 9),
            ] as [(String, UInt32)] {
                #expect(try value(map, text) == expected, "\(text)")
            }
        }
    }

    @Test("of equal entries the first one added stays, and each is counted once")
    func equal() throws {
        let map = try map([
            ("10.1.2.3", 1), ("10.1.2.3", 2), ("10.0.0.0/8", 3), ("10.0.0.0/8", 4), ("::1", 5), ("::1", 6),
        ])
        #expect(try value(map, "10.1.2.3") == 1)
        #expect(try value(map, "10.9.9.9") == 3)
        #expect(try value(map, "::1") == 5)
        #expect(map.addressCount == 2 && map.networkCount == 1)
    }

    @Test("an IPv6 address is only itself, and a mapped one is the IPv4 address")
    func exact() throws {
        let map = try map([("2001:db8::1", 1), ("::ffff:192.0.2.1", 2), ("::ffff:10.0.0.0/104", 3)])
        #expect(try value(map, "2001:db8::1") == 1)
        #expect(try value(map, "2001:db8::2") == nil)
        #expect(try value(map, "192.0.2.1") == 2)
        #expect(try value(map, "10.255.255.255") == 3)
        #expect(map.networkCount == 1)
    }

    @Test("an IPv6 network that holds all of IPv4 holds it here, too, below every network of IPv4")
    func around() throws {
        let map = try map([("::/0", 1), ("::/80", 2), ("0.0.0.0/1", 3)])
        #expect(try value(map, "10.0.0.1") == 3)
        #expect(try value(map, "200.0.0.1") == 2)
        #expect(try value(map, "2001:db8::") == 1)
        #expect(map.networkCount == 3)
        #expect(try value(try self.map([("::1:0:0/96", 1)]), "10.0.0.1") == nil)
    }

    @Test("the first and the last address of everything are found and their neighbours are not")
    func edges() throws {
        for text in ["0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] {
            let map = try map([(text, 1)])
            #expect(try value(map, text) == 1)
            #expect(try value(map, "128.0.0.1") == nil)
        }
        for text in ["0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/31", "255.255.255.254/31", "10.0.0.0/30"] {
            let network = try IPNetwork(parsing: text)
            let map = try map([(text, 7)])
            let first = try #require(network.base.ipv4)
            let last = first | UInt32(truncatingIfNeeded: ~UInt64(0) >> UInt64(network.prefixLength - 64))
            for bits in [first, last] { #expect(map.value(of: IPAddress(ipv4: bits)) == 7) }
            for bits in [first &- 1, last &+ 1] { #expect(map.value(of: IPAddress(ipv4: bits)) == nil) }
        }
    }

    @Test("random entries are found as the slow model finds them", arguments: 0..<60)
    func random(seed: UInt64) {
        var random = TestSupport.SplitMix64(seed: seed)
        var model = AddressMapModel()
        var builder = AddressMapBuilder()
        // Few bits that differ make networks in networks and equal ones; many make a wide table.
        let width = Int.random(in: 2...32, using: &random)
        let isIPv6 = random.chance(1, in: 2)
        func address() -> IPAddress {
            let bits = UInt32(truncatingIfNeeded: random.next()) >> UInt32(32 - width)
            if !isIPv6 { return IPAddress(ipv4: random.chance(1, in: 2) ? bits << UInt32(32 - width) : bits) }
            return random.chance(1, in: 2)
                ? IPAddress(high: UInt64(bits) << 40, low: 0) : IPAddress(high: 0x2001_0DB8 << 32, low: UInt64(bits))
        }
        for value in 0..<UInt32.random(in: 1...150, using: &random) {
            let least = isIPv6 ? 0 : 96
            let prefix = random.chance(1, in: 3) ? 128 : Int.random(in: least...128, using: &random)
            let network = IPNetwork(holding: address(), prefixLength: prefix)
            model.entries.append((network, value))
            builder.add(network, value: value)
        }
        let map = builder.build(using: &random)
        var asked = (0..<300).map { _ in address() }
        for (network, _) in model.entries {
            let last =
                network.base.number | (network.prefixLength == 0 ? .max : ~(.max << (128 - network.prefixLength)))
            asked += [network.base.number, network.base.number &- 1, last, last &+ 1].map { IPAddress($0) }
        }
        for address in asked { #expect(map.value(of: address) == model.value(of: address), "\(address)") }
        let networks = Set(model.entries.map(\.network))
        #expect(map.addressCount == networks.count { $0.prefixLength == 128 })
        #expect(map.networkCount == networks.count { $0.prefixLength < 128 })
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
        for (number, address) in addresses.enumerated() {
            builder.add(IPNetwork(holding: address, prefixLength: 128), value: UInt32(number))
        }
        var firstNumbers: [IPAddress: UInt32] = [:]
        for (number, address) in addresses.enumerated() where firstNumbers[address] == nil {
            firstNumbers[address] = UInt32(number)
        }
        let map = builder.build(using: &random)
        #expect(map.longestSearch <= 5)
        #expect(map.addressCount == firstNumbers.count)
        // Also their neighbours, of which some are among them themselves.
        for address in addresses + addresses.map({ IPAddress($0.number ^ 1 << 31) }) {
            #expect(map.value(of: address) == firstNumbers[address])
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
            for _ in 0..<2 { addresses.add(IPNetwork(holding: address, prefixLength: 128), value: 0) }
            let base = IPAddress(ipv4: UInt32(number) << 12)
            networks.add(IPNetwork(holding: base, prefixLength: 96 + 24), value: UInt32(number))
        }
        for map in [addresses.build(using: &random), networks.build(using: &random)] {
            #expect(map.byteCount <= 24 * (map.addressCount + map.networkCount))
        }
    }
}
