import Settings

/// Reads the steps that scores ban by.
struct LadderReader {
    let diagnostics: DiagnosticBag
    /// How far a ban goes where a step does not say.
    let kind: BanKind

    private static let shape = Shape("a step", keys: ["at", "ban", "kind"])

    /// `nil` where there is none; what is wrong was said.
    func steps(_ node: Node) -> [ReputationSettings.Step]? {
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            diagnostics.error(.wrongType, at: node.place, "expected a list of steps, found \(node.found)")
            return nil
        }
        var steps: [ReputationSettings.Step] = []
        for item in items {
            guard let fields = Fields(item, Self.shape, diagnostics) else { continue }
            let at = fields.required("at", .fraction(in: 0.001...1_000_000))
            let base = fields.required("ban", .duration(in: 1_000_000_000...315_360_000_000_000_000))
            let kind = fields.optional("kind", .banKind) ?? kind
            guard let at, let base else { continue }
            if let last = steps.last, at <= last.at {
                fields.error(
                    .conflict, at: "at", "this step is not above the one before it",
                    help: "the steps of a ladder go up")
                continue
            }
            steps.append(ReputationSettings.Step(at: at, baseNS: base, kind: kind))
        }
        return steps.isEmpty ? nil : steps
    }
}

extension Kind where Value == BanKind {
    /// How far a ban goes.
    static var banKind: Kind { .choice(["soft": .soft, "hard": .hard]) }
}
