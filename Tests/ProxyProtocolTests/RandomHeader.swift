import ProxyProtocol
import TestSupport
import WireBytes

extension SplitMix64 {
    /// Any header that can be written, of every family and with every kind of TLV.
    mutating func header() -> ProxyHeader {
        if chance(1, in: 20) { return .local }
        let version: ProxyHeader.Version = chance(1, in: 3) ? .v1 : .v2
        let tlvs = (0..<Int.random(in: 0...4, using: &self)).map { _ in tlv() }
        return ProxyHeader(version: version, addresses: addresses(), tlvs: tlvs, hasChecksum: chance(1, in: 2))
    }

    private mutating func addresses() -> ProxyAddresses {
        switch Int.random(in: 0...4, using: &self) {
        case 0: .unspecified
        case 1: .tcp(source: endpoint(), destination: endpoint())
        case 2: .udp(source: endpoint(), destination: endpoint())
        case 3: .unixStream(source: path(), destination: path())
        default: .unixDatagram(source: path(), destination: path())
        }
    }

    private mutating func endpoint() -> Endpoint {
        let address =
            chance(1, in: 2)
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: next())) : IPAddress(high: next(), low: next() >> 40)
        return Endpoint(address, port: UInt16(truncatingIfNeeded: next()))
    }

    /// Up to 108 bytes of which the last is no zero; the first may be one.
    private mutating func path() -> [UInt8] {
        let count = Int.random(in: 0...108, using: &self)
        return count == 0 ? [] : bytes(count - 1) + [UInt8.random(in: 1...255, using: &self)]
    }

    private mutating func tlv() -> ProxyTLV {
        switch Int.random(in: 0...6, using: &self) {
        case 0: .value(.alpn, bytes(3))
        case 1: .value(.authority, bytes(Int.random(in: 0...60, using: &self)))
        case 2: .value(.padding, bytes(5))
        case 3: .value(.uniqueID, bytes(Int.random(in: 0...128, using: &self)))
        case 4: .value(.networkNamespace, bytes(4))
        case 5: .value(.init(rawValue: UInt8.random(in: 0xE0...0xFF, using: &self)), bytes(300))
        default: .tls(tls())
        }
    }

    private mutating func tls() -> ProxyTLS {
        let facts = (0..<Int.random(in: 0...8, using: &self)).map { _ in
            ProxyTLS.Fact(
                .init(rawValue: UInt8.random(in: 0x20...0x29, using: &self)),
                bytes(Int.random(in: 0...20, using: &self)))
        }
        return ProxyTLS(
            client: .init(rawValue: UInt8(truncatingIfNeeded: next())),
            verifyResult: UInt32(truncatingIfNeeded: next()), facts: facts)
    }
}
