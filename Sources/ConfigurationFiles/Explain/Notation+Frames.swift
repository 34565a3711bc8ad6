import GameProtocol
import StreamCiphers
import WireBytes

/// How streams are cut.
extension Notation {
    static func field(_ field: IntegerField) -> String {
        integer(field.byteCount, field.isLittleEndian) + "@\(field.offset)"
    }

    /// A frame with its bounds.
    static func frame(_ rule: FrameRule) -> String {
        if rule.isUncut { return "not cut" }
        let also = rule.also.isEmpty ? "" : ", also " + rule.also.map { "\($0)" }.joined(separator: ", ")
        return "\(form(rule.frame)); \(sizes(rule.byteCountMin...rule.byteCountMax)) bytes\(also)"
    }

    private static func form(_ frame: Frame) -> String {
        switch frame {
        case .length(let length, let escapes):
            return self.length(length) + escapes.map { "; \(escape($0))" }.joined()
        case .varint(let offset, let byteCountMax, let countsPacket, let adjust):
            let counts = countsPacket ? "counts the packet" : "counts the payload"
            return "varint(\(byteCountMax))@\(offset) \(counts)" + (adjust == 0 ? "" : ", adjust \(adjust)")
        case .table: return "sizes by opcode"
        case .marked(let starts, let length, let ends):
            let end = ends.count == 0 ? "" : ", ends with \(ends)"
            return "starts with \(starts), \(self.length(length))\(end)"
        case .delimited(let until): return "up to \(hex(until))"
        case .select(let field, let cases, let mask, let shift, let otherwise):
            let chosen = cases.keys.sorted().map { "0x\(String($0, radix: 16)): \(Self.frame(cases[$0]))" }
            let rest = otherwise.map { ["otherwise: \(self.frame($0))"] } ?? []
            return "by \(self.field(field))\(bits(mask, shift)) { \((chosen + rest).joined(separator: " | ")) }"
        case .uncut: return "not cut"
        }
    }

    private static func frame(_ rule: FrameRule?) -> String { rule.map { self.frame($0) } ?? "" }

    static func length(_ length: LengthField) -> String {
        var text = field(length.field)
        if let xor = length.xor { text += " xor \(field(xor))" }
        if length.mask != .max { text += " & 0x\(String(length.mask, radix: 16))" }
        if length.times != 1 { text += " * \(length.times)" }
        text +=
            length.adjust == 0
            ? " counts the packet" : length.adjust > 0 ? " + \(length.adjust)" : " - \(-length.adjust)"
        if let align = length.align {
            text += ", to a multiple of \(align.multiple) where 0x\(String(align.flag, radix: 16))"
        }
        return text
    }

    private static func escape(_ escape: LengthEscape) -> String {
        let condition =
            switch escape.condition {
            case .equals(let value): "= \(value)"
            case .atLeast(let value): ">= \(value)"
            case .bits(let bits): "has 0x\(String(bits, radix: 16))"
            }
        return "where it \(condition): \(length(escape.length))"
    }

    private static func bits(_ mask: UInt64, _ shift: Int) -> String {
        (mask == .max ? "" : " & 0x\(String(mask, radix: 16))") + (shift == 0 ? "" : " >> \(shift)")
    }

    static func opcode(_ rule: OpcodeRule?) -> String {
        guard let rule else { return "none" }
        let form =
            switch rule.form {
            case .integer(let field): self.field(field)
            case .varint(let offset): "varint@\(offset)"
            case .varintAfterLength: "varint@after-length"
            case .integerAfterLength(let byteCount, let isLittleEndian):
                integer(byteCount, isLittleEndian) + "@after-length"
            case .word(let offset): "word@\(offset)"
            }
        let sub = rule.sub.map { ", then \(field($0.field)) for \($0.when.count) opcodes" } ?? ""
        return form + bits(rule.mask, rule.shift) + (rule.plus == 0 ? "" : " + \(rule.plus)") + sub
    }

    static func identity(_ identity: PacketIdentity) -> String {
        switch identity {
        case .number(let number, let sub): "opcode \(number)" + (sub.map { " sub \($0)" } ?? "")
        case .numbers(let range): "opcodes \(range.lowerBound)..\(range.upperBound)"
        case .word(let word): "word \(String(decoding: word, as: UTF8.self))"
        case .length(let length): "length \(length)"
        }
    }

    /// A range of sizes as conditions write them.
    static func sizes(_ range: ClosedRange<Int>) -> String {
        if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
        if range.upperBound == .max { return ">= \(range.lowerBound)" }
        return "\(range.lowerBound)..\(range.upperBound)"
    }

    static func inflation(_ rule: InflationRule) -> String {
        let start =
            switch rule.start {
            case .afterLength: "behind the length"
            case .offset(let offset): "from \(offset)"
            }
        return "\(rule.format) \(start)\(rule.hasSize ? ", with its size" : ""), up to \(Shown.size(rule.byteCountMax))"
    }

    static func cipher(_ cipher: PhaseCipher) -> String {
        let keys = cipher.keys.map { key in
            switch key {
            case .captured(let name): name
            case .literal: "a fixed key"
            }
        }
        var text = "\(cipher.scheme.name), keys \(keys.joined(separator: ", "))"
        if case .rc4(droppedByteCount: let dropped) = cipher.scheme, dropped > 0 { text += ", drop \(dropped)" }
        guard case .packets(let parts) = cipher.scope else { return text + ", on every byte" }
        let part = { (part: PhaseCipher.PacketPart) in
            part.end.map { part.start == 0 ? "first \($0)" : "\(part.start)..<\($0)" } ?? "from \(part.start)"
        }
        let (client, server) = (part(parts.inbound), part(parts.outbound))
        return text + (client == server ? ", \(client) of a packet" : ", \(client) (client), \(server) (server)")
    }

    static func preamble(_ step: PreambleStep) -> String {
        let forms = step.alternatives.map { alternative in
            let starts = alternative.starts.count == 0 ? "" : " \(shortened(alternative.starts.description))"
            switch alternative.extent {
            case .bytes(let count): return "\(count) bytes\(starts)"
            case .until(let until, let most): return "up to \(hex(until)) within \(most) bytes\(starts)"
            }
        }
        return "\(step.direction.sender): \(forms.joined(separator: " or "))"
            + (step.capture.map { ", kept as \($0)" } ?? "")
    }

    static func shortened(_ text: String) -> String {
        text.count <= 48 ? text : String(text.prefix(47)) + "…"
    }
}
