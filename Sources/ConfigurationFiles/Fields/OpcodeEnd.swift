import GameProtocol
import PacketFields

/// Where the opcode of a packet ends, as the origin of the field behind it.
enum OpcodeEnd {
    /// The one origin of all lanes that can read this opcode; `nil` where there is none, or where they differ.
    static func origin(_ lanes: [Lane], opcode: UInt64?) -> FieldOrigin? {
        let readers = lanes.filter { lane in
            guard let rule = lane.opcode else { return false }
            return opcode.map { rule.largest == nil || rule.canRead($0) } ?? true
        }
        let found = Set(readers.flatMap { lane in lane.opcode.map { origins($0, lane.frame, opcode: opcode) } ?? [] })
        guard found.count == 1, let only = found.first else { return nil }
        return only
    }

    /// One for each form of the frame in which a packet has room for its opcode.
    private static func origins(_ rule: OpcodeRule, _ frame: FrameRule, opcode: UInt64?) -> Set<FieldOrigin?> {
        if case .select(_, let cases, _, _, let otherwise) = frame.frame {
            let forms = Array(cases.values) + [otherwise].compactMap { $0 }
            return Set(forms.flatMap { origins(rule, $0, opcode: opcode) })
        }
        let origin = origin(rule, frame, opcode: opcode)
        switch origin {
        case .start(let end) where end > frame.byteCountMax: return []
        case .afterVarints(let offset, let count) where offset + count > frame.byteCountMax: return []
        default: return [origin]
        }
    }

    private static func origin(_ rule: OpcodeRule, _ frame: FrameRule, opcode: UInt64?) -> FieldOrigin? {
        let sub = rule.sub.flatMap { sub in opcode.map { sub.when.contains($0) } == true ? sub.field.end : nil }
        switch (rule.form, frame.frame) {
        case (.integer(let field), _): return .start(max(field.end, sub ?? 0))
        case (.word(let offset), _): return .afterWord(at: offset)
        case (.varint(let offset), _): return .afterVarints(at: offset, count: 1)
        case (.varintAfterLength, .varint(let offset, _, _, _)): return .afterVarints(at: offset, count: 2)
        case (.varintAfterLength, .length(let length, let escapes)) where escapes.isEmpty:
            return .afterVarints(at: length.end, count: 1)
        case (.integerAfterLength(let byteCount, _), .length(let length, let escapes)):
            let ends = Set([length.end] + escapes.map(\.length.end))
            return ends.count == 1 ? .start(max(length.end + byteCount, sub ?? 0)) : nil
        case (.integerAfterLength(let byteCount, _), .marked(_, let length, _)):
            return .start(max(length.end + byteCount, sub ?? 0))
        case (.integerAfterLength, _), (.varintAfterLength, _): return nil
        }
    }
}
