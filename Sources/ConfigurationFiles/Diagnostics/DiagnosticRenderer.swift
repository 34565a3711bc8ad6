/// Makes text of diagnostics: place, message, the line itself with the mistake underlined, and what would be right.
public struct DiagnosticRenderer: Sendable {
    /// Most diagnostics that are shown; the rest is counted.
    public static let shownCountMax = 200
    /// Most characters of a source line that are shown.
    static let shownColumnCountMax = 160

    private let sources: [String: SourceFile]

    /// - Parameter sources: the files the diagnostics are about, by path.
    public init(sources: [String: SourceFile]) {
        self.sources = sources
    }

    /// The text for all of them, in the order given, each ended by a newline.
    ///
    /// - Parameter droppedCount: how many more there were that nobody kept.
    public func render(_ diagnostics: [Diagnostic], droppedCount: Int = 0) -> String {
        var text = ""
        for diagnostic in diagnostics.prefix(Self.shownCountMax) {
            text += render(diagnostic)
        }
        let hiddenCount = max(0, diagnostics.count - Self.shownCountMax) + droppedCount
        if hiddenCount > 0 { text += "… and \(hiddenCount) more\n" }
        return text
    }

    /// The text for one diagnostic, ended by a newline.
    public func render(_ diagnostic: Diagnostic) -> String {
        var text = diagnostic.file
        if diagnostic.line > 0 { text += ":\(diagnostic.line):\(diagnostic.column)" }
        text += ": \(diagnostic.severity.rawValue)[\(diagnostic.id)]: \(diagnostic.message)\n"
        let hint = diagnostic.suggestion.map { " did you mean '\($0)'?" } ?? ""
        if diagnostic.line > 0, let line = sources[diagnostic.file]?.line(diagnostic.line) {
            text += excerpt(of: line, diagnostic, hint: hint)
        } else if !hint.isEmpty {
            text += "  \(hint)\n"
        }
        if let help = diagnostic.help { text += "   help: \(help)\n" }
        return Self.printable(text)
    }

    private func excerpt(of line: String, _ diagnostic: Diagnostic, hint: String) -> String {
        let characters = Array(line.unicodeScalars)
        let start = min(diagnostic.column - 1, characters.count)
        // A window that keeps the mistake in sight when the line is long.
        let first = start < Self.shownColumnCountMax - 40 ? 0 : start - 40
        let last = min(characters.count, first + Self.shownColumnCountMax)
        var shown = String.UnicodeScalarView()
        for scalar in characters[first..<last] { shown.append(scalar == "\t" ? " " : scalar) }
        let lead = first > 0 ? "…" : ""
        let trail = last < characters.count ? "…" : ""
        let number = String(diagnostic.line)
        let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number
        let length = max(1, min(diagnostic.length, last - start))
        let underline =
            String(repeating: " ", count: start - first + lead.count) + "^"
            + String(repeating: "~", count: length - 1)
        let source = shown.isEmpty ? "" : " \(lead)\(String(shown))\(trail)"
        return "\(margin) |\(source)\n"
            + String(repeating: " ", count: max(5, number.count)) + " | \(underline)\(hint)\n"
    }

    /// What a terminal would act on is shown as a question mark: file names and lines are not ours.
    private static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            shown.append(isActedOn(scalar) && scalar != "\n" ? "?" : scalar)
        }
        return String(shown)
    }

    /// Controls, line separators and marks that turn the direction of text.
    static func isActedOn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}
