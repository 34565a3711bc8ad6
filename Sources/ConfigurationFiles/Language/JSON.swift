/// A JSON value whose members keep their order.
indirect enum JSON: Sendable {
    case object([(String, JSON)])
    case array([JSON])
    case text(String)
    /// Digits as they are to be shown.
    case number(String)
    case flag(Bool)
    case null

    static func number(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    static func texts(_ values: some Sequence<String>) -> JSON { .array(values.map { .text($0) }) }

    /// The value with two spaces a level; what has no mappings in it and is short stands on one line.
    var pretty: String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }

    /// The value on one line.
    var compact: String {
        switch self {
        case .object(let members):
            "{" + members.map { Self.quoted($0.0) + ": " + $0.1.compact }.joined(separator: ", ") + "}"
        case .array(let items): "[" + items.map(\.compact).joined(separator: ", ") + "]"
        case .text(let text): Self.quoted(text)
        case .number(let digits): digits
        case .flag(let flag): flag ? "true" : "false"
        case .null: "null"
        }
    }

    private static let lineWidth = 110

    private func write(to text: inout String, indent: String) {
        let line = compact
        if indent.utf8.count + line.utf8.count <= Self.lineWidth, isFlat {
            text += line
            return
        }
        let inner = indent + "  "
        switch self {
        case .object(let members):
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + Self.quoted(member.0) + ": "
                member.1.write(to: &text, indent: inner)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += indent + "}"
        case .array(let items):
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += inner
                item.write(to: &text, indent: inner)
                text += index + 1 < items.count ? ",\n" : "\n"
            }
            text += indent + "]"
        case .text, .number, .flag, .null: text += line
        }
    }

    /// Whether no mapping within it has a mapping of its own.
    private var isFlat: Bool {
        switch self {
        case .object(let members): members.allSatisfy { !$0.1.hasObject }
        case .array(let items): items.allSatisfy(\.isFlat)
        case .text, .number, .flag, .null: true
        }
    }

    private var hasObject: Bool {
        switch self {
        case .object: true
        case .array(let items): items.contains(where: \.hasObject)
        case .text, .number, .flag, .null: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
