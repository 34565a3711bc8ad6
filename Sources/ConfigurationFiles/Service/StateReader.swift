import Settings

/// Reads where what outlives the program is kept.
struct StateReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'state'", keys: ["file", "scores_above", "history"])

    /// A path alone, or a mapping with one.
    func settings(_ node: Node) -> StateSettings? {
        guard case .mapping = node.content else {
            return Kind<String>.stateFile.read(node, diagnostics).map(StateSettings.init)
        }
        guard let fields = Fields(node, Self.shape, diagnostics),
            let file = fields.required("file", Kind<String>.stateFile)
        else { return nil }
        var state = StateSettings(file: file)
        fields.fill(&state.leastScore, "scores_above", .fraction(in: 0...1_000_000))
        fields.fill(&state.historyNS, "history", .duration(in: 3_600_000_000_000...315_360_000_000_000_000))
        return state
    }
}

extension Kind where Value == String {
    /// The path of a database; SQLite has meanings of its own for some that are none.
    fileprivate static var stateFile: Kind {
        path.checked(.badValue) { text in
            if text == "-" || text.hasPrefix(":") || text.hasPrefix("file:") {
                return "'\(text)' is no path of a file; leave 'state' out to keep bans in memory"
            }
            return text.hasSuffix("/") ? "'\(text)' is a folder's path; name a file in it" : nil
        }
    }
}
