/// Writes JSON (RFC 8259): objects, lists, texts, numbers.
///
/// Shape: keys are this program's own; texts are escaped, so that no name can end a value.
enum JSONText {
    static func object(_ members: [(StaticString, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    static func list(_ elements: some Sequence<String>) -> String { "[" + elements.joined(separator: ",") + "]" }

    static func text(_ text: String?) -> String {
        guard let text else { return "null" }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C: out += "\\" + String(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// `null` for what JSON has no number for.
    static func number(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }
}
