import Settings
import WireBytes

/// The mappings of `portcullis.yaml`.
extension Language {
    private static let timeouts = ListenerSettings.Timeouts()
    private static let limits = ListenerSettings.Limits()
    private static let reputationDefaults = ReputationSettings()

    /// What has a colon is an address.
    private static let target = Form.text(
        "pool, or address with port", "[^:]*|" + Pattern.endpoint, types: ["string", "number", "boolean"],
        expected: "the name of a pool, or an address with a port")

    private static let aroundGates =
        "version: 1\nlisteners: [<>]\n"
        + "geo: { country: GeoLite2-Country.mmdb, asn: GeoLite2-ASN.mmdb, hosting: lists/hosting-asn.txt }\n"
    private static let listenerAround = "version: 1\nlisteners: [<>]\n"
    private static let reputationAround =
        "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: <>\n"

    static let service: Mapping = Mapping(
        "service", "the service", "The service", .service, around: "<>",
        beside: [("version", "1"), ("listeners", "[{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]")],
        keys: [
            Key("version", version, .required, "The version of the language; the first key of the file.", example: "1"),
            Key(
                "listeners", Form.mapping(listener).list(1...1_000), .required,
                "Where clients connect, what guards them, and where they are led.",
                example: "[{ name: world, bind: 0.0.0.0:7801, to: 127.0.0.1:10001 }]"),
            Key(
                "pools",
                Form.entries(
                    "names of pools, each with a [pool](#a-pool)", keys: Pattern.name, .mapping(pool), least: 0
                )
                .orNothing,
                .words("none"), "The game servers, by names that `to` gives.",
                example: "{ arena: { servers: [127.0.0.1:10001] } }",
                beside: [("listeners", "[{ name: a, bind: 127.0.0.1:1, to: arena }]")]),
            Key(
                "reputation", .mapping(reputation), .words("all defaults"), "How addresses are remembered and banned.",
                example: "{ half_life: 10m }"),
            Key(
                "geo", .mapping(geo), .words("nothing is known"), "What tells where clients are from.",
                example: "{ country: GeoLite2-Country.mmdb, asn: GeoLite2-ASN.mmdb }"),
            Key("logs", .mapping(logs), .words("none is written"), "Where logs go.", example: "{ bans: bans.log }"),
            Key(
                "admin", .mapping(admin), .words("no commands are taken"),
                "Where operators' commands come in, as `portcullis ban`.",
                example: "{ socket: /run/portcullis/portcullis.sock }"),
            Key(
                "latency", .words(["low", "balanced", "frugal"]), .value("low"),
                "How long packets may wait to be seen to together, which takes less of the processor.",
                example: "balanced"),
            Key(
                "state", .either([statePath, .mapping(state)]), .words("bans are lost when the program ends"),
                "Where bans, scores, the allowlist and what happened are kept on disk.",
                example: "/var/lib/portcullis/state.db"),
            Key(
                "kernel", .mapping(kernel), .words("bans are the program's alone"),
                "Listeners on which the kernel refuses banned addresses before the program sees them.",
                example: "{ listeners: [a] }"),
            presetsKey,
            Key(
                "protocols", .path, .value("protocols"), "The folder of the protocols' files, seen from this file.",
                example: "protocols"),
            Key(
                "policies", .path, .value("policies"), "The folder of the policies' files, seen from this file.",
                example: "policies"),
        ])

    static let listener: Mapping = Mapping(
        "listener", "a listener", "A listener", .service, around: listenerAround,
        beside: [("name", "a"), ("bind", "127.0.0.1:1"), ("to", "127.0.0.1:2")],
        keys: [
            Key("name", .name, .required, "Unique; stands in the logs.", example: "world"),
            Key("bind", .endpoint, .required, "The address and port to listen on.", example: "0.0.0.0:7801"),
            Key(
                "proxy_protocol", .mapping(proxyProtocol), .words("clients connect directly"),
                "Where PROXY headers are required from.", example: "{ from: [10.0.0.5] }"),
            Key(
                "protocol", .name, .words("the stream is not cut"), "The protocol's name, which is its file's.",
                example: "game"),
            Key(
                "policies", Form.name.oneOrMore, .words("none"), "The policies, asked in this order.",
                example: "[common, game]", beside: [("protocol", "game")]),
            Key("to", target, .required, "A pool, or one address with its port.", example: "127.0.0.1:10001"),
            Key(
                "mode", modes, .value("enforce"), "`shadow`: rules only say what they would have done.",
                example: "shadow"),
            Key(
                "timeouts", .mapping(timeoutsMapping), .words("all defaults"), "How long a connection may dwell where.",
                example: "{ idle: 5m }"),
            Key(
                "limits", .mapping(limitsMapping), .words("all defaults"), "Bounds of this listener.",
                example: "{ open: 500 }"),
            Key(
                "country", .mapping(countryGate), .words("everybody"), "Who may come in, by country.",
                example: "{ allow: [DE, AT, unknown] }", around: aroundGates),
            Key(
                "asn", .mapping(asnGate), .words("everybody"), "Who may come in, by network operator.",
                example: "{ deny: [64496, hosting] }", around: aroundGates),
        ] + attackKeys)

    static let proxyProtocol: Mapping = Mapping(
        "proxy_protocol", "'proxy_protocol'", "Where PROXY headers come from", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, proxy_protocol: <> }]\n",
        keys: [
            Key(
                "from", Form.network.list, .required,
                "Where PROXY headers come from; a connection from elsewhere is refused.", example: "[10.0.0.0/8]")
        ])

    static let timeoutsMapping: Mapping = Mapping(
        "timeouts", "'timeouts'", "A listener's timeouts", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, "
            + "proxy_protocol: { from: [10.0.0.1] }, timeouts: <> }]\n",
        keys: [
            timeout("proxy_header", timeouts.proxyHeaderNS, "From accept to the end of the PROXY header."),
            timeout("packet", timeouts.packetNS, "From a packet's first byte to its last."),
            timeout("idle", timeouts.idleNS, "Without a byte either way."),
            timeout("stalled", timeouts.stalledNS, "A receiver that takes nothing while bytes wait for it."),
            timeout("half_closed", timeouts.halfClosedNS, "The other direction, once one side has ended."),
            timeout("drain", timeouts.drainNS, "Open connections, once the service drains."),
            timeout("delay", timeouts.delayNS, "The longest that a rule may hold a packet."),
        ])

    private static func timeout(_ name: String, _ nanoseconds: UInt64, _ means: String) -> Key {
        Key(name, .duration, .value(Shown.duration(nanoseconds)), means, example: "20s")
    }

    static let limitsMapping: Mapping = Mapping(
        "limits", "'limits'", "A listener's limits", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, limits: <> }]\n",
        keys: [
            Key(
                "open", .number(1...10_000_000), .value("\(limits.open)"),
                "Connections open at once, over all workers.", example: "500"),
            Key(
                "backlog", .size, .value(Shown.size(limits.backlogByteCount)),
                "Bytes that may wait for one receiver, 4KiB to 64MiB.", example: "128KiB"),
        ])

    private static let poolDefaults = PoolSettings(name: "", servers: [Endpoint(IPAddress(ipv4: 0), port: 0)])

    static let pool: Mapping = Mapping(
        "pool", "a pool", "A pool", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: p }]\npools: { p: <> }\n",
        beside: [("servers", "[127.0.0.1:10001]")],
        keys: [
            Key(
                "servers", Form.endpoint.list, .required, "Tried in turn, and the next one on failure.",
                example: "[127.0.0.1:10001, 127.0.0.1:10002]"),
            Key(
                "send_proxy", .words(["none", "v1", "v2"]), .value("none"),
                "A PROXY header to the server before the first byte.", example: "v2"),
            Key(
                "connect", .words(["accept", "first-packet"]), .value("accept"),
                "When the server is dialled: at once, or when the client's first packet has passed.",
                example: "first-packet"),
            Key(
                "connect_timeout", .duration, .value(Shown.duration(poolDefaults.connectTimeoutNS)),
                "How long one server may take to answer.", example: "5s"),
        ])

    static let reputation: Mapping = Mapping(
        "reputation", "'reputation'", "Reputation", .service, around: reputationAround,
        keys: [
            Key(
                "half_life", .duration, .value(Shown.duration(reputationDefaults.halfLifeNS)),
                "After this time half of a score is left; from 1s.", example: "30m"),
            Key(
                "ladder", Form.mapping(step).list,
                .words(
                    "`["
                        + reputationDefaults.ladder.map {
                            "{ at: \(Shown.number($0.at)), ban: \(Shown.duration($0.baseNS)) }"
                        }.joined(separator: ", ") + "]`"),
                "Which scores ban for how long; `at` goes up.", example: "[{ at: 20, ban: 10m }, { at: 60, ban: 6h }]"),
            Key(
                "repeat", .mapping(repetition), .words("all defaults"), "How further bans grow.",
                example: "{ factor: 2 }"),
            Key(
                "network", .mapping(network), .words("all defaults"), "What a limit `per: network` counts together.",
                example: "{ ipv4: 20 }"),
            Key(
                "address", .mapping(address), .words("all defaults"), "What one address is in IPv6.",
                example: "{ ipv6: 56 }"),
            Key(
                "networks", Form.mapping(networkLevel).list(0...ReputationSettings.networkLevelCountMax),
                .words("none"), "Networks with a score of their own.",
                example: "[{ ipv4: 24, ipv6: 48, weight: 25%, addresses: 4 }]"),
            Key(
                "shared", Form.network.list(0...Int.max), .words("none"),
                "Addresses that many players share: bans on them are soft, and known accounts answer for themselves.",
                example: "[100.64.0.0/10]"),
            Key(
                "allow", Form.network.list(0...Int.max), .words("nobody"), "Addresses that beat every ban and list.",
                example: "[10.0.0.0/8]"),
            Key(
                "lists", Form.mapping(list).list(0...ListReader.listCountMax), .words("none"),
                "Files of addresses, and what becomes of them.",
                example: "[{ file: lists/blocked.txt, action: refuse }]"),
            Key(
                "remember", .number(1_000...100_000_000), .value("\(reputationDefaults.addressCountMax)"),
                "Addresses with a score, a ban or a history that are kept in memory.", example: "50000"),
            knownKey,
        ])

    static let step: Mapping = Mapping(
        "step", "a step", "A step of the ladder", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { ladder: [<>] }\n",
        beside: [("at", "20"), ("ban", "10m")],
        keys: [
            Key(
                "at", .fraction("0.001", "1000000", shown: "points"), .required, "A score of this or more bans.",
                example: "20"),
            Key("ban", .duration, .required, "How long a first ban lasts; from 1s.", example: "10m"),
            banKind("`hard`; of a network level `soft`"),
        ])

    static let repetition: Mapping = Mapping(
        "repeat", "'repeat'", "How bans grow", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { repeat: <> }\n",
        keys: [
            Key(
                "factor", .fraction("1", "1000", shown: "number"),
                .value(Shown.number(reputationDefaults.repeatFactor)),
                "How much longer each further ban is.", example: "2.5"),
            Key(
                "most", .duration, .value(Shown.duration(reputationDefaults.repeatMostNS)), "The longest ban.",
                example: "7d"),
            Key(
                "forget", .duration, .value(Shown.duration(reputationDefaults.repeatForgetNS)),
                "How long an ended ban counts.", example: "7d"),
            Key(
                "jitter", .percent, .value(Shown.number(reputationDefaults.repeatJitter * 100) + "%"),
                "The part of a ban's time that is left to chance.", example: "20%"),
        ])

    static let network: Mapping = Mapping(
        "network", "'network'", "What a network is", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { network: <> }\n",
        keys: [
            Key(
                "ipv4", .number(0...32), .value("\(reputationDefaults.networkPrefixIPv4)"), "A prefix of IPv4.",
                example: "20"),
            Key(
                "ipv6", .number(0...128), .value("\(reputationDefaults.networkPrefixIPv6)"), "A prefix of IPv6.",
                example: "48"),
        ])

    static let address: Mapping = Mapping(
        "address", "'address'", "What an address is", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { address: <> }\n",
        keys: [
            Key(
                "ipv6", .number(1...128), .value("\(reputationDefaults.addressPrefixIPv6)"),
                "The prefix that is one address in limits, scores and bans.", example: "56")
        ])

    static let list: Mapping = Mapping(
        "list", "a list", "A list of addresses", .service,
        around:
            "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nreputation: { lists: [<>] }\n",
        beside: [("file", "lists/blocked.txt"), ("action", "refuse")],
        keys: [
            Key("file", .path, .required, "Its path, seen from this file.", example: "lists/blocked.txt"),
            Key(
                "name", .name, .words("the file's name without what follows the last point"),
                "How logs and rules call it; no two lists have the same.", example: "blocked"),
            Key(
                "action", .words(["refuse", "allow", "log"]), .words("none, with `score`; else required"),
                "`refuse`: who stands in it may not connect; `allow`: is exempt, as in `allow`; `log`: is told in the "
                    + "log when it connects.", example: "refuse"),
            Key(
                "score", .fraction("0.001", "1000000", shown: "points"), .words("none"),
                "Who stands in it is judged as if it had so many points more.", example: "5", without: ["action"]),
            Key(
                "format",
                .words(["auto", "plain", "columns", "csv", "dshield", "p2p", "ipset", "json", "nginx"]),
                .value("auto"), "How its lines are read; `auto` finds out from the first ones.", example: "columns"),
            Key(
                "column",
                .either(
                    [
                        .number(1...UInt64(ListReader.columnMax)),
                        .text("name", ".{1,64}", types: ["string", "boolean"], expected: "the name of a column"),
                    ], shown: "number or name"),
                .words("the one that holds an address"),
                "Which column holds the address: of `csv` its number or name, of `columns` its number, of `json` a "
                    + "member.", example: "1", beside: [("format", "csv")]),
        ], bonds: [.anyOf(["action", "score"])])

    static let logs: Mapping = Mapping(
        "logs", "'logs'", "Logs", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nlogs: <>\n",
        keys: [
            Key("bans", .path, .words("not written"), "Path of the ban log; `\"-\"` is stdout.", example: "bans.log"),
            Key("events", .path, .words("not written"), "Path of the event log, in JSON.", example: "events.json"),
            Key("connections", .path, .words("not written"), "Path of the connection log.", example: "connections.log"),
            Key(
                "rate", .text("rate", "[1-9][0-9]*/(1 ?)?s", expected: "a rate such as 1000/s"),
                .value("\(LogSettings().linesPerSecond)/s"), "Lines that each log takes in a second, at most 1000000.",
                example: "100/s",
                beside: [("bans", "bans.log")]),
        ])
}
