import PacketFields

/// Finds what the lines of conditions and edits name in the layout of a packet.
struct FieldFinder {
    let diagnostics: DiagnosticBag
    let layout: PacketLayout?
    /// The packet's name, for messages.
    let packet: String

    /// The field of that name, or a report with the nearest name.
    func field(_ name: String, at place: Place) -> Int? {
        if let index = layout?.index(of: name) { return index }
        let isArray = layout?.arrayIndex(of: name) != nil
        report(
            name, at: place, help: isArray ? "'\(name)' is an array: write \(name).count" : nil,
            known: layout?.fields.map(\.name) ?? [])
        return nil
    }

    /// The array of that name, or a report with the nearest name.
    func array(_ name: String, at place: Place) -> Int? {
        if let index = layout?.arrayIndex(of: name) { return index }
        report(name, at: place, noun: "array", known: layout?.arrays.map(\.name) ?? [])
        return nil
    }

    private func report(
        _ name: String, at place: Place, noun: String = "field", help: String? = nil, known: [String]
    ) {
        diagnostics.error(
            .unknownField, at: place, "'\(packet)' has no \(noun) '\(Node.shortened(name))'",
            help: help ?? (known.isEmpty ? "the protocol declares no \(noun) of it" : nil),
            suggestion: NearestName.of(name, in: known))
    }
}

extension FieldKind {
    /// For messages.
    var noun: String {
        switch self {
        case .integer, .varint: "a whole number"
        case .float: "a number"
        case .bytes: "bytes"
        case .text, .terminated: "a text"
        }
    }

    /// What can be done to it, for messages.
    var changes: String {
        switch self {
        case .integer, .varint, .float: "set and clamp"
        case .bytes: "set and truncate"
        case .text, .terminated: "set, truncate, strip_tags and strip_control"
        }
    }

    /// What its length can be, where the kind alone says it.
    var lengths: ClosedRange<Int128>? {
        switch self {
        case .integer(let byteCount, _, _), .float(let byteCount, _), .bytes(.fixed(let byteCount)):
            Int128(byteCount)...Int128(byteCount)
        case .text(.fixed(let byteCount), _, _): 0...Int128(byteCount)
        case .bytes, .text, .terminated, .varint: nil
        }
    }

    /// What an integer of this kind can be; `nil` for other kinds.
    var integers: ClosedRange<Int128>? {
        switch self {
        case .integer(let byteCount, _, isSigned: true):
            let most = Int128(1) << Int128(byteCount * 8 - 1)
            return -most...most - 1
        case .integer(let byteCount, _, isSigned: false): return 0...(Int128(1) << Int128(byteCount * 8)) - 1
        case .varint: return 0...Int128(UInt64.max)
        case .float, .bytes, .text, .terminated: return nil
        }
    }

    /// How its characters are written; `nil` for what is no text.
    var encoding: TextEncoding? {
        switch self {
        case .text(_, let encoding, _), .terminated(let encoding): encoding
        case .integer, .float, .bytes, .varint: nil
        }
    }
}
