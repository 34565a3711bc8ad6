import Settings

/// Scores of networks.
extension Language {
    private static let defaults = ReputationSettings.NetworkLevel(prefixIPv4: nil, prefixIPv6: nil)

    static func banKind(_ fallback: String) -> Key {
        Key(
            "kind", .words(["soft", "hard"]), .words(fallback),
            "How far it goes: `soft` refuses new connections, `hard` also closes open ones.", example: "soft")
    }

    static let networkLevel: Mapping = Mapping(
        "networks", "a network level", "A network level", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\n"
            + "reputation: { networks: [<>] }\n",
        beside: [("ipv4", "24")],
        keys: [
            Key("ipv4", .number(1...31), .words("none"), "A prefix of IPv4; one of the two is given.", example: "22"),
            Key(
                "ipv6", .number(1...127), .words("none"), "A prefix of IPv6, shorter than that of `address`.",
                example: "48"),
            Key(
                "weight", .percent, .value(Shown.number(defaults.weight * 100) + "%"),
                "The share of its addresses' points that the network gets.", example: "50%"),
            Key(
                "addresses", .number(2...16), .value("\(defaults.addressCountMin)"),
                "From so many addresses the points must have come within four half-lives.", example: "8"),
            Key(
                "ladder", Form.mapping(step).list,
                .words(
                    "`["
                        + defaults.ladder.map {
                            "{ at: \(Shown.number($0.at)), ban: \(Shown.duration($0.baseNS)), kind: \($0.kind) }"
                        }.joined(separator: ", ") + "]`"),
                "Which scores ban the network for how long.", example: "[{ at: 100, ban: 30m }]"),
        ], bonds: [.anyOf(["ipv4", "ipv6"])])
}
