/// What may stand in the place of a value, for the schemas and the reference.
struct Form: Sendable {
    /// As in a table of keys: `duration`.
    let shown: String
    /// Members of its JSON Schema.
    let schema: [(String, JSON)]
    /// The mappings that its schema names.
    var mappings: [Mapping] = []

    var json: JSON { .object(schema) }

    // MARK: Scalars

    /// A text of a form of its own.
    ///
    /// Where such a text can look like a number or a flag, an editor reads it as one, and `types` must say so.
    static func text(
        _ shown: String, _ pattern: String, types: [String] = ["string"], least: Int? = nil, most: Int? = nil,
        expected: String? = nil
    ) -> Form {
        var schema: [(String, JSON)] = [
            ("type", types.count == 1 ? .text(types[0]) : .texts(types)), ("pattern", .text("^(" + pattern + ")$")),
            ("patternErrorMessage", .text("expected " + (expected ?? "a " + shown))),
        ]
        if let least { schema.append(("minimum", .number(least))) }
        if let most { schema.append(("maximum", .number(most))) }
        return Form(shown: shown, schema: schema)
    }

    /// Any text at all.
    static let anyText = Form(shown: "text", schema: [("type", .texts(["string", "number", "boolean"]))])

    /// A whole number, decimal or hex.
    static func number(_ bounds: ClosedRange<UInt64> = 0...UInt64.max) -> Form {
        var schema: [(String, JSON)] = [
            ("type", .texts(["integer", "string"])), ("minimum", .number(bounds.lowerBound)),
            ("maximum", .number(bounds.upperBound)),
        ]
        schema += [
            ("pattern", .text("^" + Pattern.decimalOrHex + "$")),
            ("patternErrorMessage", .text("expected a whole number")),
        ]
        let isBounded = bounds.upperBound < .max
        return Form(
            shown: isBounded ? "number \(bounds.lowerBound) to \(bounds.upperBound)" : "number", schema: schema)
    }

    /// A whole number that may be negative.
    static func signed(_ bounds: ClosedRange<Int>) -> Form {
        Form(
            shown: "number \(bounds.lowerBound) to \(bounds.upperBound)",
            schema: [
                ("type", .texts(["integer", "string"])), ("minimum", .number(bounds.lowerBound)),
                ("maximum", .number(bounds.upperBound)), ("pattern", .text("^-?" + Pattern.decimalOrHex + "$")),
            ])
    }

    /// A number that may have places behind the point.
    static func fraction(_ least: String, _ most: String, shown: String) -> Form {
        Form(
            shown: "\(shown), \(least) to \(most)",
            schema: [
                ("type", .texts(["number", "string"])), ("minimum", .number(least)), ("maximum", .number(most)),
                ("pattern", .text("^" + Pattern.fraction + "$")),
            ])
    }

    /// Bytes on the wire: a bare number, or a size with a unit.
    static func bytes(_ bounds: ClosedRange<UInt64>) -> Form {
        Form(
            shown: "bytes, \(bounds.lowerBound) to \(bounds.upperBound)",
            schema: [
                ("type", .texts(["integer", "string"])), ("minimum", .number(bounds.lowerBound)),
                ("maximum", .number(bounds.upperBound)),
                ("pattern", .text("^(" + Pattern.decimalOrHex + "|" + Pattern.size + ")$")),
                ("patternErrorMessage", .text("expected a number of bytes such as 512 or 4KiB")),
            ])
    }

    static let flag = Form(
        shown: "`true` or `false`",
        schema: [("type", .texts(["boolean", "string"])), ("pattern", .text("^(true|false)$"))])

    /// One of a few words.
    static func words(_ words: [String]) -> Form {
        Form(shown: words.map { "`\($0)`" }.joined(separator: ", "), schema: [("enum", .texts(words))])
    }

    // MARK: Larger forms

    /// The mapping of that name.
    static func mapping(_ mapping: Mapping) -> Form {
        Form(
            shown: "[\(mapping.title.lowercasedFirst)](#\(mapping.anchor))",
            schema: [("$ref", .text("#/definitions/" + mapping.name))], mappings: [mapping])
    }

    /// Names, and what stands under each.
    static func entries(_ shown: String, keys pattern: String, _ value: Form, least: Int = 1) -> Form {
        var schema: [(String, JSON)] = [
            ("type", .text("object")), ("patternProperties", .object([("^(" + pattern + ")$", value.json)])),
            ("additionalProperties", .flag(false)),
        ]
        if least > 0 { schema.append(("minProperties", .number(least))) }
        return Form(shown: shown, schema: schema, mappings: value.mappings)
    }

    func list(_ counts: ClosedRange<Int>, shown: String? = nil) -> Form {
        var schema: [(String, JSON)] = [("type", .text("array")), ("items", json)]
        if counts.lowerBound > 0 { schema.append(("minItems", .number(counts.lowerBound))) }
        if counts.upperBound < .max { schema.append(("maxItems", .number(counts.upperBound))) }
        return Form(shown: shown ?? "list of \(self.shown)", schema: schema, mappings: mappings)
    }

    /// A list with one item at least.
    var list: Form { list(1...Int.max) }

    /// One, or a list of one or more.
    var oneOrMore: Form { .either([self, list], shown: "\(shown), or a list") }

    static func either(_ forms: [Form], shown: String? = nil) -> Form {
        Form(
            shown: shown ?? forms.map(\.shown).joined(separator: "; or "),
            schema: [("anyOf", .array(forms.map(\.json)))], mappings: forms.flatMap(\.mappings))
    }

    /// The same, or nothing at all behind the colon.
    var orNothing: Form { .either([self, Form(shown: "", schema: [("type", .text("null"))])], shown: shown) }
}

/// Regular expressions of texts, in the words that Python and ECMAScript share.
enum Pattern {
    static let decimal = "(0|[1-9][0-9]*)"
    static let decimalOrHex = "(0|[1-9][0-9]*|0x[0-9a-fA-F]+)"
    static let fraction = decimal + "(\\.[0-9]{1,9})?"
    /// A number of either kind.
    static let rangeEnd = "(0x[0-9a-fA-F]+|" + fraction + ")"
    static let size = "(0|[1-9][0-9]*) ?(B|KB|kB|MB|GB|KiB|MiB|GiB)"
    static let duration = "[1-9][0-9]* ?(ms|s|m|h|d)"
    static let name = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"
    static let integerType = "(u8|u(16|24|32|64)(le|be))"
    static let placed = integerType + "@" + decimal
    /// A place from the start or from the end.
    static let place = integerType + "@-?" + decimal
    static let quad = "((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.|(?![0-9.]))){4}"
    static let ipv6 = "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*"
    static let endpoint = "(" + quad + "|\\[" + ipv6 + "\\]):" + decimal
    static let hexByte = "[0-9a-fA-F]{2}[ \\t]*"
    static let nibbles = "[0-9a-fA-F?]{2}[ \\t]*"
}

extension Form {
    static let name = text("name", Pattern.name, types: ["string", "number", "boolean"], least: 0)
    static let path = text("path", "[^\\x00-\\x1f\\x7f]{1,4096}", types: ["string", "number", "boolean"])
    static let duration = text("duration", Pattern.duration, expected: "a duration such as 10s")
    static let size = text("size", Pattern.size, expected: "a size such as 64KiB")
    static let rate = text(
        "rate", "[1-9][0-9]*/([1-9][0-9]* ?)?(ms|s|m|h|d)", expected: "a rate such as 80/s")
    static let byteRate = text(
        "rate of bytes", Pattern.size + "/([1-9][0-9]* ?)?(ms|s|m|h|d)", expected: "a rate such as 32KiB/s")
    static let percent = text(
        "percentage", "(100(\\.0{1,9})?|[1-9]?[0-9](\\.[0-9]{1,9})?)%", expected: "a percentage such as 10%")
    static let points = fraction("0", "1000000", shown: "points")
    static let endpoint = text(
        "address with port", Pattern.endpoint,
        expected: "an address with a port such as 192.0.2.1:7801")
    static let network = text(
        "address or network", "(" + Pattern.quad + "|" + Pattern.ipv6 + ")(/" + Pattern.decimal + ")?",
        expected: "an address or network such as 10.0.0.0/8")
    static let hexPattern = text(
        "bytes in hex", "[ \\t]*(" + Pattern.nibbles + ")+", types: ["string", "integer"], least: 10,
        expected: "bytes in hex such as \"de ad ?? ef\"")
    static let hexBytes = text(
        "bytes in hex", "[ \\t]*(" + Pattern.hexByte + ")+", types: ["string", "integer"], least: 10,
        expected: "bytes in hex such as \"de ad be ef\"")
    /// An unsigned integer at a fixed place.
    static let placed = text("`TYPE@OFFSET`", Pattern.placed, expected: "a field such as u16le@0")
    static let place = text("`TYPE@OFFSET`", Pattern.place, expected: "a place such as u16le@4")
    static let sizeRange = text(
        "number or range", Pattern.decimal + "(\\.\\." + Pattern.decimal + ")?", types: ["string", "integer"],
        least: 0, most: 1 << 30,
        expected: "a size such as 43 or 8..128")
}

extension String {
    /// The text as it stands within a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
