import Testing
import WireBytes

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "an endpoint is read and printed",
        arguments: ["1.2.3.4:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80", "[2001:db8::1]:65535", "[::]:0"])
    func sound(text: String) throws {
        #expect(try Endpoint(parsing: text).description == text)
    }

    @Test("a mapped address in brackets is the IPv4 endpoint")
    func mapped() throws {
        #expect(try Endpoint(parsing: "[::ffff:1.2.3.4]:80").description == "1.2.3.4:80")
    }

    @Test(
        "a broken endpoint says what is wrong",
        arguments: [
            ("", AddressSyntaxError.empty), ("1.2.3.4", .portMissing), ("1.2.3.4:", .badPort),
            ("1.2.3.4:65536", .badPort), ("1.2.3.4:080", .badPort), ("1.2.3.4:+80", .badPort),
            ("1.2.3.4:80 ", .badPort), (":80", .empty), ("1.2.3:80", .badIPv4), ("::1:80", .bracketsMissing),
            ("::1", .bracketsMissing), ("[::1]", .portMissing), ("[::1]80", .portMissing), ("[::1]:", .badPort),
            ("[::1:80", .badIPv6), ("[]:80", .empty), ("[1.2.3.4]:80", .badIPv6), ("[::1]]:80", .badIPv6),
            ("[::1%lo]:80", .zone), ("[::1]:65536", .badPort), ("[", .portMissing), ("[:", .badIPv6),
            ("]:[", .badIPv4), ("[::1]x:80", .portMissing),
        ])
    func broken(text: String, error: AddressSyntaxError) {
        #expect(throws: error) { try Endpoint(parsing: text) }
        #expect(Endpoint(text) == nil)
    }
}
