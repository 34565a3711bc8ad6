import PacketFields

/// Reads the lines of `rewrite`: a field, and what is done to it.
struct EditReader {
    let finder: FieldFinder

    private var diagnostics: DiagnosticBag { finder.diagnostics }

    private static let shape = Shape(
        "a rewrite", keys: ["set", "clamp", "truncate", "strip_tags", "strip_control"])
    private static let tagShape = Shape("'strip_tags'", keys: ["keep"])

    init(diagnostics: DiagnosticBag, layout: PacketLayout?, packet: String) {
        finder = FieldFinder(diagnostics: diagnostics, layout: layout, packet: packet)
    }

    /// The edits of one field, in the order in which they are written; `nil` after a report.
    func edits(_ line: Node.Entry) -> [FieldEdit]? {
        guard let index = finder.field(line.key, at: line.keyPlace), let layout = finder.layout else { return nil }
        guard let fields = Fields(line.value, Self.shape, diagnostics) else { return nil }
        if fields.entries.isEmpty {
            diagnostics.error(
                .missingKey, at: line.value.place, "nothing says what is done to '\(line.key)'",
                help: "the keys are \(Self.shape.keys.joined(separator: ", "))")
            return nil
        }
        let kind = layout.fields[index].kind
        let changes = fields.entries.map { Self.shape.keys.contains($0.key) ? change($0, kind) : nil }
        let good = changes.compactMap { $0 }
        return good.count == changes.count ? good.map { FieldEdit(field: index, $0) } : nil
    }

    private func change(_ entry: Node.Entry, _ kind: FieldKind) -> FieldEdit.Change? {
        let value = entry.value
        switch (entry.key, kind) {
        case ("set", _): return set(value, kind)
        case ("clamp", .integer), ("clamp", .varint):
            return Kind<ClosedRange<Int128>>.integerRange.read(value, diagnostics).flatMap { range in
                fits(range.lowerBound, kind, at: value.place) && fits(range.upperBound, kind, at: value.place)
                    ? .clampInteger(range) : nil
            }
        case ("clamp", .float):
            return Kind<ClosedRange<Double>>.floatRange.read(value, diagnostics).map { .clampFloat($0) }
        case ("truncate", .bytes(.fixed(let byteCount))):
            diagnostics.error(
                .impossibleField, at: entry.keyPlace, "the field has always \(byteCount) bytes and cannot be cut",
                help: "write set: with as many bytes")
            return nil
        case ("truncate", .text), ("truncate", .terminated), ("truncate", .bytes):
            return Kind<Int>.count(in: 0...65_536).read(value, diagnostics).map { .truncate($0) }
        case ("strip_tags", .text), ("strip_tags", .terminated):
            guard let fields = Fields(value, Self.tagShape, diagnostics) else { return nil }
            guard fields.has("keep") else { return .stripTags(keep: []) }
            return fields.optional("keep", Kind<String>.tagName.oneOrMore).map { .stripTags(keep: $0) }
        case ("strip_control", .text), ("strip_control", .terminated):
            guard let isOn = Kind<Bool>.flag.read(value, diagnostics) else { return nil }
            if isOn { return .stripControl }
            diagnostics.error(.badValue, at: value.place, "leave 'strip_control' out where nothing is to be stripped")
            return nil
        default:
            diagnostics.error(
                .conflict, at: entry.keyPlace, "'\(entry.key)' does not go with a field that is \(kind.noun)",
                help: "possible are \(kind.changes)")
            return nil
        }
    }

    private func set(_ node: Node, _ kind: FieldKind) -> FieldEdit.Change? {
        switch kind {
        case .integer, .varint:
            let number: Kind<Int128> = .text("a whole number") { FieldNumbers.integer($0) }
            return number.read(node, diagnostics).flatMap { fits($0, kind, at: node.place) ? .setInteger($0) : nil }
        case .float:
            let number: Kind<Double> = .text("a number such as 1.5") { FieldNumbers.float($0) }
            return number.read(node, diagnostics).map { .setFloat($0) }
        case .bytes(let length):
            guard let bytes = Kind<[UInt8]>.hexBytes.read(node, diagnostics) else { return nil }
            guard case .fixed(let byteCount) = length, byteCount != bytes.count else { return .setBytes(bytes) }
            diagnostics.error(
                .outOfRange, at: node.place, "the field has always \(byteCount) bytes, and these are \(bytes.count)")
            return nil
        case .text, .terminated:
            guard let text = node.text else {
                diagnostics.error(.wrongType, at: node.place, "expected a text, found \(node.found)")
                return nil
            }
            if let problem = Self.problem(text, kind) {
                diagnostics.error(.badValue, at: node.place, problem)
                return nil
            }
            return .setText(text.unicodeScalars.map(\.value))
        }
    }

    private func fits(_ value: Int128, _ kind: FieldKind, at place: Place) -> Bool {
        guard let all = kind.integers, !all.contains(value) else { return true }
        diagnostics.error(
            .outOfRange, at: place, "\(value) does not fit the field: it holds \(all.lowerBound) to \(all.upperBound)")
        return false
    }

    private static func problem(_ text: String, _ kind: FieldKind) -> String? {
        guard let encoding = kind.encoding else { return nil }
        if text.unicodeScalars.contains(where: { $0.value == 0 }) { return "a NUL would end the text" }
        if encoding == .latin1, let foreign = text.unicodeScalars.first(where: { $0.value > 0xFF }) {
            return "latin1 has no character '\(Node.shortened(String(foreign)))'"
        }
        guard case .text(.fixed(let byteCount), _, let isNULEnded) = kind else { return nil }
        let room = byteCount - (isNULEnded ? encoding.unitByteCount : 0)
        let size = encoding.byteCount(of: text.unicodeScalars.map(\.value))
        return size <= room ? nil : "the field has room for \(room) bytes, and this text takes \(size)"
    }
}

extension Kind where Value == String {
    /// The name of a tag, in lower case.
    fileprivate static var tagName: Kind {
        .text("the name of a tag such as font", help: "letters and digits, without < and >") { text in
            let isGood = text.utf8.allSatisfy {
                ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || (0x30...0x39).contains($0)
            }
            return isGood && (1...32).contains(text.utf8.count) ? text.lowercased() : nil
        }
    }
}
