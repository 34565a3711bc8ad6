import Settings
import WireBytes

/// Reads how scores decay and when they ban.
struct ReputationReader {
    let diagnostics: DiagnosticBag
    /// The lists with their places, for what is wrong with their files.
    private(set) var lists: [Located<ListSettings>] = []

    private static let shape = Shape(
        "'reputation'",
        keys: [
            "half_life", "ladder", "repeat", "network", "address", "allow", "lists", "remember", "networks", "shared",
            "known",
        ])
    private static let repeatShape = Shape("'repeat'", keys: ["factor", "most", "forget", "jitter"])
    private static let prefixShape = Shape("'network'", keys: ["ipv4", "ipv6"])
    private static let knownShape = Shape("'known'", keys: ["after", "keep", "remember"])
    private static let addressShape = Shape("'address'", keys: ["ipv6"])

    init(diagnostics: DiagnosticBag) {
        self.diagnostics = diagnostics
    }

    mutating func settings(_ node: Node) -> ReputationSettings {
        var reputation = ReputationSettings()
        guard let fields = Fields(node, Self.shape, diagnostics) else { return reputation }
        fields.fill(&reputation.halfLifeNS, "half_life", .duration(in: 1_000_000_000...315_360_000_000_000_000))
        if let node = fields["ladder"],
            let ladder = LadderReader(diagnostics: diagnostics, kind: .hard).steps(node)
        {
            reputation.ladder = ladder
        }
        if let node = fields["repeat"], let fields = Fields(node, Self.repeatShape, diagnostics) {
            fields.fill(&reputation.repeatFactor, "factor", .fraction(in: 1...1_000))
            fields.fill(&reputation.repeatMostNS, "most", .duration())
            fields.fill(&reputation.repeatForgetNS, "forget", .duration())
            fields.fill(&reputation.repeatJitter, "jitter", .percent)
        }
        if let node = fields["network"], let fields = Fields(node, Self.prefixShape, diagnostics) {
            fields.fill(&reputation.networkPrefixIPv4, "ipv4", .count(in: 0...32))
            fields.fill(&reputation.networkPrefixIPv6, "ipv6", .count(in: 0...128))
        }
        if let node = fields["address"], let fields = Fields(node, Self.addressShape, diagnostics) {
            fields.fill(&reputation.addressPrefixIPv6, "ipv6", .count(in: 1...128))
        }
        if let node = fields["networks"] {
            let reader = NetworkLevelReader(
                diagnostics: diagnostics, addressPrefixIPv6: reputation.addressPrefixIPv6)
            reputation.networks = reader.levels(node)
        }
        if let node = fields["allow"] { reputation.allow = networks(node) }
        if let node = fields["shared"] { reputation.shared = networks(node) }
        if let node = fields["lists"] { lists = ListReader(diagnostics: diagnostics).lists(node) }
        reputation.lists = lists.map(\.value)
        if let node = fields["known"], let fields = Fields(node, Self.knownShape, diagnostics) {
            fields.fill(&reputation.known.afterNS, "after", .duration())
            fields.fill(&reputation.known.keepNS, "keep", .duration())
            fields.fill(&reputation.known.countMax, "remember", .count(in: 1_000...100_000_000))
        }
        fields.fill(&reputation.addressCountMax, "remember", .count(in: 1_000...100_000_000))
        return reputation
    }

    /// May be empty, unlike other lists: nobody is what most want.
    private func networks(_ node: Node) -> [IPNetwork] {
        if case .sequence(let items) = node.content, items.isEmpty { return [] }
        return Kind<IPNetwork>.network.list.read(node, diagnostics) ?? []
    }
}
