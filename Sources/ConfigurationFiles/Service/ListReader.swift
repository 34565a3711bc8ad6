import Settings

/// Reads which files of addresses there are, and what becomes of who stands in them.
struct ListReader {
    let diagnostics: DiagnosticBag

    /// Lists of one service.
    static let listCountMax = 100

    private static let shape = Shape("a list", keys: ["file", "action"], later: ["score"])
    private static var actions: Kind<ListSettings.Action> { .choice(["refuse": .refuse]) }

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
        var places: [String: Place] = [:]
        return items.compactMap { item in
            guard let fields = Fields(item, Self.shape, diagnostics) else { return nil }
            let file = fields.required("file", Kind<String>.path.located)
            // Who gave a score was told that it is not there yet, and needs no action besides.
            let action =
                fields.gives("score")
                ? fields.optional("action", Self.actions)
                : fields.required("action", Self.actions)
            guard let file, let action else { return nil }
            if let first = places[file.value] {
                diagnostics.error(
                    .duplicateName, at: file.place, "the list '\(Node.shortened(file.value))' is named twice",
                    help: "the first one stands at \(first.line):\(first.column)")
                return nil
            }
            places[file.value] = file.place
            return Located(value: ListSettings(file: file.value, action: action), place: file.place)
        }
    }
}
