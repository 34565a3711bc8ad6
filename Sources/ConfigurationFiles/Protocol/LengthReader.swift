import GameProtocol

/// Reads what belongs to one length field: `length`, `counts` or `adjust`, `mask`, `xor`, `align`.
struct LengthReader {
    /// The keys that describe a length field wherever one may stand.
    static let keys = ["length", "counts", "adjust", "times", "mask", "xor", "align"]

    let fields: Fields

    /// What the number counts.
    enum Counts {
        case packet
        case payload
    }

    /// Reads a length field that is an integer.
    func lengthField(_ field: IntegerField) -> LengthField? {
        let xor = fields.optional("xor", .integerField)
        if let xor, xor.byteCount != field.byteCount {
            fields.error(
                .conflict, at: "xor", "'xor' is \(xor.byteCount) bytes wide and 'length' \(field.byteCount)")
        }
        let end = max(field.end, xor?.end ?? 0)
        let mask = fields.optional("mask", .number)
        if let mask, mask == 0 { fields.error(.outOfRange, at: "mask", "a mask of 0 leaves no length") }
        let align = alignment(end: end)
        let times = fields.optional("times", .count(in: 1...65_536)) ?? 1
        guard let adjust = adjustment(end: end) else { return nil }
        return LengthField(field: field, xor: xor, mask: mask ?? .max, times: times, adjust: adjust, align: align)
    }

    /// Bytes to add to reach the whole packet; a report when neither `counts` nor `adjust` says it.
    private func adjustment(end: Int) -> Int? {
        switch fields.exactlyOne(of: ["counts", "adjust"]) {
        case "counts":
            switch fields.optional("counts", Self.countsKind) {
            case .packet: 0
            case .payload: end
            case nil: nil
            }
        case "adjust": fields.optional("adjust", .signed(in: -65_536...65_536))
        default: nil
        }
    }

    static var countsKind: Kind<Counts> { .choice(["packet": .packet, "payload": .payload]) }

    private func alignment(end: Int) -> LengthField.Alignment? {
        let shape = Shape("an alignment", keys: ["when", "to", "exempt"])
        guard let node = fields["align"], let align = Fields(node, shape, fields.diagnostics) else { return nil }
        let multiple = align.required(
            "to",
            .count(in: 1...4_096).checked(.outOfRange) {
                $0 & ($0 - 1) == 0 ? nil : "\($0) is no power of two"
            })
        let flag = align.required("when", .number)
        let exempt = align.optional("exempt", .count(in: 0...4_096))
        guard let multiple, let flag else { return nil }
        return LengthField.Alignment(flag: flag, multiple: multiple, exemptByteCount: exempt ?? end)
    }
}

extension LengthField {
    /// Bytes that must be at hand to read it.
    var end: Int { max(field.end, xor?.end ?? 0) }

    /// The largest packet it can announce; clamped.
    var byteCountMax: Int {
        let widest: UInt64 = field.byteCount == 8 ? .max : (1 << UInt64(field.byteCount * 8)) - 1
        let raw = Int(clamping: widest & mask)
        let (bytes, isOver) = raw.multipliedReportingOverflow(by: times)
        let (sum, isSumOver) = bytes.addingReportingOverflow(adjust + (align.map { $0.multiple - 1 } ?? 0))
        return isOver || isSumOver ? .max : sum
    }
}
