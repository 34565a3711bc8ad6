/// Which target may import what, as the table under "## Targets" in ARCHITECTURE.md says.
struct ImportTable {
    struct Row: Equatable {
        let target: String
        let allowed: [String]
        let line: Int
    }

    static let path = "ARCHITECTURE.md"

    private(set) var rows: [Row] = []
    private(set) var complaints: [Complaint] = []

    /// Rows are those below the table's header; first cell the target, third cell what it may import.
    init(markdown: String) {
        var inSection = false
        for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("## ") { inSection = line == "## Targets" }
            guard inSection, line.hasPrefix("|") else { continue }
            let cells = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false)
            guard let target = cells.first.flatMap({ names(in: $0).first }) else { continue }
            if cells.count != 4 {
                complain(index + 1, "the row of '\(target)' has \(cells.count - 1) cells where 3 are expected")
            } else if rows.contains(where: { $0.target == target }) {
                complain(index + 1, "'\(target)' has a second row")
            } else {
                rows.append(Row(target: target, allowed: names(in: cells[2]), line: index + 1))
            }
        }
        if rows.isEmpty { complaints.append(Complaint(path: Self.path, message: "no table below '## Targets'")) }
    }

    /// Every directory below Sources has a row, and every row a directory.
    func compare(directories: [String]) -> [Complaint] {
        let targets = rows.map(\.target)
        let undescribed = directories.filter { !targets.contains($0) }.map {
            Complaint(path: "Sources/\($0)", message: "has no row in \(Self.path)")
        }
        let missing = rows.filter { !directories.contains($0.target) }.map {
            Complaint(path: Self.path, line: $0.line, message: "'\($0.target)' has no directory below Sources")
        }
        return undescribed + missing
    }

    /// The imports of these files that their target's row does not allow.
    func forbidden(in files: [TextFile]) -> [Complaint] {
        files.flatMap { file -> [Complaint] in
            guard let row = row(of: file) else { return [] }
            let allowed = row.allowed.isEmpty ? "nothing" : row.allowed.joined(separator: " ")
            return ImportLine.all(in: file.text).filter { !row.allowed.contains($0.module) }.map {
                let message = "imports '\($0.module)'; '\(row.target)' may import \(allowed)"
                return Complaint(path: file.path, line: $0.line, message: message)
            }
        }
    }

    /// The allowances of which these files make no use.
    func unused(by files: [TextFile]) -> [Complaint] {
        var used: [String: Set<String>] = [:]
        for file in files {
            guard let row = row(of: file) else { continue }
            used[row.target, default: []].formUnion(ImportLine.all(in: file.text).map(\.module))
        }
        return rows.flatMap { row in
            row.allowed.filter { used[row.target]?.contains($0) != true }.map {
                let message = "'\(row.target)' may import '\($0)', but no file of it does"
                return Complaint(path: Self.path, line: row.line, message: message)
            }
        }
    }

    private func row(of file: TextFile) -> Row? {
        let parts = file.path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" else { return nil }
        return rows.first { $0.target == parts[1] }
    }

    private mutating func complain(_ line: Int, _ message: String) {
        complaints.append(Complaint(path: Self.path, line: line, message: message))
    }
}

/// One import declaration.
struct ImportLine: Equatable {
    let module: String
    let line: Int

    /// Those of a Swift file, whatever attributes, access level, kind or submodule they name.
    static func all(in text: String) -> [ImportLine] {
        var found: [ImportLine] = []
        for (index, line) in SwiftCode(text).lines.enumerated() where line.contains("import") {
            for statement in line.split(separator: ";") {
                if let module = module(of: statement) { found.append(ImportLine(module: module, line: index + 1)) }
            }
        }
        return found
    }

    private static let levels = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]

    private static func module(of statement: Substring) -> String? {
        var words = statement.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.first, word.hasPrefix("@") || levels.contains(String(word)) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map { $0.filter { $0 != "`" } }
    }
}

/// The words between backticks.
private func names(in cell: Substring) -> [String] {
    let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
    return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
}
