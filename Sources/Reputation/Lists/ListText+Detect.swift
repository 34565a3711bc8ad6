import Settings
import WireBytes

extension ListText {
    /// Lines that are looked at.
    private static let lineCountMax = 100

    /// The format of the first line that has one; plain where no line has.
    static func detect(_ bytes: Span<UInt8>, column: ListColumn?) -> ListFormat {
        var lines = ListLines(bytes)
        var count = 0
        while count < lineCountMax, let line = lines.next(bytes) {
            if ListLineReader.beginsComment(bytes, line) { continue }
            count += 1
            if let format = format(bytes, line, column) { return format }
        }
        return .plain
    }

    /// The format that a line has and no other, if any.
    private static func format(_ bytes: Span<UInt8>, _ line: Range<Int>, _ column: ListColumn?) -> ListFormat? {
        if bytes[line.lowerBound] == UInt8(ascii: "{") { return .json }
        // One whole entry. Anything behind it is a mistake in a plain list, or a column.
        if ListLineReader.isEntry(bytes, line) { return .plain }
        let words = ListLineReader.words(bytes, line, most: 3)
        switch ListLines.text(words[0], bytes) {
        case "add", "create": return .ipset
        case "deny": return .nginx
        case "Start" where words.count > 1 && ListLines.text(words[1], bytes) == "End": return .dshield
        default: break
        }
        if isDShield(bytes, line, words) { return .dshield }
        if let colon = ListLineReader.lastIndex(of: UInt8(ascii: ":"), bytes, line),
            ListLineReader.firstIndex(of: UInt8(ascii: "-"), bytes, colon..<line.upperBound) != nil,
            ListLineReader.isEntry(bytes, colon + 1..<line.upperBound)
        {
            return .p2p
        }
        return isCSV(bytes, line, column) ? .csv : nil
    }

    /// Two addresses and a number, with tabs between them.
    private static func isDShield(_ bytes: Span<UInt8>, _ line: Range<Int>, _ words: [Range<Int>]) -> Bool {
        guard words.count == 3, bytes[words[0].upperBound] == UInt8(ascii: "\t"),
            let number = Int(ListLines.text(words[2], bytes)), (0...128).contains(number)
        else { return false }
        return ListLineReader.isEntry(bytes, words[0]) && ListLineReader.isEntry(bytes, words[1])
    }

    /// Several fields, of which one is an address or has the name of one.
    private static func isCSV(_ bytes: Span<UInt8>, _ line: Range<Int>, _ column: ListColumn?) -> Bool {
        if column != nil { return true }
        guard ListLineReader.firstIndex(of: UInt8(ascii: ","), bytes, line) != nil else { return false }
        var index = 0
        while let field = ListLineReader.field(index, bytes, line, separator: UInt8(ascii: ",")) {
            if ListLineReader.isEntry(bytes, field)
                || ListLineReader.knownNames.contains(ListLines.text(field, bytes).lowercased())
            {
                return true
            }
            index += 1
        }
        return false
    }
}
