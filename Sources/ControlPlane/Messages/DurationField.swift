import ConfigurationFiles

/// How long something lasts, as text with a unit: `90s`, `10m`, `1h`, `30d`.
public struct DurationField: Codable, Sendable, Equatable {
    /// A second to ten years, as in the service's file.
    static let bounds: ClosedRange<UInt64> = 1_000_000_000...315_360_000_000_000_000

    /// Nanoseconds.
    public let nanoseconds: UInt64

    /// So many nanoseconds.
    init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads a duration as the service's file has it.
    ///
    /// - Throws: ``ControlError/Code/badRequest`` with what was expected.
    public init(_ text: String) throws(ControlError) {
        guard let nanoseconds = DurationText.nanoseconds(text) else {
            throw ControlError(
                .badRequest,
                "\(SubjectText.shown(text)) is no duration: a number and ms, s, m, h or d, as in 90s or 30d")
        }
        guard Self.bounds.contains(nanoseconds) else {
            throw ControlError(.badRequest, "\(SubjectText.shown(text)): a duration is 1s to 3650d")
        }
        self.nanoseconds = nanoseconds
    }

    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// The text, in the greatest unit that is exact.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(DurationText.text(nanoseconds))
    }
}
