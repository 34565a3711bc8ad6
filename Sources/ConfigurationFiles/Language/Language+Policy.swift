import RuleEngine
import WireBytes

/// The mappings of `policies/NAME.yaml`.
extension Language {
    private static let rulesAround = "version: 1\npolicy: part\nprotocol: example\nrules: [<>]\n"

    private static func ruleAround(_ inside: String) -> String {
        rulesAround.replacingFirst("<>", with: "{ id: 100, name: r, packet: CHAT, \(inside) }")
    }

    static let policy: Mapping = Mapping(
        "policy", "a policy", "The policy", .policy, around: "<>",
        beside: [("version", "1"), ("policy", "part"), ("protocol", "example")],
        keys: [
            Key("version", version, .required, "The version of the language; the first key of the file.", example: "1"),
            Key("policy", .name, .required, "The name, which is also the file's.", example: "part"),
            Key("title", .anyText, .words("none"), "A text for people.", example: "\"Rules of an example\""),
            Key(
                "protocol", .name, .words("any"), "The protocol whose packets and phases the rules name.",
                example: "example"),
            Key(
                "unknown", unknown,
                .words(
                    "`{ client: \(Violation.unknown.defaultAction.inbound.name), "
                        + "server: \(Violation.unknown.defaultAction.outbound.name) }`"),
                "What happens to packets that no name covers.", example: "{ client: drop, server: pass }"),
            Key(
                "violations", .mapping(violations), .words("all defaults"),
                "What happens to what the protocol itself refuses.", example: "{ size: { action: drop, score: 2 } }"),
            Key(
                "rules", Form.mapping(rule).list(0...PolicyReader.ruleCountMax).orNothing, .words("none"),
                "The rules, asked from top to bottom.", example: "[{ id: 100, name: chat, packet: CHAT, action: drop }]"
            ),
        ])

    static let unknown = Form.either([answer, .mapping(unknownSides)])

    static let unknownSides: Mapping = Mapping(
        "unknown", "'unknown'", "Unknown packets of each side", .policy,
        around: "version: 1\npolicy: part\nprotocol: example\nunknown: <>\n",
        keys: [
            Key(
                "client", answer, .value(Violation.unknown.defaultAction.inbound.name), "Those of the client.",
                example: "drop"),
            Key(
                "server", answer, .value(Violation.unknown.defaultAction.outbound.name), "Those of the server.",
                example: "log"),
        ])

    static let violations: Mapping = Mapping(
        "violations", "'violations'", "Violations", .policy,
        around: "version: 1\npolicy: part\nprotocol: example\nviolations: <>\n",
        keys: Violation.allCases.map { violation in
            Key(
                violation.name, .either([possible(violation), .mapping(Self.violation)]),
                violation == .unknown
                    ? .words("see `unknown`") : .value(violation.defaultAction.inbound.name),
                "Rule \(violation.rawValue): \(violation.means).", example: "close")
        })

    /// What can be done about a violation: nothing is delayed, and nothing rewritten.
    static let answer = Form.either([possible(.unknown), .mapping(ban)])

    /// How long a ban lasts, or all that can be said of it.
    private static let banForm = Form.either([.duration, .mapping(banOrder)])

    static let banOrder: Mapping = Mapping(
        "ban_order", "a ban", "All of a ban", .policy, around: ruleAround("action: { ban: <> }"),
        beside: [("for", "1h")],
        keys: [
            Key(
                "for", .duration, .words("the ladder's lowest step"), "How long the first one lasts, 1s to 3650d.",
                example: "24h"),
            Key(
                "kind", .words(["soft", "hard"]), .value("hard"),
                "`soft`: new connections are refused, and of those that stand only the one that broke the rule ends; "
                    + "`hard`: all of them end.", example: "soft"),
            Key(
                "on", .words(["address", "account", "network"]), .value("address"),
                "Whom it shuts out; `account`: the account where it is known, and else the address.",
                example: "network"),
        ])

    static let ban: Mapping = Mapping(
        "ban", "an action", "A ban", .policy,
        around: "version: 1\npolicy: part\nprotocol: example\nviolations: { size: { action: <> } }\n",
        keys: [
            Key("ban", banForm, .required, "The address is banned for so long, 1s to 3650d.", example: "24h")
        ])

    private static func possible(_ violation: Violation) -> Form {
        .words(violation.possibleActions)
    }

    static let violation: Mapping = Mapping(
        "violation", "a violation", "A violation", .policy,
        around: "version: 1\npolicy: part\nprotocol: example\nviolations: { size: <> }\n",
        keys: [
            Key("action", answer, .words("as before"), "What happens.", example: "close"),
            Key("score", .points, .value("0"), "Points that the client's address gets for it.", example: "5"),
        ])

    // MARK: Rules

    static let action = Form.either([
        .words(["pass", "log", "drop", "delay", "close", "ban"]), .mapping(actionMapping),
    ])

    static let actionMapping: Mapping = Mapping(
        "action", "an action", "An action", .policy, around: ruleAround("action: <>"),
        keys: [
            Key("ban", banForm, .words("none"), "The address is banned for so long, 1s to 3650d.", example: "24h"),
            Key(
                "rewrite",
                .entries(
                    "names of fields, each with a [change](#a-change-of-a-field)", keys: fieldName, .mapping(edit)),
                .words("none"), "Fields of the packet are changed, and it goes on to the next rule.",
                example: "{ message: { truncate: 300 } }"),
        ],
        bonds: [.oneOf(["ban", "rewrite"])])

    private static let rewriteAround = ruleAround("action: { rewrite: { message: <> } }")

    static let edit: Mapping = Mapping(
        "edit", "a rewrite", "A change of a field", .policy, around: rewriteAround,
        keys: [
            Key(
                "set", Form.anyText.orNothing, .words("none"), "Puts this in the place of the value.",
                example: "nothing"),
            Key(
                "clamp", numberRange, .words("none"), "A number outside becomes the nearer end.", example: "0..1000",
                around: ruleAround("action: { rewrite: { channel: <> } }")),
            Key("truncate", .number(0...65_536), .words("none"), "Keeps so many characters, or bytes.", example: "300"),
            Key(
                "strip_tags", .mapping(stripTags), .words("none"), "Takes `<…>` out of a text.",
                example: "{ keep: [font] }"),
            Key(
                "strip_control", Form(shown: "`true`", schema: [("enum", .array([.flag(true), .text("true")]))]),
                .words("none"), "Takes out characters that are not shown but acted on.", example: "true"),
        ],
        bonds: [.anyOf(["set", "clamp", "truncate", "strip_tags", "strip_control"])])

    private static let numberRange = Form.text(
        "range", "-?\(Pattern.rangeEnd)\\.\\.-?\(Pattern.rangeEnd)", expected: "a range such as 0..100")

    static let stripTags: Mapping = Mapping(
        "strip_tags", "'strip_tags'", "Tags of a text", .policy,
        around: rewriteAround.replacingFirst("<>", with: "{ strip_tags: <> }"),
        keys: [
            Key(
                "keep",
                Form.text("name", "[A-Za-z0-9]{1,32}", types: ["string", "integer", "boolean"], least: 0)
                    .oneOrMore,
                .words("none"), "Tags of these names stay.", example: "[font, ChatLinkAction]")
        ])

    static let rule: Mapping = Mapping(
        "rule", "a rule", "A rule", .policy, around: rulesAround,
        beside: [("id", "100"), ("name", "r"), ("packet", "CHAT")],
        keys: [
            Key("id", .number(100...UInt64(UInt32.max)), .required, "Unique over all files.", example: "1001"),
            Key("name", .name, .required, "For people and logs.", example: "chat-flood"),
            Key("packet", Form.name.oneOrMore, .words("all packets"), "What it looks at.", example: "[CHAT, WHISPER]"),
            Key(
                "from", .words(["client", "server", "both"]), .words("the side of `packet`; else `client`"),
                "Whose packets it looks at.", example: "both", without: ["packet"]),
            Key(
                "where", .mapping(ruleConditions), .words("anything"), "What must hold besides.",
                example: "{ size: \"> 1000\" }"),
            Key(
                "where_not", .mapping(ruleConditions), .words("nothing"), "What must not hold.",
                example: "{ phase: login }"),
            Key(
                "not_after", .mapping(notAfter), .words("anything"),
                "Packets that must not have been forwarded shortly before.", example: "{ packet: MOVE, in: 5m }"),
            Key(
                "bytes", Form.mapping(pattern).oneOrMore, .words("anything"), "Bytes that must all be found.",
                example: "[{ hex: \"de ad ?? ef\", offset: 4, depth: 64 }]"),
            Key(
                "repeats", .mapping(repeats), .words("anything"),
                "How often the same packet, byte by byte, must have come.", example: "{ count: 3, in: 1s }"),
            Key(
                "limit", .mapping(limit), .words("none"), "The rule fires only on what is over this.",
                example: "{ rate: 2/s, burst: 10 }"),
            Key("action", action, .value("log"), "What happens when it fires.", example: "drop"),
            Key(
                "reply", .mapping(reply), .words("none"), "A packet for the client before `close` or `ban`.",
                example: "{ hex: \"04 00 09 00\" }", beside: [("action", "close")]),
            Key("score", .points, .value("0"), "Points that the client's address gets each time.", example: "0.5"),
            Key("mode", modes, .value("enforce"), "`shadow`: only says what it would have done.", example: "shadow"),
        ])

    static let ruleConditions: Mapping = Mapping(
        "condition", "a condition", "A condition", .policy, around: ruleAround("where: <>"),
        keys: [
            Key(
                "size", sizeCondition.oneOrMore, .words("any"), "Bytes of the whole packet.",
                example: "[8, 16..32, \"> 1000\"]"),
            Key("phase", Form.name.oneOrMore, .words("any"), "The phase the connection is in.", example: "world"),
            Key("country", country.oneOrMore, .words("any"), "The client's country.", example: "[DE, AT]"),
            Key(
                "asn", networkOperator.oneOrMore, .words("any"), "The client's network operator.",
                example: "[64496, hosting]"),
            Key("hosting", .flag, .words("any"), "Whether that operator rents out servers.", example: "true"),
            Key(
                "list", Form.name.oneOrMore, .words("any"), "The lists of the service of which one holds the client.",
                example: "proxies"),
        ],
        others: (fieldPath, test.oneOrMore, "A [field](fields.md#conditions) of the packet.", "channel: \"> 5\""))

    private static let sizeCondition = Form.text(
        "number, range or `\"> N\"`",
        "\(Pattern.decimal)(\\.\\.\(Pattern.decimal))?|(<|<=|>|>=) *\(Pattern.decimal)", types: ["string", "integer"],
        least: 0, most: Int.max - 1,
        expected: "a size such as 43, 8..128 or \"> 1000\"")

    static let notAfter: Mapping = Mapping(
        "not_after", "'not_after'", "A step that was left out", .policy, around: ruleAround("not_after: <>"),
        beside: [("packet", "MOVE"), ("in", "5m")],
        keys: [
            Key("packet", Form.name.oneOrMore, .required, "Any of them is enough.", example: "[MOVE, TRADE]"),
            Key("in", .duration, .required, "One that was forwarded so long ago still counts.", example: "10s"),
        ])

    static let repeats: Mapping = Mapping(
        "repeats", "'repeats'", "Equal packets", .policy, around: ruleAround("repeats: <>"),
        beside: [("count", "2"), ("in", "100ms")],
        keys: [
            Key(
                "count", .number(UInt64(Repeats.counts.lowerBound)...UInt64(Repeats.counts.upperBound)), .required,
                "So many equal packets, this one included.", example: "3"),
            Key("in", .duration, .required, "All of them within this time.", example: "1s"),
        ])

    // MARK: Bytes

    private static let encodings = Form.words(["utf8", "ascii", "utf16le", "utf16be"])

    private static let bytesKeys = [
        Key(
            "hex", .hexPattern, .words("this or `text`"), "Bytes, of which `?` leaves half a one open.",
            example: "\"de ad ?? e?\""),
        Key(
            "text", .anyText, .words("this or `hex`"), "A text.", example: "\"!toolbox\"",
            beside: [("encoding", "utf16le")], without: ["hex"]),
        Key(
            "encoding", encodings, .words("required with `text`"), "How its characters are written.", example: "utf8",
            beside: [("text", "abc")], without: ["hex"]),
    ]
    private static let bytesBonds: [Mapping.Bond] = [
        .oneOf(["hex", "text"]), .needs("text", "encoding"), .needs("encoding", "text"),
    ]

    static let pattern: Mapping = Mapping(
        "pattern", "a pattern", "A pattern of bytes", .policy,
        around: ruleAround("bytes: [{ hex: \"01 02\" }, <>]"), beside: [("hex", "\"de ad\"")],
        keys: bytesKeys + [
            Key("offset", window(0), .value("0"), "Begins at or behind this byte of the packet.", example: "4"),
            Key(
                "depth", window(1), .words("to the packet's end"), "Ends within so many bytes behind `offset`.",
                example: "64"),
            Key(
                "distance", window(0), .words("anywhere"),
                "Begins at least so many bytes behind the pattern before it.", example: "2"),
            Key(
                "within", window(1), .words("anywhere"), "Ends within so many bytes behind the pattern before it.",
                example: "40"),
            Key("nocase", .flag, .value("false"), "`true`: ASCII letters match in either case.", example: "true"),
        ],
        bonds: bytesBonds
            + ["offset", "depth"].flatMap { absolute in
                ["distance", "within"].map { .notBoth(absolute, $0) }
            })

    private static func window(_ least: UInt64) -> Form { .bytes(least...UInt64(PatternReader.inspectedByteCountMax)) }

    static let reply: Mapping = Mapping(
        "reply", "a reply", "A reply", .policy, around: ruleAround("action: close, reply: <>"),
        beside: [("hex", "\"04 00 09 00\"")],
        keys: bytesKeys.map { key in
            key.name == "hex" ? Key("hex", .hexBytes, key.standard, "The bytes.", example: "\"04 00 09 00\"") : key
        }, bonds: bytesBonds)

    // MARK: Limits

    private static let scopes = ["connection", "address", "network", "listener", "account", "packet"]

    static let limit: Mapping = Mapping(
        "limit", "a limit", "A limit", .policy,
        around: "version: 1\npolicy: part\nprotocol: example\nrules: [{ id: 100, name: r, limit: <> }]\n",
        beside: [("rate", "80/s")],
        keys: [
            Key(
                "count", .words(["packets", "bytes", "connections", "open"]), .value("packets"), "What is counted.",
                example: "connections", beside: [("per", "address")]),
            Key(
                "per", Form.words(scopes).oneOrMore, .value("connection"), "Who has a bucket together.",
                example: "[connection, packet]"),
            Key(
                "rate", .either([.rate, .byteRate]), .words("required, but not for `open`"),
                "What comes back to the bucket.", example: "5/10m"),
            Key(
                "burst", .either([.number(1...Rate.amountMax), .size]), .words("one second's rate, at least 1"),
                "What the bucket holds.", example: "160"),
            Key(
                "most", .number(1...Rate.amountMax), .words("required for `open`"), "So many connections at once.",
                example: "64", beside: [("count", "open"), ("per", "address")], without: ["rate"]),
        ],
        bonds: [
            .oneOf(["rate", "most"]), .notBoth("most", "burst"),
            .when(
                "count", "bytes", then: [("rate", .byteRate), ("burst", .size)],
                otherwise: [("rate", .rate), ("burst", .number(1...Rate.amountMax))]),
        ])
}

extension Violation {
    /// When it happens.
    var means: String {
        switch self {
        case .framing: "a length, mark or delimiter that fits no frame"
        case .size: "a size that the packet's entry does not allow"
        case .phase: "a packet that the phase does not accept"
        case .malformed: "a packet that ends before its opcode does, or is not as its fields and arrays say"
        case .timeout: "a packet or a phase took too long"
        case .unknown: "a packet that no name covers"
        case .proxyHeader: "a wrong or missing PROXY header from a trusted source"
        case .preamble: "other bytes than the preamble's"
        case .inflate: "a compressed part that is corrupt, or becomes more than its bound"
        case .counter: "a counter that is not one more than the last"
        case .checksum: "a checksum other than the packet's bytes give"
        }
    }
}
