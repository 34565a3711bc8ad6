extension Explanation {
    /// For programs, ending in a line break.
    public var json: String {
        JSON.object([
            ("listeners", .array(listeners.map(\.json))), ("service", .facts(service)),
        ]).pretty + "\n"
    }
}

extension JSON {
    /// Each name with its value, or with all its values where a name comes more than once.
    static func facts(_ facts: [Fact]) -> JSON {
        var names: [String] = []
        for fact in facts where !names.contains(fact.name) { names.append(fact.name) }
        return .object(
            names.map { name in
                let values = facts.filter { $0.name == name }.map(\.value)
                return (name, values.count == 1 ? .text(values[0]) : .texts(values))
            })
    }
}

extension ExplainedListener {
    fileprivate var json: JSON {
        .object(
            [("name", .text(name))] + facts.map { ($0.name, .text($0.value)) } + [
                ("open", .array(opening.map { .object([("step", .text($0.name)), ("says", .text($0.says))]) })),
                ("opening_rules", .array(openingRules.map { .number(rules[$0].id) })),
                ("timeouts", .facts(timeouts)),
                ("phases", .array(phases.map { .object([("name", .text($0.name)), ("says", .facts($0.facts))]) })),
                ("violations", .array((checks + others).map(\.json))), ("rules", .array(rules.map(\.json))),
                ("packets", .object(sides.map { side in (side.sender, .array(side.groups.map { json(of: $0) })) })),
            ])
    }

    private func json(of group: ExplainedGroup) -> JSON {
        let packets = group.packets.map { known in
            JSON.object([
                ("names", .texts(known.names)), ("opcodes", .texts(known.opcodes)), ("size", .text(known.size)),
                ("phases", .text(known.phases)), ("fields", .facts(known.layout)),
            ])
        }
        return .object([
            ("packets", .array(packets)), ("rules", .array(group.rules.map { .number(rules[$0].id) })),
        ])
    }
}

extension ExplainedCheck {
    fileprivate var json: JSON {
        .object([
            ("id", .number(id)), ("name", .text(name)), ("client", .text(actions.client)),
            ("server", .text(actions.server)), ("score", .number(Shown.number(score))), ("can_occur", .flag(canOccur)),
        ])
    }
}

extension ExplainedRule {
    fileprivate var json: JSON {
        .object([
            ("id", .number(id)), ("name", .text(name)), ("asks", .facts(asks)), ("action", .text(action)),
            ("changes", .facts(changes)), ("reply", reply.map { .text($0) } ?? .null),
            ("score", .number(Shown.number(score))), ("mode", .text(isShadow ? "shadow" : "enforce")),
        ])
    }
}
