/// A line of the view: pieces of text, each in one style.
struct StyledLine {
    /// How a piece looks where colours are wanted.
    enum Style: String {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private var pieces: [(text: String, style: Style)] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) { add(text, style) }

    /// Adds a piece.
    mutating func add(_ text: String, _ style: Style = .plain) {
        pieces.append((text, style))
    }

    /// Adds a column: cut or filled to a width, its text left.
    mutating func add(left text: String, width: Int, _ style: Style = .plain) {
        let text = Self.cut(text, to: width)
        add(text + String(repeating: " ", count: width - text.count), style)
    }

    /// Adds a column: cut or filled to a width, its text right.
    mutating func add(right text: String, width: Int, _ style: Style = .plain) {
        let text = Self.cut(text, to: width)
        add(String(repeating: " ", count: width - text.count) + text, style)
    }

    /// Characters it takes.
    var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

    /// The line as a terminal shows it, no wider than `width`.
    func rendered(width: Int, isColoured: Bool) -> String {
        var room = width
        var line = ""
        for (text, style) in pieces where room > 0 {
            let shown = Self.cut(text, to: room)
            room -= shown.count
            let isStyled = isColoured && style != .plain && !shown.isEmpty
            line += isStyled ? "\u{1B}[\(style.rawValue)m\(shown)\u{1B}[0m" : shown
        }
        guard !isColoured else { return line }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    /// A text that is too long ends in a dot of three.
    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + (width > 0 ? "…" : "")
    }
}
