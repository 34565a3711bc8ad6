import StreamCiphers

/// The mappings of `protocols/NAME.yaml` about phases; frames and packets have files of their own.
extension Language {
    /// A file with a phase and two packets of the client, one of the server.
    static let exampleFrame =
        "frame: { length: u16le@0, counts: packet, min: 4, max: 1024, also: [2] }, opcode: u16le@2"

    static let game: Mapping = Mapping(
        "protocol", "a protocol", "The protocol", .game, around: "<>",
        beside: [
            ("version", "1"), ("protocol", "part"), ("phases", "[{ name: play, \(exampleFrame) }]"),
        ],
        keys: [
            Key("version", version, .required, "The version of the language; the first key of the file.", example: "1"),
            Key("protocol", .name, .required, "The name, which is also the file's.", example: "part"),
            Key("title", .anyText, .words("none"), "A text for people.", example: "\"Example 1.0\""),
            Key(
                "phases", Form.mapping(phase).list(1...PhaseReader.phaseCountMax), .required,
                "The stages of a connection's life, the first one first.",
                example: "[{ name: play, frame: { length: u16le@0, counts: packet, min: 4 }, opcode: u16le@2 }]"),
            Key(
                "packets", .mapping(packets), .words("none"), "The packets that have a name.",
                example: "{ client: { CHAT: { opcode: 3, size: 6..512 } } }"),
            Key(
                "login", .mapping(login), .words("nobody knows"), "With which packets a login has succeeded.",
                example: "{ success: WELCOME }",
                beside: [("packets", "{ server: { WELCOME: { opcode: 4 } } }")]),
            Key(
                "opcodes", .either([.path, .mapping(opcodes)]), .words("all stand in `packets`"),
                "Files of `NAME NUMBER` lines that give packets their numbers.", example: "maps/one.map"),
            Key(
                "inflate_max", .size, .value(Shown.size(InflationReader.byteCountMaxDefault)),
                "What compressed packets may inflate to, at most 16MiB.", example: "64KiB",
                beside: [("phases", "[{ name: play, \(exampleFrame), inflate: zlib }]")]),
            Key(
                "unknown", unknown, .words("what policies say"),
                "What it suggests for packets that no name covers.", example: "{ client: drop, server: pass }"),
        ])

    private static let loginAround =
        "version: 1\nprotocol: part\nphases: [{ name: play, \(exampleFrame) }]\nlogin: <>\n"
        + "packets: { server: { WELCOME: { opcode: 4, size: 8, fields: { status: u8@4 } } } }\n"

    static let login: Mapping = Mapping(
        "login", "'login'", "Logins", .game, around: loginAround,
        keys: [
            Key(
                "success", Form.either([.name, .mapping(loginSuccess)]).oneOrMore, .required,
                "A packet of the server, or some: with any of them a login has succeeded.", example: "WELCOME")
        ])

    static let loginSuccess: Mapping = Mapping(
        "login_success", "the end of a login", "The end of a login", .game,
        around: loginAround.replacingFirst("<>", with: "{ success: <> }"), beside: [("packet", "WELCOME")],
        keys: [
            Key("packet", .name, .required, "The packet.", example: "WELCOME"),
            Key(
                "where", fieldConditions, .words("anything"), "What its fields must be, too.",
                example: "{ status: 1 }"),
            Key(
                "where_not", fieldConditions, .words("nothing"), "What they must not be.",
                example: "{ status: [0, 3..255] }"),
        ])

    private static let opcodesAround =
        "version: 1\nprotocol: part\nphases: [{ name: play, \(exampleFrame) }]\nopcodes: <>\n"
        + "packets: { client: { C_VERSION: { opcode: 1, size: 8, fields: { version: u32le@4 } } } }\n"

    static let opcodes: Mapping = Mapping(
        "opcodes", "'opcodes'", "Opcode maps", .game,
        around: opcodesAround,
        beside: [
            ("version", "{ packet: C_VERSION, field: version }"), ("maps", "{ 1: maps/one.map, 2: maps/two.map }"),
        ],
        keys: [
            Key(
                "map", .path, .words("none"), "The only map.", example: "maps/one.map", without: ["version", "maps"]),
            Key(
                "version", .mapping(versionSelector), .words("needed with `maps`"),
                "The field that says which map a connection has.", example: "{ packet: C_VERSION, field: version }"),
            Key(
                "maps", .entries("numbers of versions, each with a path", keys: Pattern.decimalOrHex, .path),
                .words("none"), "Maps by the number of their version.",
                example: "{ 366226: maps/one.map, 367081: maps/two.map }"),
            Key(
                "otherwise", .number(), .words("packets keep the names they have without a map"),
                "The version that holds for every other number.", example: "2"),
            Key(
                "prefix", .mapping(prefixes), .words("`{ client: C_, server: S_ }`"),
                "How the names of each side's packets begin.", example: "{ client: C, server: S }"),
        ],
        bonds: [
            .oneOf(["map", "maps"]), .notBoth("map", "version"), .notBoth("map", "otherwise"),
            .needs("maps", "version"),
        ])

    static let versionSelector: Mapping = Mapping(
        "version", "'version'", "The version of a connection", .game,
        around: opcodesAround.replacingFirst("<>", with: "{ version: <>, maps: { 1: maps/one.map } }"),
        beside: [("packet", "C_VERSION"), ("field", "version")],
        keys: [
            Key("packet", .name, .required, "The packet that tells it.", example: "C_VERSION"),
            Key("field", .name, .required, "Its field, a whole number.", example: "version"),
        ])

    static let prefixes: Mapping = Mapping(
        "prefix", "'prefix'", "Prefixes of names", .game,
        around: opcodesAround.replacingFirst("<>", with: "{ map: maps/one.map, prefix: <> }"),
        keys: [
            Key("client", .name, .value("C_"), "How names of the client's packets begin.", example: "C"),
            Key("server", .name, .value("S_"), "How names of the server's packets begin.", example: "SERVER_"),
        ])

    static let phase: Mapping = Mapping(
        "phase", "a phase", "A phase", .game,
        around: "version: 1\nprotocol: part\n"
            + "phases: [{ name: before, \(exampleFrame), next_on: { packet: CHAT } }, <>]\n"
            + "packets: { client: { CHAT: { opcode: 3 } }, server: { WELCOME: { opcode: 4 } } }\n",
        beside: [("name", "first")],
        keys: [
            Key("name", .name, .required, "Unique; rules and logs use it.", example: "login"),
            Key(
                "deadline", .duration, .words("none"), "Who stays longer in this phase gets the violation `timeout`.",
                example: "30s"),
            Key(
                "preamble", Form.mapping(preambleStep).list, .words("none"),
                "Raw bytes before the first packet of the phase.",
                example: "[{ from: client, equals: \"48 45 4c 4f\" }]"),
            Key(
                "frame", bySide(frame), .words("the phase's before"), "How the stream is cut.",
                example: "{ length: u16be@0, counts: payload, min: 4 }"),
            Key(
                "opcode", bySide(opcodeForm), .words("the phase's before"),
                "Where a packet says what it is.", example: "u16be@2"),
            Key(
                "cipher", .either([.mapping(cipher), .words(["none"])]), .words("the phase's before"),
                "How the bytes behind the preamble are enciphered.", example: "{ name: xor, key: \"a5 5a\" }"),
            Key(
                "inflate", bySide(.either([inflationFormat, .mapping(inflation), .words(["none"])])),
                .words("the phase's before"), "Which part of each packet is compressed.", example: "zlib"),
            Key(
                "opaque", .flag, .value("false"), "`true`: from here on the bytes are not cut.", example: "true"),
            Key(
                "accept", .mapping(accept), .words("all"), "The packets that may be sent.",
                example: "{ client: [CHAT] }"),
            Key(
                "next_on", Form.mapping(transition).orList, .words("none"), "The packets that lead to another phase.",
                example: "{ packet: WELCOME, goto: before }"),
        ])

    /// What holds for both sides, or `client` and `server` apart.
    static func bySide(_ form: Form) -> Form {
        .either(
            [
                form,
                Form(
                    shown: "`client` and `server` apart",
                    schema: [
                        ("type", .text("object")),
                        ("properties", .object(sides.map { ($0, form.json) })), ("additionalProperties", .flag(false)),
                        ("minProperties", .number(1)),
                    ], mappings: form.mappings),
            ])
    }

    // MARK: Preambles

    private static let stepBytes = Form.bytes(1...UInt64(PreambleReader.stepByteCountMax))

    private static let preamble = [
        Key(
            "bytes", stepBytes, .words("as many as `equals` has"), "How many bytes.", example: "16", without: ["equals"]
        ),
        Key(
            "equals", .hexPattern, .words("any"), "What they must be.", example: "\"05 0?\"", without: ["bytes"]),
        Key(
            "until", .hexBytes, .words("none"), "Instead of `bytes`: up to and including these bytes.",
            example: "\"0d 0a\"", beside: [("max", "64")], without: ["bytes", "equals"]),
        Key(
            "max", stepBytes, .words("required with `until`"), "Where `until` must have come.", example: "4KiB",
            beside: [("until", "\"0a\"")], without: ["bytes", "equals"]),
    ]

    private static let preambleBonds: [Mapping.Bond] = [
        .needs("until", "max"), .needs("max", "until"), .notBoth("until", "bytes"), .notBoth("until", "equals"),
    ]

    static let preambleStep: Mapping = Mapping(
        "preamble_step", "a preamble step", "A step of a preamble", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: first, preamble: [<>], \(exampleFrame) }]\n",
        beside: [("from", "client"), ("bytes", "4")],
        keys: [
            Key("from", .words(sides), .required, "Who sends it.", example: "server"),
            Key(
                "as", .name, .words("not kept"), "The name under which the bytes are kept for a cipher.", example: "key"
            ),
            Key(
                "either", Form.mapping(alternative).list(2...Int.max), .words("none"),
                "Instead: alternatives, of which the first that fits is taken.",
                example: "[{ starts: \"05\", bytes: 3 }, { bytes: 8 }]", without: ["bytes"]),
        ] + preamble,
        bonds: preambleBonds + [
            .notBoth("either", "bytes"), .notBoth("either", "equals"), .notBoth("either", "until"),
            .notBoth("either", "max"), .anyOf(["bytes", "equals", "until", "either"]),
        ])

    static let alternative: Mapping = Mapping(
        "alternative", "an alternative", "An alternative of a preamble", .game,
        around: "version: 1\nprotocol: part\n"
            + "phases: [{ name: first, preamble: [{ from: client, either: [{ equals: \"ff ff\" }, <>] }], "
            + "\(exampleFrame) }]\n",
        beside: [("bytes", "4")],
        keys: [
            Key("starts", .hexPattern, .words("anything"), "Its first bytes, by which it is chosen.", example: "\"05\"")
        ] + preamble,
        bonds: preambleBonds + [.anyOf(["bytes", "equals", "until"])])

    // MARK: Compressed packets

    private static let inflationFormat = Form.words(["zlib", "gzip", "deflate"])

    static let inflation: Mapping = Mapping(
        "inflation", "a compressed part", "A compressed part", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: first, \(exampleFrame), inflate: <> }]\n",
        beside: [("with", "zlib")],
        keys: [
            Key("with", inflationFormat, .required, "How it is compressed.", example: "gzip"),
            Key(
                "at",
                .text(
                    "offset, or `after-length`", "\(Pattern.decimal)|after-length", types: ["string", "integer"],
                    least: 0, most: Int(PlacedField.offsetMax)),
                .value("after-length"), "Where it begins.", example: "4"),
            Key(
                "size", .words(["varint"]), .words("none"), "A number before it that says how long it becomes, or 0.",
                example: "varint"),
            Key(
                "max", .size, .words("`inflate_max` of the protocol"), "What it may inflate to, at most 16MiB.",
                example: "64KiB"),
        ])

    // MARK: Ciphers

    private static let cipherAround =
        "version: 1\nprotocol: part\nphases: [{ name: first, preamble: [{ from: client, bytes: 16, as: k }], "
        + "\(exampleFrame), cipher: <> }]\n"

    static let cipher: Mapping = Mapping(
        "cipher", "a cipher", "A cipher", .game, around: cipherAround,
        beside: [("name", "rc4"), ("keys", "[k]")],
        keys: [
            Key("name", .words(CipherScheme.all.map(\.name)), .required, "Which cipher.", example: "rc4"),
            Key(
                "keys", Form.name.list, .words("none"), "Names under which preambles keep the keys.", example: "[k]"),
            Key(
                "key", .either([.hexBytes, .mapping(cipherKeys)]), .words("none"), "Instead of `keys`: a fixed secret.",
                example: "\"a5 5a 01\"", without: ["keys"]),
            Key(
                "drop", .bytes(0...UInt64(CipherReader.dropByteCountMax)), .value("0"),
                "For `rc4`: bytes of the keystream that are not used.", example: "1KiB"),
            Key(
                "applies",
                .text(
                    "`stream`, `header`, `payload`, `\"from N\"`, `\"first N\"`",
                    "stream|header|payload|from +\(Pattern.decimal)|first +[1-9][0-9]*",
                    expected: "stream, header, payload, \"from 4\" or \"first 4\""),
                .value("stream"), "What is enciphered.", example: "\"from 2\""),
        ],
        bonds: [.oneOf(["keys", "key"])])

    static let cipherKeys: Mapping = Mapping(
        "cipher_keys", "a pair of keys", "A key for each side", .game,
        around: cipherAround.replacingFirst("<>", with: "{ name: xor, key: <> }"),
        beside: [("client", "\"01 02\""), ("server", "\"03 04\"")],
        keys: [
            Key("client", .hexBytes, .required, "For what the client sends.", example: "\"c2 b3 72 3c\""),
            Key("server", .hexBytes, .required, "For what the server sends.", example: "\"cc 98 ae 04\""),
        ])

    // MARK: What leads on

    static let accept: Mapping = Mapping(
        "accept", "'accept'", "Packets that a phase accepts", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: first, \(exampleFrame), accept: <> }]\n"
            + "packets: { client: { CHAT: { opcode: 3 } }, server: { WELCOME: { opcode: 4 } } }\n",
        keys: [
            Key("client", Form.name.oneOrMore, .words("all"), "Those of the client.", example: "[CHAT]"),
            Key("server", Form.name.oneOrMore, .words("all"), "Those of the server.", example: "WELCOME"),
        ])

    static let transition: Mapping = Mapping(
        "transition", "a transition", "A way to another phase", .game,
        around: "version: 1\nprotocol: part\nphases: [{ name: first, \(exampleFrame), next_on: <> }, { name: last }]\n"
            + "packets: { client: { CHAT: { opcode: 3 } }, "
            + "server: { WELCOME: { opcode: 4, size: 8, fields: { status: u8@4 } } } }\n",
        beside: [("packet", "WELCOME")],
        keys: [
            Key("packet", Form.name.oneOrMore, .required, "The packet.", example: "WELCOME"),
            Key(
                "from", .words(sides), .words("the side that has it"), "Needed where both sides have it.",
                example: "server"),
            Key(
                "where", fieldConditions, .words("anything"), "What its fields must be, too.",
                example: "{ status: 1 }"),
            Key(
                "where_not", fieldConditions, .words("nothing"), "What they must not be.",
                example: "{ status: [0, 3..255] }"),
            Key("goto", .name, .words("the next phase"), "The phase it leads to.", example: "last"),
            Key(
                "other_side_after", .name, .words("the other side's next packet"),
                "A packet of the other side, after which that side follows.", example: "CHAT"),
        ])
}

extension Form {
    /// One, or a list that may be empty.
    var orList: Form { .either([self, list(0...Int.max)], shown: "\(shown), or a list") }
}

extension String {
    func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
