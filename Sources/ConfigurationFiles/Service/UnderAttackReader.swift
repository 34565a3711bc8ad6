import Settings

/// Reads the limits for attacks, by the names that listeners give, and when each listener is under attack.
struct UnderAttackReader {
    let diagnostics: DiagnosticBag
    let presets: [Located<StrangerLimits>]
    /// The presets that listeners name.
    private(set) var used: Set<String> = []

    private static let presetShape = Shape("a preset", keys: ["open", "new", "new_per_address", "handshake"])
    private static let shape = Shape("'under_attack'", keys: ["limits", "when", "calm", "least"])
    private static let whenShape = Shape("'when'", keys: ["new", "unfinished", "failures"])

    init(diagnostics: DiagnosticBag, presets node: Node?) {
        self.diagnostics = diagnostics
        presets = Self.presets(node, diagnostics)
    }

    private static func presets(_ node: Node?, _ diagnostics: DiagnosticBag) -> [Located<StrangerLimits>] {
        guard let node, !node.isEmpty else { return [] }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(.wrongType, at: node.place, "expected a mapping of presets, found \(node.found)")
            return []
        }
        return entries.map { entry in
            let key = Node(content: .scalar(Node.Scalar(text: entry.key, isPlain: true)), place: entry.keyPlace)
            let name = Kind<String>.name.read(key, diagnostics)
            // One that cannot be read still counts as defined, so that listeners do not complain about its name.
            return Located(value: preset(entry.value, name: name ?? entry.key, diagnostics), place: entry.keyPlace)
        }
    }

    private static func preset(_ node: Node, name: String, _ diagnostics: DiagnosticBag) -> StrangerLimits {
        var limits = StrangerLimits(name: name)
        guard let fields = Fields(node, presetShape, diagnostics) else { return limits }
        fields.fill(&limits.open, "open", .count(in: 1...10_000_000))
        fields.fill(&limits.new, "new", .frequency)
        fields.fill(&limits.newPerAddress, "new_per_address", .frequency)
        fields.fill(&limits.handshakeNS, "handshake", .duration())
        fields.needsAny(of: presetShape.keys)
        return limits
    }

    /// What a listener says of attacks.
    mutating func settings(_ listener: Fields, openMost: Int) -> UnderAttackSettings? {
        guard let node = listener["under_attack"], let fields = Fields(node, Self.shape, diagnostics) else {
            return nil
        }
        let limits = limits(fields, openMost: openMost)
        guard let whenNode = fields["when"] else {
            _ = fields.required("when", Kind<Bool>(expected: "{ new: 200/s, unfinished: 300 }") { _, _ in nil })
            return nil
        }
        guard let when = Fields(whenNode, Self.whenShape, diagnostics) else { return nil }
        when.needsAny(of: Self.whenShape.keys)
        var settings = UnderAttackSettings(
            limits: limits ?? StrangerLimits(name: ""), new: when.optional("new", .frequency),
            unfinished: when.optional("unfinished", .count(in: 1...10_000_000)),
            failures: when.optional("failures", .frequency))
        let share = Kind<Double>.percent.checked(.outOfRange) { $0 > 0 ? nil : "it would never be calm below 0%" }
        fields.fill(&settings.calm, "calm", share)
        fields.fill(&settings.leastNS, "least", .duration())
        return settings
    }

    private mutating func limits(_ fields: Fields, openMost: Int) -> StrangerLimits? {
        guard let name = fields.required("limits", Kind<String>.name.located) else { return nil }
        used.insert(name.value)
        guard let limits = presets.first(where: { $0.value.name == name.value })?.value else {
            let nearest = NearestName.of(name.value, in: presets.map(\.value.name))
            if let nearest { used.insert(nearest) }
            diagnostics.error(
                .unknownPreset, at: name.place, "there is no preset '\(Node.shortened(name.value))'",
                help: "'limits' names one of 'presets' at the top of the file", suggestion: nearest)
            return nil
        }
        if let open = limits.open, open >= openMost {
            diagnostics.error(
                .conflict, at: name.place,
                "'\(limits.name)' lets \(open) strangers be open, and this listener takes \(openMost) in all",
                help: "what is between the two is kept for those who have played before: give 'open' less than "
                    + "the listener's 'limits.open'")
        }
        return limits
    }

    /// Says which presets no listener names.
    func warnOfUnused() {
        for preset in presets where !used.contains(preset.value.name) {
            diagnostics.warning(.unused, at: preset.place, "no listener names the preset '\(preset.value.name)'")
        }
    }
}

extension Kind where Value == Frequency {
    /// A rate that is counted, and not charged byte by byte.
    static var frequency: Kind {
        Kind<Rate>.rate.checked(.outOfRange) { rate in
            if rate.amount > 1_000_000 { return "this rate is more than 1000000" }
            return (1_000_000_000...3_600_000_000_000).contains(rate.periodNS)
                ? nil : "this rate is counted over 1s to 1h"
        }.map { Frequency(count: $0.amount, periodNS: $0.periodNS) }
    }
}
