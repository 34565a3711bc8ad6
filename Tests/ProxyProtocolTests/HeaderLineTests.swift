import ProxyProtocol
import Testing
import WireBytes

@Suite("PROXY version 1")
struct HeaderLineTests {
    @Test(
        "a broken line is refused with the error that names it",
        arguments: [
            ("GET / HTTP/1.1\r\n", ProxyHeaderError.badSignature), ("PROXY\r\n", .badSignature),
            ("PROXY  TCP4 ", .badFamily), ("proxy TCP4 ", .badSignature), ("\rPROXY ", .badSignature),
            ("PROXY TCP5 ", .badFamily), ("PROXY TCP4\r\n", .badFamily), ("PROXY TCP44", .badFamily),
            ("PROXY tcp4 ", .badFamily), ("PROXY UDP4 ", .badFamily), ("PROXY UNKNOWNS\r\n", .badFamily),
            ("PROXY \r\n", .badFamily), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", .bareLineEnd),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r.", .bareLineEnd), ("PROXY UNKNOWN\n", .bareLineEnd),
            ("PROXY UNKNOWN \r\r\n", .bareLineEnd), ("PROXY UNKNOWN a\nb\r\n", .bareLineEnd),
            ("PROXY TCP4 \r\n", .badFields), ("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", .badFields),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", .badFields), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", .badFields),
            ("PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", .badFields), ("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", .badFields),
            ("PROXY TCP4 1.2.3.4\t1.2.3.4 1 2\r\n", .badFields), ("PROXY TCP4  1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 ::1 ::1 1 2\r\n", .badAddress), ("PROXY TCP4 1.2.3.4 ::1 1 2\r\n", .badAddress),
            ("PROXY TCP4 ::ffff:1.2.3.4 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", .badAddress), ("PROXY TCP4 1.2.3.é 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n", .badAddress), ("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP6 ::1 1.2.3.4 1 2\r\n", .badAddress), ("PROXY TCP6 fe80::1%lo ::1 1 2\r\n", .badAddress),
            ("PROXY TCP6 [::1] ::1 1 2\r\n", .badAddress), ("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", .badPort),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", .badPort), ("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n", .badPort),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", .badPort), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", .badPort),
        ])
    func broken(line: String, error: ProxyHeaderError) {
        #expect(Outcome(line: line) == .error(error))
    }

    @Test("ports 0 and 65535 are read, and addresses in upper case")
    func edges() {
        let header = Outcome(line: "PROXY TCP6 2001:DB8::A ::ffff:1.2.3.4 0 65535\r\n").header
        #expect(header?.source?.description == "[2001:db8::a]:0")
        #expect(header?.destination?.description == "1.2.3.4:65535")
    }

    @Test("what follows UNKNOWN is ignored to the line's end")
    func unknown() {
        for rest in [" ", " 1.2.3.4 nonsense \u{1}\u{7F} é", " ffff:f PROXY UNKNOWN"] {
            let line = "PROXY UNKNOWN\(rest)\r\n"
            let header = ProxyHeader(version: .v1, addresses: .unspecified)
            #expect(Outcome(line: line + "PROXY") == .header(header, byteCount: line.utf8.count))
            #expect(header.source == nil && header.destination == nil)
        }
    }

    @Test("a line of 107 bytes is read and one of 108 is not, nor waited for")
    func length() {
        let start = "PROXY UNKNOWN "
        let most = start + String(repeating: "x", count: 91) + "\r\n"
        #expect(most.utf8.count == 107)
        #expect(Outcome(line: most) == .header(ProxyHeader(version: .v1, addresses: .unspecified), byteCount: 107))
        let longer = start + String(repeating: "x", count: 92) + "\r\n"
        #expect(Outcome(line: longer) == .error(.tooLong))
        // The 106th byte settles it: no CRLF can end within 107.
        #expect(Outcome(of: longer.utf8.prefix(105)) == .needs(107))
        #expect(Outcome(of: longer.utf8.prefix(106)) == .error(.tooLong))
        #expect(Outcome(of: most.utf8.prefix(106)) == .needs(107))
    }

    @Test("the longest line that can be written is within the bound and read back")
    func longest() {
        let far = endpoint("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")
        let header = ProxyHeader(version: .v1, addresses: .tcp(source: far, destination: far))
        #expect(header.encoded().count == 104)
        #expect(Outcome(of: header.encoded()) == .header(header, byteCount: 104))
    }

    @Test("version 1 leaves out what it cannot say")
    func leftOut() {
        let one = endpoint("1.2.3.4:5")
        let header = ProxyHeader(
            version: .v1, addresses: .udp(source: one, destination: one), tlvs: [.value(.uniqueID, [1])],
            hasChecksum: true)
        #expect(header == ProxyHeader(version: .v1, addresses: .unspecified))
        #expect(header.encoded() == Array("PROXY UNKNOWN\r\n".utf8))
    }
}
