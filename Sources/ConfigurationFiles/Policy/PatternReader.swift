import RuleEngine
import WireBytes

/// Reads a rule's `bytes`.
struct PatternReader {
    let diagnostics: DiagnosticBag

    /// How much of a packet rules may look at.
    static let inspectedByteCountMax = 65_536

    /// Patterns of one rule.
    static let patternCountMax = 32

    private static let shape = Shape(
        "a pattern", keys: ["hex", "text", "encoding", "offset", "depth", "distance", "within", "nocase"])

    private static let replyShape = Shape("a reply", keys: ["hex", "text", "encoding"])

    enum Encoding {
        case utf8
        case ascii
        case utf16le
        case utf16be
    }

    func patterns(_ node: Node) -> [Located<BytePattern>] {
        let items: [Node]
        if case .sequence(let list) = node.content { items = list } else { items = [node] }
        guard items.count <= Self.patternCountMax else {
            diagnostics.error(
                .tooMany, at: items[Self.patternCountMax].place, "a rule has at most \(Self.patternCountMax) patterns")
            return []
        }
        if items.isEmpty { diagnostics.error(.badValue, at: node.place, "this list is empty") }
        return items.enumerated().compactMap { index, item in
            pattern(item, isFirst: index == 0).map { Located(value: $0, place: item.place) }
        }
    }

    private func pattern(_ node: Node, isFirst: Bool) -> BytePattern? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let places = 0...Self.inspectedByteCountMax
        let offset = fields.optional("offset", .byteCount(in: places))
        let depth = fields.optional("depth", .byteCount(in: 1...Self.inspectedByteCountMax))
        let distance = fields.optional("distance", .byteCount(in: places))
        let within = fields.optional("within", .byteCount(in: 1...Self.inspectedByteCountMax))
        let nocase = fields.optional("nocase", .flag) ?? false
        if let relative = ["distance", "within"].first(where: { fields.has($0) }) {
            if isFirst {
                diagnostics.error(
                    .conflict, at: fields.keyPlace(relative), "the first pattern has none before it",
                    help: "place it with 'offset' and 'depth'")
            }
            if let absolute = ["offset", "depth"].first(where: { fields.has($0) }) {
                diagnostics.error(
                    .conflict, at: fields.keyPlace(absolute), "'\(absolute)' does not go with '\(relative)'")
            }
        }
        guard let pattern = fields.exactlyOne(of: ["hex", "text"]).flatMap({ bytes(fields, key: $0) }) else {
            return nil
        }
        for (key, room) in [("depth", depth), ("within", within)] {
            guard let room, room < pattern.count else { continue }
            fields.error(
                .impossiblePattern, at: key, "the pattern has \(pattern.count) bytes and does not fit into \(room)")
            return nil
        }
        return BytePattern(
            pattern: pattern, isCaseInsensitive: nocase, offset: offset ?? 0, depth: depth,
            distance: distance ?? (within == nil ? nil : 0), within: within)
    }

    /// A packet for the client.
    func reply(_ node: Node) -> Located<[UInt8]>? {
        guard let fields = Fields(node, Self.replyShape, diagnostics), let key = fields.exactlyOne(of: ["hex", "text"])
        else { return nil }
        guard let bytes = bytes(fields, key: key) else { return nil }
        guard bytes.masks.allSatisfy({ $0 == 0xFF }) else {
            fields.error(.badValue, at: key, "no part of these bytes may be left open")
            return nil
        }
        return Located(value: bytes.bytes, place: node.place)
    }

    private func bytes(_ fields: Fields, key: String) -> HexPattern? {
        if key == "hex" {
            if fields.has("encoding") {
                diagnostics.error(.conflict, at: fields.keyPlace("encoding"), "'encoding' goes with 'text' only")
            }
            return fields.optional("hex", .hexPattern)
        }
        let text = fields.required("text", .anyText)
        let encodings: Kind<Encoding> = .choice([
            "utf8": .utf8, "ascii": .ascii, "utf16le": .utf16le, "utf16be": .utf16be,
        ])
        let encoding = fields.required("encoding", encodings)
        guard let text, let encoding else { return nil }
        guard let bytes = encoding.bytes(of: text) else {
            fields.error(.badValue, at: "text", "this text is not ASCII", help: "write encoding: utf8")
            return nil
        }
        guard (1...1_024).contains(bytes.count) else {
            fields.error(.outOfRange, at: "text", "this text has 1 to 1024 bytes, not \(bytes.count)")
            return nil
        }
        return HexPattern(bytes)
    }
}

extension PatternReader.Encoding {
    /// The text in this encoding; `nil` when it cannot be written in it.
    fileprivate func bytes(of text: String) -> [UInt8]? {
        switch self {
        case .utf8: Array(text.utf8)
        case .ascii: text.utf8.allSatisfy { $0 < 0x80 } ? Array(text.utf8) : nil
        case .utf16le: text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16be: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        }
    }
}
