import TestSupport
import Testing
import WireBytes

@Suite("Networks read in place")
struct NetworkScanTests {
    private func scan(_ text: [UInt8]) -> IPNetwork? { IPNetwork.scan(text.span, in: 0..<text.count) }

    @Test(
        "what is at the edge of the grammar is read as the slow reader reads it",
        arguments: [
            "", "0.0.0.0", "255.255.255.255", "256.0.0.0", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4/", "1.2.3.4/32",
            "1.2.3.4/33", "1.2.3.4/032", "1.2.3.4/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.1/8", "1.2.3.4:5", "::", ":::",
            ":", "::1", "1::", "1::/16", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:",
            "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "1::2::3", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
            "::1.2.3.4", "::ffff:1.2.3.4", "::ffff:1.2.3.0/120", "::ffff:0:0/96", "::ffff:0:0/95", "::1.2.3.4:5",
            "::1.2.3", "12345::", "::g", "2001:DB8::/32", "2001:db8::1/32", "::/0", "::/129", "::1/128", "fe80::1%lo",
            "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/8/8", "::/", "/8",
        ])
    func edges(text: String) {
        #expect(scan(Array(text.utf8)) == IPNetwork(text), "\(text)")
    }

    @Test("only the bytes of the range count")
    func range() {
        let bytes = Array("1.2.3.45;::1".utf8)
        #expect(IPNetwork.scan(bytes.span, in: 0..<7) == IPNetwork("1.2.3.4"))
        #expect(IPNetwork.scan(bytes.span, in: 9..<12) == IPNetwork("::1"))
        #expect(IPNetwork.scan(bytes.span, in: 3..<3) == nil)
    }

    @Test("random addresses, networks and broken ones are read as the slow reader reads them", arguments: 0..<20)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            var address = IPAddress(ipv4: UInt32(truncatingIfNeeded: random.next()))
            if random.chance(1, in: 2) {
                // Runs of zeros, so that `::` stands everywhere.
                let mask = (0..<8).reduce(UInt128(0)) { mask, _ in mask << 16 | (random.chance(1, in: 2) ? 0xFFFF : 0) }
                address = IPAddress(IPAddress(high: random.next(), low: random.next()).number & mask)
            }
            let least = address.isIPv4 ? 96 : 0
            let network = IPNetwork(holding: address, prefixLength: Int.random(in: least...128, using: &random))
            var text = Array((random.chance(1, in: 2) ? "\(network)" : "\(address)").utf8)
            #expect(scan(text) == IPNetwork(String(decoding: text, as: UTF8.self)))
            for _ in 0..<3 where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch random.next() % 3 {
                case 0: text[place] = Array("0123456789abcF:./ %".utf8).randomElement(using: &random) ?? 0
                case 1: text.remove(at: place)
                default: text.insert(Array("0:./".utf8).randomElement(using: &random) ?? 0, at: place)
                }
                let string = String(decoding: text, as: UTF8.self)
                #expect(scan(text) == IPNetwork(string), "\(string)")
            }
        }
    }
}
