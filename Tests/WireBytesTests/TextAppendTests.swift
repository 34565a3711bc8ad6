import Testing
import WireBytes

@Suite("Text appended to bytes")
struct TextAppendTests {
    @Test("every port is printed as it is read")
    func everyPort() throws {
        for port in UInt16.min...UInt16.max {
            var ascii = Array("x".utf8)
            Endpoint.appendPort(port, to: &ascii)
            let text = String(decoding: ascii, as: UTF8.self)
            #expect(text == "x\(port)")
            #expect(try Endpoint.port(parsing: text.dropFirst()) == port)
        }
    }

    @Test(
        "a port with anything else in it is refused", arguments: ["", "00", "080", "+80", "-1", "65536", "80 ", "8O"])
    func brokenPort(text: String) {
        #expect(throws: AddressSyntaxError.badPort) { try Endpoint.port(parsing: text) }
    }

    @Test("an address is appended behind what is there")
    func address() {
        var ascii = Array("from ".utf8)
        IPAddress(ipv4: 0xC0A8_0001).appendText(to: &ascii)
        #expect(String(decoding: ascii, as: UTF8.self) == "from 192.168.0.1")
        IPAddress(ipv4: 0x0A00_0001).appendIPv6Text(to: &ascii)
        #expect(String(decoding: ascii, as: UTF8.self) == "from 192.168.0.1::ffff:10.0.0.1")
    }

    @Test("a copy holds the same bytes, also none of them")
    func copies() {
        let bytes: [UInt8] = [1, 2, 3]
        #expect(bytes.span.bytes.copied() == bytes)
        #expect(bytes.span.bytes.extracting(1..<2).copied() == [2])
        #expect(bytes.span.bytes.extracting(3..<3).copied() == [])
    }
}
