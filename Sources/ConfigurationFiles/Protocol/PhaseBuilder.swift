import GameProtocol
import WireBytes

/// Makes phases of what their entries state, now that the packets are known.
struct PhaseBuilder {
    let diagnostics: DiagnosticBag
    let names: PacketNames
    let drafts: [PhaseDraft]
    let opcodes: Opcodes?

    func phases() -> [Phase] {
        guard !drafts.isEmpty else { return [] }
        let transitions = (0..<(opcodes?.versionCount ?? 1)).map { version in
            let reader = TransitionReader(diagnostics: diagnostics, names: names, phases: drafts, version: version)
            return drafts.enumerated().map { reader.transitions($1, index: $0) }
        }
        let reader = TransitionReader(diagnostics: diagnostics, names: names, phases: drafts)
        let phases = drafts.enumerated().map { index, draft in
            Phase(
                name: draft.name, deadlineNS: draft.deadlineNS, preamble: draft.preamble, cipher: draft.cipher,
                lanes: draft.lanes, isOpaque: draft.isOpaque, accept: reader.accept(draft),
                transitions: transitions[0][index])
        }
        // A phase whose own lines are wrong would make every later one look unreachable.
        guard let source = drafts.first?.place.source, !diagnostics.hasErrors(in: source) else { return phases }
        let edges = drafts.indices.map { index in Set(transitions.flatMap { $0[index].map(\.phase) }) }
        PhaseGraph(diagnostics: diagnostics, drafts: drafts, edges: edges).check()
        guard let opcodes, let selector = opcodes.selector else { return phases }
        return PhaseVersions(
            diagnostics: diagnostics, names: names, drafts: drafts, opcodes: opcodes, selector: selector,
            transitions: transitions, edges: edges
        ).phases(phases)
    }
}

/// Which phase leads to which, in any version of the protocol.
struct PhaseGraph {
    let diagnostics: DiagnosticBag
    let drafts: [PhaseDraft]
    /// Where `next_on` of each phase leads.
    let edges: [Set<Int>]

    /// Reports phases that nothing leads to, or that come without their keys.
    func check() {
        let reached = reached(from: [0])
        for (index, draft) in drafts.enumerated() where !reached.contains(index) {
            diagnostics.error(
                .unreachablePhase, at: draft.place, "nothing leads to the phase '\(draft.name)'",
                help: "an earlier phase needs 'next_on'")
        }
        checkKeys()
        if let last = drafts.last, last.isOnlyPreamble {
            diagnostics.error(
                .phaseWithoutFrame, at: last.place, "nothing says what follows the preamble of '\(last.name)'",
                help: "give it 'frame', or add a phase behind it")
        }
    }

    /// The phases that can be reached from some, on ways that leave one out.
    func reached(from start: Set<Int>, without other: Int? = nil) -> Set<Int> {
        var reached: Set<Int> = []
        var next = Array(start)
        while let index = next.popLast() {
            guard index < drafts.count, index != other, reached.insert(index).inserted else { continue }
            next += edges[index]
            if drafts[index].isOnlyPreamble { next.append(index + 1) }
        }
        return reached
    }

    /// Whether every way to a phase with a cipher goes through the preambles that keep its keys.
    private func checkKeys() {
        for (index, draft) in drafts.enumerated() {
            for case .captured(let name) in draft.cipher?.keys ?? [] {
                let home = drafts.firstIndex { $0.preamble.contains { $0.capture == name } }
                guard let home, home != index, reached(from: [0], without: home).contains(index) else { continue }
                diagnostics.error(
                    .unknownCapture, at: draft.place,
                    "'\(draft.name)' can be reached without '\(drafts[home].name)', which keeps its key '\(name)'",
                    help: "let 'next_on' lead through '\(drafts[home].name)'")
                return
            }
        }
    }
}
