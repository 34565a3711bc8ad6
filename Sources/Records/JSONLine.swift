/// Writes one JSON object on one line (RFC 8259), key by key.
///
/// Shape: keys are this program's own and need no escape; every value that is text is escaped, so that the line is
/// valid UTF-8 and has no control character whatever the text holds.
struct JSONLine {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The moment in RFC 3339, UTC, with microseconds.
    mutating func add(_ key: StaticString, _ time: WallTime) {
        begin(key)
        bytes.append(UInt8(ascii: "\""))
        time.appendRFC3339(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func add(_ key: StaticString, _ text: String?) {
        begin(key)
        guard let text else { return append("null") }
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func add(_ key: StaticString, _ number: some BinaryInteger) {
        begin(key)
        append("\(number)")
    }

    mutating func add(_ key: StaticString, _ number: (some BinaryInteger)?) {
        if let number {
            add(key, number)
        } else {
            begin(key)
            append("null")
        }
    }

    /// `null` for what JSON has no number for.
    mutating func add(_ key: StaticString, _ number: Double) {
        begin(key)
        append(number.isFinite ? "\(number)" : "null")
    }

    /// An object within this one.
    mutating func add(_ key: StaticString, _ body: (inout JSONLine) -> Void) {
        begin(key)
        append("{")
        body(&self)
        append("}")
    }

    /// A list of objects.
    mutating func add<Item>(_ key: StaticString, _ items: [Item], _ body: (inout JSONLine, Item) -> Void) {
        begin(key)
        append("[")
        for (index, item) in items.enumerated() {
            append(index == 0 ? "{" : ",{")
            body(&self, item)
            append("}")
        }
        append("]")
    }

    /// A list of pairs: where each range begins, and where what is behind it does.
    mutating func add(_ key: StaticString, _ ranges: [Range<Int>]) {
        begin(key)
        append("[" + ranges.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",") + "]")
    }

    /// Bytes as text, two hexadecimal digits each.
    mutating func add(_ key: StaticString, hexadecimal data: [UInt8]) {
        begin(key)
        append("\"")
        for byte in data {
            bytes.append(Self.digit(byte >> 4))
            bytes.append(Self.digit(byte & 0xF))
        }
        append("\"")
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Ends the object and the line.
    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func begin(_ key: StaticString) {
        // No value ends so: an object has just begun.
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        append("\"\(key)\":")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        default:
            // JSON asks this of controls only. Some readers end a line at U+2028 or swallow U+FEFF, and terminals turn
            // text around; as codes they survive.
            if LineText.isHidden(scalar) {
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            } else {
                bytes.append(contentsOf: scalar.utf8)
            }
        }
    }
}
