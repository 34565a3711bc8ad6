import RuleEngine

extension Kind where Value == RuleAction {
    /// `pass`, `log`, `drop`, `delay`, `close`, `ban`, or `{ ban: 24h }`.
    static var action: Kind {
        let words: Kind = .choice([
            "pass": .pass, "log": .log, "drop": .drop, "delay": .delay, "close": .close, "ban": .ban(baseNS: nil),
        ])
        let shape = Shape("an action", keys: ["ban"], later: ["rewrite", "delay"])
        return Kind(expected: words.expected) { node, diagnostics in
            guard case .mapping = node.content else { return words.read(node, diagnostics) }
            guard let fields = Fields(node, shape, diagnostics), fields.has("ban") else { return nil }
            return fields.required("ban", .duration(in: 1_000_000_000...315_360_000_000_000_000))
                .map { .ban(baseNS: $0) }
        }
    }
}
