import ProxyProtocol
import Testing
import WireBytes

@Suite("PROXY headers that our own code may not make")
struct EncodingTrapTests {
    @Test("more than 65535 bytes behind the first 16")
    func length() async {
        await #expect(processExitsWith: .failure) {
            let value = [UInt8](repeating: 0, count: 65_535 - 3 + 1)
            _ = ProxyHeader(version: .v2, addresses: .unspecified, tlvs: [.value(.authority, value)]).encoded()
        }
    }

    @Test("a unique id of 129 bytes")
    func uniqueID() async {
        await #expect(processExitsWith: .failure) {
            let id = [UInt8](repeating: 0, count: 129)
            _ = ProxyHeader(version: .v2, addresses: .unspecified, tlvs: [.value(.uniqueID, id)]).encoded()
        }
    }

    @Test("a path of 109 bytes")
    func path() async {
        await #expect(processExitsWith: .failure) {
            let path = [UInt8](repeating: 1, count: 109)
            _ = ProxyHeader(version: .v2, addresses: .unixStream(source: path, destination: [])).encoded()
        }
    }

    @Test("a checksum of the caller's own")
    func checksum() async {
        await #expect(processExitsWith: .failure) {
            let tlv = ProxyTLV.value(.init(rawValue: 0x03), [0, 0, 0, 0])
            _ = ProxyHeader(version: .v2, addresses: .unspecified, tlvs: [tlv]).encoded()
        }
    }
}
