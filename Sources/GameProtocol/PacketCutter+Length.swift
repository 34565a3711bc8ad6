public import WireBytes

extension PacketCutter {
    /// Makes a packet that was changed say its new size, as the frame of its phase wants it.
    ///
    /// What is not the size stays: bits outside a mask, the number it is combined with, an escape. What a frame cannot
    /// say is refused: a number too large for its field, a size that it rounds or that is no multiple of what it
    /// counts, an escape that would begin or end to apply, a size of the table's, a delimiter within the packet. So is
    /// a packet whose name is another one now, and one whose length would take more or fewer bytes than before, unless
    /// nothing in it minds that.
    ///
    /// - Parameters:
    ///   - packet: the whole packet with its old length; on success with the new one, else as it was.
    ///   - direction: which way it travels.
    ///   - phase: index of the phase whose frame cuts it.
    ///   - name: which packet it must be.
    ///   - mayMove: whether a varint may take more or fewer bytes, so that what stands behind it moves.
    /// - Returns: whether the packet is cut where it ends, and named as before.
    public func writeLength(
        into packet: inout [UInt8], _ direction: Direction, phase: Int, name: PacketIndex, mayMove: Bool = false
    ) -> Bool {
        if isCut(packet, direction, phase: phase, name: name) { return true }
        var changed = packet
        let row = direction == .inbound ? 2 * phase : 2 * phase + 1
        guard writeLength(into: &changed, row: row, sizes(of: name, direction), mayMove: mayMove),
            isCut(changed, direction, phase: phase, name: name)
        else { return false }
        packet = changed
        return true
    }

    /// Whether the packet ends where its frame says, and has this name.
    private func isCut(_ packet: [UInt8], _ direction: Direction, phase: Int, name: PacketIndex) -> Bool {
        var scanned = 0
        do throws(FramingViolation) {
            // Safe: the span is of integers, which have no padding, and the packet is not touched while it lives.
            let cut = try unsafe cut(packet.span.bytes, direction, phase: phase, scannedByteCount: &scanned)
            guard case .packet(let cut) = cut else { return false }
            return cut.byteCount == packet.count && cut.packet == name
        } catch {
            return false
        }
    }

    private func writeLength(into packet: inout [UInt8], row: Int, _ size: PacketSize, mayMove: Bool) -> Bool {
        guard let form = form(of: packet, row: row) else { return false }
        switch form.kind {
        case .length:
            guard let number = form.length.number(in: packet) else { return false }
            for index in form.escapes.indices where frames.escapes[index].applies(to: number) {
                return frames.escapes[index].length.write(packet.count, into: &packet)
            }
            return form.length.write(packet.count, into: &packet)
        case .marked:
            return form.length.write(packet.count, into: &packet)
        case .varint:
            return writeVarint(form, into: &packet, mayMove: mayMove)
        case .table:
            guard case .field(let field) = size else { return false }
            return field.write(packet.count, into: &packet)
        case .delimited, .select:
            // There is no length to write.
            return false
        }
    }

    /// The form that a packet's selectors lead to.
    private func form(of packet: [UInt8], row: Int) -> FrameForm? {
        guard rows[row].form >= 0 else { return nil }
        var index = rows[row].form
        while frames.forms[index].kind == .select {
            guard let number = packet.number(in: frames.forms[index].selector),
                let chosen = form(for: selected(number, by: index), of: index)
            else { return nil }
            index = chosen
        }
        return frames.forms[index]
    }

    private func writeVarint(_ form: FrameForm, into packet: inout [UInt8], mayMove: Bool) -> Bool {
        let start = form.varintOffset
        // Safe: as in `isCut`.
        let reading = unsafe packet.span.bytes.varint(
            at: start, byteCountMax: form.varintByteCountMax, limit: packet.count)
        guard case .value(_, let end) = reading else { return false }
        // How many bytes it has decides what it says where it counts what is behind it or the packet, of which it is a
        // part; the smallest number of bytes that says itself is taken.
        let widths = mayMove ? 1...form.varintByteCountMax : end - start...end - start
        for width in widths {
            let (rest, isOver) = (packet.count - (end - start)).subtractingReportingOverflow(form.varintAdjust)
            guard !isOver else { return false }
            let value = rest + (form.varintCountsPacket ? width : -start)
            guard value >= 0, let bytes = Self.varint(UInt64(value), byteCount: width) else { continue }
            packet.replaceSubrange(start..<end, with: bytes)
            return true
        }
        return false
    }

    /// A number in its shortest form, if that has so many bytes.
    private static func varint(_ value: UInt64, byteCount: Int) -> [UInt8]? {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
        return bytes.count == byteCount ? bytes : nil
    }
}

extension LengthField {
    fileprivate func number(in packet: [UInt8]) -> UInt64? {
        // Safe: the span is of integers, which have no padding, and the packet is not touched while it lives.
        unsafe number(in: packet.span.bytes)
    }

    /// Writes what declares a size, and leaves all other bits as they are.
    ///
    /// - Returns: `false`, and nothing written, where the field has no number for it.
    fileprivate func write(_ byteCount: Int, into packet: inout [UInt8]) -> Bool {
        guard let old = number(in: packet) else { return false }
        let (bytes, isOver) = byteCount.subtractingReportingOverflow(adjust)
        guard !isOver, bytes >= 0, bytes.isMultiple(of: times) else { return false }
        let counted = UInt64(bytes / times)
        guard counted & ~mask == 0 else { return false }
        let number = old & ~mask | counted
        guard self.byteCount(declaredBy: number) == byteCount else { return false }
        let other = xor.flatMap { packet.number(in: $0) } ?? 0
        return field.write(number ^ other, into: &packet)
    }
}

extension IntegerField {
    fileprivate func write(_ value: UInt64, into packet: inout [UInt8]) -> Bool {
        guard byteCount == 8 || value >> UInt64(8 * byteCount) == 0, end <= packet.count else { return false }
        for index in 0..<byteCount {
            let place = isLittleEndian ? index : byteCount - 1 - index
            packet[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
        return true
    }
}

extension [UInt8] {
    fileprivate func number(in field: IntegerField) -> UInt64? {
        // Safe: the span is of integers, which have no padding, and the packet is not touched while it lives.
        unsafe span.bytes.number(in: field)
    }
}
