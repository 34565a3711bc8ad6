extension Explanation {
    /// For people; `width` columns, where no single name is longer.
    public func text(width: Int = 80) -> String {
        var page = TextPage(width: max(width, 60))
        for listener in listeners {
            listener.write(to: &page)
            page.line()
        }
        page.line("all listeners")
        page.facts(service, indent: 2)
        return page.text
    }
}

extension ExplainedListener {
    func write(to page: inout TextPage) {
        page.line("listener \(name)")
        page.facts(facts, indent: 2)
        page.line()
        writeOpening(to: &page)
        page.line()
        page.line("  While it is open")
        page.facts(timeouts, indent: 4)
        page.line()
        if !phases.isEmpty {
            page.line("  Phases")
            writePhases(to: &page)
            page.line()
        }
        writeChecks(to: &page)
        var told: Set<Int> = []
        for side in sides {
            page.line()
            side.write(to: &page, self, told: &told)
        }
    }

    private func writeOpening(to page: inout TextPage) {
        page.line("  When a connection opens")
        let wide = opening.map(\.name.count).max() ?? 0
        var told: Set<Int> = []
        for (index, step) in opening.enumerated() {
            let label = "    \(index + 1)  \(step.name)"
            let column = 7 + wide + 2
            guard step.name == "rules" else {
                page.entry(label, at: column, step.says)
                continue
            }
            page.entry(label, at: column, openingRules.isEmpty ? "none" : "in this order")
            writeRules(openingRules, to: &page, told: &told)
        }
    }

    /// What is as in the phase before is not told again.
    private func writePhases(to page: inout TextPage) {
        for (index, phase) in phases.enumerated() {
            page.line("    \(phase.name)")
            let before = index == 0 ? [] : phases[index - 1].facts
            let inherited = ["frame", "opcode", "inflate", "cipher"]
            let (same, other) = phase.facts.reduce(into: ([String](), [Fact]())) { parts, fact in
                let isInherited = inherited.contains { fact.name.hasPrefix($0) } && before.contains(fact)
                if isInherited { parts.0.append(fact.name) } else { parts.1.append(fact) }
            }
            let rest = same.isEmpty ? [] : [Fact("as before", same.joined(separator: ", "))]
            page.facts(other + rest, indent: 6)
        }
    }

    private func writeChecks(to page: inout TextPage) {
        guard checks.contains(where: \.canOccur) else { return page.line("  Bytes are not cut into packets") }
        page.line("  What the protocol refuses, in this order, before the rules")
        for check in checks where check.canOccur { write(check, to: &page) }
        page.line("  and at any time")
        for check in others where check.canOccur { write(check, to: &page) }
        let never = (checks + others).filter { !$0.canOccur }.map(\.name)
        if !never.isEmpty { page.entry("  never here", at: 22, never.joined(separator: ", ")) }
    }

    private func write(_ check: ExplainedCheck, to page: inout TextPage) {
        let (client, server) = check.actions
        let score = check.score == 0 ? "" : ", score \(Shown.number(check.score))"
        let action = client == server ? client + score : "\(client)\(score) (client), \(server) (server)"
        page.entry(
            "    \("\(check.id)".padded(to: 2, isRight: true))  \(check.name)", at: 22, "\(check.means) -> \(action)")
    }

    /// Rules in order; what was told once is not told again.
    func writeRules(_ indices: [Int], to page: inout TextPage, told: inout Set<Int>) {
        let wide = min(rules.map(\.name.count).max() ?? 0, TextPage.nameWidth)
        let digits = rules.map { "\($0.id)".count }.max() ?? 0
        let column = 6 + digits + 2
        for index in indices {
            let rule = rules[index]
            let label = "      \("\(rule.id)".padded(to: digits, isRight: true))  \(rule.name)"
            guard told.insert(index).inserted else {
                page.entry(label, at: column + wide + 2, "as above")
                continue
            }
            page.entry(label, at: column + wide + 2, "-> " + rule.outcome)
            for change in rule.changes { page.entry("", at: column + 2, "\(change.name): \(change.value)") }
            for ask in rule.asks {
                page.entry("", at: column + 2, ask.name == "limit" ? ask.value : "\(ask.name) \(ask.value)")
            }
        }
    }
}

extension ExplainedRule {
    /// What happens when it fires.
    var outcome: String {
        var text = action
        if let reply { text += " after the reply \(reply)" }
        if score != 0 { text += ", score \(Shown.number(score))" }
        return isShadow ? "\(text) (in shadow)" : text
    }
}

extension ExplainedSide {
    func write(to page: inout TextPage, _ listener: ExplainedListener, told: inout Set<Int>) {
        page.line("  Packets of the \(sender)")
        for (index, group) in groups.enumerated() {
            if index > 0 { page.line() }
            if !group.hasOwnRules, groups.count > 1 { page.line("    All others") }
            group.write(to: &page)
            if group.rules.isEmpty {
                page.line("      no rules")
            } else {
                listener.writeRules(group.rules, to: &page, told: &told)
            }
        }
    }
}

extension ExplainedGroup {
    /// Lines of names, of packets that no rule names.
    private static let lineCountMax = 12

    func write(to page: inout TextPage) {
        for known in packets where !known.layout.isEmpty {
            page.entry(
                "", at: 4, known.names.map(\.unbroken).joined(separator: ", ") + known.size(behind: " ") + known.end)
            page.facts(known.layout, indent: 6)
        }
        var rest = packets.filter(\.layout.isEmpty)
        while let first = rest.first {
            let same = rest.filter { $0.phases == first.phases }
            rest.removeAll { $0.phases == first.phases }
            let names = same.flatMap { known in known.names.map { $0.unbroken + known.size(behind: "\u{A0}") } }
            let most = hasOwnRules ? Int.max : Self.lineCountMax
            if !page.entry("", at: 4, names.joined(separator: ", ") + first.end, most: most) {
                page.line("    … \(names.count) together\(first.end); -o json has them all")
            }
        }
    }
}

extension ExplainedGroup.Packets {
    /// The size where it is bounded.
    fileprivate func size(behind space: String) -> String {
        size == "any" ? "" : "\(space)(\(size.unbroken))"
    }

    /// The phases where they are not all.
    fileprivate var end: String { phases == "all" ? "" : ", in \(phases)" }
}

extension String {
    /// With spaces at which no line is broken.
    fileprivate var unbroken: String { replacing(" ", with: "\u{A0}") }
}
