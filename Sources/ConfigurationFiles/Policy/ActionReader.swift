import RuleEngine

extension Kind where Value == RuleAction {
    /// `pass`, `log`, `drop`, `delay`, `close`, `ban`, `{ ban: 24h }`, or `{ rewrite: { … } }`, whose lines are about
    /// fields and read where those are known.
    static var action: Kind {
        let words: Kind = .choice([
            "pass": .pass, "log": .log, "drop": .drop, "delay": .delay, "close": .close, "ban": .ban(baseNS: nil),
        ])
        let shape = Shape("an action", keys: ["ban", "rewrite"], later: ["delay"])
        return Kind(expected: words.expected) { node, diagnostics in
            guard case .mapping = node.content else { return words.read(node, diagnostics) }
            guard let fields = Fields(node, shape, diagnostics),
                !fields.gives("delay"), let key = fields.exactlyOne(of: ["ban", "rewrite"])
            else { return nil }
            if key == "rewrite" {
                if case .mapping(let lines)? = fields["rewrite"]?.content, !lines.isEmpty { return .rewrite }
                fields.error(
                    .wrongType, at: "rewrite", "expected fields and what is done to them",
                    help: "rewrite: { FIELD: { truncate: 300 } }")
                return nil
            }
            return ban(fields)
        }
    }

    /// `{ ban: 24h }` and no other mapping, as the answer to a violation.
    static var ban: Kind {
        let shape = Shape("an action", keys: ["ban"])
        return Kind(expected: "an action") { node, diagnostics in
            Fields(node, shape, diagnostics).flatMap { ban($0) }
        }
    }

    private static func ban(_ fields: Fields) -> RuleAction? {
        fields.required("ban", .duration(in: 1_000_000_000...315_360_000_000_000_000)).map { .ban(baseNS: $0) }
    }
}
