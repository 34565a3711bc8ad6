/// The name of a player's account, as the game's protocol tells it.
///
/// A peer may have written it, so it is short, and no character of it ends a line or moves a cursor.
public struct AccountName: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the longest name.
    public static let byteCountMax = 64

    /// The name.
    public let text: String

    /// A name of 1 to 64 bytes of UTF-8 without control characters; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard (1...Self.byteCountMax).contains(text.utf8.count) else { return nil }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .format: return nil
            default: break
            }
        }
        self.text = text
    }

    /// The name.
    public var description: String { text }

    /// Whether the bytes are the same: what looks alike may be two players.
    public static func == (left: AccountName, right: AccountName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// By the bytes, as `==`.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8.max)
    }
}
