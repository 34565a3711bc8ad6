import GameProtocol
import WireBytes

/// Reads a frame: how a stream is cut into packets.
struct FrameReader {
    let diagnostics: DiagnosticBag

    /// What a packet may hold where nothing else is said: all that a 16-bit length can say.
    static let byteCountMaxDefault = 65_535
    static let byteCountMaxMost = 1 << 30

    private static let bounds = ["min", "max", "also"]
    private static let lengthShape = Shape(
        "a frame", keys: LengthReader.keys + ["escapes"] + bounds + ["table", "starts", "ends", "until", "select"])
    private static let markedShape = Shape(
        "a frame between marks", keys: ["starts", "ends"] + LengthReader.keys + bounds)
    private static let tableShape = Shape("a table frame", keys: ["table"] + bounds)
    private static let delimitedShape = Shape("a delimited frame", keys: ["until"] + bounds)
    private static let selectShape = Shape(
        "a frame by its first bytes", keys: ["select", "mask", "shift", "cases", "otherwise"] + bounds)
    private static let varintShape = Shape("a frame with a varint", keys: ["length", "counts", "adjust"] + bounds)

    func frame(_ node: Node, isInsideSelect: Bool = false) -> FrameRule? {
        if node.text == "none", !isInsideSelect { return .uncut }
        if node["select"] != nil {
            if isInsideSelect {
                diagnostics.error(.conflict, at: node.place, "a frame inside 'cases' cannot select again")
                return nil
            }
            return selected(node)
        }
        if node["table"] != nil { return table(node) }
        if node["until"] != nil { return delimited(node) }
        if node["starts"] != nil { return marked(node) }
        if node["length"]?.text?.hasPrefix("varint") == true { return varint(node) }
        return lengthFrame(node)
    }

    private func lengthFrame(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.lengthShape, diagnostics) else { return nil }
        guard fields.has("length") else {
            diagnostics.error(
                .missingKey, at: node.place, "a frame needs one of the keys length, table, starts, until, select")
            return nil
        }
        guard let form = fields.required("length", .lengthForm), case .integer(let field) = form else { return nil }
        guard let length = LengthReader(fields: fields).lengthField(field) else { return nil }
        let escapes = escapes(fields, main: length)
        let widths = [field.byteCount] + escapes.map(\.length.field.byteCount)
        return rule(
            fields, .length(length, escapes: escapes), headerByteCount: length.end,
            defaultMax: widths.contains { $0 > 2 } ? nil : min(length.byteCountMax, Self.byteCountMaxDefault))
    }

    private func escapes(_ fields: Fields, main: LengthField) -> [LengthEscape] {
        guard let node = fields["escapes"] else { return [] }
        let shape = Shape("an escape", keys: ["equals", "at_least", "bits"] + LengthReader.keys)
        guard case .sequence(let items) = node.content else {
            fields.error(.wrongType, at: "escapes", "expected a list, found \(node.found)")
            return []
        }
        return items.compactMap { item in
            guard let escape = Fields(item, shape, diagnostics) else { return nil }
            guard let key = escape.exactlyOne(of: ["equals", "at_least", "bits"]) else { return nil }
            guard let value = escape.optional(key, .number) else { return nil }
            let field: IntegerField
            if escape.has("length") {
                guard let own = escape.optional("length", .integerField) else { return nil }
                field = own
            } else {
                field = main.field
            }
            guard let own = LengthReader(fields: escape).lengthField(field) else { return nil }
            // An escape that reads the same number again reads it in the same way unless it says otherwise.
            let isSame = !escape.has("length")
            let length = LengthField(
                field: field, xor: own.xor ?? (isSame ? main.xor : nil),
                mask: isSame && !escape.has("mask") ? main.mask : own.mask,
                times: isSame && !escape.has("times") ? main.times : own.times, adjust: own.adjust, align: own.align)
            let condition: LengthEscape.Condition =
                key == "equals" ? .equals(value) : key == "at_least" ? .atLeast(value) : .bits(value)
            return LengthEscape(condition: condition, length: length)
        }
    }

    private func varint(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.varintShape, diagnostics) else { return nil }
        guard let form = fields.required("length", .lengthForm), case .varint(let offset, let byteCountMax) = form
        else { return nil }
        let counts = fields.required("counts", LengthReader.countsKind)
        let adjust = fields.optional("adjust", .signed(in: -65_536...65_536)) ?? 0
        guard let counts else { return nil }
        return rule(
            fields,
            .varint(offset: offset, byteCountMax: byteCountMax, countsPacket: counts == .packet, adjust: adjust),
            headerByteCount: offset + 1, defaultMax: nil)
    }

    private func table(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.tableShape, diagnostics) else { return nil }
        let isTable = fields.required("table", .flag)
        if isTable == false { fields.error(.badValue, at: "table", "'table' is true, or left out") }
        return rule(fields, .table, headerByteCount: 1, defaultMax: Self.byteCountMaxDefault)
    }

    private func marked(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.markedShape, diagnostics) else { return nil }
        let starts = fields.required("starts", .hexPattern)
        let ends = fields.optional("ends", .hexPattern)
        guard let field = fields.required("length", .integerField) else { return nil }
        guard let length = LengthReader(fields: fields).lengthField(field), let starts else { return nil }
        let endCount = ends?.count ?? 0
        return rule(
            fields, .marked(starts: starts, length: length, ends: ends ?? HexPattern([])),
            headerByteCount: max(length.end, starts.count) + endCount,
            defaultMax: field.byteCount > 2 ? nil : min(length.byteCountMax, Self.byteCountMaxDefault))
    }

    private func delimited(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.delimitedShape, diagnostics) else { return nil }
        guard let until = fields.required("until", .hexBytes) else { return nil }
        return rule(fields, .delimited(until: until), headerByteCount: until.count, defaultMax: nil)
    }

    private func selected(_ node: Node) -> FrameRule? {
        guard let fields = Fields(node, Self.selectShape, diagnostics) else { return nil }
        let field = fields.required("select", .integerField)
        let mask = fields.optional("mask", .number) ?? .max
        let shift = fields.optional("shift", .count(in: 0...63)) ?? 0
        guard let cases = cases(fields, largest: field?.largest(mask: mask, shift: shift) ?? .max) else { return nil }
        var forms = Array(cases.values)
        var otherwise: FrameRule?
        if let node = fields["otherwise"] {
            guard let form = frame(node, isInsideSelect: true) else { return nil }
            otherwise = form
            forms.append(form)
        }
        let least = forms.map(\.byteCountMin).min()
        let most = forms.map(\.byteCountMax).max()
        guard let field, let least, let most else { return nil }
        return rule(
            fields, .select(field, cases: cases, mask: mask, shift: shift, otherwise: otherwise),
            headerByteCount: field.end, defaultMin: max(least, field.end), defaultMax: most)
    }

    /// The form for each value; `nil` after a report.
    private func cases(_ fields: Fields, largest: UInt64) -> [UInt64: FrameRule]? {
        guard let node = fields["cases"], case .mapping(let entries) = node.content, !entries.isEmpty else {
            fields.error(.missingKey, at: "cases", "a frame by its first bytes needs 'cases', a mapping of frames")
            return nil
        }
        var cases: [UInt64: FrameRule] = [:]
        for entry in entries {
            guard let value = NumberText.decimalOrHex(entry.key) else {
                diagnostics.error(
                    .badValue, at: entry.keyPlace, "expected a whole number, found '\(Node.shortened(entry.key))'")
                continue
            }
            if cases[value] != nil {
                diagnostics.error(.duplicateName, at: entry.keyPlace, "the case \(value) is given twice")
            }
            if value & ~largest != 0 {
                diagnostics.error(
                    .outOfRange, at: entry.keyPlace, "'select' is never \(value), after mask and shift",
                    help: "the largest is \(largest) (0x\(String(largest, radix: 16)))")
            }
            cases[value] = frame(entry.value, isInsideSelect: true)
        }
        return cases.count == entries.count ? cases : nil
    }

    /// Adds the bounds, and checks them against each other and against the header.
    private func rule(
        _ fields: Fields, _ frame: Frame, headerByteCount: Int, defaultMin: Int? = nil, defaultMax: Int?
    ) -> FrameRule? {
        let counts = 1...Self.byteCountMaxMost
        let least = fields.optional("min", .byteCount(in: counts)) ?? max(1, defaultMin ?? headerByteCount)
        let most: Int?
        if let defaultMax {
            // A default never contradicts the least that was asked for.
            most = fields.has("max") ? fields.optional("max", .byteCount(in: counts)) : max(defaultMax, least)
        } else {
            most = fields.required("max", .byteCount(in: counts))
        }
        let also = fields.optional("also", .list(.count(in: 1...Self.byteCountMaxMost))) ?? []
        if least < headerByteCount {
            fields.error(
                .lengthOutsideFrame, at: "min",
                "the least packet has \(least) bytes, but its header ends after \(headerByteCount)")
            return nil
        }
        if let short = also.first(where: { $0 < headerByteCount }) {
            fields.error(
                .lengthOutsideFrame, at: "also",
                "a packet of \(short) bytes ends before its length, which ends after \(headerByteCount)")
            return nil
        }
        guard let most else { return nil }
        let longest = max(most, also.max() ?? 0)
        if frame.isHeldWhole, longest > PatternReader.inspectedByteCountMax {
            fields.error(
                .frameBounds, at: most == longest ? "max" : "also",
                "a packet whose end is marked waits until it is whole, so it has at most "
                    + "\(PatternReader.inspectedByteCountMax) bytes, not \(longest)")
            return nil
        }
        guard least <= most else {
            fields.error(.frameBounds, at: fields.has("max") ? "max" : "min", "'min' is \(least), 'max' is \(most)")
            return nil
        }
        return FrameRule(frame: frame, byteCountMin: least, byteCountMax: most, also: also)
    }
}

extension IntegerField {
    /// The largest number that can stand here.
    fileprivate func largest(mask: UInt64, shift: Int) -> UInt64 {
        let widest: UInt64 = byteCount == 8 ? .max : (1 << UInt64(byteCount * 8)) - 1
        return (widest & mask) >> UInt64(shift)
    }
}

extension Frame {
    /// Whether nothing of a packet can go on before its last byte has come.
    fileprivate var isHeldWhole: Bool {
        switch self {
        case .delimited: true
        case .marked(_, _, let ends): ends.count > 0
        case .length, .varint, .table, .select, .uncut: false
        }
    }
}

extension Kind {
    /// A list of values of a kind.
    static func list<Element>(_ element: Kind<Element>) -> Kind<[Element]> where Value == [Element] { element.list }
}
