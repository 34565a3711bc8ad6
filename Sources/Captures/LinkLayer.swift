import CPcap
import WireBytes

/// What stands in front of the IP packet in a frame.
enum LinkLayer {
    /// Two addresses, then the type.
    case ethernet
    /// Linux cooked capture: the type comes last.
    case cooked
    /// Its second version: the type comes first.
    case cooked2
    /// The IP packet itself.
    case raw
    /// Four bytes that name the family of addresses, in the order of whoever captured.
    case loopback

    /// - Parameter number: the library's own, which differs from the file's for some.
    init?(_ number: Int32) {
        switch number {
        case DLT_EN10MB: self = .ethernet
        case DLT_LINUX_SLL: self = .cooked
        case DLT_LINUX_SLL2: self = .cooked2
        case DLT_RAW, DLT_IPV4, DLT_IPV6: self = .raw
        case DLT_NULL, DLT_LOOP: self = .loopback
        default: return nil
        }
    }

    /// Tags of virtual networks that may stand one behind the other.
    private static let tagCountMax = 4

    /// Where the IP packet begins; `nil` when the frame carries something else or is too short to tell.
    func packetOffset(in frame: RawSpan) -> Int? {
        switch self {
        case .ethernet: Self.behindTags(frame, typeAt: 12, packetAt: 14)
        case .cooked: Self.behindTags(frame, typeAt: 14, packetAt: 16)
        case .cooked2: Self.behindTags(frame, typeAt: 0, packetAt: 20)
        case .raw: 0
        // The version in the packet itself says what the family says.
        case .loopback: 4
        }
    }

    private static func behindTags(_ frame: RawSpan, typeAt typeOffset: Int, packetAt packetOffset: Int) -> Int? {
        var typeOffset = typeOffset
        var packetOffset = packetOffset
        for _ in 0...tagCountMax {
            switch frame.unsignedInteger(at: typeOffset, byteCount: 2, littleEndian: false) {
            case 0x0800, 0x86DD: return packetOffset
            case 0x8100, 0x88A8, 0x9100:
                // Two bytes of the tag, then the type of what follows.
                typeOffset = packetOffset + 2
                packetOffset += 4
            default: return nil
            }
        }
        return nil
    }
}
