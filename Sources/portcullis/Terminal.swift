import Glibc

/// What the command line knows of the terminal.
enum Terminal {
    /// Writes a line to stderr.
    static func printError(_ text: String) {
        var line = Array(text.utf8)
        if line.last != UInt8(ascii: "\n") { line.append(UInt8(ascii: "\n")) }
        var written = 0
        while written < line.count {
            // Safe: the span of the array is alive for the call, and the count is what is left of it.
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe write(2, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            }
            guard count > 0 else { return }
            written += count
        }
    }
}
