import WireBytes

/// What a frame says about a TCP stream.
struct Segment {
    let source: Endpoint
    let target: Endpoint
    let sequence: UInt32
    let acknowledged: UInt32
    fileprivate let flags: UInt8
    /// Where the captured part of the payload stands in the frame.
    let payload: Range<Int>
    /// Bytes of the payload on the wire, of which fewer may be captured.
    let wireByteCount: Int

    var finishes: Bool { flags & 0x01 != 0 }
    var synchronizes: Bool { flags & 0x02 != 0 }
    var resets: Bool { flags & 0x04 != 0 }
    var acknowledges: Bool { flags & 0x10 != 0 }
    /// The number of the payload's first byte: a SYN takes a number of its own.
    var payloadSequence: UInt32 { synchronizes ? sequence &+ 1 : sequence }
    /// The number behind the payload's last byte.
    var endSequence: UInt32 { payloadSequence &+ UInt32(truncatingIfNeeded: wireByteCount) }
}

/// What became of a frame.
enum FrameContent {
    case segment(Segment, isSnapped: Bool)
    /// No TCP.
    case other
    /// A part of an IP packet.
    case fragment
    /// Headers that contradict themselves, or are not whole.
    case malformed

    init(_ frame: RawSpan, link: LinkLayer) {
        guard let offset = link.packetOffset(in: frame) else {
            self = .other
            return
        }
        switch frame.byte(at: offset).map({ $0 >> 4 }) {
        case 4: self = Self.ipv4(frame, at: offset)
        case 6: self = Self.ipv6(frame, at: offset)
        default: self = .malformed
        }
    }

    private static let tcp: UInt8 = 6

    /// Source: RFC 791, section 3.1.
    private static func ipv4(_ frame: RawSpan, at offset: Int) -> FrameContent {
        guard let first = frame.byte(at: offset),
            let length = frame.unsignedInteger(at: offset + 2, byteCount: 2, littleEndian: false),
            let fragment = frame.unsignedInteger(at: offset + 6, byteCount: 2, littleEndian: false),
            let kind = frame.byte(at: offset + 9),
            let source = frame.unsignedInteger(at: offset + 12, byteCount: 4, littleEndian: false),
            let target = frame.unsignedInteger(at: offset + 16, byteCount: 4, littleEndian: false)
        else { return .malformed }
        guard kind == tcp else { return .other }
        // Not the first part, or not the last.
        guard fragment & 0x3FFF == 0 else { return .fragment }
        let headerByteCount = Int(first & 0x0F) * 4
        // A sender that leaves cutting to its network card captures packets without a length.
        let end = length == 0 ? frame.byteCount : offset + Int(length)
        guard headerByteCount >= 20, offset + headerByteCount <= end else { return .malformed }
        return segment(
            frame, at: offset + headerByteCount, end: end, source: IPAddress(ipv4: UInt32(truncatingIfNeeded: source)),
            target: IPAddress(ipv4: UInt32(truncatingIfNeeded: target)))
    }

    /// Source: RFC 8200, sections 3 and 4.
    private static func ipv6(_ frame: RawSpan, at offset: Int) -> FrameContent {
        guard let length = frame.unsignedInteger(at: offset + 4, byteCount: 2, littleEndian: false),
            var next = frame.byte(at: offset + 6),
            let source = address(frame, at: offset + 8), let target = address(frame, at: offset + 24)
        else { return .malformed }
        let end = length == 0 ? frame.byteCount : offset + 40 + Int(length)
        var place = offset + 40
        // More would be nobody's honest packet.
        for _ in 0..<16 {
            if next == tcp { return segment(frame, at: place, end: end, source: source, target: target) }
            guard isExtension(next) else { return .other }
            guard let following = frame.byte(at: place), let size = frame.byte(at: place + 1) else {
                return .malformed
            }
            switch next {
            case 44:
                let part = frame.unsignedInteger(at: place + 2, byteCount: 2, littleEndian: false) ?? 1
                guard part & 0xFFF9 == 0 else { return .fragment }
                place += 8
            case 51: place += (Int(size) + 2) * 4
            default: place += (Int(size) + 1) * 8
            }
            next = following
        }
        return .malformed
    }

    /// Hop-by-hop options, routing, fragment, authentication, destination options, mobility.
    private static func isExtension(_ header: UInt8) -> Bool {
        switch header {
        case 0, 43, 44, 51, 60, 135: true
        default: false
        }
    }

    private static func address(_ frame: RawSpan, at offset: Int) -> IPAddress? {
        guard let high = frame.unsignedInteger(at: offset, byteCount: 8, littleEndian: false),
            let low = frame.unsignedInteger(at: offset + 8, byteCount: 8, littleEndian: false)
        else { return nil }
        return IPAddress(high: high, low: low)
    }

    /// Source: RFC 9293, section 3.1.
    private static func segment(
        _ frame: RawSpan, at offset: Int, end: Int, source: IPAddress, target: IPAddress
    ) -> FrameContent {
        guard let ports = frame.unsignedInteger(at: offset, byteCount: 4, littleEndian: false),
            let sequence = frame.unsignedInteger(at: offset + 4, byteCount: 4, littleEndian: false),
            let acknowledged = frame.unsignedInteger(at: offset + 8, byteCount: 4, littleEndian: false),
            let size = frame.byte(at: offset + 12), let flags = frame.byte(at: offset + 13)
        else { return .malformed }
        let headerByteCount = Int(size >> 4) * 4
        let start = offset + headerByteCount
        guard headerByteCount >= 20, start <= end else { return .malformed }
        // A short Ethernet frame is padded: what the packet's own length leaves out is not payload.
        let captured = min(end, frame.byteCount)
        let segment = Segment(
            source: Endpoint(source, port: UInt16(truncatingIfNeeded: ports >> 16)),
            target: Endpoint(target, port: UInt16(truncatingIfNeeded: ports)),
            sequence: UInt32(truncatingIfNeeded: sequence), acknowledged: UInt32(truncatingIfNeeded: acknowledged),
            flags: flags, payload: min(start, captured)..<captured, wireByteCount: end - start)
        return .segment(segment, isSnapped: end > frame.byteCount)
    }
}
