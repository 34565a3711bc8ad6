import Glibc

/// Colour, where somebody looks at it.
struct Style {
    /// For a terminal that has not asked to be left alone (`NO_COLOR`).
    let isOn: Bool

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// For stdout.
    static var ofStdout: Style {
        // Safe: getenv answers with NULL or a text that ends with NUL; nothing in this program sets the environment.
        let isUnwanted = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        let terminal = unsafe getenv("TERM").map { unsafe String(cString: $0) } ?? "dumb"
        return Style(isOn: isatty(1) == 1 && !isUnwanted && terminal != "dumb")
    }

    func bad(_ text: String) -> String { painted(text, "1;31") }
    func warning(_ text: String) -> String { painted(text, "1;33") }
    func good(_ text: String) -> String { painted(text, "1;32") }
    func faint(_ text: String) -> String { painted(text, "2") }
    func strong(_ text: String) -> String { painted(text, "1") }

    private func painted(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
