import PacketFields

/// Reads the lines of `where` and `where_not` that are about fields of a packet.
struct ConditionReader {
    /// Names in conditions that stand for something else than a field.
    static let reserved = ["size", "phase", "country", "asn", "hosting", "list"]

    let finder: FieldFinder

    private var diagnostics: DiagnosticBag { finder.diagnostics }

    private static let textShape = Shape("a text's condition", keys: ["text", "contains", "matches", "nocase"])

    init(diagnostics: DiagnosticBag, layout: PacketLayout?, packet: String) {
        finder = FieldFinder(diagnostics: diagnostics, layout: layout, packet: packet)
    }

    /// One line: a field, `FIELD.length` or `ARRAY.count`, and what it must be; `nil` after a report.
    func condition(_ line: Node.Entry) -> FieldCondition? {
        let parts = line.key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            guard let field = finder.field(line.key, at: line.keyPlace), let layout = finder.layout else { return nil }
            return tests(line.value, layout.fields[field].kind).map { FieldCondition(.value(field: field), $0) }
        }
        let subject: FieldCondition.Subject?
        switch parts[1] {
        case "length": subject = finder.field(parts[0], at: line.keyPlace).map { .length(field: $0) }
        case "count": subject = finder.array(parts[0], at: line.keyPlace).map { .count(array: $0) }
        default:
            diagnostics.error(
                .unknownField, at: line.keyPlace, "there is no '\(Node.shortened(parts[1]))' of a field",
                help: "write FIELD.length or ARRAY.count",
                suggestion: NearestName.of(parts[1], in: ["length", "count"]))
            subject = nil
        }
        let tests = tests(line.value, .integer(byteCount: 8, isLittleEndian: true, isSigned: false))
        guard let subject, let tests else { return nil }
        if case .length(let field) = subject, !canBeSoLong(field, tests, line.value) { return nil }
        return FieldCondition(subject, tests)
    }

    /// Whether each of these lengths is one that the field can have; reports the first that is not.
    private func canBeSoLong(_ field: Int, _ tests: [FieldCondition.Test], _ node: Node) -> Bool {
        guard let field = finder.layout?.fields[field], let all = field.kind.lengths else { return true }
        let isPossible = tests.allSatisfy { test in
            if case .integer(let range) = test { all.overlaps(range) } else { true }
        }
        guard !isPossible else { return true }
        diagnostics.error(
            .impossibleCondition, at: node.place,
            all.count == 1
                ? "the length of '\(field.name)' is always \(all.lowerBound)"
                : "the length of '\(field.name)' is at most \(all.upperBound)")
        return false
    }

    /// One way to hold, or a list of them.
    private func tests(_ node: Node, _ kind: FieldKind) -> [FieldCondition.Test]? {
        Kind<FieldCondition.Test>(expected: "a condition on \(kind.noun)") { item, _ in test(item, kind) }
            .oneOrMore.read(node, diagnostics)
    }

    private func test(_ node: Node, _ kind: FieldKind) -> FieldCondition.Test? {
        switch kind {
        case .integer, .varint:
            guard let range = Kind<ClosedRange<Int128>>.integerCondition.read(node, diagnostics) else { return nil }
            if let all = kind.integers, !all.overlaps(range) {
                diagnostics.error(
                    .impossibleCondition, at: node.place,
                    "no such field is \(Node.shortened(node.text ?? "this")): it holds \(all.lowerBound) to "
                        + "\(all.upperBound)")
                return nil
            }
            return .integer(range)
        case .float:
            if node.text == "not finite" { return .notFinite }
            return Kind<ClosedRange<Double>>.floatCondition.read(node, diagnostics).map { .float($0) }
        case .bytes:
            return Kind<[UInt8]>.hexBytes.read(node, diagnostics).map { .bytes($0) }
        case .text, .terminated:
            return text(node)
        }
    }

    private func text(_ node: Node) -> FieldCondition.Test? {
        if case .mapping = node.content { return textMapping(node) }
        if node.text == "not well-formed", node.isPlain { return .notWellFormed }
        if case .scalar(let scalar) = node.content, !scalar.isPlain, scalar.text.isEmpty { return .text([]) }
        return Kind<String>.anyText.read(node, diagnostics).map { .text($0.unicodeScalars.map(\.value)) }
    }

    private func textMapping(_ node: Node) -> FieldCondition.Test? {
        guard let fields = Fields(node, Self.textShape, diagnostics) else { return nil }
        let isCaseless = fields.optional("nocase", .flag) ?? false
        guard let key = fields.exactlyOne(of: ["text", "contains", "matches"]),
            let text = fields.optional(key, .anyText), let value = fields[key]
        else { return nil }
        if key == "text", !isCaseless { return .text(text.unicodeScalars.map(\.value)) }
        do throws(TextPatternError) {
            switch key {
            case "text": return .pattern(try TextPattern(parsing: TextPattern.quoted(text), isCaseless: isCaseless))
            case "contains":
                let source = ".*" + TextPattern.quoted(text) + ".*"
                return .pattern(try TextPattern(parsing: source, isCaseless: isCaseless))
            default: return .pattern(try TextPattern(parsing: text, isCaseless: isCaseless))
            }
        } catch {
            diagnostics.error(
                .badPattern, at: value.place, "'\(Node.shortened(text))' is no pattern: \(error.problem)",
                help: key == "matches" ? "that is at its character \(error.offset + 1)" : nil)
            return nil
        }
    }
}
