import WireBytes

extension BinaryHeader {
    static func encode(_ header: ProxyHeader) -> [UInt8] {
        let family = header.addresses.family
        var length = family.blockByteCount
        if header.hasChecksum { length += ProxyTLV.prefixByteCount + 4 }
        for tlv in header.tlvs { length += tlv.byteCount }
        precondition(length <= 65_535, "a header has at most 65535 bytes behind the first 16, not \(length)")

        var bytes: [UInt8] = []
        bytes.reserveCapacity(prefixByteCount + length)
        bytes.append(contentsOf: signature)
        bytes.append(versionBits | header.command.rawValue)
        bytes.append(family.rawValue)
        bytes.append(bigEndian: UInt16(length))
        append(header.addresses, to: &bytes)
        // The checksum first, where no broken length before it can hide it from the receiver.
        let checksumOffset = bytes.count + ProxyTLV.prefixByteCount
        if header.hasChecksum {
            append(.checksum, byteCount: 4, to: &bytes)
            bytes.append(bigEndian: UInt32(0))
        }
        for tlv in header.tlvs { append(tlv, to: &bytes) }
        if header.hasChecksum {
            // Safe: bytes have no padding, so all of them may be read raw.
            let sum = unsafe checksum(of: bytes.span.bytes, valueAt: checksumOffset)
            for index in 0..<4 {
                bytes[checksumOffset + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
            }
        }
        return bytes
    }

    private static func append(_ addresses: ProxyAddresses, to bytes: inout [UInt8]) {
        switch addresses {
        case .unspecified: break
        case .tcp(let source, let destination), .udp(let source, let destination):
            let isIPv4 = source.address.isIPv4 && destination.address.isIPv4
            append(source.address, isIPv4: isIPv4, to: &bytes)
            append(destination.address, isIPv4: isIPv4, to: &bytes)
            bytes.append(bigEndian: source.port)
            bytes.append(bigEndian: destination.port)
        case .unixStream(let source, let destination), .unixDatagram(let source, let destination):
            append(path: source, to: &bytes)
            append(path: destination, to: &bytes)
        }
    }

    private static func append(_ address: IPAddress, isIPv4: Bool, to bytes: inout [UInt8]) {
        if isIPv4, let ipv4 = address.ipv4 {
            bytes.append(bigEndian: ipv4)
        } else {
            bytes.append(bigEndian: address.high)
            bytes.append(bigEndian: address.low)
        }
    }

    private static func append(path: [UInt8], to bytes: inout [UInt8]) {
        let most = ProxyAddresses.pathByteCount
        precondition(path.count <= most, "a path has at most \(most) bytes, not \(path.count)")
        bytes.append(contentsOf: path)
        for _ in path.count..<most { bytes.append(0) }
    }

    private static func append(_ tlv: ProxyTLV, to bytes: inout [UInt8]) {
        switch tlv {
        case .value(let kind, let value):
            precondition(kind != .checksum && kind != .tls, "TLV \(kind.rawValue) is not given as a value")
            let most = ProxyTLV.uniqueIDByteCountMax
            precondition(
                kind != .uniqueID || value.count <= most, "a unique id has at most \(most) bytes, not \(value.count)")
            append(kind, byteCount: value.count, to: &bytes)
            bytes.append(contentsOf: value)
        case .tls(let tls):
            append(.tls, byteCount: tls.byteCount, to: &bytes)
            bytes.append(tls.client.rawValue)
            bytes.append(bigEndian: tls.verifyResult)
            for fact in tls.facts {
                bytes.append(fact.kind.rawValue)
                bytes.append(bigEndian: UInt16(fact.value.count))
                bytes.append(contentsOf: fact.value)
            }
        }
    }

    /// The type and length before a value.
    private static func append(_ kind: ProxyTLV.Kind, byteCount: Int, to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        // The length of all together was checked, so that of a part fits.
        bytes.append(bigEndian: UInt16(byteCount))
    }
}

extension [UInt8] {
    /// Appends an unsigned integer, the most significant byte first.
    fileprivate mutating func append<Number: FixedWidthInteger & UnsignedInteger>(bigEndian number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
