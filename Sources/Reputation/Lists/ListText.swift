public import Settings
import WireBytes

/// The text of a list.
public enum ListText {
    /// Reads the entries of a text.
    ///
    /// Lines end in LF or CRLF; spaces around a line and empty lines mean nothing. What is no entry is told and left
    /// out, and reading goes on behind it.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - format: how a line is read; `nil` finds out from the first lines.
    ///   - column: where the address stands, in the formats that have columns.
    ///   - entryCountMax: most entries that are handed out.
    ///   - mistakeCountMax: mistakes that are kept; what is over is counted.
    ///   - body: takes each entry and the number of its line.
    public static func read(
        _ bytes: Span<UInt8>, format: ListFormat? = nil, column: ListColumn? = nil, entryCountMax: Int = .max,
        mistakeCountMax: Int = 20, _ body: (ListEntry, Int) -> Void
    ) -> ListReading {
        var reader = ListLineReader(format: format ?? detect(bytes, column: column), column: column)
        var reading = ListReading(format: reader.format)
        var lines = ListLines(bytes)
        while reading.mistakeCount < ListReading.stopCount, let line = lines.next(bytes) {
            do throws(LineMistake) {
                guard let entry = try reader.entry(bytes, line) else { continue }
                guard reading.entryCount < entryCountMax else {
                    reading.note(lines.mistake(.tooMany, at: line, bytes), most: .max)
                    break
                }
                reading.entryCount += 1
                body(entry, lines.number)
            } catch {
                reading.note(lines.mistake(error.kind, at: error.range, bytes), most: mistakeCountMax)
            }
        }
        return reading
    }
}

extension AddressMapBuilder {
    /// Adds the entries of a text; see ``ListText``.
    ///
    /// - Parameter list: the number of the list.
    public mutating func read(
        _ bytes: Span<UInt8>, list: Int = 0, format: ListFormat? = nil, column: ListColumn? = nil,
        entryCountMax: Int = .max, mistakeCountMax: Int = 20
    ) -> ListReading {
        ListText.read(
            bytes, format: format, column: column, entryCountMax: entryCountMax, mistakeCountMax: mistakeCountMax
        ) { entry, _ in add(entry, list: list) }
    }
}

/// A mistake in a line, and where.
struct LineMistake: Error {
    var kind: ListMistake.Kind
    var range: Range<Int>
}

/// A place in a text that moves on line by line.
struct ListLines {
    private var position = 0
    private var lineStart = 0
    /// Of the line that was read last, from 1.
    private(set) var number = 0

    /// Most bytes of a line that a mistake shows, and of a word that is looked at.
    private static let shownByteCountMax = 1_024

    /// Begins behind the mark that some editors put before UTF-8.
    init(_ bytes: Span<UInt8>) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    }

    /// The next line that is not empty, without spaces around and what ends it; `nil` at the end.
    mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
        while position < bytes.count {
            var (start, end) = (position, position)
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end &+= 1 }
            lineStart = position
            number &+= 1
            position = end &+ 1
            while start < end, isBlank(bytes[start]) { start &+= 1 }
            while end > start, isBlank(bytes[end &- 1]) { end &-= 1 }
            if start < end { return start..<end }
        }
        return nil
    }

    func mistake(_ kind: ListMistake.Kind, at range: Range<Int>, _ bytes: Span<UInt8>) -> ListMistake {
        var end = range.upperBound
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        if end > range.upperBound, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return ListMistake(
            kind: kind, line: number,
            column: Self.text(lineStart..<range.lowerBound, bytes).unicodeScalars.count + 1,
            length: max(1, Self.text(range, bytes).unicodeScalars.count), text: Self.text(lineStart..<end, bytes))
    }

    static func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        for position in range.prefix(shownByteCountMax) { copy.append(bytes[position]) }
        return String(decoding: copy, as: UTF8.self)
    }
}

/// Whether a byte is a space, a tab or a carriage return.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}
