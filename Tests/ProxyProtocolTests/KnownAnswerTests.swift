import ProxyProtocol
import Testing
import WireBytes

/// Headers written by hand from the specification, and headers that HAProxy 2.6.12 sent.
@Suite("PROXY headers of others")
struct KnownAnswerTests {
    private let source4 = endpoint("192.0.2.1:1024")
    private let target4 = endpoint("192.0.2.2:7801")
    private let source6 = endpoint("[2001:db8::1]:1024")
    private let target6 = endpoint("[2001:db8::2]:7801")

    private func expect(
        _ bytes: [UInt8], _ header: ProxyHeader, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = Outcome(of: bytes + Array("game".utf8))
        #expect(found == .header(header, byteCount: bytes.count), sourceLocation: sourceLocation)
        #expect(header.encoded() == bytes, sourceLocation: sourceLocation)
    }

    @Test("version 1 with TCP4, TCP6 and UNKNOWN")
    func lines() {
        expect(
            Array("PROXY TCP4 192.0.2.1 192.0.2.2 1024 7801\r\n".utf8),
            ProxyHeader(version: .v1, addresses: .tcp(source: source4, destination: target4)))
        expect(
            Array("PROXY TCP6 2001:db8::1 2001:db8::2 1024 7801\r\n".utf8),
            ProxyHeader(version: .v1, addresses: .tcp(source: source6, destination: target6)))
        expect(Array("PROXY UNKNOWN\r\n".utf8), ProxyHeader(version: .v1, addresses: .unspecified))
    }

    @Test("version 2 with every family")
    func families() {
        let block4 = hex("c0 00 02 01 c0 00 02 02 04 00 1e 79")
        let block6 =
            hex("20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02")
            + hex("04 00 1e 79")
        let zeros = [UInt8](repeating: 0, count: 106)
        let paths = Array("/a".utf8) + zeros + [0, 0x62] + zeros
        let path: ([UInt8], [UInt8]) = (Array("/a".utf8), [0, 0x62])
        for (family, length, block, addresses) in [
            (0x00, 0, [], ProxyAddresses.unspecified),
            (0x11, 12, block4, .tcp(source: source4, destination: target4)),
            (0x12, 12, block4, .udp(source: source4, destination: target4)),
            (0x21, 36, block6, .tcp(source: source6, destination: target6)),
            (0x22, 36, block6, .udp(source: source6, destination: target6)),
            (0x31, 216, paths, .unixStream(source: path.0, destination: path.1)),
            (0x32, 216, paths, .unixDatagram(source: path.0, destination: path.1)),
        ] as [(UInt8, UInt8, [UInt8], ProxyAddresses)] {
            expect(signature + [0x21, family, 0, length] + block, ProxyHeader(version: .v2, addresses: addresses))
        }
    }

    @Test("LOCAL")
    func local() {
        expect(signature + [0x20, 0x00, 0x00, 0x00], .local)
    }

    @Test("an IPv4 and an IPv6 endpoint together are written as IPv6 in both versions")
    func mixed() {
        let addresses = ProxyAddresses.tcp(source: source4, destination: target6)
        expect(
            signature + [0x21, 0x21, 0x00, 0x24]
                + hex("00 00 00 00 00 00 00 00 00 00 ff ff c0 00 02 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02")
                + hex("04 00 1e 79"),
            ProxyHeader(version: .v2, addresses: addresses))
        expect(
            Array("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1024 7801\r\n".utf8),
            ProxyHeader(version: .v1, addresses: addresses))
    }

    /// The checksums were worked out bit by bit by another program.
    @Test("a checksum, alone and before a unique id")
    func checksum() {
        let addresses = ProxyAddresses.tcp(source: source4, destination: target4)
        expect(
            tcp4(hex("03 00 04 26 99 e7 c8")), ProxyHeader(version: .v2, addresses: addresses, hasChecksum: true))
        let behind = tcp4(hex("05 00 05 61 62 63 64 65 03 00 04 cc 81 f2 08"))
        let header = ProxyHeader(
            version: .v2, addresses: addresses, tlvs: [.value(.uniqueID, Array("abcde".utf8))], hasChecksum: true)
        #expect(Outcome(of: behind) == .header(header, byteCount: behind.count))
    }

    @Test("every TLV of the specification")
    func everyTLV() {
        let facts = (0x21...0x28).map { ProxyTLS.Fact(.init(rawValue: $0), [$0, 0]) }
        let header = ProxyHeader(
            version: .v2, addresses: .tcp(source: source4, destination: target4),
            tlvs: [
                .value(.alpn, Array("h2".utf8)), .value(.authority, Array("game.example".utf8)), .value(.padding, [0]),
                .value(.uniqueID, [7]),
                .tls(ProxyTLS(client: [.tls, .certificateInSession], verifyResult: 1, facts: facts)),
                .value(.networkNamespace, Array("blue".utf8)), .value(.init(rawValue: 0xE0), []),
                .value(.init(rawValue: 0xF0), [1]), .value(.init(rawValue: 0xFF), [2, 3]),
            ])
        let inner = (0x21...0x28).flatMap { tlv($0, [$0, 0]) }
        let tail: [[UInt8]] = [
            tlv(0x01, Array("h2".utf8)), tlv(0x02, Array("game.example".utf8)), tlv(0x04, [0]), tlv(0x05, [7]),
            tlv(0x20, [0x05, 0, 0, 0, 1] + inner), tlv(0x30, Array("blue".utf8)), tlv(0xE0, []), tlv(0xF0, [1]),
            tlv(0xFF, [2, 3]),
        ]
        expect(tcp4(Array(tail.joined())), header)
        #expect(header.value(of: .uniqueID) == [7])
        #expect(header.value(of: .init(rawValue: 0xEF)) == nil)
        #expect(header.tls?.value(of: .commonName) == [0x22, 0])
        #expect(header.tls?.value(of: .init(rawValue: 0x29)) == nil)
        #expect(ProxyHeader.local.tls == nil)
    }

    @Test("HAProxy's version 2 with crc32c and unique-id, over IPv4 and IPv6")
    func haproxyBinary() {
        expect(
            signature + hex("21 11 00 2c 7f 00 00 01 7f 00 00 01 c0 76 98 bd 03 00 04 be 42 45 67 05 00 16")
                + Array("7F000001:C076_6B016A0E".utf8),
            ProxyHeader(
                version: .v2,
                addresses: .tcp(source: endpoint("127.0.0.1:49270"), destination: endpoint("127.0.0.1:39101")),
                tlvs: [.value(.uniqueID, Array("7F000001:C076_6B016A0E".utf8))], hasChecksum: true))
        let loopback = [UInt8](repeating: 0, count: 15) + [1]
        expect(
            signature + hex("21 21 00 5c") + loopback + loopback
                + hex("93 fa 98 bd 03 00 04 e0 1f cf 36 05 00 2e")
                + Array("00000000000000000000000000000001:93FA_6B016A0E".utf8),
            ProxyHeader(
                version: .v2, addresses: .tcp(source: endpoint("[::1]:37882"), destination: endpoint("[::1]:39101")),
                tlvs: [.value(.uniqueID, Array("00000000000000000000000000000001:93FA_6B016A0E".utf8))],
                hasChecksum: true))
    }

    @Test("HAProxy's version 1, over IPv4 and IPv6")
    func haproxyLine() {
        expect(
            Array("PROXY TCP4 127.0.0.1 127.0.0.1 33042 39102\r\n".utf8),
            ProxyHeader(
                version: .v1,
                addresses: .tcp(source: endpoint("127.0.0.1:33042"), destination: endpoint("127.0.0.1:39102"))))
        expect(
            Array("PROXY TCP6 ::1 ::1 52436 39102\r\n".utf8),
            ProxyHeader(
                version: .v1, addresses: .tcp(source: endpoint("[::1]:52436"), destination: endpoint("[::1]:39102"))))
    }
}
