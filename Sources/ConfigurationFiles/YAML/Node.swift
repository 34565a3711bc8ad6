/// Where something stands in a file.
struct Place {
    let source: SourceFile
    /// 1-based; 0 for the file as a whole.
    let line: Int
    /// 1-based, in characters.
    let column: Int
    /// Characters, at least 1.
    let length: Int

    /// The file as a whole.
    static func whole(_ source: SourceFile) -> Place { Place(source: source, line: 0, column: 0, length: 1) }
}

/// A value of a YAML document, with its place and without a type.
///
/// What a scalar means is said by its key alone: YAML's own guessing (`no` is false, `017` is fifteen, `22:30` is
/// 1,350) never takes place.
struct Node {
    enum Content {
        case scalar(Scalar)
        case sequence([Node])
        case mapping([Entry])
    }

    struct Scalar {
        let text: String
        /// Whether it stands without quotes.
        let isPlain: Bool
    }

    struct Entry {
        let key: String
        let keyPlace: Place
        let value: Node
    }

    let content: Content
    let place: Place

    /// The text of a scalar.
    var text: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// Whether nothing was written.
    var isEmpty: Bool {
        if case .scalar(let scalar) = content { scalar.isPlain && scalar.text.isEmpty } else { false }
    }

    /// Whether this is a text without quotes.
    var isPlain: Bool {
        if case .scalar(let scalar) = content { scalar.isPlain } else { false }
    }

    /// What was found, for a message.
    var found: String {
        switch content {
        case .scalar where isEmpty: "nothing"
        case .scalar(let scalar): "'\(Self.shortened(scalar.text))'"
        case .sequence(let items): items.isEmpty ? "an empty list" : "a list"
        case .mapping: "a mapping"
        }
    }

    /// The value of a key of a mapping.
    subscript(key: String) -> Node? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// A text short enough for a message.
    static func shortened(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(61) {
            shown.append(DiagnosticRenderer.isActedOn(scalar) ? "?" : scalar)
        }
        return shown.count <= 60 ? String(shown) : String(String(shown).prefix(57)) + "…"
    }
}
