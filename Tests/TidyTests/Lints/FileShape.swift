/// How long files and their lines may be.
enum FileShape {
    static let lineCountMax = 600
    static let lineCountWithoutReasonMax = 400
    static let columnCountMax = 120

    /// - Parameter reasons: why a file has more than 400 lines, by its path.
    static func lengths(_ files: [TextFile], reasons: [String: String]) -> [Complaint] {
        var complaints: [Complaint] = []
        var unused = Set(reasons.keys)
        for file in files {
            let count = file.lines.count
            if count > lineCountMax {
                complaints.append(Complaint(path: file.path, message: "\(count) lines, most \(lineCountMax)"))
            } else if count > lineCountWithoutReasonMax, reasons[file.path] == nil {
                let message = "\(count) lines: above \(lineCountWithoutReasonMax) a file needs a listed reason"
                complaints.append(Complaint(path: file.path, message: message))
            }
            if count > lineCountWithoutReasonMax { unused.remove(file.path) }
        }
        return complaints
            + unused.sorted().map { Complaint(path: $0, message: "is listed as a long file and is none") }
    }

    static func columns(_ file: TextFile) -> [Complaint] {
        file.lines.enumerated().compactMap { index, line in
            // Bytes are cheap to count and never fewer than columns.
            guard line.utf8.count > columnCountMax, line.count > columnCountMax else { return nil }
            let message = "\(line.count) columns, most \(columnCountMax)"
            return Complaint(path: file.path, line: index + 1, message: message)
        }
    }
}
