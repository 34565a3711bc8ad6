import Testing
import WireBytes

@Suite("Networks")
struct IPNetworkTests {
    @Test(
        "a network is read and printed, the prefix in bits of its own family",
        arguments: [
            ("10.0.0.0/8", 104), ("0.0.0.0/0", 96), ("1.2.3.4/32", 128), ("::/0", 0), ("2001:db8::/32", 32),
            ("::1/128", 128),
        ])
    func sound(text: String, prefixLength: Int) throws {
        let network = try IPNetwork(parsing: text)
        #expect(network.prefixLength == prefixLength)
        #expect(network.description == text)
    }

    @Test("an address alone is the network of just that address", arguments: ["1.2.3.4", "2001:db8::1"])
    func bare(text: String) throws {
        let network = try IPNetwork(parsing: text)
        let address = try IPAddress(parsing: text)
        #expect(network == IPNetwork(holding: address, prefixLength: 128))
        #expect(network.description == text + (address.isIPv4 ? "/32" : "/128"))
    }

    @Test("a network in mapped form counts 128 bits and is the IPv4 network")
    func mapped() throws {
        #expect(try IPNetwork(parsing: "::ffff:10.0.0.0/104").description == "10.0.0.0/8")
        #expect(try IPNetwork(parsing: "::ffff:0:0/96").description == "0.0.0.0/0")
    }

    @Test(
        "bits behind the prefix are an error that names the network meant",
        arguments: [
            ("10.0.0.5/8", "10.0.0.0/8"), ("1.2.3.4/0", "0.0.0.0/0"), ("2001:db8::1/32", "2001:db8::/32"),
            ("::ffff:1.2.3.4/95", "::fffe:0:0/95"),
        ])
    func hostBits(text: String, meant: String) throws {
        let network = try IPNetwork(parsing: meant)
        #expect(throws: AddressSyntaxError.hostBitsSet(network: network)) { try IPNetwork(parsing: text) }
        #expect(AddressSyntaxError.hostBitsSet(network: network).description.hasSuffix(meant))
    }

    @Test(
        "a broken network says what is wrong",
        arguments: [
            ("", AddressSyntaxError.empty), ("/8", .empty), ("10.0.0.0/", .badPrefix), ("10.0.0.0/33", .badPrefix),
            ("::/129", .badPrefix), ("10.0.0.0/08", .badPrefix), ("10.0.0.0/8/8", .badPrefix),
            ("10.0.0.0/-1", .badPrefix), ("10.0.0/8", .badIPv4), ("10.0.0.0/255.0.0.0", .badPrefix),
            ("fe80::%lo/64", .zone), ("::1::/64", .badIPv6),
        ])
    func broken(text: String, error: AddressSyntaxError) {
        #expect(throws: error) { try IPNetwork(parsing: text) }
        #expect(IPNetwork(text) == nil)
    }

    @Test("a network holds its first and last address and not their neighbours")
    func holds() throws {
        let network = try IPNetwork(parsing: "192.0.2.64/26")
        for (text, isInside) in [
            ("192.0.2.63", false), ("192.0.2.64", true), ("192.0.2.127", true), ("192.0.2.128", false), ("::", false),
        ] {
            #expect(network.contains(try IPAddress(parsing: text)) == isInside, "\(text)")
        }
        let wide = try IPNetwork(parsing: "2001:db8::/33")
        #expect(wide.contains(try IPAddress(parsing: "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff")))
        #expect(!wide.contains(try IPAddress(parsing: "2001:db8:8000::")))
    }

    @Test("the network of every prefix length holds the address and is read back")
    func everyPrefix() throws {
        let address = try IPAddress(parsing: "fedc:ba98:7654:3210:123:4567:89ab:cdef")
        for prefixLength in 0...128 {
            let network = IPNetwork(holding: address, prefixLength: prefixLength)
            #expect(network.contains(address))
            #expect(try IPNetwork(parsing: network.description) == network)
        }
    }

    @Test("a prefix of 129 bits is a bug of the caller")
    func prefixTrap() async {
        await #expect(processExitsWith: .failure) {
            _ = IPNetwork(holding: IPAddress(ipv4: 0), prefixLength: 129)
        }
    }
}
