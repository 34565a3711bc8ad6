/// The forms of frames and opcodes.
extension Language {
    static let frame = Form.either(
        plainFrames.map { .mapping($0) } + [.mapping(selectFrame), .words(["none"])],
        shown: "a [frame](protocols.md#frames), or `none`")
    private static let plainFrames = [lengthFrame, varintFrame, tableFrame, markedFrame, delimitedFrame]

    private static func around(_ more: String = "") -> String {
        "version: 1\nprotocol: part\nphases: [{ name: play, frame: <>\(more) }]\n"
    }

    private static let frameBytes = Form.bytes(1...UInt64(FrameReader.byteCountMaxMost))

    private static let bounds = [
        Key("min", frameBytes, .words("where the header ends"), "The least bytes of a whole packet.", example: "8"),
        Key(
            "max", frameBytes, .words("what the length can say, at most \(FrameReader.byteCountMaxDefault)"),
            "The most bytes of a whole packet.", example: "4KiB"),
        Key(
            "also", Form.number(1...UInt64(FrameReader.byteCountMaxMost)).list, .words("none"),
            "Sizes outside these bounds that are packets all the same.", example: "[6]"),
    ]

    /// What more than two bytes can say is no bound.
    private static let wideNeedsMax: Mapping.Bond = .needsWhere("length", like: "^u(24|32|64)", "max")

    private static let counts = Key(
        "counts", .words(["packet", "payload"]), .words("this or `adjust` is required"),
        "What the number counts: the whole packet, or what follows the field.", example: "payload")

    private static let adjust = Form.signed(-65_536...65_536)

    /// `counts`, `adjust` and what else belongs to a length.
    static let lengthKeys = [
        counts,
        Key(
            "adjust", adjust, .words("this or `counts` is required"),
            "What is added to the number to reach the whole packet.", example: "6", without: ["counts"]),
        Key(
            "times", .number(1...65_536), .value("1"), "How many bytes each of what the number counts has.",
            example: "4"),
        Key(
            "mask", .number(1...UInt64.max), .words("all bits"), "The bits of the number that count.", example: "0x7fff"
        ),
        Key(
            "xor", .placed, .words("none"), "A field of the same width that the number is combined with.",
            example: "u16le@2"),
        Key(
            "align", .mapping(alignment), .words("not rounded"), "When the size is rounded up.",
            example: "{ when: 0x8000, to: 8 }"),
    ]

    static let lengthFrame: Mapping = Mapping(
        "length_frame", "a frame", "A frame with a length", .game, around: around(),
        beside: [("length", "u16le@0"), ("counts", "packet")],
        keys: [
            Key("length", .placed, .required, "Where the length stands.", example: "u16be@0")
        ] + lengthKeys + [
            Key(
                "escapes", Form.mapping(escape).list(0...Int.max), .words("none"),
                "Values of the number that mean something else.",
                example: "[{ equals: 0xffff, length: u32be@2, counts: packet }]", beside: [("max", "1MiB")])
        ] + bounds,
        bonds: [.oneOf(["counts", "adjust"]), wideNeedsMax])

    static let escape: Mapping = Mapping(
        "escape", "an escape", "An escape of a length", .game,
        around: around().replacingFirst("<>", with: "{ length: u16le@0, counts: packet, max: 1MiB, escapes: [<>] }"),
        beside: [("equals", "0xffff"), ("length", "u32le@2"), ("counts", "packet")],
        keys: [
            Key("equals", .number(), .words("one of these three"), "The number is this.", example: "0xffff"),
            Key(
                "at_least", .number(), .words("one of these three"), "It is this or more.", example: "0x8000",
                without: ["equals"]),
            Key(
                "bits", .number(), .words("one of these three"), "It has one of these bits.", example: "0x8000",
                without: ["equals"]),
            Key(
                "length", .placed, .words("the same field again"), "The field that is read instead.", example: "u24le@2"
            ),
        ]
            + lengthKeys.map { key in
                // The other field must be as wide as the escape's own.
                key.name == "xor"
                    ? Key(key.name, key.form, key.standard, key.means, example: "u32le@6") : key
            },
        bonds: [.oneOf(["counts", "adjust"]), .oneOf(["equals", "at_least", "bits"])])

    static let alignment: Mapping = Mapping(
        "alignment", "an alignment", "Rounding of a size", .game,
        around: around().replacingFirst("<>", with: "{ length: u16le@0, counts: packet, align: <> }"),
        beside: [("when", "0x8000"), ("to", "8")],
        keys: [
            Key(
                "when", .number(), .required, "Bits of the number, before `mask`, of which one is set.",
                example: "0x8000"),
            Key("to", powerOfTwo, .required, "The multiple, a power of two up to 4096.", example: "8"),
            Key(
                "exempt", .number(0...4_096), .words("up to the end of the field"), "Bytes that are not rounded.",
                example: "6"),
        ])

    private static let powerOfTwo = Form(
        shown: "number",
        schema: [
            ("type", .texts(["integer", "string"])), ("minimum", .number(1)), ("maximum", .number(4_096)),
            ("pattern", .text("^(" + (0...12).map { "\(1 << $0)" }.joined(separator: "|") + ")$")),
        ])

    static let varintFrame: Mapping = Mapping(
        "varint_frame", "a frame with a varint", "A frame with a varint", .game, around: around(),
        beside: [("length", "varint(3)@0"), ("counts", "payload"), ("max", "2MiB")],
        keys: [
            Key(
                "length",
                .text(
                    "`varint(N)@OFFSET`", "varint\\([1-9]\\)@" + Pattern.decimal,
                    expected: "a length such as varint(3)@0"),
                .required, "Where the length stands, and its most bytes.", example: "varint(3)@0"),
            Key(counts.name, counts.form, .required, counts.means, example: counts.example),
            Key("adjust", adjust, .value("0"), "What is added besides.", example: "-1"),
        ] + bounds.map { $0.name == "max" ? Key("max", frameBytes, .required, $0.means, example: "2MiB") : $0 })

    static let tableFrame: Mapping = Mapping(
        "table_frame", "a table frame", "A table of sizes", .game, around: around(", opcode: u16le@0"),
        beside: [("table", "true")],
        keys: [
            Key(
                "table", Form(shown: "`true`", schema: [("enum", .array([.flag(true), .text("true")]))]), .required,
                "Each packet's entry says its size.", example: "true")
        ] + bounds)

    static let markedFrame: Mapping = Mapping(
        "marked_frame", "a frame between marks", "A frame between marks", .game, around: around(),
        beside: [("starts", "\"aa 55\""), ("length", "u16le@2"), ("counts", "packet")],
        keys: [
            Key("starts", .hexPattern, .required, "The packet's first bytes.", example: "\"aa 55\""),
            Key(
                "ends", .hexPattern, .words("none"), "Its last bytes.", example: "\"55 aa\"",
                beside: [("max", "1024")]),
            Key("length", .placed, .required, "Where the length stands.", example: "u16le@2"),
        ] + lengthKeys + bounds,
        bonds: [.oneOf(["counts", "adjust"]), wideNeedsMax])

    static let delimitedFrame: Mapping = Mapping(
        "delimited_frame", "a delimited frame", "A frame up to a delimiter", .game, around: around(),
        beside: [("until", "\"0a\""), ("max", "4KiB")],
        keys: [Key("until", .hexBytes, .required, "The bytes that end it.", example: "\"0d 0a\"")]
            + bounds.map { $0.name == "max" ? Key("max", frameBytes, .required, $0.means, example: "4KiB") : $0 })

    static let selectFrame: Mapping = Mapping(
        "select_frame", "a frame by its first bytes", "A frame by its first bytes", .game, around: around(),
        beside: [("select", "u8@0"), ("cases", "{ 0xc1: { length: u8@1, counts: packet } }")],
        keys: [
            Key("select", .placed, .required, "The field that chooses.", example: "u8@0"),
            Key("mask", .number(), .words("all bits"), "The bits of it that count.", example: "0xff"),
            Key("shift", .number(0...63), .value("0"), "How far they are then moved to the right.", example: "0"),
            Key(
                "cases",
                .entries(
                    "numbers, each with a [frame](protocols.md#frames)", keys: Pattern.decimalOrHex,
                    .either(plainFrames.map { .mapping($0) })),
                .required, "The frame for each value.",
                example: "{ 0xc1: { length: u8@1, counts: packet }, 0xc2: { length: u16be@1, counts: packet } }"),
            Key(
                "otherwise", .either(plainFrames.map { .mapping($0) }, shown: "a [frame](protocols.md#frames)"),
                .words("the violation `framing`"), "The frame for every other value.",
                example: "{ until: \"0a\", max: 64 }"),
        ] + bounds)

    // MARK: Opcodes

    private static let opcodePlace = Form.text(
        "`TYPE@OFFSET`, `varint@OFFSET`, `TYPE@after-length`, `varint@after-length`, `word@OFFSET`",
        "(\(Pattern.integerType)|varint)@(\(Pattern.decimal)|after-length)|word@" + Pattern.decimal,
        expected: "an opcode such as u16le@2")

    static let opcodeForm = Form.either([opcodePlace, .mapping(opcode), .words(["none"])])

    private static let opcodeAround =
        "version: 1\nprotocol: part\n"
        + "phases: [{ name: play, frame: { length: u16le@0, counts: packet, min: 8 }, opcode: <> }]\n"

    static let opcode: Mapping = Mapping(
        "opcode", "an opcode", "An opcode", .game,
        around: opcodeAround,
        beside: [("at", "u16le@2")],
        keys: [
            Key("at", opcodePlace, .required, "Where it stands.", example: "u16le@2"),
            Key("mask", .number(), .words("all bits"), "The bits that count.", example: "0xfff0"),
            Key("shift", .number(0...63), .value("0"), "How far they are then moved to the right.", example: "4"),
            Key(
                "plus", .number(0...(1 << 62)), .value("0"), "Then this is added.", example: "0x1000"),
            Key(
                "sub", .mapping(subOpcode), .words("none"), "Where some opcodes have a second number.",
                example: "{ when: [0xd0], opcode: u8@4 }"),
        ])

    static let subOpcode: Mapping = Mapping(
        "sub_opcode", "a sub-opcode", "A sub-opcode", .game,
        around: opcodeAround.replacingFirst("<>", with: "{ at: u16le@2, sub: <> }"),
        beside: [("when", "[0xd0]"), ("opcode", "u8@4")],
        keys: [
            Key("when", Form.number().list(1...256), .required, "The opcodes that have one.", example: "[0xd0, 0xd1]"),
            Key("opcode", .placed, .required, "Where it stands.", example: "u16le@4"),
        ])
}
