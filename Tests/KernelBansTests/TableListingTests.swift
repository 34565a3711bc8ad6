import TestSupport
import Testing
import WireBytes

@testable import KernelBans

@Suite("a listing of the kernel's table")
struct TableListingTests {
    private func elements(_ text: String, nowNS: UInt64 = 0) -> [ElementPlace: UInt64] {
        TableListing(parsing: Array(text.utf8), nowNS: nowNS).elements
    }

    private static let listing = """
        table inet portcullis {
        \tcounter refused {
        \t\tpackets 2 bytes 140
        \t}

        \tset banned_ipv4_32 {
        \t\ttype ipv4_addr
        \t\tflags timeout
        \t\telements = { 1.2.3.4, 10.0.0.7 timeout 1d3h46m39s expires 1d3h46m38s920ms,
        \t\t\t     10.0.1.7 timeout 1h expires 59m59s584ms }
        \t}

        \tset banned_ipv6_64 {
        \t\ttype ipv6_addr
        \t\tflags timeout
        \t\telements = { 2001:db8:: timeout 1s expires 5ms }
        \t}

        \tset banned_ipv4_24 {
        \t\ttype ipv4_addr
        \t\tflags timeout
        \t}

        \tset other {
        \t\ttype ipv4_addr
        \t\telements = { 9.9.9.9 }
        \t}

        \tchain judge {
        \t\tip saddr @banned_ipv4_32 counter name "refused" drop
        \t}
        }

        """

    @Test("elements come with the ends that they have left, and those of other sets are not ours")
    func reads() throws {
        let addresses = SetName(.banned, isIPv4: true, prefixLength: 32)
        let networks = SetName(.banned, isIPv4: false, prefixLength: 64)
        #expect(
            elements(Self.listing, nowNS: 1_000) == [
                ElementPlace(set: addresses, address: try IPAddress(parsing: "1.2.3.4")): .max,
                ElementPlace(set: addresses, address: try IPAddress(parsing: "10.0.0.7")): 99_998_920_001_000,
                ElementPlace(set: addresses, address: try IPAddress(parsing: "10.0.1.7")): 3_599_584_001_000,
                ElementPlace(set: networks, address: try IPAddress(parsing: "2001:db8::")): 5_001_000,
            ])
    }

    @Test("a listing that breaks off anywhere is read as far as it goes")
    func brokenOff() {
        let whole = elements(Self.listing)
        let bytes = Array(Self.listing.utf8)
        for count in bytes.indices {
            #expect(TableListing(parsing: Array(bytes[..<count]), nowNS: 0).elements.count <= whole.count)
        }
    }

    @Test("random changes of a listing never trap")
    func random() {
        var random = SplitMix64(seed: 11)
        let bytes = Array(Self.listing.utf8)
        for _ in 0..<500 {
            var changed = bytes
            for _ in 0..<8 {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = TableListing(parsing: changed, nowNS: .max - 5)
        }
    }

    @Test(
        "durations are read in every unit",
        arguments: [
            ("1ms", 1_000_000), ("2s", 2_000_000_000), ("1m30s", 90_000_000_000), ("1d1h", 90_000_000_000_000),
            ("", nil), ("5", nil), ("s", nil), ("1w", nil), ("1s-", nil), ("1234567890123456s", nil),
            ("999999999999999d", UInt64.max / 2),
        ] as [(String, UInt64?)])
    func durations(text: String, expected: UInt64?) {
        #expect(TableListing.nanoseconds(text) == expected)
    }

    @Test("names of sets are read as they are written, and no others")
    func names() {
        for purpose in KernelPurpose.allCases {
            for length in 0...128 {
                let set = SetName(purpose, isIPv4: false, prefixLength: length)
                #expect(SetName(parsing: set.text) == set)
                let other = SetName(purpose, isIPv4: true, prefixLength: length)
                #expect(SetName(parsing: other.text) == (length <= 32 ? other : nil))
            }
        }
        for text in ["", "banned", "banned_ipv4", "banned_ipv4_", "banned_ipv4_-1", "banned_ipv5_3", "banned_ipv4_08"] {
            #expect(SetName(parsing: text) == nil)
        }
    }
}
