import Glibc

/// What the command line writes.
enum Terminal {
    /// Writes a line to stderr.
    static func printError(_ text: String) { _ = write(text, to: 2) }

    /// Writes a line to stdout.
    ///
    /// - Returns: whether all of it was taken.
    static func print(_ text: String) -> Bool { write(text, to: 1) }

    /// Columns of the terminal, 80 where there is none.
    static var width: Int {
        var size = winsize()
        // Safe: the call fills a local of the type it expects.
        guard isatty(1) == 1, unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var line = Array(text.utf8)
        if line.last != UInt8(ascii: "\n") { line.append(UInt8(ascii: "\n")) }
        var written = 0
        while written < line.count {
            // Safe: the array is alive for the call, and the count is what is left of it.
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }
}
