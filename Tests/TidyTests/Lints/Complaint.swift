/// One place that breaks one of the project's rules about its own files.
struct Complaint: Equatable, CustomStringConvertible {
    let path: String
    /// 1-based; nil when the complaint is about the whole file or directory.
    var line: Int?
    let message: String

    var description: String {
        line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
    }
}

/// A file as the lints see it: its path from the package's root, and its text.
struct TextFile {
    let path: String
    let text: String

    /// The lines, without the empty one behind the last line's end.
    var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
