import GameProtocol
import WireBytes

/// The beginning of a packet: marks, selectors, opcode, and room for its length, which is written later.
struct FrameDraft {
    /// One way in which a frame can be written.
    struct Shape {
        /// The frame without selects.
        let frame: Frame
        /// What the selectors around it must be.
        let selectors: [(field: IntegerField, value: UInt64)]
        /// Bytes of the length, where that is a varint.
        var varintByteCount = 1
    }

    let shape: Shape
    let opcode: OpcodeRule?
    let identity: PacketIdentity

    /// All ways in which a frame can be written.
    static func shapes(of frame: Frame) -> [Shape] {
        if case .varint(_, let byteCountMax, _, _) = frame {
            return (1...min(byteCountMax, 4)).map { Shape(frame: frame, selectors: [], varintByteCount: $0) }
        }
        guard case .select(let field, let cases, let mask, let shift, let otherwise) = frame else {
            return [Shape(frame: frame, selectors: [])]
        }
        var shapes: [Shape] = []
        func add(_ rule: FrameRule, _ selectors: [(field: IntegerField, value: UInt64)]) {
            for shape in Self.shapes(of: rule.frame) {
                shapes.append(
                    Shape(
                        frame: shape.frame, selectors: selectors + shape.selectors,
                        varintByteCount: shape.varintByteCount))
            }
        }
        for (value, rule) in cases.sorted(by: { $0.key < $1.key }) { add(rule, [(field, value << UInt64(shift))]) }
        guard let otherwise else { return shapes }
        // The opcode may say by itself that no case applies; else a value that has none does.
        add(otherwise, [])
        let free = (0...255).map { UInt64($0) }.first { cases[$0] == nil && ($0 << UInt64(shift)) & ~mask == 0 }
        if let free { add(otherwise, [(field, free << UInt64(shift))]) }
        return shapes
    }

    /// A packet whose length is not right yet.
    ///
    /// - Parameters:
    ///   - byteCount: how many bytes it shall have; with a body, at least.
    ///   - exact: whether a packet of any other size is of no use.
    func packet(byteCount: Int, body: [UInt8]?, exact: Bool) -> [UInt8]? {
        var bytes = header
        // A word ends with a space, or with the packet.
        var isText = isDelimited
        if case .word = identity {
            isText = true
            if body?.isEmpty == false || body == nil && bytes.count < byteCount - ends.count {
                bytes.append(UInt8(ascii: " "))
            }
        }
        bytes += body ?? []
        let wanted = max(byteCount - ends.count, 0)
        let filler: UInt8 = isText ? UInt8(ascii: "x") : 0
        if bytes.count < wanted { bytes += [UInt8](repeating: filler, count: wanted - bytes.count) }
        bytes += ends
        guard !exact || bytes.count == byteCount else { return nil }
        return bytes
    }

    private var isDelimited: Bool {
        if case .delimited = shape.frame { return true }
        return false
    }

    private var ends: [UInt8] {
        switch shape.frame {
        case .delimited(let delimiter): delimiter
        case .marked(_, _, let ends): ends.bytes
        default: []
        }
    }

    /// Everything in front of the body.
    private var header: [UInt8] {
        var bytes: [UInt8] = []
        var lengthEnd = 0
        switch shape.frame {
        case .length(let field, _):
            lengthEnd = max(field.field.end, field.xor?.end ?? 0)
        case .marked(let starts, let field, _):
            bytes = starts.bytes
            lengthEnd = max(field.field.end, field.xor?.end ?? 0)
        case .varint(let offset, _, _, _):
            lengthEnd = offset + shape.varintByteCount
            bytes = [UInt8](repeating: 0, count: offset)
            bytes += [UInt8](repeating: 0x80, count: shape.varintByteCount - 1) + [0]
        case .table, .delimited, .uncut, .select: break
        }
        grow(&bytes, to: lengthEnd)
        writeOpcode(into: &bytes, lengthEnd: lengthEnd)
        // A selector may be the opcode's own bits, so what it says is added.
        for (field, value) in shape.selectors {
            grow(&bytes, to: field.end)
            let old = number(bytes, field)
            write(old | value, field, into: &bytes)
        }
        return bytes
    }

    private func writeOpcode(into bytes: inout [UInt8], lengthEnd: Int) {
        guard let opcode else { return }
        switch (identity, opcode.form) {
        case (.word(let word), .word(let offset)):
            grow(&bytes, to: offset)
            bytes.replaceSubrange(offset..<min(bytes.count, offset + word.count), with: word)
        case (.number(let number, let sub), let form):
            // Below what the phase adds, the number is another phase's.
            guard number >= opcode.plus else { return }
            let shown = (number - opcode.plus) << UInt64(opcode.shift)
            switch form {
            case .integer(let field):
                grow(&bytes, to: field.end)
                write(shown, field, into: &bytes)
            case .integerAfterLength(let byteCount, let isLittleEndian):
                let field = IntegerField(offset: lengthEnd, byteCount: byteCount, isLittleEndian: isLittleEndian)
                grow(&bytes, to: field.end)
                write(shown, field, into: &bytes)
            case .varint(let offset):
                grow(&bytes, to: offset)
                bytes.replaceSubrange(offset..<bytes.count, with: Self.varint(shown))
            case .varintAfterLength:
                grow(&bytes, to: lengthEnd)
                bytes += Self.varint(shown)
            case .word: return
            }
            if let sub, let place = opcode.sub?.field {
                grow(&bytes, to: place.end)
                write(sub, place, into: &bytes)
            }
        default: return
        }
    }

    private func grow(_ bytes: inout [UInt8], to count: Int) {
        if bytes.count < count { bytes += [UInt8](repeating: 0, count: count - bytes.count) }
    }

    private func number(_ bytes: [UInt8], _ field: IntegerField) -> UInt64 {
        let digits = bytes[field.offset..<field.end]
        return (field.isLittleEndian ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func write(_ value: UInt64, _ field: IntegerField, into bytes: inout [UInt8]) {
        for index in 0..<field.byteCount {
            let place = field.isLittleEndian ? index : field.byteCount - 1 - index
            bytes[field.offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(truncatingIfNeeded: rest)]
    }
}
