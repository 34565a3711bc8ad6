import CYAML

/// Turns the text of one file into nodes.
///
/// Reads the events of libyaml one by one and stops at the first that is refused, so that a bomb of aliases or brackets
/// costs no more than its own bytes.
struct DocumentReader {
    /// Mappings and lists inside each other.
    static let depthMax = 64
    /// Values of all kinds in one file.
    static let nodeCountMax = 200_000

    private let source: SourceFile
    private let diagnostics: DiagnosticBag
    private var parser: EventParser
    private var nodeCount = 0

    /// A stop that was already reported.
    private struct Refused: Error {}

    /// Reads a file; `nil` when it is no document, and then the bag says why.
    ///
    /// - Parameter mention: where another file names this one; a file that cannot be read is reported there.
    static func read(_ path: String, mention: Place? = nil, _ diagnostics: DiagnosticBag) -> Node? {
        let bytes: [UInt8]
        do {
            bytes = try SourceFile.readBytes(path)
        } catch {
            if let mention {
                diagnostics.error(.unknownFile, at: mention, "\(path): \(error.message)")
            } else {
                diagnostics.add(Diagnostic(code: .unreadableFile, file: path, message: error.message))
            }
            return nil
        }
        return parse(path: path, bytes: bytes, diagnostics)
    }

    /// Reads text that is already at hand.
    static func parse(path: String, bytes: [UInt8], _ diagnostics: DiagnosticBag) -> Node? {
        let source = SourceFile(path: path, bytes: bytes)
        guard isText(source, diagnostics) else { return nil }
        diagnostics.remember(source)
        var reader = DocumentReader(source: source, diagnostics: diagnostics, parser: EventParser(bytes))
        return try? reader.document()
    }

    private static func isText(_ source: SourceFile, _ diagnostics: DiagnosticBag) -> Bool {
        let whole = Place.whole(source)
        if source.bytes.isEmpty {
            diagnostics.error(.notText, at: whole, "this file is empty")
        } else if source.bytes.contains(0) || String(validating: source.bytes, as: UTF8.self) == nil {
            diagnostics.error(.notText, at: whole, "this is no UTF-8 text")
        } else if let line = source.firstLongLine {
            let place = Place(source: source, line: line, column: 1, length: 1)
            diagnostics.error(
                .tooLarge, at: place, "this line is longer than \(SourceFile.lineByteCountMax >> 10) KiB")
        } else {
            return true
        }
        return false
    }

    private mutating func document() throws(Refused) -> Node {
        guard case .streamStart = try next().kind else { throw refuse(.syntax, nil, "this is no YAML stream") }
        let start = try next()
        guard case .documentStart(let hasDirectives) = start.kind else {
            throw refuse(.notText, nil, "this file holds nothing but comments")
        }
        if hasDirectives { throw refuse(.refusedYAML, start, "YAML directives are not allowed") }
        let root = try node(try next(), depth: 0)
        _ = try next()
        let end = try next()
        guard case .streamEnd = end.kind else {
            throw refuse(.refusedYAML, end, "a file holds one document; a second one begins here")
        }
        return root
    }

    private mutating func node(_ event: EventParser.Event, depth: Int) throws(Refused) -> Node {
        nodeCount += 1
        guard nodeCount <= Self.nodeCountMax else {
            throw refuse(.tooLarge, event, "this file holds more than \(Self.nodeCountMax) values")
        }
        guard depth < Self.depthMax else {
            throw refuse(.tooLarge, event, "values are nested more than \(Self.depthMax) deep")
        }
        if event.hasAnchor { throw refuse(.refusedYAML, event, "anchors (&name) are not allowed") }
        if event.hasTag { throw refuse(.refusedYAML, event, "tags (!name) are not allowed", tagHelp) }
        switch event.kind {
        case .scalar(let text, let isPlain):
            return Node(content: .scalar(Node.Scalar(text: text, isPlain: isPlain)), place: place(event))
        case .sequenceStart:
            var nodes: [Node] = []
            while true {
                let item = try next()
                if case .sequenceEnd = item.kind {
                    return Node(content: .sequence(nodes), place: place(event, to: item))
                }
                nodes.append(try node(item, depth: depth + 1))
            }
        case .mappingStart:
            return try mapping(event, depth: depth)
        case .alias:
            throw refuse(.refusedYAML, event, "aliases (*name) are not allowed", "write the value out")
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw refuse(.syntax, event, "a value is missing here")
        }
    }

    private mutating func mapping(_ start: EventParser.Event, depth: Int) throws(Refused) -> Node {
        var entries: [Node.Entry] = []
        var seen: [String: Place] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind {
                return Node(content: .mapping(entries), place: place(start, to: event))
            }
            let key = try node(event, depth: depth + 1)
            let value = try node(try next(), depth: depth + 1)
            guard let name = key.text else {
                diagnostics.error(.wrongType, at: key.place, "a key must be a text, not \(key.found)")
                continue
            }
            if let first = seen[name] {
                diagnostics.error(
                    .duplicateKey, at: key.place, "'\(Node.shortened(name))' is given twice",
                    help: "the first one stands at \(first.line):\(first.column)")
                continue
            }
            seen[name] = key.place
            entries.append(Node.Entry(key: name, keyPlace: key.place, value: value))
        }
    }

    private var tagHelp: String { "put a text that begins with ! in quotes" }

    private mutating func next() throws(Refused) -> EventParser.Event {
        do {
            return try parser.next()
        } catch {
            let place = Place(source: source, line: error.line, column: error.column, length: 1)
            diagnostics.error(.syntax, at: place, "this is no YAML: \(error.problem)", help: help(for: error))
            throw Refused()
        }
    }

    private func help(for failure: EventParser.Failure) -> String? {
        if failure.problem.contains("cannot start any token") {
            if source.line(failure.line)?.hasPrefix("\t") == true { return "indent with spaces, not with tabs" }
            return "put a text that begins with @, `, % or > in quotes"
        }
        if failure.problem.contains("comment or line break") { return "put a text that begins with > or | in quotes" }
        if failure.problem.contains("escape character") {
            return "between double quotes a \\ begins an escape: write '…' with single quotes, or \\\\"
        }
        if failure.problem.contains("tab character") { return "indent with spaces, not with tabs" }
        if failure.problem.contains("',' or '}'") || failure.problem.contains("',' or ']'") {
            return "put a text with brackets, braces or commas in it in quotes, such as \"utf8z@[u16le@4]\""
        }
        if failure.problem.contains("block end") || failure.problem.contains("mapping values") {
            return "keys of one mapping begin in the same column, and a colon inside a text needs quotes"
        }
        return nil
    }

    private func refuse(
        _ code: DiagnosticCode, _ event: EventParser.Event?, _ message: String, _ help: String? = nil
    ) -> Refused {
        diagnostics.error(code, at: event.map { place($0) } ?? .whole(source), message, help: help)
        return Refused()
    }

    /// Where an event stands; a collection on one line reaches to its own end, a longer one is marked at its start.
    private func place(_ event: EventParser.Event, to end: EventParser.Event? = nil) -> Place {
        let last = end ?? event
        let isOneLine = last.endLine == event.line && (end == nil || last.endColumn > last.column)
        let length = isOneLine ? max(1, last.endColumn - event.column) : 1
        return Place(source: source, line: event.line, column: event.column, length: length)
    }
}
