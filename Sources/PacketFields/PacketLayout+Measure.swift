import WireBytes

extension PacketLayout {
    /// How far a field reaches that begins at `begin`, which lies within the packet or right behind it.
    func measure(_ kind: FieldKind, in packet: RawSpan, at begin: Int) -> FieldReading {
        switch kind {
        case .integer(let byteCount, _, _), .float(let byteCount, _):
            return fixed(byteCount, in: packet, at: begin)
        case .varint:
            switch packet.varintValue(at: begin) {
            case .outside: return .fault(.outside)
            case .tooLong: return .fault(.varintTooLong)
            case .value(_, let end): return .span(FieldSpan(begin: begin, value: begin..<end, end: end))
            }
        case .bytes(let length):
            return extent(length, in: packet, at: begin)
        case .text(let length, let encoding, let isNULEnded):
            guard case .span(let span) = extent(length, in: packet, at: begin) else {
                return extent(length, in: packet, at: begin)
            }
            return text(span, in: packet, length: length, encoding, isNULEnded: isNULEnded)
        case .terminated(let encoding):
            let unit = encoding.unitByteCount
            guard let end = packet.terminator(from: begin, to: packet.byteCount, unitByteCount: unit) else {
                return .fault(.noTerminator)
            }
            return .span(FieldSpan(begin: begin, value: begin..<end, end: end + unit))
        }
    }

    private func fixed(_ byteCount: Int, in packet: RawSpan, at begin: Int) -> FieldReading {
        guard byteCount <= packet.byteCount - begin else { return .fault(.outside) }
        return .span(FieldSpan(begin: begin, value: begin..<begin + byteCount, end: begin + byteCount))
    }

    private func extent(_ length: FieldLength, in packet: RawSpan, at begin: Int) -> FieldReading {
        switch length {
        case .fixed(let byteCount):
            return fixed(byteCount, in: packet, at: begin)
        case .prefixed(let byteCount, let isLittleEndian, let unit):
            let count = packet.unsignedInteger(at: begin, byteCount: byteCount, littleEndian: isLittleEndian)
            guard let count else { return .fault(.outside) }
            return units(count, unit, in: packet, begin: begin, at: begin + byteCount)
        case .prefixedByVarint(let unit):
            switch packet.varintValue(at: begin) {
            case .outside: return .fault(.outside)
            case .tooLong: return .fault(.varintTooLong)
            case .value(let count, let start): return units(count, unit, in: packet, begin: begin, at: start)
            }
        case .counted(let place, let unit):
            guard let count = place.value(in: packet) else { return .fault(.outside) }
            return units(count, unit, in: packet, begin: begin, at: begin)
        case .rest(let less):
            let end = packet.byteCount - less
            guard end >= begin else { return .fault(.outside) }
            return .span(FieldSpan(begin: begin, value: begin..<end, end: end))
        }
    }

    /// - Parameters:
    ///   - count: what the packet says, so it may be anything.
    ///   - start: lies within the packet or right behind it.
    private func units(
        _ count: UInt64, _ unitByteCount: Int, in packet: RawSpan, begin: Int, at start: Int
    ) -> FieldReading {
        guard count <= UInt64((packet.byteCount - start) / unitByteCount) else { return .fault(.outside) }
        let end = start + Int(truncatingIfNeeded: count) * unitByteCount
        return .span(FieldSpan(begin: begin, value: start..<end, end: end))
    }

    /// Looks at the units of a text whose length is known.
    private func text(
        _ span: FieldSpan, in packet: RawSpan, length: FieldLength, _ encoding: TextEncoding, isNULEnded: Bool
    ) -> FieldReading {
        let unit = encoding.unitByteCount
        let (start, end) = (span.value.lowerBound, span.value.upperBound)
        // A text that is left out has not even a NUL.
        if span.begin == 0 && span.end == 0 { return .span(span) }
        guard (end - start) % unit == 0 else { return .fault(.brokenUnit) }
        if case .fixed = length {
            let found = packet.terminator(from: start, to: end, unitByteCount: unit)
            if isNULEnded && found == nil { return .fault(.noTerminator) }
            return .span(FieldSpan(begin: span.begin, value: start..<(found ?? end), end: span.end))
        }
        guard isNULEnded else { return .span(span) }
        guard let found = packet.terminator(from: start, to: end, unitByteCount: unit) else {
            return .fault(.noTerminator)
        }
        guard found == end - unit else { return .fault(.innerTerminator) }
        return .span(FieldSpan(begin: span.begin, value: start..<found, end: span.end))
    }
}

extension RawSpan {
    /// Where the first unit of zeros begins, counted in whole units from `start`.
    ///
    /// Cost: eight bytes a step up to the step that has it.
    ///
    /// - Parameters:
    ///   - end: within the packet or right behind it.
    ///   - unitByteCount: 1 or 2.
    func terminator(from start: Int, to end: Int, unitByteCount: Int) -> Int? {
        // In each unit one, and its highest bit: a borrow reaches that bit in the first unit of zeros.
        let ones: UInt64 = unitByteCount == 1 ? 0x0101_0101_0101_0101 : 0x0001_0001_0001_0001
        let tops: UInt64 = ones << UInt64(8 * unitByteCount - 1)
        var offset = start
        while let word = unsignedInteger(at: offset, byteCount: 8, littleEndian: true) {
            let zeros = (word &- ones) & ~word & tops
            guard zeros == 0 else {
                offset += zeros.trailingZeroBitCount / (8 * unitByteCount) * unitByteCount
                return offset <= end - unitByteCount ? offset : nil
            }
            offset += 8
            if offset > end - unitByteCount { return nil }
        }
        while offset <= end - unitByteCount {
            if unsignedInteger(at: offset, byteCount: unitByteCount, littleEndian: true) == 0 { return offset }
            offset += unitByteCount
        }
        return nil
    }
}
