import WireBytes

extension BinaryHeader {
    /// Reads the TLVs between `start` and the header's end, and verifies the checksum if one is among them.
    static func tlvs(
        in header: RawSpan, from start: Int
    ) throws(ProxyHeaderError) -> (tlvs: [ProxyTLV], hasChecksum: Bool) {
        var tlvs: [ProxyTLV] = []
        var checksum: (offset: Int, value: UInt32)?
        let area = header.extracting(droppingFirst: start)
        var offset = 0
        while offset < area.byteCount {
            let (type, valueOffset, end) = try prefix(in: area, at: offset)
            let value = area.extracting(valueOffset..<end)
            let kind = ProxyTLV.Kind(rawValue: type)
            switch kind {
            case .checksum:
                guard checksum == nil else { throw .duplicateChecksum }
                guard value.byteCount == 4, let sum = value.unsignedInteger(at: 0, byteCount: 4, littleEndian: false)
                else { throw .badChecksum }
                checksum = (start + valueOffset, UInt32(sum))
            case .tls:
                tlvs.append(.tls(try tls(in: value)))
            case .uniqueID where value.byteCount > ProxyTLV.uniqueIDByteCountMax:
                throw .longUniqueID
            default:
                tlvs.append(.value(kind, value.copied()))
            }
            offset = end
        }
        if let (offset, value) = checksum {
            guard value == self.checksum(of: header, valueAt: offset) else { throw .checksumMismatch }
        }
        return (tlvs, checksum != nil)
    }

    /// The CRC-32C of a whole header, the four bytes of its own value taken as zero.
    static func checksum(of header: RawSpan, valueAt offset: Int) -> UInt32 {
        var sum = CRC32C()
        sum.update(header.extracting(first: offset))
        sum.update(zeros: 4)
        sum.update(header.extracting(droppingFirst: offset + 4))
        return sum.checksum
    }

    private static func tls(in value: RawSpan) throws(ProxyHeaderError) -> ProxyTLS {
        guard
            let client = value.byte(at: 0),
            let verifyResult = value.unsignedInteger(at: 1, byteCount: 4, littleEndian: false)
        else { throw .truncatedTLV }
        var tls = ProxyTLS(client: .init(rawValue: client), verifyResult: UInt32(verifyResult))
        var offset = ProxyTLS.fixedByteCount
        while offset < value.byteCount {
            let (type, valueOffset, end) = try prefix(in: value, at: offset)
            tls.facts.append(.init(.init(rawValue: type), value.extracting(valueOffset..<end).copied()))
            offset = end
        }
        return tls
    }

    /// The type of the TLV at `offset`, and where its value begins and ends; the end is inside `area`.
    private static func prefix(
        in area: RawSpan, at offset: Int
    ) throws(ProxyHeaderError) -> (type: UInt8, valueOffset: Int, end: Int) {
        let valueOffset = offset + ProxyTLV.prefixByteCount
        guard
            let type = area.byte(at: offset),
            let length = area.unsignedInteger(at: offset + 1, byteCount: 2, littleEndian: false),
            valueOffset + Int(length) <= area.byteCount
        else { throw .truncatedTLV }
        return (type, valueOffset, valueOffset + Int(length))
    }
}
