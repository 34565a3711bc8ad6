import GameProtocol
import WireBytes

/// A protocol as its file states it.
struct ProtocolFile {
    let descriptor: Descriptor
    let names: PacketNames
}

/// Reads `protocols/NAME.yaml`.
struct ProtocolReader {
    let diagnostics: DiagnosticBag

    static let shape = Shape(
        "a protocol", keys: ["version", "protocol", "title", "phases", "packets"],
        later: ["opcodes", "unknown", "inflate_max"])

    /// - Parameter expectedName: the name other files use, which is the file's own.
    func read(_ node: Node, expectedName: String?) -> ProtocolFile? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        FileVersion.check(fields)
        let name = fields.required("protocol", Kind<String>.name.located)
        if let name, let expectedName, name.value != expectedName {
            diagnostics.error(
                .badName, at: name.place, "this file defines '\(name.value)', but is named for '\(expectedName)'")
        }
        _ = fields.optional("title", .anyText)
        guard fields.has("phases"), let phasesNode = fields["phases"] else {
            _ = fields.required("phases", Kind<[String]>(expected: "a list of phases") { _, _ in nil })
            return nil
        }
        let drafts = PhaseReader(diagnostics: diagnostics).drafts(phasesNode)
        let lanes = drafts.compactMap(\.lanes)
        let tables = PacketReader(
            diagnostics: diagnostics,
            lanes: PerDirection(
                inbound: lanes.map(\.inbound).filter { !$0.frame.isUncut },
                outbound: lanes.map(\.outbound).filter { !$0.frame.isUncut })
        ).tables(fields["packets"])
        let names = PacketNames(tables, protocolName: name?.value ?? "this protocol")
        let phases = phases(drafts, names)
        guard let name, !phases.isEmpty, !diagnostics.hasErrors(in: node.place.source) else { return nil }
        return ProtocolFile(
            descriptor: Descriptor(name: name.value, phases: phases, packets: tables), names: names)
    }

    private func phases(_ drafts: [PhaseDraft], _ names: PacketNames) -> [Phase] {
        let reader = TransitionReader(diagnostics: diagnostics, names: names, phases: drafts)
        let phases = drafts.enumerated().map { index, draft in
            Phase(
                name: draft.name, deadlineNS: draft.deadlineNS, preamble: draft.preamble, cipher: draft.cipher,
                lanes: draft.lanes, isOpaque: draft.isOpaque, accept: reader.accept(draft),
                transitions: reader.transitions(draft, index: index))
        }
        // A phase whose own lines are wrong would make every later one look unreachable.
        if let place = drafts.first?.place, !diagnostics.hasErrors(in: place.source) { checkReach(phases, drafts) }
        return phases
    }

    /// Whether every way to a phase with a cipher goes through the preambles that keep its keys.
    private func checkKeys(_ phases: [Phase], _ drafts: [PhaseDraft]) {
        for (index, phase) in phases.enumerated() {
            for case .captured(let name) in phase.cipher?.keys ?? [] {
                let home = phases.firstIndex { $0.preamble.contains { $0.capture == name } }
                guard let home, home != index, home != 0 else { continue }
                guard isReached(index, from: 0, without: home, phases, drafts) else { continue }
                diagnostics.error(
                    .unknownCapture, at: drafts[index].place,
                    "'\(phase.name)' can be reached without '\(phases[home].name)', which keeps its key '\(name)'",
                    help: "let 'next_on' lead through '\(phases[home].name)'")
                return
            }
        }
    }

    /// Whether a phase can be reached on a way that leaves another out.
    private func isReached(
        _ target: Int, from start: Int, without other: Int, _ phases: [Phase], _ drafts: [PhaseDraft]
    ) -> Bool {
        var seen: Set<Int> = [other]
        var next = [start]
        while let index = next.popLast() {
            guard index < phases.count, seen.insert(index).inserted else { continue }
            if index == target { return true }
            next += phases[index].transitions.map(\.phase)
            if drafts[index].isOnlyPreamble { next.append(index + 1) }
        }
        return false
    }

    private func checkReach(_ phases: [Phase], _ drafts: [PhaseDraft]) {
        var reached: Set<Int> = []
        var next = [0]
        while let index = next.popLast() {
            guard index < phases.count, reached.insert(index).inserted else { continue }
            next += phases[index].transitions.map(\.phase)
            if drafts[index].isOnlyPreamble { next.append(index + 1) }
        }
        for (index, draft) in drafts.enumerated() where !reached.contains(index) {
            diagnostics.error(
                .unreachablePhase, at: draft.place, "nothing leads to the phase '\(draft.name)'",
                help: "an earlier phase needs 'next_on'")
        }
        checkKeys(phases, drafts)
        if let last = drafts.last, last.isOnlyPreamble {
            diagnostics.error(
                .phaseWithoutFrame, at: last.place, "nothing says what follows the preamble of '\(last.name)'",
                help: "give it 'frame', or add a phase behind it")
        }
    }
}

/// The first line of every file.
enum FileVersion {
    static func check(_ fields: Fields) {
        guard let node = fields["version"] else {
            fields.diagnostics.error(
                .version, at: fields.place, "the key 'version' is missing", help: "begin the file with version: 1")
            return
        }
        if node.text != "1" {
            fields.diagnostics.error(.version, at: node.place, "this program reads version 1, not \(node.found)")
        } else if fields.entries.first?.key != "version" {
            fields.diagnostics.error(.version, at: fields.keyPlace("version"), "'version' must be the first key")
        }
    }
}
