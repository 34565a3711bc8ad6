import Settings

/// What the service's file says of attacks, gates and known players.
extension Language {
    private static let attackDefaults = UnderAttackSettings(limits: StrangerLimits(name: ""))
    private static let gateDefaults = GateSettings(openedBy: "")
    private static let knownDefaults = KnownPlayersSettings()

    private static let presetAround =
        "version: 1\npresets: { siege: <> }\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
        + "under_attack: { limits: siege, when: { new: 200/s } } }]\n"
    private static let attackAround =
        "version: 1\npresets: { siege: { new: 50/s } }\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
        + "under_attack: <> }]\n"
    private static let whenAround =
        "version: 1\npresets: { siege: { new: 50/s } }\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
        + "under_attack: { limits: siege, when: <> } }]\n"
    private static let gateAround =
        "version: 1\nlisteners: [{ name: login, bind: 127.0.0.1:3, protocol: login, to: 127.0.0.1:4 }, "
        + "{ name: a, bind: 127.0.0.1:1, protocol: login, to: 127.0.0.1:2, gate: <> }]\n"
    private static let knownAround =
        "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { known: <> }\n"

    /// Connections are counted, and not in parts of a second.
    private static let frequency = Form.text(
        "rate", "[1-9][0-9]{0,6}/([1-9][0-9]* ?)?(ms|s|m|h)", expected: "a rate such as 50/s")

    /// The key of the service.
    static let presetsKey = Key(
        "presets",
        Form.entries(
            "names of presets, each with a [preset](#a-preset)", keys: Pattern.name, .mapping(preset), least: 0
        ).orNothing,
        .words("none"), "Limits on strangers for the time of an attack, by names that `under_attack` gives.",
        example: "{ siege: { open: 2000, new: 50/s } }",
        beside: [
            (
                "listeners",
                "[{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
                    + "under_attack: { limits: siege, when: { new: 200/s } } }]"
            )
        ])

    /// The keys of a listener.
    static let attackKeys = [
        Key(
            "under_attack", .mapping(underAttack), .words("it never is"),
            "When it is under attack, and which limits strangers are held to then.",
            example: "{ limits: siege, when: { new: 200/s } }",
            around: "version: 1\npresets: { siege: { new: 50/s } }\nlisteners: [<>]\n"),
        Key(
            "gate", .mapping(gate), .words("anybody may come"),
            "On which other listener a player must have logged in first.", example: "{ opened_by: login }",
            around: "version: 1\nlisteners: [{ name: login, bind: 127.0.0.1:3, protocol: login, to: 127.0.0.1:4 }, "
                + "<>]\n"),
    ]

    /// The key of the reputation.
    static let knownKey = Key(
        "known", .mapping(known), .words("all defaults"),
        "Who is remembered as a player, and let in as always while a listener is under attack.",
        example: "{ after: 10m }")

    static let preset: Mapping = Mapping(
        "preset", "a preset", "A preset", .service, around: presetAround, beside: [("handshake", "5s")],
        keys: [
            Key(
                "open", .number(1...10_000_000), .words("not limited"),
                "Strangers connected at once; less than the listener's `limits.open`.", example: "2000"),
            Key(
                "new", frequency, .words("not limited"), "New strangers, all together; counted over 1s to 1h.",
                example: "50/s"),
            Key(
                "new_per_address", frequency, .words("not limited"),
                "New strangers of one address; counted over 1s to 1h.", example: "2/s"),
            Key(
                "handshake", .duration, .words("not limited"), "How long a stranger's handshake may last.",
                example: "5s"),
        ], bonds: [.anyOf(["open", "new", "new_per_address", "handshake"])])

    static let underAttack: Mapping = Mapping(
        "under_attack", "'under_attack'", "Under attack", .service, around: attackAround,
        beside: [("limits", "siege"), ("when", "{ new: 200/s }")],
        keys: [
            Key("limits", .name, .required, "The preset that strangers are held to.", example: "siege"),
            Key(
                "when", .mapping(attackThresholds), .required, "What an attack is: one of these is passed.",
                example: "{ new: 200/s, unfinished: 300, failures: 50/s }"),
            Key(
                "calm", .percent, .value(Shown.number(attackDefaults.calm * 100) + "%"),
                "The share of every threshold below which it is calm again; above 0%.", example: "30%"),
            Key(
                "least", .duration, .value(Shown.duration(attackDefaults.leastNS)),
                "How long it must be calm without a break before the attack is over.", example: "5m"),
        ])

    static let attackThresholds: Mapping = Mapping(
        "attack_thresholds", "'when'", "When it is under attack", .service, around: whenAround,
        beside: [("unfinished", "300")],
        keys: [
            Key(
                "new", frequency, .words("not counted"), "More new connections than this; counted over 1s to 1h.",
                example: "200/s"),
            Key(
                "unfinished", .number(1...10_000_000), .words("not counted"),
                "More connections than this whose handshake is not over.", example: "300"),
            Key(
                "failures", frequency, .words("not counted"),
                "More connections than this that rules or the protocol end in their handshake.", example: "50/s"),
        ], bonds: [.anyOf(["new", "unfinished", "failures"])])

    static let gate: Mapping = Mapping(
        "gate", "'gate'", "A gate", .service, around: gateAround, beside: [("opened_by", "login")],
        keys: [
            Key(
                "opened_by", .name, .required,
                "The listener on which a login must have succeeded; its protocol has a `login`.", example: "login"),
            Key(
                "by", .words(["address", "account"]), .value(gateDefaults.by.rawValue),
                "Whether whoever comes from that address gets in, or whoever gives that account.",
                example: "account"),
            Key(
                "for", .duration, .value(Shown.duration(gateDefaults.forNS)),
                "How long it stays open once the player's last connection has ended.", example: "2m"),
        ])

    static let known: Mapping = Mapping(
        "known", "'known'", "Known players", .service, around: knownAround,
        keys: [
            Key(
                "after", .duration, .value(Shown.duration(knownDefaults.afterNS)),
                "How long a session lasts beyond its handshake to count.", example: "10m"),
            Key(
                "keep", .duration, .value(Shown.duration(knownDefaults.keepNS)),
                "How long an address is remembered after such a session.", example: "7d"),
            Key(
                "remember", .number(1_000...100_000_000), .value("\(knownDefaults.countMax)"),
                "Addresses that are remembered at once.", example: "50000"),
        ])
}
