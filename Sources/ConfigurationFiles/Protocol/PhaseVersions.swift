import GameProtocol
import PacketFields
import WireBytes

/// Gives each version of a protocol phases of its own.
///
/// The phases in which the version may be told, and all that they lead to, are there once more for each version, with
/// that version's packets. The packet that tells it leads into them; so a connection's version is chosen once, and
/// costs a packet nothing.
struct PhaseVersions {
    let diagnostics: DiagnosticBag
    let names: PacketNames
    let drafts: [PhaseDraft]
    let opcodes: Opcodes
    let selector: Opcodes.Selector
    /// The transitions of each phase as written, by version and phase.
    let transitions: [[[Transition]]]
    let edges: [Set<Int>]

    /// What tells the version.
    private struct Telling {
        let direction: Direction
        let packet: PacketIndex
        let field: Int
    }

    /// - Parameter base: the phases without a version.
    func phases(_ base: [Phase]) -> [Phase] {
        guard let telling = telling() else { return base }
        let tellers = Set(base.indices.filter { tells(base[$0], telling) })
        guard !tellers.isEmpty else {
            diagnostics.error(
                .conflict, at: selector.packet.place,
                "no phase accepts '\(selector.packet.value)' before a version is known")
            return base
        }
        for index in tellers.sorted() where !base[index].preamble.isEmpty {
            diagnostics.error(
                .conflict, at: drafts[index].place,
                "the version is told in '\(drafts[index].name)', which has a preamble",
                help: "give the preamble a phase of its own")
            return base
        }
        let copied = PhaseGraph(diagnostics: diagnostics, drafts: drafts, edges: edges).reached(from: tellers).sorted()
        let count = base.count + copied.count * opcodes.versions.count
        guard count <= PhaseReader.phaseCountMax else {
            diagnostics.error(
                .tooMany, at: opcodes.place,
                "\(opcodes.versions.count) versions of \(copied.count) phases make \(count) with those before, and at "
                    + "most \(PhaseReader.phaseCountMax) are possible")
            return base
        }
        func copy(of phase: Int, version: Int) -> Int {
            guard let place = copied.firstIndex(of: phase) else { preconditionFailure("phase \(phase) has no copy") }
            return base.count + (version - 1) * copied.count + place
        }
        var phases = base
        for index in tellers {
            phases[index] = base[index].with(transitions: switches(base[index], index, telling, copy))
        }
        for version in 1...opcodes.versions.count {
            for index in copied {
                let own = transitions[version][index].map { $0.leading(to: copy(of: $0.phase, version: version)) }
                phases.append(base[index].with(version: version, transitions: own))
            }
        }
        return phases
    }

    /// Finds the packet and its field, and that the field can hold every version.
    private func telling() -> Telling? {
        let directions = names.directions(of: selector.packet, diagnostics)
        guard let direction = directions.first else { return nil }
        guard directions.count == 1 else {
            diagnostics.error(
                .ambiguousPacket, at: selector.packet.place, "both sides send a packet '\(selector.packet.value)'")
            return nil
        }
        guard let packet = names.require(selector.packet, direction, version: 0, diagnostics) else {
            diagnostics.error(
                .conflict, at: selector.packet.place,
                "'\(selector.packet.value)' tells the version, so it must have its 'opcode' before one is known")
            return nil
        }
        let layout = names.entry(packet, direction).layout
        let finder = FieldFinder(diagnostics: diagnostics, layout: layout, packet: selector.packet.value)
        guard let field = finder.field(selector.field.value, at: selector.field.place), let layout else { return nil }
        let kind = layout.fields[field].kind
        guard let numbers = kind.integers,
            opcodes.versions.allSatisfy({ numbers.contains(Int128($0.number)) })
        else {
            diagnostics.error(
                .conflict, at: selector.field.place,
                "'\(selector.field.value)' cannot hold the numbers of all versions",
                help: "the field is \(kind.noun)")
            return nil
        }
        return Telling(direction: direction, packet: packet, field: field)
    }

    private func tells(_ phase: Phase, _ telling: Telling) -> Bool {
        guard let lane = phase.lanes?[telling.direction], !lane.frame.isUncut else { return false }
        return phase.accept[telling.direction]?.contains(telling.packet) ?? true
    }

    /// The transitions of a phase in which the version is told: where they wait for the same packet, the version's
    /// phase is the one they lead to, and else the phase itself.
    private func switches(
        _ phase: Phase, _ index: Int, _ telling: Telling, _ copy: (Int, Int) -> Int
    ) -> [Transition] {
        var own: [Transition] = []
        var isAlways = false
        for transition in phase.transitions {
            guard transition.direction == telling.direction, transition.packet == telling.packet else {
                own.append(transition)
                continue
            }
            own += choices(of: transition, telling, copy)
            isAlways = isAlways || (transition.conditions.isEmpty && transition.conditionsNot.isEmpty)
            if selector.otherwise == nil { own.append(transition) }
        }
        guard !isAlways else { return own }
        let stay = Transition(
            direction: telling.direction, packet: telling.packet, phase: index, otherSideAfter: nil)
        return own + choices(of: stay, telling, copy)
    }

    /// A transition for each version, and last the one for other numbers.
    private func choices(of transition: Transition, _ telling: Telling, _ copy: (Int, Int) -> Int) -> [Transition] {
        var choices = opcodes.versions.enumerated().map { index, version in
            let number = Int128(version.number)
            let condition = FieldCondition(.value(field: telling.field), [.integer(number...number)])
            return transition.leading(to: copy(transition.phase, index + 1), if: [condition])
        }
        if let other = selector.otherwise { choices.append(transition.leading(to: copy(transition.phase, other + 1))) }
        return choices
    }
}

extension Transition {
    /// The same to another phase, with further conditions.
    fileprivate func leading(to phase: Int, if more: [FieldCondition] = []) -> Transition {
        Transition(
            direction: direction, packet: packet, conditions: conditions + more, conditionsNot: conditionsNot,
            phase: phase, otherSideAfter: otherSideAfter)
    }
}

extension Phase {
    /// The same with other transitions, in another version.
    fileprivate func with(version: Int = 0, transitions: [Transition]) -> Phase {
        Phase(
            name: name, version: version, deadlineNS: deadlineNS, preamble: preamble, cipher: cipher, lanes: lanes,
            isOpaque: isOpaque, accept: accept, transitions: transitions)
    }
}
