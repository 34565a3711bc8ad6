/// Writes the parts of a human-readable log line.
///
/// What an operator or a peer wrote goes through ``append(bare:)`` or ``append(quoted:)``. Neither ever emits a line
/// break, any other control character, or a quote inside quotes, so that nothing in a name can end a value or a line.
struct LineText {
    /// Characters of one value that are shown; an ellipsis stands for the rest.
    static let valueCountMax = 256

    private(set) var bytes: [UInt8] = []

    /// Text of this program's own: keys, punctuation, numbers.
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// `2026-05-01 12:00:00,123`.
    mutating func append(_ time: WallTime) {
        time.appendLogForm(to: &bytes)
    }

    /// `2026-05-01T12:00:00.123456Z`.
    mutating func append(rfc3339 time: WallTime) {
        time.appendRFC3339(to: &bytes)
    }

    /// A value as it is if it is one plain word, otherwise in quotes.
    mutating func append(bare value: String) {
        let isPlain = value.utf8.allSatisfy(Self.isPlain) && value.utf8.count <= Self.valueCountMax
        if isPlain, !value.isEmpty {
            append(value)
        } else {
            append(quoted: value)
        }
    }

    /// A value in double quotes; those inside, backslashes and characters nobody can see are escaped.
    mutating func append(quoted value: String) {
        append("\"")
        append(escaped: value, isInQuotes: true, countMax: Self.valueCountMax)
        append("\"")
    }

    /// A sentence without quotes around it; only what could break or disguise a line is escaped.
    mutating func append(sentence: String) {
        append(escaped: sentence, isInQuotes: false, countMax: 8 * Self.valueCountMax)
    }

    private mutating func append(escaped text: String, isInQuotes: Bool, countMax: Int) {
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < countMax else {
                append("…")
                return
            }
            count += 1
            if Self.isHidden(scalar) || isInQuotes && (scalar == "\"" || scalar == "\\") {
                appendEscape(scalar)
            } else {
                bytes.append(contentsOf: scalar.utf8)
            }
        }
    }

    /// `\x22`, or `\u{2028}` beyond ASCII: never the character itself, so that a simple splitter is not misled.
    private mutating func appendEscape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        if scalar.isASCII {
            append("\\x" + (digits.utf8.count < 2 ? "0" : "") + digits)
        } else {
            append("\\u{" + digits + "}")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    /// Controls, line and paragraph separators, marks that turn the direction of text, and the byte-order mark: all of
    /// them below U+10000.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}
