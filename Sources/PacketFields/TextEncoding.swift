/// How the characters of a text stand in a packet.
public enum TextEncoding: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// One to four bytes a character.
    case utf8
    /// Two or four bytes a character, the low byte first.
    case utf16le
    /// Two or four bytes a character, the high byte first.
    case utf16be
    /// One byte a character, whatever its value: for code pages that nobody declared.
    case latin1

    /// Bytes of the smallest piece of a text, which is also what a NUL takes.
    public var unitByteCount: Int {
        switch self {
        case .utf8, .latin1: 1
        case .utf16le, .utf16be: 2
        }
    }
}
