import GameProtocol

/// Where opcodes stand, or that packets have none.
struct OpcodeStatement {
    let rule: OpcodeRule?
}

/// Reads where opcodes stand.
struct OpcodeReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("an opcode", keys: ["at", "mask", "shift", "plus", "sub"])
    private static let subShape = Shape("a sub-opcode", keys: ["when", "opcode"])

    func opcode(_ node: Node) -> OpcodeStatement? {
        if node.text == "none" { return OpcodeStatement(rule: nil) }
        return rule(node).map { OpcodeStatement(rule: $0) }
    }

    private func rule(_ node: Node) -> OpcodeRule? {
        if case .scalar = node.content {
            return Kind<OpcodeRule.Form>.opcodeForm.read(node, diagnostics).map { OpcodeRule(form: $0) }
        }
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let form = fields.required("at", .opcodeForm)
        let mask = fields.optional("mask", .number)
        let shift = fields.optional("shift", .count(in: 0...63)) ?? 0
        let plus = fields.optional(
            "plus", Kind<UInt64>.number.checked(.outOfRange) { $0 <= 1 << 62 ? nil : "at most 2^62 can be added" })
        let sub = fields["sub"].flatMap { subOpcode($0) }
        guard let form else { return nil }
        if case .word = form, ["mask", "shift", "plus", "sub"].contains(where: { fields.has($0) }) {
            fields.error(.conflict, at: "at", "a word has no mask, shift, plus or sub-opcode")
            return nil
        }
        return OpcodeRule(form: form, mask: mask ?? .max, shift: shift, plus: plus ?? 0, sub: sub)
    }

    private func subOpcode(_ node: Node) -> OpcodeRule.Sub? {
        guard let fields = Fields(node, Self.subShape, diagnostics) else { return nil }
        let when = fields.required(
            "when", .list(.number).checked(.tooMany) { $0.count <= 256 ? nil : "at most 256 opcodes have a sub-opcode" }
        )
        let field = fields.required("opcode", .integerField)
        guard let when, let field else { return nil }
        return OpcodeRule.Sub(when: when, field: field)
    }

    /// Whether this frame has a place for this opcode; reports it when not.
    func fits(_ opcode: OpcodeRule?, _ frame: FrameRule, at place: Place) -> Bool {
        guard let opcode else {
            guard frame.hasTable else { return true }
            diagnostics.error(.conflict, at: place, "a table frame needs an opcode to look sizes up by")
            return false
        }
        if frame.hasTable {
            if case .integer = opcode.form { return true }
            diagnostics.error(.conflict, at: place, "a table frame needs an opcode of fixed width, such as u16le@0")
            return false
        }
        switch (opcode.form, frame.frame) {
        case (.varintAfterLength, .varint), (.integerAfterLength, .length), (.integerAfterLength, .marked),
            (.integerAfterLength, .select), (.integerAfterLength, .varint):
            return true
        case (.varintAfterLength, .select(_, let cases, _, _, let otherwise))
        where (Array(cases.values) + [otherwise].compactMap { $0 }).contains { $0.frame.isVarint }:
            return true
        case (.varintAfterLength, _):
            diagnostics.error(.conflict, at: place, "varint@after-length needs a frame with a varint length")
            return false
        case (.integerAfterLength, _):
            diagnostics.error(.conflict, at: place, "@after-length needs a frame with a length field")
            return false
        case (.integer, _), (.varint, _), (.word, _): return true
        }
    }
}

extension OpcodeRule {
    /// The largest opcode this rule can read, or `nil` for words.
    var largest: UInt64? {
        let width: Int
        switch form {
        case .integer(let field): width = field.byteCount
        case .integerAfterLength(let byteCount, _): width = byteCount
        case .varint, .varintAfterLength: width = 8
        case .word: return nil
        }
        let widest: UInt64 = width == 8 ? .max : (1 << UInt64(width * 8)) - 1
        return (widest & mask) >> UInt64(shift) &+ plus
    }

    /// Whether a number can be what this rule reads: all its bits lie where the mask has ones.
    func canRead(_ number: UInt64) -> Bool {
        guard let largest, number >= plus else { return false }
        return (number - plus) & ~(largest &- plus) == 0
    }
}

extension Frame {
    fileprivate var isVarint: Bool {
        if case .varint = self { return true }
        return false
    }
}
