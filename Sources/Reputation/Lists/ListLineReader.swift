import Settings
import WireBytes

/// Reads the lines of one list.
struct ListLineReader {
    let format: ListFormat
    let column: ListColumn?
    /// Of `csv`, once its first line is read: where the address stands, and what separates.
    var place: (index: Int, separator: UInt8)?

    init(format: ListFormat, column: ListColumn?) {
        self.format = format
        self.column = column
    }

    /// The entry of a line; `nil` when it has none: a comment, a header.
    mutating func entry(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        switch format {
        case .plain: try Self.plain(bytes, line)
        case .columns: try columns(bytes, line)
        case .csv: try csv(bytes, line)
        case .dshield: try dshield(bytes, line)
        case .p2p: try p2p(bytes, line)
        case .ipset: try ipset(bytes, line)
        case .json: try json(bytes, line)
        case .nginx: try nginx(bytes, line)
        }
    }

    /// An address, a network or a range, and nothing else but a comment.
    static func plain(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        guard let word = word(bytes, line) else { return nil }
        let rest = skipBlank(bytes, word.upperBound..<line.upperBound)
        if let network = IPNetwork.scan(bytes, in: word) {
            if rest.isEmpty || beginsComment(bytes, rest) { return .network(network) }
            guard bytes[rest.lowerBound] == UInt8(ascii: "-") else {
                throw LineMistake(kind: .secondWord, range: Self.word(bytes, rest) ?? rest)
            }
            return try range(bytes, from: word, to: rest.lowerBound + 1..<line.upperBound)
        }
        if let dash = firstIndex(of: UInt8(ascii: "-"), bytes, word), dash > word.lowerBound {
            return try range(bytes, from: word.lowerBound..<dash, to: dash + 1..<line.upperBound)
        }
        return .network(try network(bytes, word))
    }

    /// What stands in a part of a line and is an address, a network or a range, with no comment behind it.
    static func whole(_ bytes: Span<UInt8>, _ part: Range<Int>) throws(LineMistake) -> ListEntry {
        let part = trimmed(bytes, part)
        guard let entry = try plain(bytes, part) else {
            throw LineMistake(kind: .syntax(.empty), range: part)
        }
        return entry
    }

    private static func range(
        _ bytes: Span<UInt8>, from first: Range<Int>, to line: Range<Int>
    ) throws(LineMistake) -> ListEntry {
        let tail = skipBlank(bytes, line)
        guard let last = word(bytes, tail) else {
            throw LineMistake(kind: .form("the last address of the range"), range: first)
        }
        let rest = skipBlank(bytes, last.upperBound..<line.upperBound)
        guard rest.isEmpty || beginsComment(bytes, rest) else {
            throw LineMistake(kind: .secondWord, range: word(bytes, rest) ?? rest)
        }
        return try range(bytes, first, last)
    }

    /// From one address to another.
    static func range(
        _ bytes: Span<UInt8>, _ first: Range<Int>, _ last: Range<Int>
    ) throws(LineMistake) -> ListEntry {
        let (low, high) = (try network(bytes, first), try network(bytes, last))
        for (end, place) in [(low, first), (high, last)] where end.prefixLength < 128 {
            throw LineMistake(kind: .form("a range goes from an address to an address"), range: place)
        }
        let both = first.lowerBound..<last.upperBound
        guard low.base.isIPv4 == high.base.isIPv4 else { throw LineMistake(kind: .mixed, range: both) }
        guard low.base <= high.base else { throw LineMistake(kind: .backwards, range: both) }
        return low.base == high.base ? .network(low) : .range(low.base, high.base)
    }

    /// An address or network, in the way that says what is wrong with it.
    private static func network(_ bytes: Span<UInt8>, _ word: Range<Int>) throws(LineMistake) -> IPNetwork {
        if let network = IPNetwork.scan(bytes, in: word) { return network }
        do throws(AddressSyntaxError) {
            return try IPNetwork(parsing: ListLines.text(word, bytes))
        } catch {
            throw LineMistake(kind: .syntax(error), range: word)
        }
    }

    // MARK: Parts of a line

    /// The first word; `nil` where a comment or the end of the line comes first.
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
        let start = line.lowerBound
        if line.isEmpty || beginsComment(bytes, line) { return nil }
        var end = start
        while end < line.upperBound, !endsWord(bytes[end]) { end &+= 1 }
        return start..<end
    }

    @inline(__always)
    private static func endsWord(_ byte: UInt8) -> Bool {
        isBlank(byte) || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";")
    }

    /// `#`, `;` or `//`.
    @inline(__always)
    static func beginsComment(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound
        guard start < range.upperBound else { return false }
        if bytes[start] == UInt8(ascii: "#") || bytes[start] == UInt8(ascii: ";") { return true }
        return bytes[start] == UInt8(ascii: "/") && start + 1 < range.upperBound
            && bytes[start + 1] == UInt8(ascii: "/")
    }

    @inline(__always)
    static func skipBlank(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, isBlank(bytes[start]) { start &+= 1 }
        return start..<range.upperBound
    }

    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, isBlank(bytes[end - 1]) { end -= 1 }
        return skipBlank(bytes, range.lowerBound..<end)
    }

    static func firstIndex(of byte: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for place in range where bytes[place] == byte { return place }
        return nil
    }

    static func lastIndex(of byte: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for place in range.reversed() where bytes[place] == byte { return place }
        return nil
    }

    /// The words between blanks, at most so many.
    static func words(_ bytes: Span<UInt8>, _ line: Range<Int>, most: Int) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var rest = skipBlank(bytes, line)
        while !rest.isEmpty, words.count < most {
            var end = rest.lowerBound
            while end < rest.upperBound, !isBlank(bytes[end]) { end += 1 }
            words.append(rest.lowerBound..<end)
            rest = skipBlank(bytes, end..<rest.upperBound)
        }
        return words
    }

    static func isText(_ text: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        ListLines.text(range, bytes) == "\(text)"
    }
}
