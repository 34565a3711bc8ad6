import GameProtocol
import WireBytes

/// A phase as far as it can be read before the packets are known.
struct PhaseDraft {
    let name: String
    let place: Place
    let fields: Fields
    let deadlineNS: UInt64?
    let preamble: [PreambleStep]
    let cipher: PhaseCipher?
    let lanes: PerDirection<Lane>?
    let isOpaque: Bool

    /// Whether it ends by itself, with its preamble.
    var isOnlyPreamble: Bool { lanes == nil && !isOpaque }

    /// Whether this side alone is not cut.
    func isUncut(_ direction: Direction) -> Bool { lanes?[direction].frame.isUncut ?? false }

    /// Whether this side has packets.
    func isCut(_ direction: Direction) -> Bool { lanes.map { !$0[direction].frame.isUncut } ?? false }
}

/// Reads the phases up to what depends on the packets' names.
struct PhaseReader {
    let diagnostics: DiagnosticBag
    /// What a compressed part may inflate to.
    let inflatedByteCountMax: Int

    /// A phase's index fits in the bits that rules keep for it.
    static let phaseCountMax = 64

    private static let shape = Shape(
        "a phase",
        keys: ["name", "deadline", "preamble", "frame", "opcode", "cipher", "inflate", "opaque", "accept", "next_on"])
    private static let sidesShape = Shape("a pair of directions", keys: ["client", "server"])

    /// - Returns: `nil` where the packets cannot be looked at, because what cuts them could not be read.
    func drafts(_ node: Node) -> [PhaseDraft]? {
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            diagnostics.error(.wrongType, at: node.place, "expected a list of phases, found \(node.found)")
            return []
        }
        guard items.count <= Self.phaseCountMax else {
            diagnostics.error(
                .tooMany, at: items[Self.phaseCountMax].place, "a protocol has at most \(Self.phaseCountMax) phases")
            return []
        }
        var inherited = Inherited()
        var names: [String: Place] = [:]
        let drafts: [PhaseDraft] = items.enumerated().compactMap { index, item in
            guard let fields = Fields(item, Self.shape, diagnostics) else { return nil }
            let name = fields.required("name", Kind<String>.name.located)
            if let name {
                if let first = names[name.value] {
                    diagnostics.error(
                        .duplicateName, at: name.place, "there are two phases '\(name.value)'",
                        help: "the first one stands at \(first.line):\(first.column)")
                }
                names[name.value] = name.place
            }
            return draft(fields, name, index: index, &inherited)
        }
        return inherited.isBroken ? nil : drafts
    }

    /// What a phase takes from those before it.
    private struct Inherited {
        var frames: PerDirection<FrameRule?> = PerDirection(both: nil)
        var opcodes: PerDirection<OpcodeStatement?> = PerDirection(both: nil)
        var inflations: PerDirection<InflationStatement?> = PerDirection(both: nil)
        var cipher: PhaseCipher?
        var captures: [String: CaptureDraft] = [:]
        /// Whether how some phase is cut could not be read, which was reported there.
        var isBroken = false
    }

    private func draft(
        _ fields: Fields, _ name: Located<String>?, index: Int, _ inherited: inout Inherited
    ) -> PhaseDraft? {
        let deadline = fields.optional("deadline", .duration())
        let preamble = fields["preamble"].map {
            PreambleReader(diagnostics: diagnostics, phase: index).steps($0, captures: &inherited.captures)
        }
        let isOpaque = fields.optional("opaque", .flag) ?? false
        var isGood = true
        if let node = fields["frame"] {
            let frame = FrameReader(diagnostics: diagnostics)
            isGood = inherit(&inherited.frames, node) { frame.frame($0) } && isGood
        }
        if let node = fields["opcode"] {
            let opcode = OpcodeReader(diagnostics: diagnostics)
            isGood = inherit(&inherited.opcodes, node) { opcode.opcode($0) } && isGood
        }
        if let node = fields["inflate"] {
            let inflation = InflationReader(
                diagnostics: diagnostics, byteCountMaxDefault: inflatedByteCountMax)
            isGood =
                inherit(&inherited.inflations, node) { side in
                    InflationReader.isNone(side)
                        ? InflationStatement(rule: nil) : inflation.rule(side).map { InflationStatement(rule: $0) }
                } && isGood
        }
        if isOpaque {
            for key in ["frame", "opcode", "cipher", "inflate", "accept", "next_on"] where fields.has(key) {
                diagnostics.error(.conflict, at: fields.keyPlace(key), "'\(key)' does not go with 'opaque'")
            }
        }
        guard isGood else {
            inherited.isBroken = true
            return nil
        }
        let lanes = isOpaque ? nil : self.lanes(inherited, fields)
        if !isOpaque || !fields.has("cipher") { readCipher(fields, index: index, lanes, &inherited) }
        guard let name else { return nil }
        if lanes == nil, !isOpaque, preamble?.isEmpty ?? true {
            // A preamble that could not be read was reported where it stands.
            if preamble == nil, !fields.has("frame"), !fields.has("opaque"), !inherited.isBroken {
                diagnostics.error(
                    .phaseWithoutFrame, at: name.place, "the phase '\(name.value)' does not say how its bytes are cut",
                    help: "give it 'frame', 'preamble' or 'opaque: true', or put it behind a phase with a frame")
            }
            return nil
        }
        return PhaseDraft(
            name: name.value, place: name.place, fields: fields, deadlineNS: deadline, preamble: preamble ?? [],
            cipher: inherited.cipher, lanes: lanes, isOpaque: isOpaque)
    }

    /// Reads the phase's own cipher, or leaves the one that it inherits.
    private func readCipher(
        _ fields: Fields, index: Int, _ lanes: PerDirection<Lane>?, _ inherited: inout Inherited
    ) {
        guard let node = fields["cipher"] else {
            guard inherited.cipher != nil, fields.has("preamble") else { return }
            diagnostics.error(
                .conflict, at: fields.keyPlace("preamble"), "a preamble is clear, but this phase inherits a cipher",
                help: "give the phase a 'cipher' of its own, or cipher: none")
            return
        }
        let reader = CipherReader(diagnostics: diagnostics, captures: inherited.captures)
        inherited.cipher = CipherReader.isNone(node) ? nil : reader.cipher(node, origin: index, lanes: lanes)
    }

    /// Reads what holds for both directions, or `client` and `server` apart; a direction left out keeps what it had.
    private func inherit<Rule>(
        _ rules: inout PerDirection<Rule?>, _ node: Node, _ read: (Node) -> Rule?
    ) -> Bool {
        if node["client"] == nil && node["server"] == nil {
            rules = PerDirection(both: read(node))
            return rules.inbound != nil
        }
        guard let sides = Fields(node, Self.sidesShape, diagnostics) else { return false }
        var isGood = true
        for direction in Direction.allCases {
            guard let side = sides[direction.sender] else { continue }
            rules[direction] = read(side)
            isGood = rules[direction] != nil && isGood
        }
        return isGood
    }

    private func lanes(
        _ inherited: Inherited, _ fields: Fields
    ) -> PerDirection<Lane>? {
        let frames = inherited.frames
        let opcodes = inherited.opcodes
        guard let inbound = frames.inbound, let outbound = frames.outbound else {
            if frames.inbound != nil || frames.outbound != nil {
                let missing: Direction = frames.inbound == nil ? .inbound : .outbound
                diagnostics.error(
                    .phaseWithoutFrame, at: fields.keyPlace("frame"),
                    "there is no frame for what the \(missing.sender) sends")
            }
            return nil
        }
        guard !inbound.isUncut || !outbound.isUncut else {
            diagnostics.error(
                .conflict, at: fields.keyPlace("frame"), "neither side is cut", help: "write opaque: true instead")
            return nil
        }
        let reader = OpcodeReader(diagnostics: diagnostics)
        let place = fields.keyPlace(fields.has("opcode") ? "opcode" : fields.has("frame") ? "frame" : "name")
        let rules = PerDirection(
            inbound: inbound.isUncut ? nil : opcodes.inbound?.rule,
            outbound: outbound.isUncut ? nil : opcodes.outbound?.rule)
        guard reader.fits(rules.inbound, inbound, at: place), reader.fits(rules.outbound, outbound, at: place)
        else { return nil }
        let inflations = PerDirection(
            inbound: inbound.isUncut ? nil : inherited.inflations.inbound?.rule,
            outbound: outbound.isUncut ? nil : inherited.inflations.outbound?.rule)
        let inflation = InflationReader(diagnostics: diagnostics, byteCountMaxDefault: inflatedByteCountMax)
        let inflatePlace = fields.keyPlace(fields.has("inflate") ? "inflate" : fields.has("frame") ? "frame" : "name")
        if inflations.inbound != nil { inflation.check(inbound, at: inflatePlace) }
        if inflations.outbound != nil { inflation.check(outbound, at: inflatePlace) }
        return PerDirection(
            inbound: Lane(frame: inbound, opcode: rules.inbound, inflation: inflations.inbound),
            outbound: Lane(frame: outbound, opcode: rules.outbound, inflation: inflations.outbound))
    }
}

/// What a phase says of compression: a rule, or none.
private struct InflationStatement {
    let rule: InflationRule?
}
