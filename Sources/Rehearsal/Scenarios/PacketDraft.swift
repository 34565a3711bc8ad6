import GameProtocol
import PacketFields
import WireBytes

/// Makes packets of a protocol from what a scenario file says.
///
/// The descriptor says where opcode, length, counter and checksum stand, and what fields there are; everything else is
/// zero, or in a protocol of text lines the letter x. What comes out is cut and named as it should be, or refused.
struct PacketDraft {
    /// What is wrong with a packet's text, in a sentence.
    struct Refusal: Error {
        let place: ScenarioPlace
        let message: String
        var help: String?
    }

    private struct CounterKey: Hashable {
        let direction: Direction
        let packet: PacketIndex
    }

    let descriptor: Descriptor
    private var counters: [CounterKey: UInt64] = [:]

    init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// - Parameter phase: index of the phase that cuts what this side sends.
    mutating func bytes(
        of text: PacketText, _ direction: Direction, phase: Int
    ) throws(Refusal) -> [UInt8] {
        let entries = descriptor.packets[direction].entries
        let stage = descriptor.phases[phase]
        guard let lane = stage.lanes?[direction], stage.isFramed(direction) else {
            let first = stage.isOpaque ? nil : stage.preamble.first
            throw Refusal(
                place: text.place, message: "the \(direction.sender) sends no packets in the phase '\(stage.name)'",
                help: first.map { "its preamble comes first: \($0.direction.sender) sends hex \"…\"" }
                    ?? "send bytes instead: \(direction.sender) sends hex \"…\"")
        }
        let version = descriptor.phases[phase].version
        let found =
            entries.firstIndex { $0.name == text.name && $0.version == version }
            ?? entries.firstIndex { $0.name == text.name }
        // A packet that no name covers: its body says all but the size.
        let nameless = PacketTable.Entry(name: "unknown", identity: .length(0), byteCounts: nil)
        guard found != nil || text.name == "unknown" else {
            throw Refusal(
                place: text.place, message: "the \(direction.sender) has no packet '\(text.name)'",
                help: Suggestion.among(Array(Set(entries.map(\.name))).sorted(), text.name))
        }
        let index = found.map { PacketIndex($0 + 1) } ?? 0
        let entry = found.map { entries[$0] } ?? nameless
        guard
            var packet = framed(text, entry, index, lane, direction, phase),
            packet.count <= lane.frame.byteCountMax
        else {
            let size = text.byteCount.map { " of \($0) bytes" } ?? ""
            throw Refusal(
                place: text.place,
                message: "no packet '\(text.name)'\(size) can be made in the phase "
                    + "'\(descriptor.phases[phase].name)'",
                help: "its frame or its opcode does not allow it; send hex \"…\" instead")
        }
        if let layout = entry.layout {
            try fill(&packet, layout, text, direction, phase, index)
        } else if let value = text.values.first {
            throw Refusal(place: value.place, message: "the packet '\(text.name)' has no fields in its protocol")
        }
        return packet
    }

    /// Opcode, length and size; `nil` when the frame does not allow it.
    private func framed(
        _ text: PacketText, _ entry: PacketTable.Entry, _ index: PacketIndex, _ lane: Lane, _ direction: Direction,
        _ phase: Int
    ) -> [UInt8]? {
        for (shape, identity) in Self.ways(lane.frame.frame, entry.identity) {
            var sizes: [Int] = []
            if let byteCount = text.byteCount {
                sizes = [byteCount]
            } else if text.body != nil {
                sizes = [0]
            } else {
                // The least that the packet may have, and what header and layout need at most.
                let least = max(entry.byteCounts?.lowerBound ?? 1, 1)
                sizes = Array(least...min(least + 300, entry.byteCounts.map { max($0.upperBound, least) } ?? .max))
            }
            for size in sizes {
                guard
                    var packet = FrameDraft(shape: shape, opcode: lane.opcode, identity: identity)
                        .packet(byteCount: size, body: text.body, exact: text.byteCount != nil)
                else { continue }
                if let layout = entry.layout, text.body == nil, text.byteCount == nil {
                    packet = Self.withReferences(packet, layout)
                    Self.writeEmptyTexts(into: &packet, layout)
                }
                guard
                    descriptor.cutter.writeLength(
                        into: &packet, direction, phase: phase, name: index, mayMove: text.byteCount == nil)
                else { continue }
                if let layout = entry.layout, text.byteCount == nil, text.body == nil {
                    // Safe: any bits are a byte.
                    guard layout.fault(in: unsafe packet.span.bytes) == nil else { continue }
                }
                return packet
            }
        }
        return nil
    }

    /// Each way to write the frame, with each opcode that the packet may have.
    private static func ways(_ frame: Frame, _ identity: PacketIdentity) -> [(FrameDraft.Shape, PacketIdentity)] {
        var identities = [identity]
        if case .numbers(let range) = identity {
            // The first of them that no other packet has; nobody gives every one another name.
            identities = range.prefix(256).map { .number($0, sub: nil) }
        }
        return FrameDraft.shapes(of: frame).flatMap { shape in identities.map { (shape, $0) } }
    }

    /// Writes the length of texts that are never shorter than their NUL.
    private static func writeEmptyTexts(into packet: inout [UInt8], _ layout: PacketLayout) {
        for field in layout.fields {
            guard
                case .text(.prefixed(let byteCount, let isLittleEndian, let unit), let encoding, isNULEnded: true) =
                    field.kind
            else { continue }
            let begin: Int
            switch field.origin {
            case .start(let start): begin = start
            case .after(let before):
                // Safe: any bits are a byte.
                guard let span = layout.span(of: before, in: unsafe packet.span.bytes) else { return }
                begin = span.end
            default: continue
            }
            let place = IntegerPlace(offset: begin, byteCount: byteCount, isLittleEndian: isLittleEndian)
            _ = place.write(UInt64(encoding.unitByteCount / unit), into: &packet)
        }
    }

    /// Gives what stands at an offset that the packet tells an empty place at the packet's end.
    private static func withReferences(_ packet: [UInt8], _ layout: PacketLayout) -> [UInt8] {
        var packet = packet
        for field in layout.fields {
            guard case .indirect(let place, let plus) = field.origin else { continue }
            let start = packet.count - plus
            guard start >= 0, place.write(UInt64(start), into: &packet) else { return packet }
            switch field.kind {
            case .integer(let byteCount, _, _), .float(let byteCount, _): packet += Self.zeros(byteCount)
            case .bytes(.fixed(let byteCount)), .text(.fixed(let byteCount), _, _): packet += Self.zeros(byteCount)
            case .bytes(.prefixed(let byteCount, _, _)), .text(.prefixed(let byteCount, _, _), _, _):
                packet += Self.zeros(byteCount)
            case .bytes(.prefixedByVarint), .text(.prefixedByVarint, _, _), .varint: packet += [0]
            case .terminated(let encoding): packet += Self.zeros(encoding.unitByteCount)
            case .bytes, .text: break
            }
        }
        return packet
    }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    /// Sets the fields, and then what follows from them: size, counter, checksum.
    private mutating func fill(
        _ packet: inout [UInt8], _ layout: PacketLayout, _ text: PacketText, _ direction: Direction, _ phase: Int,
        _ index: PacketIndex
    ) throws(Refusal) {
        for value in text.values {
            guard let field = layout.index(of: value.field) else {
                throw Refusal(
                    place: value.place, message: "the packet '\(text.name)' has no field '\(value.field)'",
                    help: Suggestion.among(layout.fields.map(\.name), value.field))
            }
            guard let change = FieldValue.change(value, layout.fields[field].kind) else {
                throw Refusal(
                    place: value.place, message: "'\(value.field)' cannot have this value",
                    help: FieldValue.help(layout.fields[field].kind))
            }
            guard layout.apply(FieldEdit(field: field, change), to: &packet) != .unrepresentable else {
                throw Refusal(
                    place: value.place, message: "the packet has no room for this value of '\(value.field)'",
                    help: text.byteCount == nil ? nil : "leave 'size' out, and the packet grows as it must")
            }
        }
        if let byteCount = text.byteCount, packet.count != byteCount {
            throw Refusal(
                place: text.place, message: "with these fields it has \(packet.count) bytes, not \(byteCount)")
        }
        if let counter = layout.counter {
            let key = CounterKey(direction: direction, packet: index)
            let next = counters[key] ?? counter.first
            if counter.write(next, into: &packet) { counters[key] = counter.next(after: next) }
        }
        guard descriptor.cutter.writeLength(into: &packet, direction, phase: phase, name: index, mayMove: true) else {
            throw Refusal(place: text.place, message: "its frame cannot say the size of \(packet.count) bytes")
        }
        if let checksum = layout.checksum { _ = checksum.recompute(&packet) }
    }
}
