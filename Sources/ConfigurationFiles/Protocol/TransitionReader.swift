import GameProtocol
import PacketFields
import WireBytes

/// Reads what of a phase names packets and other phases: `accept` and `next_on`.
struct TransitionReader {
    let diagnostics: DiagnosticBag
    let names: PacketNames
    let phases: [PhaseDraft]
    /// The version whose packets lead from phase to phase.
    var version = 0

    private static let acceptShape = Shape("'accept'", keys: ["client", "server"])
    private static let nextShape = Shape(
        "a transition", keys: ["packet", "from", "where", "where_not", "goto", "other_side_after"])

    func accept(_ draft: PhaseDraft) -> PerDirection<PacketSet?> {
        var sets: PerDirection<PacketSet?> = PerDirection(both: nil)
        guard let node = draft.fields["accept"], let fields = Fields(node, Self.acceptShape, diagnostics) else {
            return sets
        }
        for direction in Direction.allCases {
            guard let packets = fields.optional(direction.sender, Kind<String>.name.located.oneOrMore) else { continue }
            if draft.isUncut(direction) {
                diagnostics.error(
                    .conflict, at: fields.keyPlace(direction.sender),
                    "what the \(direction.sender) sends is not cut in this phase, so nothing of it can be accepted")
            }
            sets[direction] = PacketSet(packets.flatMap { names.require($0, direction, diagnostics) })
        }
        return sets
    }

    func transitions(_ draft: PhaseDraft, index: Int) -> [Transition] {
        guard let node = draft.fields["next_on"] else { return [] }
        if draft.isOnlyPreamble {
            diagnostics.error(
                .conflict, at: draft.fields.keyPlace("next_on"), "a phase that is only a preamble ends by itself")
            return []
        }
        let items: [Node]
        if case .sequence(let list) = node.content { items = list } else { items = [node] }
        return items.flatMap { transition($0, from: index) }
    }

    private func transition(_ node: Node, from index: Int) -> [Transition] {
        guard let fields = Fields(node, Self.nextShape, diagnostics) else { return [] }
        let packets = fields.required("packet", Kind<String>.name.located.oneOrMore) ?? []
        let sender = fields.optional("from", .sender)
        let target = target(fields, from: index)
        let other = fields.optional("other_side_after", Kind<String>.name.located)
        return packets.compactMap { packet in
            let direction: Direction
            if let sender {
                direction = sender
            } else {
                let directions = names.directions(of: packet, diagnostics)
                guard let only = directions.first else { return nil }
                if directions.count > 1 {
                    diagnostics.error(
                        .ambiguousPacket, at: packet.place, "both sides send a packet '\(packet.value)'",
                        help: "add from: client or from: server")
                    return nil
                }
                direction = only
            }
            guard let number = names.require(packet, direction, version: version, diagnostics), let target
            else { return nil }
            if phases[index].isUncut(direction) {
                diagnostics.error(
                    .conflict, at: packet.place,
                    "what the \(direction.sender) sends is not cut in this phase, so this packet is never seen")
            }
            if !isAccepted(packet.value, direction, in: phases[index]) {
                diagnostics.error(
                    .phaseWithoutExit, at: packet.place,
                    "the phase '\(phases[index].name)' does not accept '\(packet.value)', so it never leads on",
                    help: "add it to 'accept', or wait for another packet")
            }
            for side in Direction.allCases where phases[index].isUncut(side) && phases[target].isCut(side) {
                diagnostics.error(
                    .conflict, at: packet.place,
                    "where the packets of the \(side.sender) begin in '\(phases[target].name)' cannot be known, "
                        + "because they are not cut in '\(phases[index].name)'",
                    help: "give '\(phases[target].name)' frame: { \(side.sender): none }, too")
            }
            let after = other.flatMap { names.require($0, direction.opposite, version: version, diagnostics) }
            let entry = names.entry(number, direction)
            for key in ["where", "where_not"] where fields.has(key) { check(entry, direction, fields.keyPlace(key)) }
            return Transition(
                direction: direction, packet: number, conditions: conditions(fields["where"], entry),
                conditionsNot: conditions(fields["where_not"], entry), phase: target, otherSideAfter: after)
        }
    }

    /// Reports a packet that may be too long to be kept until it is whole, as one that is asked what it holds is.
    func check(_ entry: PacketTable.Entry, _ direction: Direction, _ place: Place) {
        var longest = entry.byteCounts?.upperBound
        if case .length(let byteCount) = entry.identity { longest = byteCount }
        let most =
            phases.compactMap { $0.lanes?[direction].frame }.filter { !$0.isUncut }.map(\.byteCountMax).max() ?? 0
        let byteCount = min(longest ?? most, most)
        guard byteCount > PatternReader.inspectedByteCountMax else { return }
        diagnostics.error(
            .impossibleField, at: place,
            "'\(entry.name)' can have \(byteCount) bytes, and at most \(PatternReader.inspectedByteCountMax) are "
                + "looked at",
            help: "give it a 'size', such as 8..65536")
    }

    /// Whether a phase accepts a packet, by its name.
    func isAccepted(_ name: String, _ direction: Direction, in phase: PhaseDraft) -> Bool {
        guard let node = phase.fields["accept"]?[direction.sender] else { return true }
        guard case .sequence(let items) = node.content else { return node.text == name }
        return items.contains { $0.text == name }
    }

    /// What the fields of a packet must be, or must not be.
    func conditions(_ node: Node?, _ entry: PacketTable.Entry) -> [FieldCondition] {
        guard let node else { return [] }
        guard case .mapping(let lines) = node.content, !lines.isEmpty else {
            diagnostics.error(
                .wrongType, at: node.place, "expected fields and what they must be, found \(node.found)",
                help: "write { status: 1 }")
            return []
        }
        let reader = ConditionReader(diagnostics: diagnostics, layout: entry.layout, packet: entry.name)
        return lines.compactMap { reader.condition($0) }
    }

    private func target(_ fields: Fields, from index: Int) -> Int? {
        guard let name = fields.optional("goto", Kind<String>.name.located) else {
            if fields.has("goto") { return nil }
            if index + 1 < phases.count { return index + 1 }
            diagnostics.error(
                .unknownPhase, at: fields.place, "no phase comes after '\(phases[index].name)'",
                help: "add goto: with the name of a phase")
            return nil
        }
        if let phase = phases.firstIndex(where: { $0.name == name.value }) { return phase }
        diagnostics.error(
            .unknownPhase, at: name.place, "there is no phase '\(name.value)'",
            suggestion: NearestName.of(name.value, in: phases.map(\.name)))
        return nil
    }
}
