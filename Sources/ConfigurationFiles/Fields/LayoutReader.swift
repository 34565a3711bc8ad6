import GameProtocol
import PacketFields

/// Reads what a packet's entry says about its inside: `fields`, `arrays`, `counter` and `checksum`.
struct LayoutReader {
    /// The keys of a packet's entry that are about its inside.
    static let keys = ["fields", "arrays", "counter", "checksum"]

    let diagnostics: DiagnosticBag
    /// The packet's entry.
    let entry: Fields
    /// The packet's name, for messages.
    let packet: String
    /// Most bytes a packet of this name can have.
    let byteCountMax: Int
    /// Where the opcode ends; `nil` where that differs between phases.
    let opcodeEnd: FieldOrigin?
    /// What its frame and opcode are read from.
    let header: HeaderPlaces

    private static let counterShape = Shape("a counter", keys: ["at", "first"])

    /// The layout; `nil` where nothing is declared, or after a report.
    func layout() -> PacketLayout? {
        guard Self.keys.contains(where: { entry.has($0) }) else { return nil }
        let fields = entry["fields"].flatMap { self.fields($0) }
        let arrays = entry["arrays"].flatMap { node in
            ArrayReader(diagnostics: diagnostics, fields: fields ?? [], layout: self).arrays(node)
        }
        let counter = entry["counter"].flatMap { self.counter($0) }
        let checksum = entry["checksum"].flatMap {
            ChecksumReader(diagnostics: diagnostics, layout: self).checksum($0)
        }
        let isWhole =
            (fields != nil || !entry.has("fields")) && (arrays != nil || !entry.has("arrays"))
            && (counter != nil || !entry.has("counter")) && (checksum != nil || !entry.has("checksum"))
        guard isWhole, areApart(counter?.place, checksum?.place) else { return nil }
        let layout = PacketLayout(
            fields: fields ?? [], arrays: arrays ?? [], counter: counter, checksum: checksum)
        let isPassed = layout.isFixed && checksum == nil && counter == nil && layout.accountField == nil
        guard isPassed || byteCountMax <= PatternReader.inspectedByteCountMax
        else {
            diagnostics.error(
                .impossibleField, at: entry.place,
                "'\(packet)' can have \(byteCountMax) bytes, and at most \(PatternReader.inspectedByteCountMax) are "
                    + "looked at",
                help: "give it a 'size', such as 8..65536")
            return nil
        }
        return layout
    }

    // MARK: Fields

    private func fields(_ node: Node) -> [Field]? {
        guard let lines = lines(node, of: "fields", most: PacketLayout.fieldCountMax) else { return nil }
        var fields: [Field] = []
        var isGood = true
        for line in lines {
            guard let field = field(line, behind: fields, all: lines) else {
                isGood = false
                continue
            }
            if field.meaning == .account, let other = fields.first(where: { $0.meaning == .account }) {
                diagnostics.error(
                    .conflict, at: line.keyPlace, "'\(packet)' tells one account, and '\(other.name)' is it already")
                isGood = false
            }
            fields.append(field)
        }
        return isGood ? fields : nil
    }

    /// The lines of a mapping whose keys are names.
    func lines(_ node: Node, of noun: String, most: Int) -> [Node.Entry]? {
        guard case .mapping(let lines) = node.content, !lines.isEmpty else {
            diagnostics.error(.wrongType, at: node.place, "expected a mapping of \(noun), found \(node.found)")
            return nil
        }
        guard lines.count <= most else {
            diagnostics.error(.tooMany, at: lines[most].keyPlace, "a packet has at most \(most) \(noun)")
            return nil
        }
        return lines
    }

    /// Whether a key can be the name of a field or an array.
    func isName(_ line: Node.Entry) -> Bool {
        let isGood = line.key.utf8.allSatisfy { byte in
            (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        guard isGood, (1...64).contains(line.key.utf8.count) else {
            diagnostics.error(
                .badName, at: line.keyPlace, "'\(Node.shortened(line.key))' cannot be the name of a field",
                help: "letters, digits, _ and -, at most 64 of them")
            return false
        }
        guard !ConditionReader.reserved.contains(line.key) else {
            diagnostics.error(
                .badName, at: line.keyPlace, "'\(line.key)' means something else in conditions",
                help: "take another name than \(ConditionReader.reserved.joined(separator: ", "))")
            return false
        }
        return true
    }

    private func field(_ line: Node.Entry, behind earlier: [Field], all: [Node.Entry]) -> Field? {
        guard isName(line), let draft = Kind<FieldDraft>.field.read(line.value, diagnostics) else { return nil }
        let origin: FieldOrigin
        switch draft.origin {
        case .known(let known): origin = known
        case .after(let name):
            guard let index = index(of: name, in: earlier, all: all, at: line.value.place) else { return nil }
            origin = .after(index)
        case .afterOpcode:
            guard let end = afterOpcode(at: line.value.place) else { return nil }
            origin = end
        }
        let field = Field(name: line.key, kind: draft.kind, origin: origin, meaning: draft.meaning)
        return fits(field, at: line.value.place) ? field : nil
    }

    /// The index of an earlier field, or a report.
    private func index(of name: String, in earlier: [Field], all: [Node.Entry], at place: Place) -> Int? {
        if let index = earlier.firstIndex(where: { $0.name == name }) { return index }
        let isLater = all.contains { $0.key == name }
        diagnostics.error(
            .unknownField, at: place,
            isLater
                ? "the field '\(name)' stands later, or is wrong itself"
                : "'\(packet)' has no field '\(Node.shortened(name))'",
            help: isLater ? "a field follows one that is written before it" : nil,
            suggestion: isLater ? nil : NearestName.of(name, in: earlier.map(\.name)))
        return nil
    }

    func afterOpcode(at place: Place) -> FieldOrigin? {
        if let opcodeEnd { return opcodeEnd }
        diagnostics.error(
            .impossibleField, at: place, "the opcode does not end in one place in all phases", help: "write the offset")
        return nil
    }

    /// Whether some packet of the allowed sizes has room for a field.
    private func fits(_ field: Field, at place: Place) -> Bool {
        let least = field.leastByteCount
        if let least, least <= byteCountMax { return true }
        guard let least else {
            diagnostics.error(
                .impossibleField, at: place, "the field '\(field.name)' reaches beyond the end of every packet",
                help: "an offset from the end counts to the field's first byte")
            return false
        }
        diagnostics.error(
            .impossibleField, at: place,
            "the field '\(field.name)' needs \(least) bytes, and '\(packet)' has at most \(byteCountMax)")
        return false
    }

    /// Whether some packet of the allowed sizes has room for an integer.
    func fits(_ integer: IntegerPlace, at place: Place) -> Bool {
        guard let least = integer.leastByteCount, least <= byteCountMax else {
            diagnostics.error(
                .impossibleField, at: place,
                "there is no such place in a packet of \(byteCountMax) bytes, the most that '\(packet)' has")
            return false
        }
        return true
    }

    // MARK: Counters

    /// Whether neither number lies over the other, or over what says which packet this is: such a packet could never be
    /// right.
    private func areApart(_ counter: IntegerPlace?, _ checksum: IntegerPlace?) -> Bool {
        for (key, place) in [("counter", counter), ("checksum", checksum)] {
            guard let place, let occupant = header.occupant(of: place) else { continue }
            diagnostics.error(
                .impossibleField, at: entry.keyPlace(key), "the \(key) lies over the packet's \(occupant)")
            return false
        }
        guard let counter, let checksum, counter.overlaps(checksum) else { return true }
        diagnostics.error(
            .impossibleField, at: entry.keyPlace("checksum"), "the checksum lies over the counter")
        return false
    }

    private func counter(_ node: Node) -> CounterField? {
        guard let fields = Fields(node, Self.counterShape, diagnostics) else { return nil }
        let place = fields.required("at", .integerPlace)
        let first = fields.optional("first", .number)
        guard let place, fits(place, at: fields["at"]?.place ?? fields.place) else { return nil }
        if fields.has("first"), first == nil { return nil }
        if let first, first > place.largest {
            fields.error(.outOfRange, at: "first", "a counter there is at most \(place.largest)")
            return nil
        }
        return CounterField(place: place, first: first ?? 0)
    }
}

extension IntegerPlace {
    /// Whether two numbers share a byte in every packet; not where one is counted from the end and the other is not.
    fileprivate func overlaps(_ other: IntegerPlace) -> Bool {
        (offset < 0) == (other.offset < 0)
            && (offset..<offset + byteCount).overlaps(other.offset..<other.offset + other.byteCount)
    }

    /// Bytes of the smallest packet that has it; `nil` where it reaches beyond the end of each.
    var leastByteCount: Int? {
        if offset >= 0 { return offset + byteCount }
        return byteCount <= -offset ? -offset : nil
    }
}

extension Field {
    /// Bytes of the smallest packet that can hold it; `nil` where none can.
    fileprivate var leastByteCount: Int? {
        let own: Int
        var least = 0
        switch kind {
        case .integer(let byteCount, _, _), .float(let byteCount, _): own = byteCount
        case .varint: own = 1
        case .terminated(let encoding): own = encoding.unitByteCount
        case .bytes(let length), .text(let length, _, _):
            switch length {
            case .fixed(let byteCount), .prefixed(let byteCount, _, _): own = byteCount
            case .prefixedByVarint: own = 1
            case .rest(let less): own = less
            case .counted(let place, _):
                own = 0
                guard let end = place.leastByteCount else { return nil }
                least = end
            }
        }
        switch origin {
        case .start(let offset): return max(least, offset + own)
        case .end(let offset): return own <= -offset ? max(least, -offset) : nil
        case .indirect(let place, _): return place.leastByteCount.map { max(least, $0 + own) }
        case .after, .afterWord: return max(least, own)
        case .afterVarints(let offset, let count): return max(least, offset + count + own)
        }
    }
}
