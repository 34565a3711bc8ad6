import WireBytes

/// The bytes that a change puts in the place of a field's value.
enum NewValue {
    /// Those that are there.
    case same
    case bytes([UInt8])
    /// The field cannot hold what it should.
    case impossible
}

extension PacketLayout {
    /// What a change makes of a field's value.
    func newValue(_ edit: FieldEdit, _ span: FieldSpan, in packet: RawSpan) -> NewValue {
        let kind = forms[edit.field].kind
        switch edit.change {
        case .setInteger(let value):
            return encoded(value, kind)
        case .clampInteger(let range):
            guard let value = integer(edit.field, in: packet) else { return .impossible }
            return range.contains(value)
                ? .same : encoded(value < range.lowerBound ? range.lowerBound : range.upperBound, kind)
        case .setFloat(let value):
            // What is no number has no range to be in.
            return encoded(value, within: value.isNaN ? 0...0 : value...value, kind)
        case .clampFloat(let range):
            guard let value = float(edit.field, in: packet) else { return .impossible }
            return range.contains(value)
                ? .same : encoded(value > range.upperBound ? range.upperBound : range.lowerBound, within: range, kind)
        case .setBytes(let bytes):
            if case .bytes = kind { return .bytes(bytes) }
            return .impossible
        case .setText(let scalars):
            return encoded(scalars, kind)
        case .truncate(let count):
            if case .bytes = kind {
                return span.value.count <= count ? .same : .bytes(packet.bytes(span.value.prefix(count)))
            }
            return cleaned(kind, span, in: packet) { TextCleaner.truncated($0, to: count, in: packet) }
        case .stripTags(let names):
            return cleaned(kind, span, in: packet) { TextCleaner.withoutTags($0, keeping: names, in: packet) }
        case .stripControl:
            return cleaned(kind, span, in: packet) { TextCleaner.withoutControl($0, in: packet) }
        }
    }

    private func cleaned(
        _ kind: FieldKind, _ span: FieldSpan, in packet: RawSpan, _ clean: (ScalarCursor) -> [UInt8]
    ) -> NewValue {
        guard let encoding = kind.textEncoding else { return .impossible }
        let bytes = clean(ScalarCursor(packet, span.value, encoding))
        // Cleaning only takes away.
        return bytes.count == span.value.count ? .same : .bytes(bytes)
    }

    private func encoded(_ value: Int128, _ kind: FieldKind) -> NewValue {
        switch kind {
        case .integer(let byteCount, let isLittleEndian, let isSigned):
            let bits = Int128(byteCount * 8)
            let all = isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(Int128(1) << bits) - 1
            guard all.contains(value) else { return .impossible }
            return .bytes(Self.bytes(UInt64(truncatingIfNeeded: value), byteCount, isLittleEndian))
        case .varint:
            return UInt64(exactly: value).map { .bytes(Varint.bytes(of: $0)) } ?? .impossible
        case .float, .bytes, .text, .terminated:
            return .impossible
        }
    }

    /// - Parameter range: what a number of four bytes is rounded into, as far as it has one there.
    private func encoded(_ value: Double, within range: ClosedRange<Double>, _ kind: FieldKind) -> NewValue {
        guard case .float(let byteCount, let isLittleEndian) = kind else { return .impossible }
        guard byteCount == 4 else { return .bytes(Self.bytes(value.bitPattern, byteCount, isLittleEndian)) }
        var short = Float(value)
        if range.lowerBound < range.upperBound {
            if Double(short) > range.upperBound { short = short.nextDown }
            if Double(short) < range.lowerBound { short = short.nextUp }
        }
        return .bytes(Self.bytes(UInt64(short.bitPattern), byteCount, isLittleEndian))
    }

    private func encoded(_ scalars: [UInt32], _ kind: FieldKind) -> NewValue {
        guard let encoding = kind.textEncoding else { return .impossible }
        let most: UInt32 = encoding == .latin1 ? 0xFF : 0x10_FFFF
        var bytes: [UInt8] = []
        for scalar in scalars {
            guard scalar <= most, !(0xD800...0xDFFF).contains(scalar) else { return .impossible }
            encoding.append(scalar, to: &bytes)
        }
        return .bytes(bytes)
    }

    private static func bytes(_ value: UInt64, _ byteCount: Int, _ isLittleEndian: Bool) -> [UInt8] {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        return isLittleEndian ? bytes : bytes.reversed()
    }
}

extension FieldKind {
    /// How its characters are written; `nil` for what is no text.
    var textEncoding: TextEncoding? {
        switch self {
        case .text(_, let encoding, _), .terminated(let encoding): encoding
        case .integer, .float, .bytes, .varint: nil
        }
    }
}
