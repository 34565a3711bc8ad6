import Glibc

/// The terminal or file that the demonstration writes to.
struct Screen {
    private let isTerminal: Bool
    let isColoured: Bool
    /// Whether nobody reads any more what is written.
    private(set) var isGone = false
    private var drawnLineCount = 0

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
        // See no-color.org: any value but an empty one counts.
        // Safe: getenv's answer is NULL or a NUL-ended text, of which one byte is read.
        let noColour = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        isColoured = isTerminal && !noColour
    }

    /// Columns and rows; 80 and all it takes where nobody knows.
    var size: (width: Int, height: Int) {
        var size = winsize()
        // Safe: the call fills a local of the type it expects.
        guard isTerminal, unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, Int.max)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Draws over what was drawn before.
    mutating func draw(_ lines: [String]) {
        var text = drawnLineCount == 0 ? "\u{1B}[?25l" : "\u{1B}[\(drawnLineCount)A"
        text += "\r" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
        drawnLineCount = lines.count
        write(text)
    }

    /// Leaves what was drawn, and the cursor visible.
    mutating func finishDrawing() {
        if drawnLineCount > 0 { write("\u{1B}[?25h") }
        drawnLineCount = 0
    }

    /// Writes a line.
    mutating func say(_ line: String) { write(line + "\n") }

    /// Writes a line to stderr.
    mutating func complain(_ line: String) { write(line + "\n", to: 2) }

    private mutating func write(_ text: String, to file: Int32 = 1) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            // Safe: `written` is below the count, and the buffer lives until the closure returns.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                isGone = true
                return
            }
        }
    }
}
