import PacketFields

/// The mappings of a protocol's packets and of what stands in them.
extension Language {
    private static let versionsAround =
        "version: 1\nprotocol: part\n"
        + "phases: [{ name: play, frame: { length: u16le@0, counts: packet, min: 4, max: 1024, also: [2] }, "
        + "opcode: { at: u16le@2, sub: { when: [7], opcode: u16le@4 } } }]\n"
        + "opcodes: { version: { packet: C_VERSION, field: version }, maps: { 1: maps/one.map, 2: maps/two.map } }\n"
        + "packets: { client: { C_VERSION: { opcode: 1, size: 8, fields: { version: u32le@4 } }, C_CHAT: <> } }\n"

    static let packets: Mapping = Mapping(
        "packets", "packets", "Packets", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: play, \(exampleFrame) }]\npackets: <>\n",
        keys: [
            Key("client", sidePackets, .words("none"), "Those of the client.", example: "{ CHAT: { opcode: 3 } }"),
            Key("server", sidePackets, .words("none"), "Those of the server.", example: "{ WELCOME: { opcode: 4 } }"),
        ])

    private static let sidePackets = Form.entries(
        "names, each with a [packet](#a-packet), or a list of them for different versions", keys: Pattern.name,
        Form.mapping(packet).oneOrMore.orNothing, least: 0
    ).orNothing

    static let packet: Mapping = Mapping(
        "packet", "a packet", "A packet", .game, around: versionsAround, beside: [("opcode", "3")],
        keys: [
            Key(
                "opcode", .anyText, .words("the name, for words; what the map says, with `opcodes`"),
                "The number after mask and shift, a range of them as `1..499`, or the word.", example: "0x1f4"),
            Key(
                "sub", .number(), .words("required where the opcode has one"), "The second number.", example: "2",
                beside: [("opcode", "7")]),
            Key(
                "length", .bytes(1...65_535), .words("none"),
                "Instead of an opcode: a packet of exactly this size, listed in `also`.", example: "2",
                without: ["opcode"]),
            Key(
                "size", .either([.sizeRange, .mapping(packetLength)]), .words("any"),
                "Bytes of the whole packet; another size is the violation `size`.", example: "8..128"),
            Key(
                "versions", Form.number().oneOrMore, .words("all"), "The versions of `opcodes` that it is for.",
                example: "[1, 2]"),
            Key(
                "inflate", .either([.words(["zlib", "gzip", "deflate"]), .mapping(inflation)]), .words("none"),
                "Which part of it is compressed.", example: "zlib"),
            Key(
                "secret", .flag, .value("false"),
                "`true`: nothing of it is ever kept as evidence, for a password whose place is not declared.",
                example: "true"),
            Key(
                "fields",
                .entries(
                    "names, each with a field or [what it means](#a-field)", keys: fieldName,
                    .either([field, .mapping(fieldWithMeaning)])), .words("none"),
                "What stands where in it.", example: "{ channel: u32le@4, message: utf16lez@after(channel) }"),
            Key(
                "arrays", .entries("names, each with an [array](#an-array)", keys: fieldName, .mapping(array)),
                .words("none"), "Its arrays.", example: "{ members: { count: u16le@4, first: 6, element: 8 } }"),
            Key(
                "counter", .mapping(counter), .words("none"), "A number that is one more in each packet of this name.",
                example: "{ at: u32le@4 }"),
            Key(
                "checksum", .mapping(checksum), .words("none"), "A number that follows from its bytes.",
                example: "{ at: u32le@4, hash: crc32 }"),
        ],
        bonds: [.notBoth("length", "opcode"), .notBoth("length", "sub"), .notBoth("length", "size")])

    static let packetLength: Mapping = Mapping(
        "packet_length", "a size of its own", "A packet's own length", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: play, frame: { table: true }, opcode: u16le@0 }]\n"
            + "packets: { client: { CHAT: { opcode: 3, size: <> } } }\n",
        beside: [("length", "u16le@2"), ("counts", "packet")],
        keys: [Key("length", .placed, .required, "Where the length stands.", example: "u16le@2")]
            + lengthKeys.map { key in
                key.name == "xor" ? Key(key.name, key.form, key.standard, key.means, example: "u16le@4") : key
            } + [
                Key(
                    "min", .bytes(1...UInt64(FrameReader.byteCountMaxMost)), .words("where the length ends"),
                    "The least bytes of it.", example: "8"),
                Key(
                    "max", .bytes(1...UInt64(FrameReader.byteCountMaxMost)),
                    .value("\(FrameReader.byteCountMaxDefault)"),
                    "The most bytes of it.", example: "255"),
            ],
        bonds: [.oneOf(["counts", "adjust"])])

    // MARK: Inside

    static let fieldName = "(?!(\(ConditionReader.reserved.joined(separator: "|")))$)[A-Za-z0-9_-]{1,64}"

    /// A field, its length, or how many elements an array has.
    static let fieldPath = fieldName + "(\\.(length|count))?"

    /// What a field is made of, and where it begins.
    static let field: Form = {
        let integer = "([ui]8|[ui](16|24|32|64)(le|be))"
        let encoding = "(utf8|utf16le|utf16be|latin1)"
        let length = "(" + Pattern.integerType + "|varint|rest(-[1-9][0-9]*)?|" + Pattern.place + "|[1-9][0-9]*)"
        let text = "text\\(\(length)(, *(\(encoding)|nul|units)){0,3}\\)"
        return .text(
            "`TYPE@ORIGIN`",
            "(\(integer)|f(32|64)(le|be)|varint|bytes\\(\(length)\\)|\(text)|\(encoding)z)@(\(origin))",
            expected: "a field such as u16le@4")
    }()

    static let fieldWithMeaning: Mapping = Mapping(
        "field", "a field", "A field", .game, around: packetAround("fields: { name: <> }"),
        beside: [("at", "\"text(8)@8\"")],
        keys: [
            Key("at", field, .required, "What it is made of, and where it begins.", example: "u32le@8"),
            Key("account", .flag, .value("false"), "`true`: the name of the player's account.", example: "true"),
            Key(
                "secret", .flag, .value("false"), "`true`: a password, a ticket or a key; never kept as evidence.",
                example: "true"),
        ])

    private static let origin =
        "-?\(Pattern.decimal)|\\[\(Pattern.place)\\]([+-][1-9][0-9]*)?|after\\([^()]+\\)|after-opcode"

    private static let arrayStart = Form.text(
        "`N`, `TYPE@N`, `after(FIELD)` or `after-opcode`", "\(origin)|\(Pattern.place)", types: ["string", "integer"],
        least: -FieldText.offsetMax, most: FieldText.offsetMax,
        expected: "where the first element stands, as 5, u16le@6, after(FIELD) or after-opcode")

    static let array: Mapping = Mapping(
        "array", "an array", "An array", .game, around: packetAround("arrays: { members: <> }"),
        beside: [("count", "u16le@4"), ("first", "6"), ("element", "8")],
        keys: [
            Key(
                "count", .anyText, .required, "Where the number of elements stands, or the name of a field.",
                example: "u16le@4"),
            Key(
                "first", arrayStart, .required,
                "Where the first element begins: an offset, where that stands, `after(FIELD)` or `after-opcode`.",
                example: "u16le@6"),
            Key(
                "links", .words(["here-next"]), .words("none"),
                "Each element begins with its own offset and that of the next.", example: "here-next",
                beside: [("first", "u16le@6")], without: ["element"]),
            Key(
                "min_element", .number(1...65_535), .words("the two links"), "With `links`: the least bytes of one.",
                example: "8", beside: [("first", "u16le@6"), ("links", "here-next")], without: ["element"]),
            Key("element", .number(1...65_535), .words("required without `links`"), "The bytes of each.", example: "8"),
        ],
        bonds: [.oneOf(["links", "element"]), .needs("min_element", "links")])

    private static func packetAround(_ inside: String) -> String {
        "version: 1\nprotocol: part\nphases: [{ name: play, \(exampleFrame) }]\n"
            + "packets: { client: { CHAT: { opcode: 3, size: 16..64, \(inside) } } }\n"
    }

    static let counter: Mapping = Mapping(
        "counter", "a counter", "A counter", .game, around: packetAround("counter: <>"), beside: [("at", "u32le@4")],
        keys: [
            Key("at", .place, .required, "Where it stands.", example: "u32le@4"),
            Key("first", .number(), .value("0"), "What the first packet of this name carries.", example: "1"),
        ])

    static let checksum: Mapping = Mapping(
        "checksum", "a checksum", "A checksum", .game, around: packetAround("checksum: <>"),
        beside: [("at", "u32le@8"), ("hash", "crc32")],
        keys: [
            Key("at", .place, .required, "Where it stands.", example: "u32le@8"),
            Key(
                "hash", .words(["adler32", "crc32", "xor", "sum", "tera-integrity"]), .required, "How it is computed.",
                example: "adler32"),
            Key(
                "over",
                .text(
                    "`4..`, `..-2`, `4..-2`", "(-?\(Pattern.decimal))?\\.\\.(-[1-9][0-9]*)?",
                    expected: "a part of the packet such as 4.."),
                .words("the whole packet"), "The part it covers.", example: "4..-2"),
            Key(
                "seed", .signed(Int(Int32.min)...Int(Int32.max)), .words("none"), "For `tera-integrity`.",
                example: "-7", beside: [("hash", "tera-integrity")]),
        ])

    // MARK: Conditions

    /// One way in which a field can be as a condition says.
    static let test = Form.either(
        [.anyText, .mapping(textCondition)], shown: "a number, a range, `\"> N\"`, `not finite`, a text, bytes")

    /// Fields by name, and what they must be.
    static let fieldConditions = Form.entries(
        "names of fields, `FIELD.length` and `ARRAY.count`, each with [what it must be](fields.md#conditions)",
        keys: fieldPath, test.oneOrMore)

    static let textCondition: Mapping = Mapping(
        "text_condition", "a text's condition", "A condition on a text", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: first, \(exampleFrame), "
            + "next_on: { packet: CHAT, where: { message: <> } } }, { name: last }]\n"
            + "packets: { client: { CHAT: { opcode: 3, fields: { message: utf8z@4 } } } }\n",
        beside: [("contains", "abc")],
        keys: [
            Key(
                "text", .anyText, .words("one of these three"), "The text is this.", example: "Admin",
                without: ["contains"]),
            Key("contains", .anyText, .words("one of these three"), "This is in it.", example: "\"#21\""),
            Key(
                "matches", .anyText, .words("one of these three"),
                "This [pattern](fields.md#patterns) describes all of it.",
                example: "\"[0-9a-z]{5,20}\"", without: ["contains"]),
            Key("nocase", .flag, .value("false"), "`true`: ASCII letters count in both cases.", example: "true"),
        ],
        bonds: [.oneOf(["text", "contains", "matches"])])
}
