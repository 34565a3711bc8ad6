import RuleEngine
import WireBytes

/// Reads what a policy says about violations and about packets without a name.
struct ViolationReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'violations'", keys: Violation.allCases.map(\.name))
    private static let responseShape = Shape("a violation", keys: ["action", "score"])
    private static let sidesShape = Shape("'unknown'", keys: ["client", "server"])

    func statements(_ policy: Fields) -> [Violation: ViolationStatement] {
        var statements: [Violation: ViolationStatement] = [:]
        if let node = policy["violations"], let fields = Fields(node, Self.shape, diagnostics) {
            for violation in Violation.allCases {
                guard let node = fields[violation.name] else { continue }
                statements[violation] = statement(node, violation)
            }
        }
        guard let node = policy["unknown"] else { return statements }
        let isTwice = statements[.unknown].map { $0.action.inbound != nil } ?? false
        if isTwice {
            diagnostics.error(
                .conflict, at: policy.keyPlace("unknown"), "'violations' has an action for unknown packets too",
                help: "keep the action here, and the score there")
        }
        let place = policy.keyPlace("unknown")
        var unknown = statements[.unknown] ?? ViolationStatement(place: place)
        unknown.action = self.unknown(node)
        statements[.unknown] = unknown
        return statements
    }

    private func statement(_ node: Node, _ violation: Violation) -> ViolationStatement? {
        var statement = ViolationStatement(place: node.place)
        if case .scalar = node.content {
            statement.action = PerDirection(both: action(node, violation))
            return statement
        }
        guard let fields = Fields(node, Self.responseShape, diagnostics) else { return nil }
        if let node = fields["action"] { statement.action = PerDirection(both: action(node, violation)) }
        statement.score = fields.optional("score", .points)
        if violation == .proxyHeader, fields.has("score") {
            diagnostics.error(
                .impossibleAction, at: fields.keyPlace("score"), "a wrong PROXY header is never scored",
                help: "it comes from the balancer's address or from nowhere, not from a player")
        }
        return statement
    }

    /// What a protocol suggests for packets without a name; policies may say otherwise.
    func suggestion(_ game: Fields) -> [Violation: ViolationStatement] {
        guard let node = game["unknown"] else { return [:] }
        var statement = ViolationStatement(place: game.keyPlace("unknown"))
        statement.action = unknown(node)
        return [.unknown: statement]
    }

    private func unknown(_ node: Node) -> PerDirection<RuleAction?> {
        if case .scalar = node.content { return PerDirection(both: action(node, .unknown)) }
        if node["ban"] != nil { return PerDirection(both: action(node, .unknown)) }
        guard let fields = Fields(node, Self.sidesShape, diagnostics) else { return PerDirection(both: nil) }
        return PerDirection(
            inbound: fields["client"].flatMap { action($0, .unknown) },
            outbound: fields["server"].flatMap { action($0, .unknown) })
    }

    private func action(_ node: Node, _ violation: Violation) -> RuleAction? {
        // What else a rule can do is told as no answer, not as an unknown key.
        var kind = Kind<RuleAction>.action
        if case .mapping = node.content, node["rewrite"] == nil { kind = .ban }
        guard let action = kind.read(node, diagnostics) else { return nil }
        let words = violation.possibleActions
        if words.contains(action.name) { return action }
        diagnostics.error(
            .impossibleAction, at: node.place, "'\(action.name)' is no answer to the violation '\(violation.name)'",
            help: "possible are \(words.joined(separator: ", "))")
        return nil
    }
}

extension Violation {
    /// What can follow: a stream that can no longer be cut cannot go on, and what has no limit cannot be delayed.
    var possibleActions: [String] {
        switch self {
        case .framing, .preamble, .timeout: ["close", "ban"]
        case .proxyHeader: ["close"]
        case .size, .phase, .malformed, .unknown, .inflate, .counter, .checksum:
            ["pass", "log", "drop", "close", "ban"]
        }
    }
}

extension [Violation: ViolationResponse] {
    /// Adds what a policy says; where two say different things, the one listed later counts.
    mutating func override(with statements: [Violation: ViolationStatement]) {
        for (violation, statement) in statements {
            var response = self[violation] ?? ViolationResponse(action: violation.defaultAction)
            for direction in Direction.allCases {
                if let action = statement.action[direction] { response.action[direction] = action }
            }
            if let score = statement.score { response.score = score }
            self[violation] = response
        }
    }
}
