/// Why a capture cannot be read at all, or not any further.
public enum CaptureError: Error, Equatable, CustomStringConvertible {
    /// It cannot be opened, or is no capture; the library's own words.
    case unreadable(String)
    /// Frames of this link type are not understood; the library's name for it.
    case unknownLinkType(String)
    /// It breaks off or contradicts itself after so many frames; the library's own words.
    case broken(String, frameCount: UInt64)

    /// In words, for the operator.
    public var description: String {
        switch self {
        case .unreadable(let text): text
        case .unknownLinkType(let name):
            "frames of the link type \(name) are not understood: Ethernet, Linux cooked, raw IP and loopback are"
        case .broken(let text, let frameCount): "after \(frameCount) frames: \(text)"
        }
    }
}
