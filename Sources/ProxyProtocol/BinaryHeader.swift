import WireBytes

/// Version 2 of the protocol, as it stands on the wire.
///
///      0        12    13      14        16          16+block        16+length
///      | signature | ver/cmd | family | length BE | address block | TLVs     |
enum BinaryHeader {
    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// Everything up to the address block.
    static let prefixByteCount = 16

    /// The version in the high nibble of its byte.
    static let versionBits: UInt8 = 0x20

    static func decode(_ bytes: RawSpan, byteCountMax: Int) throws(ProxyHeaderError) -> ProxyDecoding {
        try require(signature, beginning: bytes)
        guard let versionAndCommand = bytes.byte(at: 12) else { return .needs(prefixByteCount) }
        guard versionAndCommand & 0xF0 == versionBits else { throw .badVersion }
        guard let command = ProxyHeader.Command(rawValue: versionAndCommand & 0x0F) else { throw .badCommand }
        guard let familyByte = bytes.byte(at: 13) else { return .needs(prefixByteCount) }
        // A LOCAL header's family means nothing, like all that follows it.
        guard let family = command == .local ? .unspecified : ProxyFamily(rawValue: familyByte) else {
            throw .badFamily
        }
        guard let length = bytes.unsignedInteger(at: 14, byteCount: 2, littleEndian: false) else {
            return .needs(prefixByteCount)
        }
        let byteCount = prefixByteCount + Int(length)
        // Both are known from the first 16 bytes, so nothing is waited for in vain.
        guard byteCount <= byteCountMax else { throw .tooLong }
        guard Int(length) >= family.blockByteCount else { throw .shortAddresses }
        guard bytes.byteCount >= byteCount else { return .needs(byteCount) }
        if command == .local { return .header(.local, byteCount: byteCount) }
        let header = bytes.extracting(first: byteCount)
        let block = header.extracting(droppingFirst: prefixByteCount).extracting(first: family.blockByteCount)
        let addresses = try addresses(of: family, in: block)
        let (tlvs, hasChecksum) = try tlvs(in: header, from: prefixByteCount + family.blockByteCount)
        return .header(
            ProxyHeader(version: .v2, addresses: addresses, tlvs: tlvs, hasChecksum: hasChecksum),
            byteCount: byteCount)
    }

    private static func addresses(
        of family: ProxyFamily, in block: RawSpan
    ) throws(ProxyHeaderError) -> ProxyAddresses {
        switch family {
        // Without a family there is no block: TLVs begin at once, as senders of unknown families write them.
        case .unspecified: return .unspecified
        case .tcp4, .tcp6:
            let (source, destination) = try endpoints(in: block, isIPv4: family == .tcp4)
            return .tcp(source: source, destination: destination)
        case .udp4, .udp6:
            let (source, destination) = try endpoints(in: block, isIPv4: family == .udp4)
            return .udp(source: source, destination: destination)
        case .unixStream:
            let (source, destination) = paths(in: block)
            return .unixStream(source: source, destination: destination)
        case .unixDatagram:
            let (source, destination) = paths(in: block)
            return .unixDatagram(source: source, destination: destination)
        }
    }

    private static func endpoints(
        in block: RawSpan, isIPv4: Bool
    ) throws(ProxyHeaderError) -> (source: Endpoint, destination: Endpoint) {
        let width = isIPv4 ? 4 : 16
        func endpoint(addressAt offset: Int, portAt portOffset: Int) -> Endpoint? {
            guard
                let port = block.unsignedInteger(at: portOffset, byteCount: 2, littleEndian: false),
                let low = block.unsignedInteger(
                    at: offset + width - min(width, 8), byteCount: min(width, 8), littleEndian: false),
                let high = block.unsignedInteger(at: offset, byteCount: min(width, 8), littleEndian: false)
            else { return nil }
            let address = isIPv4 ? IPAddress(ipv4: UInt32(low)) : IPAddress(high: high, low: low)
            return Endpoint(address, port: UInt16(port))
        }
        guard
            let source = endpoint(addressAt: 0, portAt: 2 * width),
            let destination = endpoint(addressAt: width, portAt: 2 * width + 2)
        else { throw .shortAddresses }
        return (source, destination)
    }

    private static func paths(in block: RawSpan) -> (source: [UInt8], destination: [UInt8]) {
        func path(_ bytes: RawSpan) -> [UInt8] {
            // A path may begin with a zero (the abstract namespace), so only the zeros behind it are padding.
            var end = bytes.byteCount
            while end > 0, bytes.byte(at: end - 1) == 0 { end -= 1 }
            return bytes.extracting(first: end).copied()
        }
        return (
            path(block.extracting(first: ProxyAddresses.pathByteCount)),
            path(block.extracting(droppingFirst: ProxyAddresses.pathByteCount))
        )
    }
}
