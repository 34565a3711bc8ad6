import GameProtocol
import PacketFields
import WireBytes

/// Reads the packets that have a name.
struct PacketReader {
    let diagnostics: DiagnosticBag
    /// Every frame and opcode rule that some phase uses, by direction.
    let lanes: PerDirection<[Lane]>
    /// The maps that give packets their numbers, if there are any.
    let opcodes: Opcodes?
    /// What a compressed part may inflate to.
    let inflatedByteCountMax: Int

    /// As many as a packet index can name.
    static let packetCountMax = 65_000

    private static let sidesShape = Shape("packets", keys: ["client", "server"])
    private static let entryShape = Shape(
        "a packet", keys: ["opcode", "sub", "length", "size", "versions", "inflate", "secret"] + LayoutReader.keys)
    private static let sizeShape = Shape(
        "a size of its own", keys: LengthReader.keys + ["min", "max"])

    /// The packets of each side as they are written, still without the numbers that maps give them.
    func drafts(_ node: Node?) -> PerDirection<[PacketDraft]> {
        guard let node, let fields = Fields(node, Self.sidesShape, diagnostics) else { return PerDirection(both: []) }
        return PerDirection(
            inbound: drafts(fields["client"], .inbound), outbound: drafts(fields["server"], .outbound))
    }

    private func drafts(_ node: Node?, _ direction: Direction) -> [PacketDraft] {
        guard let node, !node.isEmpty else { return [] }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(.wrongType, at: node.place, "expected a mapping of packets, found \(node.found)")
            return []
        }
        guard entries.count <= Self.packetCountMax else {
            diagnostics.error(.tooMany, at: node.place, "there are more than \(Self.packetCountMax) packets")
            return []
        }
        return entries.flatMap { drafts($0, direction) }
    }

    /// The packet of one name, or what it is in each of some versions.
    private func drafts(_ entry: Node.Entry, _ direction: Direction) -> [PacketDraft] {
        let keyNode = Node(content: .scalar(Node.Scalar(text: entry.key, isPlain: true)), place: entry.keyPlace)
        guard let name = Kind<String>.name.read(keyNode, diagnostics) else { return [] }
        if name == "unknown" {
            diagnostics.error(.badName, at: entry.keyPlace, "'unknown' is the name of packets without one")
            return []
        }
        guard case .sequence(let items) = entry.value.content, !items.isEmpty else {
            // An empty value is an empty mapping: a word's packet needs no more than its name.
            let value = entry.value.isEmpty ? Node(content: .mapping([]), place: entry.keyPlace) : entry.value
            return draft(value, name, entry.keyPlace, direction, taken: []).map { [$0] } ?? []
        }
        var drafts: [PacketDraft] = []
        for (index, item) in items.enumerated() {
            let taken = Set(drafts.flatMap { $0.versions ?? [] })
            guard let draft = draft(item, name, item.place, direction, taken: taken) else { continue }
            if draft.versions == nil, index + 1 < items.count {
                diagnostics.error(
                    .conflict, at: item.place, "this entry is for all versions, so the ones behind it are never used",
                    help: "give it 'versions', or put it last")
            }
            drafts.append(draft)
        }
        return drafts
    }

    /// - Parameter taken: versions that earlier entries of the same name are for.
    private func draft(
        _ value: Node, _ name: String, _ place: Place, _ direction: Direction, taken: Set<Int>
    ) -> PacketDraft? {
        guard let fields = Fields(value, Self.entryShape, diagnostics) else { return nil }
        let versions = versions(fields, taken: taken)
        let number = number(fields, name: name, direction)
        guard let (sizes, length) = sizes(fields, direction, isLength: fields.has("length")) else { return nil }
        guard let number, versions != nil || !fields.has("versions") else { return nil }
        return PacketDraft(
            name: name, place: place, versions: versions, number: number, byteCounts: sizes, lengthField: length,
            layout: layout(fields, name: name, number, sizes, direction),
            inflation: inflation(fields, sizes, direction), isSecret: fields.optional("secret", .flag) ?? false)
    }

    /// The packet's own compressed part.
    private func inflation(_ fields: Fields, _ sizes: ClosedRange<Int>?, _ direction: Direction) -> InflationRule? {
        guard let node = fields["inflate"] else {
            guard lanes[direction].contains(where: { $0.inflation != nil }) else { return nil }
            refuseNumbers(fields)
            return nil
        }
        refuseNumbers(fields)
        if lanes[direction].contains(where: { $0.inflation != nil }) {
            diagnostics.error(
                .conflict, at: fields.keyPlace("inflate"),
                "a phase inflates all packets of the \(direction.sender), so this one cannot have a part of its own")
            return nil
        }
        let longest = sizes?.upperBound ?? lanes[direction].map(\.frame.byteCountMax).max() ?? 0
        if longest > PatternReader.inspectedByteCountMax {
            diagnostics.error(
                .frameBounds, at: fields.keyPlace("inflate"),
                "a compressed packet waits until it is whole, so it has at most "
                    + "\(PatternReader.inspectedByteCountMax) bytes, not \(longest)", help: "give the packet a 'size'")
            return nil
        }
        return InflationReader(diagnostics: diagnostics, byteCountMaxDefault: inflatedByteCountMax).rule(node)
    }

    /// What is inflated goes on as it came, so nothing in it can be made to follow.
    private func refuseNumbers(_ fields: Fields) {
        for key in ["counter", "checksum"] where fields.has(key) {
            diagnostics.error(
                .conflict, at: fields.keyPlace(key), "'\(key)' cannot be checked in a packet that is inflated")
        }
    }

    /// The versions that an entry is for, counted from 1; `nil` for all, and after a report.
    private func versions(_ fields: Fields, taken: Set<Int>) -> Set<Int>? {
        guard let numbers = fields.optional("versions", Kind<UInt64>.number.located.oneOrMore) else { return nil }
        var versions: Set<Int> = []
        for number in numbers {
            guard let index = opcodes?.versions.firstIndex(where: { $0.number == number.value }) else {
                let known = opcodes?.versions.map { "\($0.number)" } ?? []
                diagnostics.error(
                    .badValue, at: number.place, "the protocol has no version \(number.value)",
                    help: known.isEmpty
                        ? "'opcodes' has no 'maps'" : "'maps' of 'opcodes' has \(known.joined(separator: ", "))")
                return nil
            }
            guard !taken.contains(index + 1), versions.insert(index + 1).inserted else {
                diagnostics.error(
                    .duplicateName, at: number.place, "the version \(number.value) is given twice for this packet")
                return nil
            }
        }
        return versions
    }

    private func layout(
        _ fields: Fields, name: String, _ number: PacketDraft.Number, _ sizes: ClosedRange<Int>?,
        _ direction: Direction
    ) -> PacketLayout? {
        var opcode: UInt64?
        var byteCountMax = sizes?.upperBound ?? lanes[direction].map(\.frame.byteCountMax).max() ?? 0
        // Fields count in what the packet inflates to.
        if fields.has("inflate") || lanes[direction].contains(where: { $0.inflation != nil }) {
            byteCountMax = PatternReader.inspectedByteCountMax
        }
        switch number {
        case .given(.number(let number, _)): opcode = number
        case .given(.numbers(let range)): opcode = range.lowerBound
        case .given(.length(let byteCount)): byteCountMax = byteCount
        case .given(.word), .mapped: break
        }
        return LayoutReader(
            diagnostics: diagnostics, entry: fields, packet: name, byteCountMax: byteCountMax,
            opcodeEnd: OpcodeEnd.origin(lanes[direction], opcode: opcode), header: HeaderPlaces(lanes[direction])
        ).layout()
    }

    private func number(_ fields: Fields, name: String, _ direction: Direction) -> PacketDraft.Number? {
        let isNumbered = lanes[direction].contains { $0.opcode?.largest != nil }
        if opcodes != nil, isNumbered, !fields.has("opcode"), !fields.has("length") {
            if fields.has("sub"), fields.optional("sub", .number) == nil { return nil }
            return .mapped(sub: fields.optional("sub", .number))
        }
        return identity(fields, name: name, direction).map { .given($0) }
    }

    private func identity(_ fields: Fields, name: String, _ direction: Direction) -> PacketIdentity? {
        if fields.has("length") {
            for key in ["opcode", "sub", "size"] where fields.has(key) {
                diagnostics.error(.conflict, at: fields.keyPlace(key), "'\(key)' does not go with 'length'")
            }
            return fields.optional("length", .byteCount(in: 1...65_535)).map { .length($0) }
        }
        let rules = lanes[direction].compactMap(\.opcode)
        guard !rules.isEmpty else {
            diagnostics.error(
                .conflict, at: fields.place, "no phase says where the opcodes of the \(direction.sender) stand",
                help: "give a phase 'opcode:', such as u16le@2")
            return nil
        }
        let numbers = rules.filter { $0.largest != nil }
        if numbers.isEmpty { return word(fields, name: name) }
        // Where some phases have words and others numbers, quotes tell them apart.
        if numbers.count < rules.count, fields["opcode"]?.isPlain != true { return word(fields, name: name) }
        return number(fields, rules: numbers)
    }

    private func word(_ fields: Fields, name: String) -> PacketIdentity? {
        if fields.has("sub") {
            diagnostics.error(.conflict, at: fields.keyPlace("sub"), "a word has no sub-opcode")
        }
        guard fields.has("opcode") else { return .word(Array(name.utf8)) }
        let kind = Kind<String>.text("a word without spaces", help: "1 to 64 ASCII characters") { text in
            let isGood = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            return isGood && (1...64).contains(text.utf8.count) ? text : nil
        }
        return fields.optional("opcode", kind).map { .word(Array($0.utf8)) }
    }

    private func number(_ fields: Fields, rules: [OpcodeRule]) -> PacketIdentity? {
        if fields["opcode"]?.text?.contains("..") == true { return numbers(fields, rules: rules) }
        let opcode = fields.required("opcode", .number)
        let sub = fields.optional("sub", .number)
        guard let opcode else { return nil }
        let readers = rules.filter { $0.canRead(opcode) }
        guard !readers.isEmpty else {
            let largest = rules.compactMap(\.largest).max() ?? 0
            fields.error(
                .opcodeTooWide, at: "opcode", "no opcode of this protocol can be \(opcode)",
                help: "the largest is \(largest) (0x\(String(largest, radix: 16))), after mask and shift")
            return nil
        }
        let subs = readers.compactMap(\.sub).filter { $0.when.contains(opcode) }
        if subs.isEmpty, fields.has("sub") {
            diagnostics.error(.conflict, at: fields.keyPlace("sub"), "the opcode \(opcode) has no sub-opcode")
            return nil
        }
        if let first = subs.first {
            guard let sub = sub ?? fields.required("sub", .number) else { return nil }
            let widest: UInt64 = first.field.byteCount == 8 ? .max : (1 << UInt64(first.field.byteCount * 8)) - 1
            guard sub <= widest else {
                fields.error(.opcodeTooWide, at: "sub", "a sub-opcode of this protocol is at most \(widest)")
                return nil
            }
            return .number(opcode, sub: sub)
        }
        return .number(opcode, sub: nil)
    }

    /// All numbers of a range.
    private func numbers(_ fields: Fields, rules: [OpcodeRule]) -> PacketIdentity? {
        if fields.has("sub") {
            diagnostics.error(.conflict, at: fields.keyPlace("sub"), "a range of opcodes has no sub-opcode")
            return nil
        }
        let kind = Kind<ClosedRange<UInt64>>.opcodeRange.checked(.opcodeTooWide) { range in
            let canRead = [range.lowerBound, range.upperBound].allSatisfy { end in rules.contains { $0.canRead(end) } }
            return canRead ? nil : "no opcode of this protocol can be \(range.lowerBound) or \(range.upperBound)"
        }
        return fields.required("opcode", kind).map { .numbers($0) }
    }

    /// The sizes a packet may have; `nil` after a report.
    private func sizes(
        _ fields: Fields, _ direction: Direction, isLength: Bool
    ) -> (ClosedRange<Int>?, LengthField?)? {
        let isTable = lanes[direction].contains { $0.frame.hasTable }
        guard let node = fields["size"] else {
            guard isTable, !isLength else { return (nil, nil) }
            diagnostics.error(
                .packetWithoutSize, at: fields.place, "a packet of a table frame needs its 'size'",
                help: "write size: 7, or size: { length: u16le@2, counts: packet }")
            return nil
        }
        if case .mapping = node.content { return ownLength(node, isTable: isTable) }
        guard let range = Kind<ClosedRange<Int>>.byteRange.read(node, diagnostics) else { return nil }
        if isTable, range.count != 1 {
            diagnostics.error(
                .packetWithoutSize, at: node.place, "a table frame needs one exact size, not a range",
                help: "write size: 7, or size: { length: u16le@2, counts: packet }")
            return nil
        }
        let fits = lanes[direction].contains { lane in
            range.overlaps(lane.frame.byteCountMin...lane.frame.byteCountMax)
                || lane.frame.also.contains { range.contains($0) }
        }
        if !fits {
            diagnostics.error(
                .impossibleSize, at: node.place,
                "no frame of the \(direction.sender) has packets of \(node.text ?? "this") bytes",
                help: lanes[direction].map { "a frame has \($0.frame.byteCountMin) to \($0.frame.byteCountMax)" }.first)
            return nil
        }
        return (range, nil)
    }

    private func ownLength(_ node: Node, isTable: Bool) -> (ClosedRange<Int>?, LengthField?)? {
        guard isTable else {
            diagnostics.error(
                .conflict, at: node.place, "a size with a length of its own needs a table frame",
                help: "write size: 43 or size: 8..128")
            return nil
        }
        guard let fields = Fields(node, Self.sizeShape, diagnostics) else { return nil }
        guard let field = fields.required("length", .integerField) else { return nil }
        guard let length = LengthReader(fields: fields).lengthField(field) else { return nil }
        let counts = 1...FrameReader.byteCountMaxMost
        let least = fields.optional("min", .byteCount(in: counts)) ?? length.end
        let most = fields.optional("max", .byteCount(in: counts)) ?? FrameReader.byteCountMaxDefault
        guard least <= most else {
            fields.error(.frameBounds, at: "max", "'min' is \(least), 'max' is \(most)")
            return nil
        }
        guard least >= length.end else {
            fields.error(
                .lengthOutsideFrame, at: "min",
                "the least packet has \(least) bytes, but its length ends after \(length.end)")
            return nil
        }
        return (least...most, length)
    }
}

extension PacketIdentity {
    /// For messages.
    var noun: String {
        switch self {
        case .number(let number, sub: nil): "opcode \(number)"
        case .number(let number, sub: let sub?): "opcode \(number) and sub-opcode \(sub)"
        case .numbers(let range): "opcodes \(range.lowerBound)..\(range.upperBound)"
        case .word(let word): "word '\(String(decoding: word, as: UTF8.self))'"
        case .length(let length): "length \(length)"
        }
    }
}

extension PacketIdentity {
    /// Whether it is a range that has some opcodes of another one, and neither lies within the other.
    func crosses(_ range: ClosedRange<UInt64>) -> Bool {
        guard case .numbers(let own) = self, own.overlaps(range) else { return false }
        return !own.contains(range) && !range.contains(own)
    }
}
