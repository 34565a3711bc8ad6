/// The page of the manual that lists every key.
struct ReferencePage {
    var text: String {
        var page = """
            # Reference: every key

            This page is generated from what the program knows of its language, as are the JSON Schemas in
            `packaging/schema/`; `make manual` writes it anew. The other pages explain: [service.md](service.md),
            [protocols.md](protocols.md), [fields.md](fields.md), [policies.md](policies.md). How durations,
            sizes and other values are written stands in [service.md](service.md#how-values-are-written).

            Every example runs: a test puts each into the smallest file around it, and that through `portcullis check`.

            """
        let files: [(Mapping.File, String)] = [
            (.service, "portcullis.yaml"), (.game, "protocols/NAME.yaml"), (.policy, "policies/NAME.yaml"),
        ]
        var seen: Set<String> = []
        let mappings = files.flatMap { Language.mappings(of: $0.0) }.filter { seen.insert($0.name).inserted }
        for (file, name) in files {
            page += "\n## \(name)\n"
            for mapping in mappings where mapping.file == file { page += section(mapping) }
        }
        return page
    }

    private func section(_ mapping: Mapping) -> String {
        var text = "\n### \(mapping.title)\n\n| key | type | default | example | means |\n|---|---|---|---|---|\n"
        for key in mapping.keys {
            let standard =
                switch key.standard {
                case .required: "required"
                case .value(let value): "`\(value)`"
                case .words(let words): words
                }
            let cells = ["`\(key.name)`", key.form.shown, standard, "`\(key.name): \(key.example)`", key.means]
            text += "| \(cells.map { cell($0) }.joined(separator: " | ")) |\n"
        }
        if let others = mapping.others {
            let cells = ["any other", others.form.shown, "", "`\(others.example)`", others.means]
            text += "| \(cells.map { cell($0) }.joined(separator: " | ")) |\n"
        }
        let bonds = mapping.bonds.compactMap { sentence($0) }
        return bonds.isEmpty ? text : text + "\n" + bonds.joined(separator: " ") + "\n"
    }

    /// A bar would end the cell.
    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private func sentence(_ bond: Mapping.Bond) -> String? {
        let list = { (keys: [String]) in keys.map { "`\($0)`" }.joined(separator: ", ") }
        switch bond {
        case .oneOf(let keys): return "Exactly one of \(list(keys))."
        case .anyOf(let keys): return "At least one of \(list(keys))."
        case .notBoth(let one, let other): return "`\(one)` does not go with `\(other)`."
        case .needs(let one, let other): return "`\(one)` needs `\(other)`."
        case .needsWhere(_, _, let other): return "`\(other)` is required where the length has more than two bytes."
        case .when: return nil
        }
    }
}
