import WireBytes

extension PacketLayout {
    /// Where a field lies, or `nil` in a packet in which it cannot be read.
    ///
    /// Cost: what lies before a field that follows others is looked through; no allocation.
    public func span(of index: Int, in packet: RawSpan) -> FieldSpan? {
        var before = 0
        if case .after(let other) = forms[index].origin {
            guard let earlier = span(of: other, in: packet) else { return nil }
            before = earlier.end
        }
        guard case .span(let span) = read(forms[index], in: packet, behind: before) else { return nil }
        return span
    }

    /// The number in an integer or varint field; `nil` for other kinds, and where it cannot be read.
    public func integer(_ index: Int, in packet: RawSpan) -> Int128? {
        guard let span = span(of: index, in: packet) else { return nil }
        switch forms[index].kind {
        case .integer(let byteCount, let isLittleEndian, let isSigned):
            let raw = packet.unsignedInteger(
                at: span.value.lowerBound, byteCount: byteCount, littleEndian: isLittleEndian)
            guard let raw else { return nil }
            guard isSigned else { return Int128(raw) }
            let shift = UInt64(64 - byteCount * 8)
            return Int128(Int64(bitPattern: raw << shift) >> Int64(shift))
        case .varint:
            guard case .value(let number, _) = packet.varintValue(at: span.value.lowerBound) else { return nil }
            return Int128(number)
        case .float, .bytes, .text, .terminated:
            return nil
        }
    }

    /// The number in a float field; `nil` for other kinds, and where it cannot be read.
    public func float(_ index: Int, in packet: RawSpan) -> Double? {
        guard case .float(let byteCount, let isLittleEndian) = forms[index].kind,
            let span = span(of: index, in: packet),
            let raw = packet.unsignedInteger(
                at: span.value.lowerBound, byteCount: byteCount, littleEndian: isLittleEndian)
        else { return nil }
        return byteCount == 4
            ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw))) : Double(bitPattern: raw)
    }

    /// Where a form lies.
    ///
    /// - Parameter before: where the field ends that this one follows, if it follows one.
    func read(_ form: FieldForm, in packet: RawSpan, behind before: Int) -> FieldReading {
        switch position(of: form.origin, in: packet, behind: before) {
        case .fault(let reason):
            return .fault(reason)
        case .position(let begin):
            return measure(form.kind, in: packet, at: begin)
        case .none:
            // An offset of 0 is allowed where it leads to nothing.
            guard let place = form.kind.lengthPlace, place.value(in: packet) == 0 else {
                return .fault(.insideFixedPart)
            }
            return .span(FieldSpan(begin: 0, value: 0..<0, end: 0))
        }
    }

    /// What looking for a beginning can come to.
    enum Position: BitwiseCopyable {
        /// It is here, within the packet or right behind its last byte.
        case position(Int)
        /// The packet says 0.
        case none
        case fault(LayoutFault.Reason)
    }

    func position(of origin: FieldOrigin, in packet: RawSpan, behind before: Int) -> Position {
        let found: Int
        switch origin {
        case .start(let offset):
            found = offset
        case .end(let offset):
            found = packet.byteCount + offset
        case .after:
            found = before
        case .indirect(let place, let plus):
            guard let value = place.value(in: packet) else { return .fault(.outside) }
            if value == 0 && fixedEnd > 0 { return .none }
            guard value <= UInt64(packet.byteCount) else { return .fault(.outside) }
            found = Int(truncatingIfNeeded: value) + plus
            // The place is a part of the fixed part, so this keeps every offset from pointing at itself.
            if found < fixedEnd { return .fault(.insideFixedPart) }
        case .afterVarints(let offset, let count):
            var end = offset
            for _ in 0..<count {
                switch packet.varintValue(at: end) {
                case .outside: return .fault(.outside)
                case .tooLong: return .fault(.varintTooLong)
                case .value(_, let next): end = next
                }
            }
            found = end
        case .afterWord(let offset):
            guard offset <= packet.byteCount else { return .fault(.outside) }
            var end = offset
            while let byte = packet.byte(at: end), byte != 0x20 { end += 1 }
            found = min(end + 1, packet.byteCount)
        }
        return found >= 0 && found <= packet.byteCount ? .position(found) : .fault(.outside)
    }
}
