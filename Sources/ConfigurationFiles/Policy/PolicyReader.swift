import RuleEngine
import WireBytes

/// Reads `policies/NAME.yaml` as far as that needs no protocol.
struct PolicyReader {
    let diagnostics: DiagnosticBag

    /// Rules of one file.
    static let ruleCountMax = 10_000

    static let shape = Shape(
        "a policy", keys: ["version", "policy", "title", "protocol", "unknown", "violations", "rules"])
    private static let ruleShape = Shape(
        "a rule",
        keys: [
            "id", "name", "packet", "from", "where", "where_not", "not_after", "bytes", "repeats", "limit", "action",
            "reply", "score", "mode",
        ])
    static let whereShape = Shape(
        "a condition", keys: ["size", "phase"] + OriginReader.keys)

    /// - Parameter expectedName: the name other files use, which is the file's own.
    func read(_ node: Node, expectedName: String?) -> PolicyFile? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        FileVersion.check(fields)
        let name = fields.required("policy", Kind<String>.name.located)
        if let name, let expectedName, name.value != expectedName {
            diagnostics.error(
                .badName, at: name.place, "this file defines '\(name.value)', but is named for '\(expectedName)'")
        }
        _ = fields.optional("title", .anyText)
        let protocolName = fields.optional("protocol", Kind<String>.name.located)
        let violations = ViolationReader(diagnostics: diagnostics).statements(fields)
        let rules = fields["rules"].map { statements($0) } ?? []
        if protocolName == nil, !fields.has("protocol") { refuseNames(rules) }
        guard let name else { return nil }
        return PolicyFile(name: name.value, protocolName: protocolName, violations: violations, rules: rules)
    }

    private func statements(_ node: Node) -> [RuleStatement] {
        if node.isEmpty { return [] }
        guard case .sequence(let items) = node.content else {
            diagnostics.error(.wrongType, at: node.place, "expected a list of rules, found \(node.found)")
            return []
        }
        guard items.count <= Self.ruleCountMax else {
            diagnostics.error(
                .tooMany, at: items[Self.ruleCountMax].place, "a policy has at most \(Self.ruleCountMax) rules")
            return []
        }
        return items.compactMap { rule($0) }
    }

    private func rule(_ node: Node) -> RuleStatement? {
        guard let fields = Fields(node, Self.ruleShape, diagnostics) else { return nil }
        let id = fields.required("id", .number(in: 0...UInt64(UInt32.max)))
        if let id, id < 100 {
            fields.error(
                .reservedRuleID, at: "id", "the ids below 100 belong to violations", help: "take one from 100 on")
        }
        let name = fields.required("name", .name)
        var rule = RuleStatement(
            id: UInt32(clamping: id ?? 0), name: name ?? "", place: fields["id"]?.place ?? fields.place)
        rule.packets = fields.optional("packet", Kind<String>.name.located.oneOrMore)
        rule.sender = fields.optional("from", .choice(["client": .client, "server": .server, "both": .both]))
        readConditions(fields, &rule)
        rule.limit = fields["limit"].flatMap { LimitReader(diagnostics: diagnostics).limit($0) }
        rule.signature = fields["bytes"].map { PatternReader(diagnostics: diagnostics).patterns($0) } ?? []
        let history = HistoryReader(diagnostics: diagnostics)
        rule.notAfter = fields["not_after"].flatMap { history.notAfter($0) }
        rule.repeats = fields["repeats"].flatMap { history.repeats($0) }
        rule.reply = fields["reply"].flatMap { PatternReader(diagnostics: diagnostics).reply($0) }
        fields.fill(&rule.action, "action", .action)
        if rule.action == .rewrite, case .mapping(let lines)? = fields["action"]?["rewrite"]?.content {
            rule.editLines = lines
        }
        fields.fill(&rule.score, "score", .points)
        fields.fill(&rule.isShadow, "mode", .shadowMode)
        checkAction(fields, rule)
        return id == nil || name == nil ? nil : rule
    }

    private func readConditions(_ fields: Fields, _ rule: inout RuleStatement) {
        let names = Kind<String>.name.located.oneOrMore
        let sizes = Kind<ClosedRange<Int>>.sizeCondition.oneOrMore
        let origins = OriginReader(diagnostics: diagnostics)
        var asksOther = ["packet", "from", "not_after", "bytes", "repeats", "limit"].contains { fields.has($0) }
        if let condition = conditions(fields, "where", &rule.fieldLines) {
            rule.byteCounts = condition.optional("size", sizes) ?? []
            rule.phases = condition.optional("phase", names)
            origins.read(condition, into: &rule.origin)
            rule.lists = condition.optional("list", names) ?? []
        }
        if let condition = conditions(fields, "where_not", &rule.fieldLinesNot) {
            rule.byteCountsNot = condition.optional("size", sizes) ?? []
            rule.phasesNot = condition.optional("phase", names) ?? []
            origins.readNot(condition, into: &rule.origin)
            rule.listsNot = condition.optional("list", names) ?? []
        }
        for key in ["where", "where_not"] where asksMore(fields[key]) { asksOther = true }
        rule.asksOnlyOrigin = rule.asksOrigin && !asksOther
    }

    /// Whether a condition asks for more than where the client is from.
    private func asksMore(_ node: Node?) -> Bool {
        guard case .mapping(let entries)? = node?.content else { return node != nil }
        return entries.contains { !OriginReader.keys.contains($0.key) }
    }

    /// A condition's keys that every packet has; those that are names of fields wait until the packet is known.
    private func conditions(_ fields: Fields, _ key: String, _ lines: inout [Node.Entry]) -> Fields? {
        guard let node = fields[key] else { return nil }
        guard case .mapping(let entries) = node.content else {
            return Fields(node, Self.whereShape, diagnostics)
        }
        let known = Self.whereShape.keys + Self.whereShape.later
        lines = entries.filter { !known.contains($0.key) }
        let rest = entries.filter { known.contains($0.key) }
        return Fields(Node(content: .mapping(rest), place: node.place), Self.whereShape, diagnostics)
    }

    private func checkAction(_ fields: Fields, _ rule: RuleStatement) {
        if rule.isAtOpen {
            let keys = ["packet", "from", "where", "where_not", "not_after", "bytes", "repeats", "reply"]
            for key in keys where fields.has(key) && (!key.hasPrefix("where") || asksMore(fields[key])) {
                diagnostics.error(
                    .packetAtOpen, at: fields.keyPlace(key),
                    "a rule on connections is judged when one opens, and '\(key)' is about packets")
            }
            switch rule.action {
            case .drop, .rewrite, .delay:
                fields.error(
                    .impossibleAction, at: "action",
                    "a rule on connections is judged when one opens, where there is no packet to \(rule.action.name)",
                    help: "possible are pass, log, close, ban")
            case .pass, .log, .close, .ban: break
            }
        } else if rule.action == .delay, rule.limit == nil, !fields.has("limit") {
            fields.error(
                .impossibleAction, at: "action", "'delay' needs a limit that says how long",
                help: "limit: { count: bytes, per: connection, rate: 32KiB/s }")
        }
        guard !rule.isAtOpen, fields.has("reply") else { return }
        switch rule.action {
        case .close, .ban: break
        case .pass, .log, .rewrite, .drop, .delay:
            diagnostics.error(
                .impossibleAction, at: fields.keyPlace("reply"),
                "a reply comes before the end of a connection, and '\(rule.action.name)' does not end it",
                help: "possible are close and ban")
        }
    }

    private func refuseNames(_ rules: [RuleStatement]) {
        for rule in rules {
            let packet = rule.packets?.first
            let other = packet ?? rule.notAfter?.packets.first
            if let name = other ?? rule.phases?.first ?? rule.phasesNot.first {
                refuse(other == nil ? "phase" : "packet", name)
            } else if let line = (rule.fieldLines + rule.fieldLinesNot + rule.editLines).first {
                refuse("field", Located(value: Node.shortened(line.key), place: line.keyPlace))
            }
        }
    }
}

extension PolicyReader {
    private func refuse(_ what: String, _ name: Located<String>) {
        diagnostics.error(
            .policyWithoutProtocol, at: name.place,
            "a policy without 'protocol' cannot name the \(what) '\(name.value)'",
            help: "add protocol: with the name of the protocol that defines it",
            suggestion: what == "field" ? NearestName.of(name.value, in: Self.whereShape.keys) : nil)
    }
}

extension Kind where Value == Bool {
    /// `shadow` or `enforce`.
    static var shadowMode: Kind { .choice(["shadow": true, "enforce": false]) }
}
