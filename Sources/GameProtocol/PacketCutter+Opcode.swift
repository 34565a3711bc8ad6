extension PacketCutter {
    /// Names a packet whose size is known.
    ///
    /// - Parameters:
    ///   - byteCount: the whole packet.
    ///   - bodyEnd: offset of its end marker or delimiter; opcodes stand before it.
    ///   - lengthEnd: offset behind its length field.
    ///   - isAlso: whether its size is one that the frame allows outside its bounds.
    func name(
        _ bytes: RawSpan, row: Int, byteCount: Int, bodyEnd: Int, lengthEnd: Int, isAlso: Bool,
        packets: borrowing PacketTable
    ) throws(FramingViolation) -> Cut {
        if isAlso {
            let packet = packets.index.packet(byteCount: byteCount, version: rows[row].opcode.version)
            if packet != 0 { return .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: 0)) }
        }
        let form = rows[row].opcode
        switch try nameByOpcode(bytes, form, bodyEnd: bodyEnd, lengthEnd: lengthEnd, packets: packets) {
        case .needs(let needed):
            return .needs(needed)
        case .name(let packet, let opcode, _):
            return .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
        case .absent:
            guard isAlso else { throw .noOpcode(byteCount: byteCount) }
            return .packet(CutPacket(byteCount: byteCount, packet: 0, opcode: 0))
        }
    }

    /// Reads the opcode and looks it up.
    ///
    /// - Parameter bodyEnd: offset that the opcode must end before or at; `Int.max` while the size is unknown.
    func nameByOpcode(
        _ bytes: RawSpan, _ form: OpcodeForm, bodyEnd: Int, lengthEnd: Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Naming {
        switch form.kind {
        case .none:
            return .name(0, opcode: 0, end: 0)
        case .integer:
            return nameByInteger(bytes, form, at: form.field.offset, bodyEnd: bodyEnd, packets: packets)
        case .integerAfterLength:
            return nameByInteger(bytes, form, at: lengthEnd, bodyEnd: bodyEnd, packets: packets)
        case .varint:
            return try nameByVarint(bytes, form, at: form.field.offset, bodyEnd: bodyEnd, packets: packets)
        case .varintAfterLength:
            return try nameByVarint(bytes, form, at: lengthEnd, bodyEnd: bodyEnd, packets: packets)
        case .word:
            return nameByWord(bytes, form, at: form.field.offset, bodyEnd: bodyEnd, packets: packets)
        }
    }

    private func nameByInteger(
        _ bytes: RawSpan, _ form: OpcodeForm, at offset: Int, bodyEnd: Int, packets: borrowing PacketTable
    ) -> Naming {
        let field = form.field
        let end = offset + field.byteCount
        guard end <= bodyEnd else { return .absent }
        guard bytes.byteCount >= end else { return .needs(end) }
        let number = bytes.numberAtHand(at: offset, byteCount: field.byteCount, isLittleEndian: field.isLittleEndian)
        return name(number, form, end: end, bytes, bodyEnd: bodyEnd, packets: packets)
    }

    private func nameByVarint(
        _ bytes: RawSpan, _ form: OpcodeForm, at offset: Int, bodyEnd: Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Naming {
        switch bytes.varint(at: offset, byteCountMax: 10, limit: bodyEnd) {
        case .needs(let needed): return .needs(needed)
        case .cutOff: return .absent
        case .tooLong: throw .varintTooLong
        case .value(let number, let end): return name(number, form, end: end, bytes, bodyEnd: bodyEnd, packets: packets)
        }
    }

    /// Masks and shifts the number that ends at `end`, reads its sub-opcode if it has one, and looks both up.
    private func name(
        _ number: UInt64, _ form: OpcodeForm, end: Int, _ bytes: RawSpan, bodyEnd: Int, packets: borrowing PacketTable
    ) -> Naming {
        let opcode = (number & form.mask) >> form.shift &+ form.plus
        guard hasSub(opcode, form) else {
            return .name(packets.index.packet(opcode: opcode, version: form.version), opcode: opcode, end: end)
        }
        let field = form.sub
        guard field.end <= bodyEnd else { return .absent }
        guard let sub = bytes.number(in: field) else { return .needs(field.end) }
        let packet = packets.index.packet(opcode: opcode, sub: sub, version: form.version)
        return .name(packet, opcode: opcode, end: max(end, field.end))
    }

    private func hasSub(_ opcode: UInt64, _ form: OpcodeForm) -> Bool {
        for index in form.withSub.indices where opcodesWithSub[index] == opcode { return true }
        return false
    }

    /// Reads a word up to a space or the body's end, but no further than decides what it is.
    private func nameByWord(
        _ bytes: RawSpan, _ form: OpcodeForm, at offset: Int, bodyEnd: Int, packets: borrowing PacketTable
    ) -> Naming {
        guard offset <= bodyEnd else { return .absent }
        // One byte more than the longest word shows that it is none; eight are the opcode of an unknown word.
        let window = max(packets.index.wordByteCountMax + 1, 8)
        let stop = bodyEnd - offset > window ? offset + window : bodyEnd
        let atHand = min(stop, bytes.byteCount)
        var end = offset
        while end < atHand && bytes.octet(end) != 0x20 { end += 1 }
        if end >= atHand && end < stop { return .needs(end + 1) }
        var opcode: UInt64 = 0
        for index in 0..<min(end - offset, 8) {
            opcode |= UInt64(bytes.octet(offset + index)) << UInt64(56 - 8 * index)
        }
        return .name(
            packets.index.packet(wordIn: bytes, at: offset..<end, version: form.version), opcode: opcode, end: end)
    }
}
