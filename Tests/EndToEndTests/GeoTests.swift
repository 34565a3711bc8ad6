import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Where clients are from")
    struct GeoTests {
        private static func header(_ address: String) -> String { "PROXY TCP4 \(address) 192.0.2.1 4711 7801\r\n" }

        private func copy(_ name: String, to path: String) throws {
            // As `geoipupdate` does: beside it, and then in its place.
            let bytes = try PackageFiles.bytes("Tests/Fixtures/geo/\(name)")
            try Data(bytes).write(to: URL(fileURLWithPath: path + ".new"))
            #expect(rename(path + ".new", path) == 0)
        }

        @Test(
            "countries and operators are refused; databases that come later or break are taken or left without a reload"
        )
        func refuses() throws {
            let files = try Scratch()
            try files.write("hosting.txt", "209\n")
            try copy("asn.mmdb", to: "\(files.path)/asn.mmdb")
            let server = try Server()
            let relay = try Relay(
                to: server.port,
                listener: [
                    "proxy_protocol: { from: [127.0.0.1/32] }", "country: { deny: [GB] }", "asn: { deny: [hosting] }",
                ],
                policy: "rules: [{ id: 100, name: swedish, where: { country: SE }, action: close }]",
                service: "geo: { country: \(files.path)/country.mmdb, asn: \(files.path)/asn.mmdb, "
                    + "hosting: \(files.path)/hosting.txt }")
            #expect(relay.child.err.contains("country.mmdb: no such file"))

            func refused(_ address: String, _ reason: String, _ name: String) throws {
                let stream = try relay.connect()
                try stream.send(Array((Self.header(address) + "hi").utf8))
                #expect(try stream.receiveAll().bytes.isEmpty)
                try relay.waitFor(connection: "client=\(address):", reason, name)
            }
            func comesIn(_ address: String) throws {
                let stream = try relay.connect()
                try stream.send(Array((Self.header(address) + "hi").utf8))
                let game = try server.accept()
                #expect(try game.receive(text: 2) == "hi")
            }
            try refused("216.160.83.56", "reason=network-refused rule=-", "AS209")
            try comesIn("2.125.160.216")

            try copy("country.mmdb", to: "\(files.path)/country.mmdb")
            #expect(try relay.waitFor(notice: "geo-replaced").contains("country.mmdb: GeoIP2-Country, "))
            try refused("2.125.160.216", "reason=country-refused rule=-", "GB")
            try refused("89.160.20.112", "reason=rule rule=100", "swedish")
            try comesIn("67.43.156.1")

            // Written over in place, as `cp` does, by something that is no database.
            try files.write("country.mmdb", "nothing")
            #expect(try relay.waitFor(notice: "geo-kept").contains("what was read before stays in force"))
            try refused("2.125.160.216", "reason=country-refused rule=-", "GB")
        }
    }
}
