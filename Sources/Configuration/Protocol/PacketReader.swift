import GameProtocol
import PacketFields
import WireBytes

/// Reads the packets that have a name.
struct PacketReader {
    let diagnostics: DiagnosticBag
    /// Every frame and opcode rule that some phase uses, by direction.
    let lanes: PerDirection<[Lane]>

    /// As many as a packet index can name.
    static let packetCountMax = 65_000

    private static let sidesShape = Shape("packets", keys: ["client", "server"])
    private static let entryShape = Shape(
        "a packet", keys: ["opcode", "sub", "length", "size"] + LayoutReader.keys, later: ["inflate", "account"])
    private static let sizeShape = Shape(
        "a size of its own", keys: LengthReader.keys + ["min", "max"])

    func tables(_ node: Node?) -> PerDirection<PacketTable> {
        guard let node, let fields = Fields(node, Self.sidesShape, diagnostics) else {
            return PerDirection(both: PacketTable([]))
        }
        return PerDirection(
            inbound: table(fields["client"], .inbound), outbound: table(fields["server"], .outbound))
    }

    private func table(_ node: Node?, _ direction: Direction) -> PacketTable {
        guard let node, !node.isEmpty else { return PacketTable([]) }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(.wrongType, at: node.place, "expected a mapping of packets, found \(node.found)")
            return PacketTable([])
        }
        guard entries.count <= Self.packetCountMax else {
            diagnostics.error(.tooMany, at: node.place, "there are more than \(Self.packetCountMax) packets")
            return PacketTable([])
        }
        var seen: [PacketIdentity: Node.Entry] = [:]
        var packets: [PacketTable.Entry] = []
        for entry in entries {
            guard let packet = packet(entry, direction) else { continue }
            if let first = seen[packet.identity] {
                diagnostics.error(
                    .opcodeOverlap, at: entry.keyPlace,
                    "'\(entry.key)' has the same \(packet.identity.noun) as '\(first.key)'",
                    help: "'\(first.key)' stands at \(first.keyPlace.line):\(first.keyPlace.column)")
                continue
            }
            seen[packet.identity] = entry
            packets.append(packet)
        }
        return PacketTable(packets)
    }

    private func packet(_ entry: Node.Entry, _ direction: Direction) -> PacketTable.Entry? {
        let keyNode = Node(content: .scalar(Node.Scalar(text: entry.key, isPlain: true)), place: entry.keyPlace)
        guard let name = Kind<String>.name.read(keyNode, diagnostics) else { return nil }
        if name == "unknown" {
            diagnostics.error(.badName, at: entry.keyPlace, "'unknown' is the name of packets without one")
            return nil
        }
        // An empty value is an empty mapping: a word's packet needs no more than its name.
        let value = entry.value.isEmpty ? Node(content: .mapping([]), place: entry.keyPlace) : entry.value
        guard let fields = Fields(value, Self.entryShape, diagnostics) else { return nil }
        let identity = identity(fields, name: name, direction)
        guard let (sizes, length) = sizes(fields, direction, isLength: fields.has("length")) else { return nil }
        guard let identity else { return nil }
        return PacketTable.Entry(
            name: name, identity: identity, byteCounts: sizes, lengthField: length,
            layout: layout(fields, name: name, identity, sizes, direction))
    }

    private func layout(
        _ fields: Fields, name: String, _ identity: PacketIdentity, _ sizes: ClosedRange<Int>?, _ direction: Direction
    ) -> PacketLayout? {
        var opcode: UInt64?
        var byteCountMax = sizes?.upperBound ?? lanes[direction].map(\.frame.byteCountMax).max() ?? 0
        switch identity {
        case .number(let number, _): opcode = number
        case .length(let byteCount): byteCountMax = byteCount
        case .word: break
        }
        return LayoutReader(
            diagnostics: diagnostics, entry: fields, packet: name, byteCountMax: byteCountMax,
            opcodeEnd: OpcodeEnd.origin(lanes[direction], opcode: opcode)
        ).layout()
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
    fileprivate var noun: String {
        switch self {
        case .number(let number, sub: nil): "opcode \(number)"
        case .number(let number, sub: let sub?): "opcode \(number) and sub-opcode \(sub)"
        case .word(let word): "word '\(String(decoding: word, as: UTF8.self))'"
        case .length(let length): "length \(length)"
        }
    }
}
