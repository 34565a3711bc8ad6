import Geography
import TestSupport
import Testing
import WireBytes

/// The databases of `Tests/Fixtures/geo`.
enum GeoFixture {
    static func bytes(_ name: String) throws -> [UInt8] { try PackageFiles.bytes("Tests/Fixtures/geo/\(name).mmdb") }

    static func database(_ name: String) throws -> GeoDatabase { try GeoDatabase(bytes(name)) }
}

@Suite("Geographic databases")
struct GeoDatabaseTests {
    /// As MaxMind's own program `mmdblookup` answers.
    static let countries: [(address: String, country: String?)] = [
        ("2.125.160.216", "GB"), ("81.2.69.160", "GB"), ("89.160.20.112", "SE"), ("175.16.199.1", "CN"),
        ("216.160.83.56", "US"), ("67.43.156.1", "BT"), ("2001:218::1", "JP"), ("2a02:d280::1", "CZ"),
        ("202.196.224.1", "PH"), ("10.0.0.1", nil), ("127.0.0.1", nil), ("203.0.113.7", nil), ("::1", nil),
    ]
    static let operators: [(address: String, asn: UInt32?)] = [
        ("1.128.0.1", 1221), ("12.81.92.1", 7018), ("67.43.156.1", 35908), ("2600:6000::1", 237),
        ("216.160.83.56", 209), ("89.160.20.112", 29518), ("10.0.0.1", nil), ("6.6.6.6", nil),
    ]

    @Test("countries are those that the makers' own program finds")
    func country() throws {
        let database = try GeoFixture.database("country")
        #expect(database.name == "GeoIP2-Country" && database.builtSeconds > 1_500_000_000)
        for (address, country) in Self.countries {
            #expect(database.country(of: try IPAddress(parsing: address))?.description == country, "\(address)")
            #expect(database.asn(of: try IPAddress(parsing: address)) == nil)
        }
    }

    @Test("network operators are those that the makers' own program finds")
    func asn() throws {
        let database = try GeoFixture.database("asn")
        for (address, asn) in Self.operators {
            #expect(database.asn(of: try IPAddress(parsing: address)) == asn, "\(address)")
            #expect(database.country(of: try IPAddress(parsing: address)) == nil)
        }
    }

    @Test("an IPv4 address that came mapped is the same address")
    func mapped() throws {
        let database = try GeoFixture.database("country")
        #expect(database.country(of: try IPAddress(parsing: "::ffff:2.125.160.216"))?.description == "GB")
    }

    @Test("a broken database is refused", arguments: ["broken-pointers", "broken-tree"])
    func broken(name: String) throws {
        #expect(throws: GeoDatabaseFailure.self) { try GeoFixture.database(name) }
    }

    @Test("what is no database is refused, and says so")
    func noDatabase() throws {
        for bytes in [[], [0], Array("not a database".utf8), [UInt8](repeating: 0, count: 100_000)] {
            let failure = #expect(throws: GeoDatabaseFailure.self) { try GeoDatabase(bytes) }
            #expect("\(failure!)".contains("no database of MaxMind's format"))
        }
    }

    @Test("a database that was cut short anywhere is refused")
    func truncated() throws {
        let bytes = try GeoFixture.bytes("country")
        for count in stride(from: 0, to: bytes.count - 1, by: 97) {
            #expect(throws: GeoDatabaseFailure.self, "\(count)") { try GeoDatabase(Array(bytes[..<count])) }
        }
    }

    @Test(
        "a database with wrong bytes is refused or answers, and never kills the program", arguments: ["country", "asn"])
    func damaged(name: String) throws {
        let good = try GeoFixture.bytes(name)
        let addresses = try (Self.countries.map(\.address) + Self.operators.map(\.address)).map {
            try IPAddress(parsing: $0)
        }
        var random = SplitMix64(seed: 5)
        var refusedCount = 0
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // The metadata at the end more often than the rest.
                let isLate = Bool.random(using: &random)
                let place = Int.random(in: isLate ? good.count - 400..<good.count : 0..<good.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            guard let database = try? GeoDatabase(bytes) else {
                refusedCount += 1
                continue
            }
            for address in addresses {
                _ = database.country(of: address)
                _ = database.asn(of: address)
            }
        }
        #expect(refusedCount > 100 && refusedCount < 2_900)
    }
}
