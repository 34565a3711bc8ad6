/// A description of texts, as a small regular expression.
public final class TextPattern: Sendable {
    /// What was written.
    public let source: String

    /// Compiles a pattern.
    public init(parsing source: String) throws(TextPatternError) {
        self.source = source
    }
}

extension TextPattern: Hashable {
    /// Whether both were written alike.
    public static func == (one: TextPattern, other: TextPattern) -> Bool { one.source == other.source }

    /// Hashes what was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

/// Why a text is no pattern.
public struct TextPatternError: Error, Hashable, Sendable {
    /// Characters before the one that is wrong.
    public let offset: Int
    /// What is wrong: one clause, without a full stop.
    public let problem: String
}
