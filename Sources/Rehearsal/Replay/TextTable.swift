/// Lines of cells in columns, two spaces between them.
struct TextTable {
    enum Side {
        case left
        case right
    }

    private var rows: [[String]] = []
    private let sides: [Side]

    init(_ header: [(String, Side)]) {
        rows = [header.map(\.0)]
        sides = header.map(\.1)
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == sides.count, "\(row.count) cells in \(sides.count) columns")
        rows.append(row)
    }

    var isEmpty: Bool { rows.count == 1 }

    /// Each line with an indent, and without spaces at its end.
    func lines(indent: String) -> [String] {
        let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = indent
            for column in row.indices {
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                line += sides[column] == .left ? row[column] + padding : padding + row[column]
                if column < row.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
