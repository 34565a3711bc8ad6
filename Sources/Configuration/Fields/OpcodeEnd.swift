import GameProtocol
import PacketFields

/// Where the opcode of a packet ends, as the origin of the field behind it.
enum OpcodeEnd {
    /// The one origin of all lanes; `nil` where there is none, or where they differ.
    static func origin(_ lanes: [Lane], opcode: UInt64?) -> FieldOrigin? {
        let found = Set(lanes.filter { $0.opcode != nil }.map { origin($0, opcode: opcode) })
        guard found.count == 1, let only = found.first else { return nil }
        return only
    }

    private static func origin(_ lane: Lane, opcode: UInt64?) -> FieldOrigin? {
        guard let rule = lane.opcode else { return nil }
        let sub = rule.sub.flatMap { sub in opcode.map { sub.when.contains($0) } == true ? sub.field.end : nil }
        switch (rule.form, lane.frame.frame) {
        case (.integer(let field), _): return .start(max(field.end, sub ?? 0))
        case (.word(let offset), _): return .afterWord(at: offset)
        case (.varint(let offset), _): return .afterVarints(at: offset, count: 1)
        case (.varintAfterLength, .varint(let offset, _, _, _)): return .afterVarints(at: offset, count: 2)
        case (.integerAfterLength(let byteCount, _), .length(let length, let escapes)):
            let ends = Set([length.end] + escapes.map(\.length.end))
            return ends.count == 1 ? .start(max(length.end + byteCount, sub ?? 0)) : nil
        case (.integerAfterLength(let byteCount, _), .marked(_, let length, _)):
            return .start(max(length.end + byteCount, sub ?? 0))
        case (.integerAfterLength, _), (.varintAfterLength, _): return nil
        }
    }
}
