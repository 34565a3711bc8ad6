/// Lines of text that stay within a width.
struct TextPage {
    private(set) var text = ""
    let width: Int

    mutating func line(_ line: String = "") { text += line + "\n" }

    /// A label, and behind it a text that is broken at spaces and goes on below its own beginning.
    ///
    /// - Parameter most: so many lines at most.
    /// - Returns: whether all of the text is there.
    @discardableResult
    mutating func entry(_ label: String, at column: Int, _ body: String, most: Int = Int.max) -> Bool {
        var lead = label
        if label.count >= column {
            line(label)
            lead = ""
        }
        var lineCount = 0
        var rest = body.split(separator: " ", omittingEmptySubsequences: false)[...]
        repeat {
            var part = String(rest.popFirst() ?? "")
            while let word = rest.first, column + part.count + 1 + word.count <= width {
                part += " " + word
                rest.removeFirst()
            }
            line(lead + String(repeating: " ", count: column - lead.count) + part.replacing("\u{A0}", with: " "))
            lead = ""
            lineCount += 1
        } while !rest.isEmpty && lineCount < most
        return rest.isEmpty
    }

    /// Facts below each other, their values in one column.
    mutating func facts(_ facts: [Fact], indent: Int) {
        let wide = facts.map(\.name.count).max() ?? 0
        for fact in facts {
            entry(
                String(repeating: " ", count: indent) + fact.name, at: indent + min(wide, TextPage.nameWidth) + 2,
                fact.value)
        }
    }

    /// Names longer than this stand in a line of their own.
    static let nameWidth = 26
}

extension String {
    /// With spaces behind it, or before it.
    func padded(to width: Int, isRight: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - count))
        return isRight ? spaces + self : self + spaces
    }
}
