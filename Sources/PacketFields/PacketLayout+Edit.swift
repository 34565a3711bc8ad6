import WireBytes

extension PacketLayout {
    /// Changes a field, and moves every declared offset, link and length that follows from it.
    ///
    /// The packet's own length, its counter and its checksum are the caller's to follow.
    ///
    /// Cost: copies of the packet; linear in it.
    public func apply(_ edit: FieldEdit, to packet: inout [UInt8]) -> EditOutcome {
        switch edited(edit, packet) {
        case .same: return .unchanged
        case .impossible: return .unrepresentable
        case .bytes(let changed):
            packet = changed
            return .changed
        }
    }

    /// The packet after a change.
    private func edited(_ edit: FieldEdit, _ packet: [UInt8]) -> NewValue {
        // Safe: the span is of integers, which have no padding, and it lives as long as `packet`.
        let bytes = unsafe packet.span.bytes
        guard fault(in: bytes) == nil, let span = span(of: edit.field, in: bytes) else { return .impossible }
        let value: [UInt8]
        switch newValue(edit, span, in: bytes) {
        case .same: return .same
        case .impossible: return .impossible
        case .bytes(let new):
            if new == bytes.bytes(span.value) { return .same }
            value = new
        }
        guard var splice = splice(of: edit.field, span, value, in: bytes),
            !changesOtherText(splice, edit.field, span, in: bytes)
        else { return .impossible }
        guard splice.growth == 0 || follow(&splice, edit.field, span, in: bytes) else { return .impossible }
        guard let changed = splice.applied(to: packet) else { return .impossible }
        // Safe: as above, with `changed`.
        let after = unsafe changed.span.bytes
        guard fault(in: after) == nil, let new = self.span(of: edit.field, in: after), new.begin == span.begin,
            after.bytes(new.value) == value
        else { return .impossible }
        guard splice.growth == 0 || isMoved(splice, edit.field, from: bytes, to: after) else { return .impossible }
        return .bytes(changed)
    }

    /// What is replaced for a field to have a new value, with its own length; `nil` where it cannot have it.
    private func splice(of index: Int, _ span: FieldSpan, _ value: [UInt8], in packet: RawSpan) -> PacketSplice? {
        let length: FieldLength
        var endByteCount = 0
        switch forms[index].kind {
        case .integer, .float, .varint:
            return PacketSplice(span.value, value)
        case .terminated(let encoding):
            return hasNUL(value, encoding) ? nil : PacketSplice(span.value, value)
        case .bytes(let own):
            length = own
        case .text(let own, let encoding, let isNULEnded):
            length = own
            if isNULEnded { endByteCount = encoding.unitByteCount }
            if case .fixed(let room) = own {
                guard !hasNUL(value, encoding), value.count + endByteCount <= room else { return nil }
                let padding = [UInt8](repeating: 0, count: room - value.count)
                return PacketSplice(span.begin..<span.end, value + padding)
            }
            if isNULEnded && hasNUL(value, encoding) { return nil }
        }
        var splice = PacketSplice(span.value, value)
        switch length {
        case .fixed(let room):
            return value.count == room ? splice : nil
        case .rest:
            return splice
        case .prefixed(let byteCount, let isLittleEndian, let unit):
            let place = IntegerPlace(offset: span.begin, byteCount: byteCount, isLittleEndian: isLittleEndian)
            let size = value.count + endByteCount
            return size % unit == 0 && splice.patch(place, size / unit) ? splice : nil
        case .prefixedByVarint(let unit):
            let size = value.count + endByteCount
            guard size % unit == 0 else { return nil }
            return PacketSplice(
                span.begin..<span.value.upperBound, Varint.bytes(of: UInt64(size / unit)) + value)
        case .counted(let place, let unit):
            // What is left out has no place to grow in.
            if span.end == 0 { return nil }
            let size = value.count + endByteCount
            return size % unit == 0 && splice.patch(place, size / unit) ? splice : nil
        }
    }

    private func hasNUL(_ value: [UInt8], _ encoding: TextEncoding) -> Bool {
        let unit = encoding.unitByteCount
        return stride(from: 0, to: value.count, by: unit).contains { start in
            value[start..<min(start + unit, value.count)].allSatisfy { $0 == 0 }
        }
    }
}
