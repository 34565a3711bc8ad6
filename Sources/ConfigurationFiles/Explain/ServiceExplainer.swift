import Settings

/// Explains what holds for all listeners.
struct ServiceExplainer {
    let settings: ServiceSettings

    var facts: [Fact] {
        let reputation = settings.reputation
        return [
            Fact("half_life", Shown.duration(reputation.halfLifeNS)),
            Fact("ladder", Self.text(of: reputation.ladder)),
            Fact(
                "repeat",
                "each further ban \(Shown.number(reputation.repeatFactor)) times as long, most "
                    + "\(Shown.duration(reputation.repeatMostNS)), forgotten after "
                    + "\(Shown.duration(reputation.repeatForgetNS)), jitter "
                    + "\(Shown.number(reputation.repeatJitter * 100))%"),
            Fact("network", "/\(reputation.networkPrefixIPv4) of IPv4, /\(reputation.networkPrefixIPv6) of IPv6"),
            Fact("address", "/\(reputation.addressPrefixIPv6) of IPv6"),
            Fact("networks", networks),
            Fact(
                "shared",
                reputation.shared.isEmpty
                    ? "no address is known to be many players'"
                    : reputation.shared.map { "\($0)" }.joined(separator: ", ")),
            Fact("remember", "\(reputation.addressCountMax) addresses"),
            Fact(
                "known",
                "whoever has played \(Shown.duration(reputation.known.afterNS)), for "
                    + "\(Shown.duration(reputation.known.keepNS)), at most \(reputation.known.countMax)"),
            Fact("logs", logs), Fact("latency", "\(settings.latency)"),
        ] + geo + admin + state + kernel
    }

    private var state: [Fact] {
        guard let state = settings.state else { return [] }
        return [
            Fact(
                "state",
                "bans and scores above \(Shown.number(state.leastScore)) are kept in \(state.file), "
                    + "what happened to bans for \(Shown.duration(state.historyNS))")
        ]
    }

    private static func text(of ladder: [ReputationSettings.Step]) -> String {
        let steps = ladder.map {
            "\(Shown.number($0.at)) bans \(Shown.duration($0.baseNS))\($0.kind == .soft ? " softly" : "")"
        }
        return "a score of " + steps.joined(separator: ", of ")
    }

    private var networks: String {
        guard !settings.reputation.networks.isEmpty else { return "no network has a score" }
        return settings.reputation.networks.map { level in
            let prefixes = [level.prefixIPv4.map { "/\($0) of IPv4" }, level.prefixIPv6.map { "/\($0) of IPv6" }]
            return prefixes.compactMap { $0 }.joined(separator: ", ")
                + ": \(Shown.number(level.weight * 100))% of the points of at least \(level.addressCountMin) "
                + "addresses, and \(Self.text(of: level.ladder))"
        }.joined(separator: "; ")
    }

    private var kernel: [Fact] {
        guard let kernel = settings.kernel else { return [] }
        let end = kernel.atExit == .remove ? "removed" : "kept"
        return [
            Fact(
                "kernel",
                "bans hold on \(kernel.listeners.joined(separator: ", ")) by the table inet \(kernel.table), looked at "
                    + "every \(Shown.duration(kernel.reconcileNS)), \(end) at the end")
        ]
    }

    private var admin: [Fact] {
        guard let admin = settings.admin else { return [] }
        let group = admin.group.map { "the group \($0)" } ?? "the program's group"
        return [Fact("admin", "commands over \(admin.socket), from the program's user, root and \(group)")]
    }

    private var geo: [Fact] {
        let files = [("country", settings.geo.country), ("asn", settings.geo.asn), ("hosting", settings.geo.hosting)]
        let named = files.compactMap { name, path in path.map { "\(name) as \($0) says" } }
        return named.isEmpty ? [] : [Fact("geo", named.joined(separator: ", "))]
    }

    private var logs: String {
        let paths = [
            ("bans", settings.logs.bans), ("connections", settings.logs.connections), ("events", settings.logs.events),
        ]
        let named = paths.compactMap { name, path in path.map { "\(name) to \($0)" } }
        return named.isEmpty
            ? "none are written" : named.joined(separator: ", ") + ", \(settings.logs.linesPerSecond)/s at most"
    }
}
