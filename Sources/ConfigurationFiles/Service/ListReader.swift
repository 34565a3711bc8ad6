import Reputation
import Settings

/// Reads which files of addresses there are, and what becomes of who stands in them.
struct ListReader {
    let diagnostics: DiagnosticBag

    /// Lists of one service.
    static let listCountMax = 100
    /// A column of a list.
    static let columnMax = 100

    private static let shape = Shape("a list", keys: ["file", "name", "action", "score", "format", "column"])
    private static var actions: Kind<ListSettings.Action> {
        .choice(["refuse": .refuse, "allow": .allow, "log": .log])
    }
    /// What an operator writes, and what it is; `auto` is none.
    private static var formats: Kind<ListFormat?> {
        .choice([
            "auto": nil, "plain": .plain, "columns": .columns, "csv": .csv, "dshield": .dshield, "p2p": .p2p,
            "ipset": .ipset, "json": .json, "nginx": .nginx,
        ])
    }

    /// May be empty, like `allow`: then nobody is refused.
    func lists(_ node: Node) -> [Located<ListSettings>] {
        guard case .sequence(let items) = node.content else {
            diagnostics.error(
                .wrongType, at: node.place, "expected a list of lists, found \(node.found)",
                help: "write [{ file: lists/blocked.txt, action: refuse }]")
            return []
        }
        guard items.count <= Self.listCountMax else {
            diagnostics.error(
                .tooMany, at: items[Self.listCountMax].place, "there are at most \(Self.listCountMax) lists")
            return []
        }
        var files: [String: Place] = [:]
        var names: [String: Place] = [:]
        return items.compactMap { item in
            guard let fields = Fields(item, Self.shape, diagnostics),
                let file = fields.required("file", Kind<String>.path.located),
                let list = list(fields, file: file)
            else { return nil }
            guard isNew(file.value, at: file.place, "file", "give it once, with one action", &files),
                isNew(
                    list.name, at: fields["name"]?.place ?? file.place, "name", "give one of them another 'name'",
                    &names)
            else { return nil }
            return Located(value: list, place: file.place)
        }
    }

    private func list(_ fields: Fields, file: Located<String>) -> ListSettings? {
        let score = fields.optional("score", .fraction(in: 0.001...1_000_000))
        // A list that gives points needs no action besides.
        let action: ListSettings.Action??
        if fields.has("score") {
            action = .some(fields.optional("action", Self.actions))
        } else {
            action = fields.required("action", Self.actions).map { .some($0) }
        }
        guard let action, score != nil || !fields.has("score") else { return nil }
        if fields.has("score"), action == .refuse || action == .allow {
            fields.error(
                .conflict, at: "score", "points mean nothing to who is refused or exempt",
                help: "'score' goes with action: log, or without an action")
            return nil
        }
        let format = fields.optional("format", Self.formats) ?? nil
        var name: String? = Self.name(ofFile: file.value)
        if fields.has("name") {
            name = fields.optional("name", .name)
        } else if name == nil {
            fields.error(
                .missingKey, at: "file", "this list needs a 'name': the file's own is none",
                help: "name: a name of letters, digits, _, - and ., at most 64 of them")
        }
        guard let name else { return nil }
        let column = column(fields, format)
        guard column != nil || !fields.has("column") else { return nil }
        return ListSettings(
            file: file.value, name: name, action: action, score: score ?? 0, format: format, column: column)
    }

    /// Whether every reader of YAML takes it for a number.
    private static func isNumber(_ text: String) -> Bool {
        Double(text) != nil && !text.hasPrefix("0") && !text.contains("e")
    }

    private func column(_ fields: Fields, _ format: ListFormat?) -> ListColumn? {
        guard let text = fields.optional("column", .anyText) else { return nil }
        switch format {
        case .plain, .dshield, .p2p, .ipset, .nginx:
            fields.error(.conflict, at: "column", "this format has no columns", help: "columns, csv and json have")
            return nil
        case .columns, .csv, .json, nil: break
        }
        if let number = NumberText.decimal(text) {
            guard format != .json, (1...UInt64(Self.columnMax)).contains(number) else {
                let expected = format == .json ? "a member's name" : "1 to \(Self.columnMax), or a name"
                fields.error(.outOfRange, at: "column", "expected \(expected), found \(number)")
                return nil
            }
            return .number(Int(number))
        }
        // A name that looks like a number would be one for an editor.
        guard format != .columns, (1...64).contains(text.utf8.count), !Self.isNumber(text) else {
            let expected = format == .columns ? "a number" : "a number, or a name of at most 64 bytes"
            fields.error(.badValue, at: "column", "expected \(expected)")
            return nil
        }
        return .name(text)
    }

    private func isNew(
        _ text: String, at place: Place, _ what: String, _ help: String, _ places: inout [String: Place]
    ) -> Bool {
        if let first = places[text] {
            diagnostics.error(
                .duplicateName, at: place, "two lists have the \(what) '\(Node.shortened(text))'",
                help: "the first one stands at \(first.line):\(first.column); \(help)")
            return false
        }
        places[text] = place
        return true
    }

    /// What a list is called that has no name of its own: its file without the folders and what follows the last point.
    static func name(ofFile path: String) -> String? {
        let last = path.split(separator: "/").last ?? ""
        let point = last.lastIndex(of: ".")
        let base = point.map { $0 == last.startIndex ? last : last[..<$0] } ?? last
        return Kind<String>.isName(String(base)) ? String(base) : nil
    }
}
