/// How far a ban goes.
public enum BanSeverity: String, Codable, Sendable, CaseIterable, NamedChoice {
    /// New connections are refused; those that are open stay.
    case soft
    /// Open connections are closed, too.
    case hard

    /// One of the words, or an error that names them all.
    public init(from decoder: any Decoder) throws { self = try Self.decode(decoder) }
}

/// Who decided a ban.
public enum BanOrigin: String, Codable, Sendable, CaseIterable, NamedChoice {
    /// A rule's own action.
    case rule
    /// The score of an address or account.
    case ladder
    /// The score of a network.
    case network
    /// An operator.
    case `operator`
    /// A file that an operator imported.
    case imported = "import"
    /// A list of addresses.
    case list

    /// One of the words, or an error that names them all.
    public init(from decoder: any Decoder) throws { self = try Self.decode(decoder) }
}

/// A word out of a few.
protocol NamedChoice: RawRepresentable, CaseIterable where RawValue == String {}

extension NamedChoice {
    /// Reads a word that may be left out.
    static func read(_ text: String?, _ name: String) throws(ControlError) -> Self? {
        guard let text else { return nil }
        guard let value = Self(rawValue: text) else { throw refusal(text, "'\(name)'") }
        return value
    }

    static func decode(_ decoder: any Decoder) throws -> Self {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(rawValue: text) else {
            throw refusal(text, decoder.codingPath.last.map { "'\($0.stringValue)'" } ?? "this")
        }
        return value
    }

    private static func refusal(_ text: String, _ name: String) -> ControlError {
        let words = allCases.map(\.rawValue).joined(separator: ", ")
        return ControlError(.badRequest, "\(name) is one of \(words), not \(SubjectText.shown(text))")
    }
}
