/// A value of a JSON text (RFC 8259).
indirect enum JSONValue: Equatable {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    case text(String)
    case array([JSONValue])
    case object([Member], line: Int)

    /// A name and its value.
    struct Member: Equatable {
        var name: String
        var value: JSONValue
    }

    /// The value of a name; of a name that stands twice, the last.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members, _) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text; `nil` for anything else.
    var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// A whole number of 64 bits; `nil` for anything else.
    var integer: Int64? {
        if case .number(let digits) = self { return Int64(digits) }
        return nil
    }

    /// What it is, for who expected something else.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Why a text is no JSON.
struct JSONMistake: Error, Equatable {
    /// From 1.
    var line: Int
    /// In bytes, from 0.
    var offset: Int
    var text: String
}

/// Reads JSON from bytes, with the line of each object.
struct JSONReader {
    /// Values within values.
    static let depthMax = 64

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int
    private var line: Int

    private init(_ bytes: [UInt8], _ range: Range<Int>, line: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.line = line
    }

    /// The one value of a text.
    ///
    /// - Parameters:
    ///   - range: where the text stands.
    ///   - line: the number of its first line.
    static func read(_ bytes: [UInt8], in range: Range<Int>? = nil, line: Int = 1) throws(JSONMistake) -> JSONValue {
        precondition(range.map { $0.upperBound <= bytes.count } ?? true, "a range outside of \(bytes.count) bytes")
        var reader = JSONReader(bytes, range ?? 0..<bytes.count, line: line)
        if range == nil, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == reader.end else { throw reader.mistake("the end of the JSON text") }
        return value
    }

    private func mistake(_ expected: String) -> JSONMistake {
        let found = position < end ? "" : ", and the text ends"
        return JSONMistake(line: line, offset: position, text: "expected \(expected)\(found)")
    }

    private var byte: UInt8? { position < end ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte {
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            default: return
            }
            position += 1
        }
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONMistake) -> JSONValue {
        skipSpace()
        guard depth <= Self.depthMax else { throw mistake("at most \(Self.depthMax) values within each other") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONMistake) -> JSONValue {
        guard bytes[position..<end].starts(with: word.utf8) else { throw mistake("a JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONMistake) -> JSONValue {
        let start = line
        position += 1
        var members: [JSONValue.Member] = []
        if takes("}") { return .object([], line: start) }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw mistake("a name in quotes") }
            let name = try string()
            guard takes(":") else { throw mistake("':'") }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            if takes("}") { return .object(members, line: start) }
            guard takes(",") else { throw mistake("',' or '}'") }
        }
    }

    private mutating func array(depth: Int) throws(JSONMistake) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        if takes("]") { return .array([]) }
        while true {
            values.append(try value(depth: depth + 1))
            if takes("]") { return .array(values) }
            guard takes(",") else { throw mistake("',' or ']'") }
        }
    }

    private mutating func number() throws(JSONMistake) -> String {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        let first = position
        guard digits() > 0, bytes[first] != UInt8(ascii: "0") || position - first == 1 else {
            position = start
            throw mistake("a JSON value")
        }
        if byte == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw mistake("a digit") }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw mistake("a digit") }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSONMistake) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&text)
            case 0..<0x20:
                position -= 1
                throw mistake("no control character in a text")
            default: text.append(byte)
            }
        }
        throw mistake("'\"'")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(JSONMistake) {
        guard let byte else { throw mistake("a character behind '\\'") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try codeUnit()
            if (0xD800..<0xDC00).contains(unit), bytes[position..<end].starts(with: [0x5C, 0x75]) {
                let before = position
                position += 2
                let low = try codeUnit()
                if (0xDC00..<0xE000).contains(low) {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = before
                }
            }
            // A half of a pair stands for nothing.
            text.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default:
            position -= 1
            throw mistake("an escape of JSON")
        }
    }

    private mutating func codeUnit() throws(JSONMistake) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte, let digit = hexDigit(byte) else { throw mistake("four hexadecimal digits") }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
