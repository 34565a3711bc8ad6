extension LengthField {
    /// Offset behind the last byte that says how long the packet is.
    @inline(__always)
    var end: Int { max(field.end, xor?.end ?? 0) }

    /// The number on the wire, after `xor` and before `mask`; `nil` while fewer than `end` bytes are at hand.
    @inline(__always)
    func number(in bytes: RawSpan) -> UInt64? {
        guard let number = bytes.number(in: field) else { return nil }
        guard let xor else { return number }
        guard let other = bytes.number(in: xor) else { return nil }
        return number ^ other
    }

    /// The size of the whole packet that `number` declares, not yet held against any bound.
    ///
    /// - Returns: `nil` when it does not fit an `Int`; it may be negative when `adjust` is.
    @inline(__always)
    func byteCount(declaredBy number: UInt64) -> Int? {
        guard let counted = Int(exactly: number & mask) else { return nil }
        let (bytes, isOver) = counted.multipliedReportingOverflow(by: times)
        let (size, overflow) = bytes.addingReportingOverflow(adjust)
        guard !isOver, !overflow else { return nil }
        guard let align, number & align.flag != 0, size > align.exemptByteCount else { return size }
        let (padded, paddingOverflow) = (size - align.exemptByteCount).addingReportingOverflow(align.multiple - 1)
        guard !paddingOverflow else { return nil }
        let (rounded, sumOverflow) = (padded & ~(align.multiple - 1)).addingReportingOverflow(align.exemptByteCount)
        return sumOverflow ? nil : rounded
    }
}

extension LengthEscape {
    /// Whether this escape replaces the field that holds `number`.
    @inline(__always)
    func applies(to number: UInt64) -> Bool {
        switch condition {
        case .equals(let value): number == value
        case .atLeast(let value): number >= value
        case .bits(let bits): number & bits != 0
        }
    }
}
