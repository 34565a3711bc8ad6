import GameProtocol
import PacketFields
import RuleEngine
import WireBytes

/// The fields that a rule names, looked up in every packet it looks at.
extension PolicyResolver {
    /// What a rule asks and changes of each of its packets; `nil` after a report.
    func fields(
        _ rule: RuleStatement, _ packets: PerDirection<PacketChoice?>
    ) -> PerDirection<[PacketIndex: FieldRule]>? {
        var result: PerDirection<[PacketIndex: FieldRule]> = PerDirection(both: [:])
        guard rule.namesFields, let game else { return result }
        for direction in Direction.allCases {
            switch packets[direction] {
            case nil: continue
            case .all:
                refuseNameless(rule)
                return nil
            case .only(let indices):
                for index in indices {
                    let entry = game.descriptor.packets[direction].entries[Int(index) - 1]
                    guard let found = fields(rule, of: entry) else { return nil }
                    result[direction][index] = found
                }
            }
        }
        return result
    }

    /// Of a packet that only some versions of the protocol describe, those that have the fields that a rule names.
    func withFields(
        _ rule: RuleStatement, _ packets: PerDirection<PacketChoice?>
    ) -> PerDirection<PacketChoice?> {
        guard rule.namesFields, let game else { return packets }
        let names = (rule.fieldLines + rule.fieldLinesNot + rule.editLines).map { line in
            line.key.split(separator: ".").first.map(String.init) ?? line.key
        }
        var chosen = packets
        for direction in Direction.allCases {
            guard case .only(let indices) = packets[direction] else { continue }
            let entries = indices.map { game.names.entry($0, direction) }
            let isFull = entries.map { entry in
                names.allSatisfy { entry.layout?.index(of: $0) != nil || entry.layout?.arrayIndex(of: $0) != nil }
            }
            // A name that no version has with these fields stays, for the report.
            let described = Set(zip(entries, isFull).filter(\.1).map(\.0.name))
            chosen[direction] = .only(
                indices.indices.filter { isFull[$0] || !described.contains(entries[$0].name) }.map { indices[$0] })
        }
        return chosen
    }

    /// Fields belong to packets, so a rule on all packets has none.
    private func refuseNameless(_ rule: RuleStatement) {
        let lines = rule.fieldLines + rule.fieldLinesNot
        if let line = lines.first(where: { isNearKey($0.key) }) { return refuseKey(line) }
        guard let line = (lines + rule.editLines).first else { return }
        diagnostics.error(
            .unknownField, at: line.keyPlace,
            "the rule \(rule.id) names no packet that could have a field '\(Node.shortened(line.key))'",
            help: "add packet: with the packets that have it")
    }

    /// What a rule asks of one packet; all its lines are read, so that each mistake is told.
    private func fields(_ rule: RuleStatement, of entry: PacketTable.Entry) -> FieldRule? {
        let conditions = conditions(rule.fieldLines, entry)
        let conditionsNot = self.conditions(rule.fieldLinesNot, entry)
        let editor = EditReader(diagnostics: diagnostics, layout: entry.layout, packet: entry.name)
        let edits = rule.editLines.map { editor.edits($0) }
        guard let conditions, let conditionsNot, !edits.contains(nil), let layout = entry.layout else { return nil }
        return FieldRule(
            layout: layout, conditions: conditions, conditionsNot: conditionsNot, edits: edits.flatMap { $0 ?? [] },
            byteCounts: entry.byteCounts ?? 1...Int.max)
    }

    private func conditions(_ lines: [Node.Entry], _ entry: PacketTable.Entry) -> [FieldCondition]? {
        let reader = ConditionReader(diagnostics: diagnostics, layout: entry.layout, packet: entry.name)
        let conditions = lines.map { line in
            if isNearKey(line.key), !hasField(line.key, entry.layout) {
                refuseKey(line)
                return nil as FieldCondition?
            }
            return reader.condition(line)
        }
        let good = conditions.compactMap { $0 }
        return good.count == conditions.count ? good : nil
    }

    private func hasField(_ name: String, _ layout: PacketLayout?) -> Bool { layout?.index(of: name) != nil }

    /// Whether a key that is no field was probably meant for one that every packet has.
    private func isNearKey(_ key: String) -> Bool {
        NearestName.of(key, in: PolicyReader.whereShape.keys) != nil
    }

    private func refuseKey(_ line: Node.Entry) {
        diagnostics.error(
            .unknownKey, at: line.keyPlace, "a condition has no key '\(Node.shortened(line.key))'",
            help: "its keys are \(PolicyReader.whereShape.keys.joined(separator: ", ")), and the fields of the packet",
            suggestion: NearestName.of(line.key, in: PolicyReader.whereShape.keys))
    }
}
