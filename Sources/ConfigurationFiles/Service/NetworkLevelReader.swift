import Settings

/// Reads which networks have scores of their own.
struct NetworkLevelReader {
    let diagnostics: DiagnosticBag
    /// What one address is in IPv6.
    let addressPrefixIPv6: Int

    private static let shape = Shape("a network level", keys: ["ipv4", "ipv6", "weight", "addresses", "ladder"])

    /// May be empty: then networks have no scores.
    func levels(_ node: Node) -> [ReputationSettings.NetworkLevel] {
        guard case .sequence(let items) = node.content else {
            diagnostics.error(
                .wrongType, at: node.place, "expected a list of network levels, found \(node.found)",
                help: "write [{ ipv4: 24, ipv6: 48 }]")
            return []
        }
        let most = ReputationSettings.networkLevelCountMax
        guard items.count <= most else {
            diagnostics.error(.tooMany, at: items[most].place, "there are at most \(most) network levels")
            return []
        }
        return items.compactMap(level)
    }

    private func level(_ node: Node) -> ReputationSettings.NetworkLevel? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        var level = ReputationSettings.NetworkLevel(
            prefixIPv4: fields.optional("ipv4", .count(in: 1...31)),
            prefixIPv6: fields.optional("ipv6", .count(in: 1...127)))
        guard fields.gives("ipv4") || fields.gives("ipv6") else {
            diagnostics.error(
                .missingKey, at: node.place, "a network level says how long its prefixes are: 'ipv4', 'ipv6' or both")
            return nil
        }
        if let prefix = level.prefixIPv6, prefix >= addressPrefixIPv6 {
            fields.error(
                .conflict, at: "ipv6", "a network of /\(prefix) is no more than one address",
                help: "'address' says that one address is a /\(addressPrefixIPv6) in IPv6")
        }
        let weight = Kind<Double>.percent.checked(.outOfRange) { $0 > 0 ? nil : "a share of nothing says nothing" }
        fields.fill(&level.weight, "weight", weight)
        fields.fill(&level.addressCountMin, "addresses", .count(in: 2...16))
        if let node = fields["ladder"],
            let ladder = LadderReader(diagnostics: diagnostics, kind: .soft).steps(node)
        {
            level.ladder = ladder
        }
        return level
    }
}
