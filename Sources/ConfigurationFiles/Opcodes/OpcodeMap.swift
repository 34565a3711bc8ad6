import WireBytes

/// A file that gives packets their numbers, one a line.
struct OpcodeMap {
    /// One line.
    struct Line {
        let name: String
        let number: UInt64
        /// Where the name stands.
        let place: Place
    }

    let path: String
    /// In the order of the file, each name once.
    let lines: [Line]
    private let indices: [String: Int]

    init(path: String, lines: [Line]) {
        self.path = path
        self.lines = lines
        indices = Dictionary(lines.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Line? { indices[name].map { lines[$0] } }
}

/// Reads the lines of a map: `NAME NUMBER` or `NAME = NUMBER`, decimal or hex; `#` begins a comment.
struct OpcodeMapReader {
    let diagnostics: DiagnosticBag

    /// Most bytes of one map.
    static let byteCountMax = 2 << 20
    /// Most lines of one map.
    static let lineCountMax = 65_000
    /// Mistakes of one map that are told one by one.
    static let mistakeCountMax = 100

    /// - Parameter mention: where the protocol names the file; one that cannot be read is reported there.
    func read(_ path: String, mention: Place) -> OpcodeMap? {
        let bytes: [UInt8]
        do throws(FileReadFailure) {
            bytes = try SourceFile.readBytes(path, most: Self.byteCountMax)
        } catch {
            diagnostics.error(.unknownFile, at: mention, "\(path): \(error.message)")
            return nil
        }
        let source = SourceFile(path: path, bytes: bytes)
        diagnostics.remember(source)
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            diagnostics.error(.notText, at: .whole(source), "this is no UTF-8 text")
            return nil
        }
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard rows.count <= Self.lineCountMax + 1 else {
            let place = Place(source: source, line: Self.lineCountMax + 1, column: 1, length: 1)
            diagnostics.error(.tooMany, at: place, "a map has at most \(Self.lineCountMax) lines")
            return nil
        }
        var lines: [OpcodeMap.Line] = []
        var seen: [String: OpcodeMap.Line] = [:]
        var mistakeCount = 0
        for (index, row) in rows.enumerated() {
            guard let line = line(row, source, number: index + 1, isTold: mistakeCount < Self.mistakeCountMax) else {
                if !Self.isBlank(row) { mistakeCount += 1 }
                continue
            }
            guard let first = seen[line.name] else {
                seen[line.name] = line
                lines.append(line)
                continue
            }
            guard first.number != line.number else { continue }
            mistakeCount += 1
            guard mistakeCount <= Self.mistakeCountMax else { continue }
            diagnostics.error(
                .duplicateName, at: line.place,
                "'\(line.name)' is \(line.number) here and \(first.number) in line \(first.place.line)")
        }
        diagnostics.leaveOut(max(0, mistakeCount - Self.mistakeCountMax))
        return mistakeCount == 0 ? OpcodeMap(path: path, lines: lines) : nil
    }

    private static func isBlank(_ row: Substring) -> Bool { words(row).isEmpty }

    private static func words(_ row: Substring) -> [Substring] {
        row.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" || $0 == "=" }
    }

    /// The name and number of a line; `nil` for one without, and after a report.
    private func line(_ row: Substring, _ source: SourceFile, number: Int, isTold: Bool) -> OpcodeMap.Line? {
        let words = Self.words(row)
        guard let word = words.first else { return nil }
        func place(_ word: Substring) -> Place {
            Place(
                source: source, line: number, column: row.distance(from: row.startIndex, to: word.startIndex) + 1,
                length: max(1, word.count))
        }
        func refuse(_ word: Substring, _ message: String) {
            guard isTold else { return }
            diagnostics.error(
                .badEntry, at: place(word), message, help: "write NAME NUMBER, such as C_CHAT 49692 or C_CHAT 0xc21c")
        }
        guard Self.isName(word) else {
            refuse(word, "expected the name of a packet, found '\(Node.shortened(String(word)))'")
            return nil
        }
        guard words.count > 1 else {
            refuse(word, "'\(word)' has no number")
            return nil
        }
        guard let value = NumberText.decimalOrHex(words[1]) else {
            refuse(words[1], "expected a number, found '\(Node.shortened(String(words[1])))'")
            return nil
        }
        guard words.count == 2 else {
            refuse(words[2], "nothing is expected behind the number")
            return nil
        }
        return OpcodeMap.Line(name: String(word), number: value, place: place(word))
    }

    /// As a packet of a protocol may be called.
    private static func isName(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, word.utf8.count <= 64, word != "unknown" else { return false }
        return isLetter(first) && word.utf8.allSatisfy { isLetter($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
