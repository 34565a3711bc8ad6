import RuleEngine

extension Kind where Value == RuleAction {
    /// `pass`, `log`, `drop`, `delay`, `close`, `ban`, `{ ban: 24h }`, `{ ban: { for: 24h, on: account } }`, or
    /// `{ rewrite: { … } }`, whose lines are about fields and read where those are known.
    static var action: Kind {
        let words: Kind = .choice([
            "pass": .pass, "log": .log, "drop": .drop, "delay": .delay, "close": .close, "ban": .ban(RuleBan()),
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

    /// `{ ban: … }` and no other mapping, as the answer to a violation.
    static var ban: Kind {
        let shape = Shape("an action", keys: ["ban"])
        return Kind(expected: "an action") { node, diagnostics in
            Fields(node, shape, diagnostics).flatMap { ban($0) }
        }
    }

    private static func ban(_ fields: Fields) -> RuleAction? {
        guard case .mapping? = fields["ban"]?.content, let node = fields["ban"] else {
            return fields.required("ban", .banDuration).map { .ban(RuleBan(baseNS: $0)) }
        }
        guard let keys = Fields(node, Shape("a ban", keys: ["for", "kind", "on"]), fields.diagnostics) else {
            return nil
        }
        var order = RuleBan()
        order.baseNS = keys.optional("for", .banDuration)
        keys.fill(&order.kind, "kind", .choice(["soft": .soft, "hard": .hard]))
        keys.fill(&order.target, "on", .choice(["address": .address, "account": .account, "network": .network]))
        return .ban(order)
    }
}

extension Kind where Value == UInt64 {
    /// How long the first ban of a rule lasts.
    fileprivate static var banDuration: Kind { .duration(in: 1_000_000_000...315_360_000_000_000_000) }
}
