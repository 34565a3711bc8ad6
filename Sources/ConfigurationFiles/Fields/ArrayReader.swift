import PacketFields

/// Reads a packet's `arrays`.
struct ArrayReader {
    let diagnostics: DiagnosticBag
    let fields: [Field]
    let layout: LayoutReader

    private static let shape = Shape("an array", keys: ["count", "first", "links", "min_element", "element"])

    enum Links {
        case hereNext
    }

    func arrays(_ node: Node) -> [ArrayLayout]? {
        guard let lines = layout.lines(node, of: "arrays", most: PacketLayout.arrayCountMax) else { return nil }
        let arrays = lines.map { array($0) }
        let good = arrays.compactMap { $0 }
        return good.count == arrays.count ? good : nil
    }

    private func array(_ line: Node.Entry) -> ArrayLayout? {
        guard layout.isName(line) else { return nil }
        if let place = Self.meaningPlace(line.value) {
            diagnostics.error(
                .impossibleField, at: place,
                "elements of an array come any number of times, and only a field can be that",
                help: "an account or a secret is a field; or give the whole packet secret: true")
            return nil
        }
        guard let keys = Fields(line.value, Self.shape, diagnostics) else { return nil }
        if fields.contains(where: { $0.name == line.key }) {
            diagnostics.error(.duplicateName, at: line.keyPlace, "a field has the name '\(line.key)' already")
            return nil
        }
        let count = count(keys)
        let elements = keys.has("links") ? linked(keys) : contiguous(keys)
        guard let count, let elements else { return nil }
        return ArrayLayout(name: line.key, count: count, elements: elements)
    }

    /// Where an array is said to be what only a field can be.
    private static func meaningPlace(_ node: Node) -> Place? {
        guard case .mapping(let entries) = node.content else { return nil }
        return entries.first { $0.key == "account" || $0.key == "secret" }?.keyPlace
    }

    /// A place, or the name of a field.
    private func count(_ keys: Fields) -> ArrayLayout.Count? {
        guard let text = keys.required("count", .anyText), let node = keys["count"] else { return nil }
        if let place = FieldText.place(text) { return layout.fits(place, at: node.place) ? .place(place) : nil }
        guard let index = fields.firstIndex(where: { $0.name == text }) else {
            diagnostics.error(
                .unknownField, at: node.place, "'\(Node.shortened(text))' is neither a place nor a field",
                help: "write a place such as u16le@4, or the name of a field",
                suggestion: NearestName.of(text, in: fields.map(\.name)))
            return nil
        }
        switch fields[index].kind {
        case .varint, .integer(_, _, isSigned: false): return .field(index)
        case .integer, .float, .bytes, .text, .terminated:
            diagnostics.error(
                .impossibleField, at: node.place, "the field '\(text)' counts nothing: it is no unsigned whole number")
            return nil
        }
    }

    private func linked(_ keys: Fields) -> ArrayLayout.Elements? {
        if keys.has("element") {
            diagnostics.error(
                .conflict, at: keys.keyPlace("element"), "'element' does not go with 'links'",
                help: "linked elements may differ in size: write min_element")
            return nil
        }
        let links: Links? = keys.optional("links", .choice(["here-next": .hereNext]))
        let first = keys.required("first", .integerPlace)
        let least = keys.optional("min_element", .count(in: 1...65_535))
        guard links != nil, let first, layout.fits(first, at: keys["first"]?.place ?? keys.place) else { return nil }
        if keys.has("min_element"), least == nil { return nil }
        let own = 2 * first.byteCount
        if let least, least < own {
            keys.error(.outOfRange, at: "min_element", "the two links of an element have \(own) bytes already")
            return nil
        }
        return .linked(first: first, byteCountMin: least ?? own)
    }

    private func contiguous(_ keys: Fields) -> ArrayLayout.Elements? {
        if keys.has("min_element") {
            diagnostics.error(
                .conflict, at: keys.keyPlace("min_element"), "'min_element' goes with 'links'",
                help: "elements one behind the other have one size: write element")
            return nil
        }
        let byteCount = keys.required("element", .count(in: 1...65_535))
        guard let text = keys.required("first", .anyText), let node = keys["first"] else { return nil }
        guard let origin = origin(text, at: node.place), let byteCount else { return nil }
        return .contiguous(first: origin, byteCount: byteCount)
    }

    private func origin(_ text: String, at place: Place) -> FieldOrigin? {
        if let integer = FieldText.place(text) {
            return layout.fits(integer, at: place) ? .indirect(integer, plus: 0) : nil
        }
        switch FieldText.origin(text) {
        case .known(.start(let offset)):
            if offset <= layout.byteCountMax { return .start(offset) }
            diagnostics.error(
                .impossibleField, at: place, "'\(layout.packet)' has at most \(layout.byteCountMax) bytes")
            return nil
        case .known(let origin): return origin
        case .afterOpcode: return layout.afterOpcode(at: place)
        case .after(let name):
            if let index = fields.firstIndex(where: { $0.name == name }) { return .after(index) }
            diagnostics.error(
                .unknownField, at: place, "'\(layout.packet)' has no field '\(Node.shortened(name))'",
                suggestion: NearestName.of(name, in: fields.map(\.name)))
            return nil
        case nil:
            diagnostics.error(
                .badValue, at: place, "expected where the first element stands, found '\(Node.shortened(text))'",
                help: "write 5, u16le@6, after(FIELD) or after-opcode")
            return nil
        }
    }
}
