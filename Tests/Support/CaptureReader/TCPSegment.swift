/// One end of a conversation.
struct CaptureEndpoint: Hashable {
    let address: ArraySlice<UInt8>
    let port: UInt16
}

/// What a frame says about a TCP stream.
struct TCPSegment {
    let source: CaptureEndpoint
    let target: CaptureEndpoint
    let sequence: UInt32
    let synchronizes: Bool
    let acknowledges: Bool
    let finishes: Bool
    let resets: Bool
    let payload: ArraySlice<UInt8>

    /// Nil when the frame holds no TCP.
    init?(frame: ArraySlice<UInt8>, linkType: UInt16) throws(CaptureError) {
        guard let packet = try Self.networkPacket(frame: frame, linkType: linkType),
            let datagram = try Datagram(packet)
        else { return nil }
        var cursor = ByteCursor(datagram.payload)
        let sourcePort = try cursor.u16()
        let targetPort = try cursor.u16()
        sequence = try cursor.u32()
        try cursor.skip(4)
        let headerByteCount = Int(try cursor.u8() >> 4) * 4
        let flags = try cursor.u8()
        guard headerByteCount >= 20 else { throw .malformed("a TCP header of \(headerByteCount) bytes") }
        try cursor.skip(headerByteCount - 14)
        payload = cursor.rest
        source = CaptureEndpoint(address: datagram.source, port: sourcePort)
        target = CaptureEndpoint(address: datagram.target, port: targetPort)
        finishes = flags & 0x01 != 0
        synchronizes = flags & 0x02 != 0
        resets = flags & 0x04 != 0
        acknowledges = flags & 0x10 != 0
    }

    /// What stands behind the link's own header, when it is IP.
    private static func networkPacket(
        frame: ArraySlice<UInt8>,
        linkType: UInt16
    ) throws(CaptureError) -> ArraySlice<UInt8>? {
        var cursor = ByteCursor(frame)
        let etherType: UInt16
        switch linkType {
        case 1:  // Ethernet: two addresses, then the type
            try cursor.skip(12)
            etherType = try cursor.u16()
        case 101:  // the IP packet itself
            return frame
        case 113:  // Linux cooked capture: the type comes last
            try cursor.skip(14)
            etherType = try cursor.u16()
        case 276:  // its second version: the type comes first
            etherType = try cursor.u16()
            try cursor.skip(18)
        default:
            throw .unknownLinkType(linkType)
        }
        return etherType == 0x0800 || etherType == 0x86DD ? cursor.rest : nil
    }
}

/// An IP packet that carries TCP.
private struct Datagram {
    let source: ArraySlice<UInt8>
    let target: ArraySlice<UInt8>
    let payload: ArraySlice<UInt8>

    private static let tcp: UInt8 = 6
    private static let extensionHeaders: Set<UInt8> = [0, 43, 44, 51, 60]

    init?(_ packet: ArraySlice<UInt8>) throws(CaptureError) {
        var cursor = ByteCursor(packet)
        let first = try cursor.u8()
        switch first >> 4 {
        case 4:
            try cursor.skip(1)
            let byteCount = Int(try cursor.u16())
            try cursor.skip(2)
            let fragment = try cursor.u16()
            try cursor.skip(1)
            guard try cursor.u8() == Self.tcp else { return nil }
            guard fragment & 0x3FFF == 0 else { throw .unsupported("an IPv4 fragment") }
            try cursor.skip(2)
            source = try cursor.take(4)
            target = try cursor.take(4)
            let headerByteCount = Int(first & 0x0F) * 4
            guard headerByteCount >= 20, byteCount >= headerByteCount else {
                throw .malformed("an IPv4 header of \(headerByteCount) bytes in a packet of \(byteCount)")
            }
            try cursor.skip(headerByteCount - 20)
            // A short Ethernet frame is padded: what the packet's own length leaves out is not payload.
            payload = try cursor.take(byteCount - headerByteCount)
        case 6:
            try cursor.skip(3)
            let byteCount = Int(try cursor.u16())
            let next = try cursor.u8()
            guard !Self.extensionHeaders.contains(next) else { throw .unsupported("IPv6 extension header \(next)") }
            guard next == Self.tcp else { return nil }
            try cursor.skip(1)
            source = try cursor.take(16)
            target = try cursor.take(16)
            payload = try cursor.take(byteCount)
        default:
            throw .malformed("IP version \(first >> 4)")
        }
    }
}
