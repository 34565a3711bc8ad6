import TestSupport
import Testing
import WireBytes

@Suite("Addresses")
struct IPAddressTests {
    @Test("an IPv4 address is read and printed as a dotted quad", arguments: ["0.0.0.0", "1.2.3.4", "255.255.255.255"])
    func quad(text: String) throws {
        let address = try IPAddress(parsing: text)
        #expect(address.isIPv4)
        #expect(address.description == text)
        #expect(try IPAddress(parsingIPv4: text) == address)
        #expect(throws: AddressSyntaxError.badIPv6) { try IPAddress(parsingIPv6: text) }
    }

    @Test("a dotted quad has its bytes in network order")
    func quadBits() {
        #expect(IPAddress("1.2.3.4")?.ipv4 == 0x0102_0304)
    }

    @Test(
        "what is nearly a dotted quad is refused",
        arguments: [
            "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "00.0.0.0", "1.2.3.", ".1.2.3", "1..2.3",
            " 1.2.3.4", "1.2.3.4 ", "1.2.3.-4", "1.2.3.+4", "0x1.2.3.4", "1.2.3.4a", "١.2.3.4", "16909060",
            "1.2.3.99999999999999999999", "localhost",
        ])
    func notQuad(text: String) {
        #expect(throws: AddressSyntaxError.badIPv4) { try IPAddress(parsing: text) }
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "an IPv6 address is printed in the form of RFC 5952",
        arguments: [
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:0db8::0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("::1.2.3.4", "::102:304"),
            ("ffff:FFFF:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ])
    func sixth(text: String, printed: String) throws {
        let address = try IPAddress(parsing: text)
        #expect(!address.isIPv4)
        #expect(address.description == printed)
        #expect(address.ipv6Description == printed)
        #expect(try IPAddress(parsingIPv6: printed) == address)
        #expect(throws: AddressSyntaxError.badIPv4) { try IPAddress(parsingIPv4: text) }
    }

    @Test(
        "an IPv4-mapped address is the IPv4 address and is printed so",
        arguments: ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:0201"])
    func mapped(text: String) throws {
        let address = try IPAddress(parsing: text)
        #expect(address == IPAddress(ipv4: 0xC000_0201))
        #expect(address.description == "192.0.2.1")
        #expect(address.ipv6Description == "::ffff:192.0.2.1")
    }

    @Test(
        "what is nearly an IPv6 address is refused",
        arguments: [
            ":", ":::", "1:::2", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", ":1", "1:", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "12345::",
            "::00000", "g::", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4::", "[::1]", " ::1", "::1 ", "::-1",
        ])
    func notSixth(text: String) {
        #expect(throws: AddressSyntaxError.badIPv6) { try IPAddress(parsing: text) }
        #expect(throws: AddressSyntaxError.badIPv6) { try IPAddress(parsingIPv6: text) }
    }

    @Test("an empty text and a zone are errors of their own")
    func emptyAndZone() {
        #expect(throws: AddressSyntaxError.empty) { try IPAddress(parsing: "") }
        #expect(throws: AddressSyntaxError.empty) { try IPAddress(parsingIPv4: "") }
        #expect(throws: AddressSyntaxError.empty) { try IPAddress(parsingIPv6: "") }
        #expect(throws: AddressSyntaxError.zone) { try IPAddress(parsing: "fe80::1%eth0") }
    }

    @Test("every address is read back from what is printed, in both forms")
    func roundTrip() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2_000 {
            // Leaving out whole groups makes runs of zeros of every length and place.
            let groups = UInt8.random(in: 0...255, using: &random)
            var words: [UInt64] = [0, 0]
            for index in 0..<8 where groups >> index & 1 == 1 {
                words[index / 4] |= UInt64(UInt16.random(in: 0...UInt16.max, using: &random)) << (index % 4 * 16)
            }
            let address = IPAddress(high: words[0], low: words[1])
            #expect(try IPAddress(parsing: address.description) == address)
            #expect(try IPAddress(parsingIPv6: address.ipv6Description) == address)
        }
    }

    @Test("random texts of address characters never trap, and what is accepted is read back")
    func noise() throws {
        let alphabet = Array("0123456789abcfF:::..[]/% ")
        var random = SplitMix64(seed: 2)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...20, using: &random)
            let text = String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
            if let address = IPAddress(text) { #expect(IPAddress(address.description) == address) }
            if let endpoint = Endpoint(text) { #expect(Endpoint(endpoint.description) == endpoint) }
            if let network = IPNetwork(text) { #expect(IPNetwork(network.description) == network) }
        }
    }

    @Test("addresses are ordered by their 128 bits")
    func order() throws {
        let sorted = ["::", "::1", "0.0.0.0", "10.0.0.1", "10.0.0.2", "2001:db8::", "2001:db8::1", "ffff::"]
        #expect(try sorted.reversed().map { try IPAddress(parsing: $0) }.sorted().map(\.description) == sorted)
    }
}
