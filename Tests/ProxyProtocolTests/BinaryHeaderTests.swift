import ProxyProtocol
import Testing
import WireBytes

@Suite("PROXY version 2")
struct BinaryHeaderTests {
    @Test("a wrong version or command is refused from its byte alone")
    func versionAndCommand() {
        for byte in UInt8.min...UInt8.max {
            let outcome = Outcome(of: signature + [byte])
            switch (byte >> 4, byte & 0x0F) {
            case (2, 0), (2, 1): #expect(outcome == .needs(16))
            case (2, _): #expect(outcome == .error(.badCommand))
            default: #expect(outcome == .error(.badVersion))
            }
        }
    }

    @Test("a family that is not defined is refused from its byte alone, but means nothing in LOCAL")
    func family() {
        let known: Set<UInt8> = [0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32]
        for byte in UInt8.min...UInt8.max {
            let outcome = Outcome(of: signature + [0x21, byte])
            #expect(outcome == (known.contains(byte) ? .needs(16) : .error(.badFamily)))
            #expect(Outcome(of: signature + [0x20, byte, 0, 0]) == .header(.local, byteCount: 16))
        }
    }

    @Test("addresses one byte too short are refused before they come, whole ones waited for")
    func addressBlocks() {
        for (family, byteCount) in [(0x11, 12), (0x12, 12), (0x21, 36), (0x22, 36), (0x31, 216), (0x32, 216)] {
            let start = signature + [0x21, UInt8(family), 0]
            #expect(Outcome(of: start + [UInt8(byteCount - 1)]) == .error(.shortAddresses))
            #expect(Outcome(of: start + [UInt8(byteCount)]) == .needs(16 + byteCount))
            let whole = start + [UInt8(byteCount)] + [UInt8](repeating: 0, count: byteCount)
            #expect(Outcome(of: whole).header != nil)
            #expect(Outcome(of: whole.dropLast()) == .needs(16 + byteCount))
        }
    }

    @Test("a header as long as the bound is read, one byte longer is refused from its length")
    func bound() {
        let bytes = tcp4(tlv(0xE0, [1]))
        #expect(Outcome(of: bytes, byteCountMax: bytes.count).header != nil)
        #expect(Outcome(of: bytes.prefix(16), byteCountMax: bytes.count) == .needs(bytes.count))
        #expect(Outcome(of: bytes.prefix(16), byteCountMax: bytes.count - 1) == .error(.tooLong))
        // Not even a LOCAL header may fill the caller's buffer.
        #expect(Outcome(of: signature + [0x20, 0, 0, 1], byteCountMax: 16) == .error(.tooLong))
        #expect(Outcome(of: signature + [0x20, 0, 0, 0], byteCountMax: 16) == .header(.local, byteCount: 16))
    }

    @Test("the longest header of all is read and can be written")
    func longest() {
        let one = endpoint("1.2.3.4:5")
        let value = [UInt8](repeating: 7, count: 65_535 - 12 - 7 - 3)
        let header = ProxyHeader(
            version: .v2, addresses: .tcp(source: one, destination: one),
            tlvs: [.value(.init(rawValue: 0xE0), value)], hasChecksum: true)
        let bytes = header.encoded()
        #expect(bytes.count == ProxyHeader.byteCountMax)
        #expect(Outcome(of: bytes) == .header(header, byteCount: 65_551))
    }

    @Test("a LOCAL header's block is skipped, whatever it holds")
    func local() {
        let bytes = signature + [0x20, 0x11, 0, 5, 3, 0, 4, 1, 2]
        #expect(Outcome(of: bytes + [0xFF]) == .header(.local, byteCount: 21))
        #expect(Outcome(of: bytes.dropLast()) == .needs(21))
        #expect(ProxyHeader.local.source == nil && ProxyHeader.local.command == .local)
    }

    @Test("mapped IPv4 addresses in an IPv6 header are IPv4 addresses")
    func mapped() {
        let address = hex("00 00 00 00 00 00 00 00 00 00 ff ff c0 00 02 01")
        let header = Outcome(of: signature + [0x21, 0x21, 0, 36] + address + address + [0, 1, 0, 2]).header
        #expect(header?.source?.description == "192.0.2.1:1")
        #expect(header?.destination?.description == "192.0.2.1:2")
    }

    @Test("UNSPEC has no address block: TLVs begin at once")
    func unspecified() {
        let header = Outcome(of: signature + [0x21, 0x00, 0, 4] + tlv(0x05, [9])).header
        #expect(header == ProxyHeader(version: .v2, addresses: .unspecified, tlvs: [.value(.uniqueID, [9])]))
        #expect(header?.source == nil && header?.value(of: .uniqueID) == [9])
    }

    @Test(
        "a broken TLV is refused with the error that names it",
        arguments: [
            ([0xE0], ProxyHeaderError.truncatedTLV), ([0xE0, 0], .truncatedTLV), ([0xE0, 0, 1], .truncatedTLV),
            ([0xE0, 0xFF, 0xFF, 1], .truncatedTLV), (tlv(0xE0, []) + [0x04], .truncatedTLV),
            (tlv(0x03, []), .badChecksum), (tlv(0x03, [1, 2, 3]), .badChecksum),
            (tlv(0x03, [1, 2, 3, 4, 5]), .badChecksum),
            (tlv(0x03, [0, 0, 0, 0]) + tlv(0x03, [0, 0, 0, 0]), .duplicateChecksum),
            (tlv(0x03, [0x26, 0x99, 0xE7, 0xC9]), .checksumMismatch), (tlv(0x20, []), .truncatedTLV),
            (tlv(0x20, [1, 0, 0, 0]), .truncatedTLV), (tlv(0x20, [1, 0, 0, 0, 0, 0x21]), .truncatedTLV),
            (tlv(0x20, [1, 0, 0, 0, 0, 0x21, 0, 1]) + tlv(0xE0, [1]), .truncatedTLV),
            (tlv(0x05, [UInt8](repeating: 0, count: 129)), .longUniqueID),
        ])
    func brokenTLV(tail: [UInt8], error: ProxyHeaderError) {
        #expect(Outcome(of: tcp4(tail)) == .error(error))
    }

    @Test("a unique id of 128 bytes is read")
    func uniqueID() {
        let id = [UInt8](repeating: 1, count: 128)
        #expect(Outcome(of: tcp4(tlv(0x05, id))).header?.value(of: .uniqueID) == id)
    }

    @Test("a value of no bytes is there, and TLS without facts too")
    func emptyValues() {
        let header = Outcome(of: tcp4(tlv(0x02, []) + tlv(0x20, [0, 0, 0, 0, 0]))).header
        #expect(header?.tlvs == [.value(.authority, []), .tls(ProxyTLS(client: [], verifyResult: 0))])
    }

    @Test("the words that logs show are one each and never change")
    func names() {
        #expect(
            ProxyHeaderError.allCases.map(\.name) == [
                "bad-signature", "bad-version", "bad-command", "bad-family", "too-long", "short-addresses",
                "truncated-tlv", "bad-checksum", "duplicate-checksum", "checksum-mismatch", "long-unique-id",
                "bare-line-end", "bad-fields", "bad-address", "bad-port",
            ])
    }
}
