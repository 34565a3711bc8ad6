import Geography
import TestSupport
import Testing
import WireBytes

@Suite("Where addresses are from")
struct AtlasTests {
    @Test("what is not there is not known, and is not mistaken for nothing")
    func missing() throws {
        let country = try GeoFixture.database("country")
        let asn = try GeoFixture.database("asn")
        let hosting = HostingOperators([209])
        #expect(Atlas().sources == [])
        #expect(Atlas(country: country).sources == .country)
        #expect(Atlas(asn: asn).sources == .asn)
        // Who rents out servers says nothing while nobody says who announces an address.
        #expect(Atlas(country: country, hosting: hosting).sources == .country)
        #expect(Atlas(country: country, asn: asn, hosting: hosting).sources == [.country, .asn, .hosting])
        #expect(Atlas().origin(of: try IPAddress(parsing: "2.125.160.216")) == Origin())
    }

    @Test("an address has a country, an operator, and perhaps one that rents out servers")
    func origin() throws {
        let atlas = Atlas(
            country: try GeoFixture.database("country"), asn: try GeoFixture.database("asn"),
            hosting: HostingOperators([209]))
        let rented = atlas.origin(of: try IPAddress(parsing: "216.160.83.56"))
        #expect(rented.country == CountryCode("US") && rented.asn == 209 && rented.isHosting)
        let other = atlas.origin(of: try IPAddress(parsing: "67.43.156.1"))
        #expect(other.country == CountryCode("BT") && other.asn == 35908 && !other.isHosting)
        let nowhere = atlas.origin(of: try IPAddress(parsing: "10.0.0.1"))
        #expect(nowhere.country == nil && nowhere.asn == nil && !nowhere.isHosting)
        #expect(nowhere.sources == atlas.sources)
        let half = atlas.origin(of: try IPAddress(parsing: "216.160.83.56"), wanted: .country)
        #expect(half.sources == .country && half.asn == nil)
    }
}

@Suite("Operators that rent out servers")
struct HostingOperatorsTests {
    @Test("a file has one number a line, and comments")
    func file() throws {
        let text = "# a comment\n\nAS64496 # one\n  64497\t; two\r\nas64498\n64496\n"
        let operators = try HostingOperators(parsing: Array(text.utf8))
        #expect(operators == HostingOperators([64496, 64497, 64498]) && operators.count == 3)
        for number: UInt32 in 64494...64500 { #expect(operators.contains(number) == (64496...64498).contains(number)) }
        #expect(try HostingOperators(parsing: []).count == 0)
    }

    @Test(
        "a line that is something else is named",
        arguments: [
            "AS", "AS0", "0", "4294967296", "-1", "64496 64497", "64496,64497", "Example", "AS 64496", "6449６",
        ])
    func mistakes(line: String) {
        #expect(throws: HostingMistake(line: 2, kind: .syntax)) {
            try HostingOperators(parsing: Array("1\n\(line)\n".utf8))
        }
    }

    @Test("the largest number is one, and one line too many is refused")
    func bounds() throws {
        #expect(try HostingOperators(parsing: Array("4294967295".utf8)).contains(.max))
        let most = String(repeating: "1\n", count: HostingOperators.countMax)
        #expect(try HostingOperators(parsing: Array(most.utf8)).count == 1)
        #expect(throws: HostingMistake(line: HostingOperators.countMax + 1, kind: .tooMany)) {
            try HostingOperators(parsing: Array((most + "1\n").utf8))
        }
    }
}
