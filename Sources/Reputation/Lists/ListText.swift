public import WireBytes

/// Something in a list that is no entry.
public struct ListMistake: Error, Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable, Equatable {
        /// A word that is no address or network, and why.
        case syntax(AddressSyntaxError)
        /// A second word behind the entry.
        case secondWord
        /// One entry more than there may be; nothing behind it was read.
        case tooMany
    }

    /// What it is.
    public let kind: Kind
    /// 1-based.
    public let line: Int
    /// 1-based, in characters.
    public let column: Int
    /// Characters, at least 1.
    public let length: Int
    /// The line without its end, or the beginning of a very long one.
    public let text: String
}

/// What became of reading a list.
public struct ListReading: Sendable, Equatable {
    /// The first mistakes, in order.
    public var mistakes: [ListMistake] = []
    /// All mistakes, or `stopCount`.
    public var mistakeCount = 0
    /// Mistakes after which reading stops: a text with so many is no list, and telling each takes time.
    public static let stopCount = 100_000
    /// Entries that were added, repetitions among them.
    public var entryCount = 0
}

extension AddressMapBuilder {
    /// Adds the entries of a text with one address or network a line.
    ///
    /// Spaces and tabs around an entry, empty lines, and what stands behind `#` or `;` mean nothing; lines end in LF or
    /// CRLF. What is no entry is told and left out, and reading goes on behind it.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - value: what the map answers for its entries.
    ///   - entryCountMax: most entries that are added.
    ///   - mistakeCountMax: mistakes that are kept; what is over is counted.
    public mutating func read(
        _ bytes: Span<UInt8>, value: UInt32, entryCountMax: Int, mistakeCountMax: Int = 20
    ) -> ListReading {
        var text = ListText(bytes)
        var reading = ListReading()
        while reading.mistakeCount < ListReading.stopCount, let word = text.nextEntry(bytes) {
            let network: IPNetwork
            if let scanned = IPNetwork.scan(bytes, in: word) {
                network = scanned
            } else {
                do throws(ListMistake) {
                    network = try text.read(word, bytes)
                } catch {
                    reading.note(error, most: mistakeCountMax)
                    text.skipLine(bytes)
                    continue
                }
            }
            guard reading.entryCount < entryCountMax else {
                reading.note(text.mistake(.tooMany, at: word, bytes), most: .max)
                break
            }
            add(network, value: value)
            reading.entryCount += 1
            if let second = text.finishLine(bytes) {
                reading.note(text.mistake(.secondWord, at: second, bytes), most: mistakeCountMax)
            }
        }
        return reading
    }
}

extension ListReading {
    fileprivate mutating func note(_ mistake: ListMistake, most: Int) {
        mistakeCount += 1
        if mistakes.count < most { mistakes.append(mistake) }
    }
}

/// A place in a list's bytes that moves on word by word.
private struct ListText {
    private var position = 0
    private var line = 1
    private var lineStart = 0

    /// Most bytes of a line that a mistake shows, and of a word that is looked at.
    private static let shownByteCountMax = 1_024

    /// Begins behind the mark that some editors put before UTF-8.
    init(_ bytes: Span<UInt8>) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            (position, lineStart) = (3, 3)
        }
    }

    /// The first word of the next line that has one, or `nil` at the end.
    mutating func nextEntry(_ bytes: Span<UInt8>) -> Range<Int>? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"): endLine()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine(bytes)
            default: return word(bytes)
            }
        }
        return nil
    }

    private mutating func endLine() {
        position += 1
        line += 1
        lineStart = position
    }

    private mutating func word(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = position
        while position < bytes.count, !Self.endsWord(bytes[position]) { position += 1 }
        return start..<position
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: " ")
            || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";")
    }

    /// Goes to the end of the line.
    mutating func skipLine(_ bytes: Span<UInt8>) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    /// Goes to the end of the line; answers a second word if there is one.
    mutating func finishLine(_ bytes: Span<UInt8>) -> Range<Int>? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"): return nil
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "#"), UInt8(ascii: ";"):
                skipLine(bytes)
                return nil
            default:
                let second = word(bytes)
                skipLine(bytes)
                return second
            }
        }
        return nil
    }

    /// A word in the way that says what is wrong with it.
    func read(_ word: Range<Int>, _ bytes: Span<UInt8>) throws(ListMistake) -> IPNetwork {
        do throws(AddressSyntaxError) {
            return try IPNetwork(parsing: Self.text(word, bytes))
        } catch {
            throw mistake(.syntax(error), at: word, bytes)
        }
    }

    func mistake(_ kind: ListMistake.Kind, at word: Range<Int>, _ bytes: Span<UInt8>) -> ListMistake {
        var end = word.upperBound
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        if end > word.upperBound, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return ListMistake(
            kind: kind, line: line, column: Self.text(lineStart..<word.lowerBound, bytes).unicodeScalars.count + 1,
            length: max(1, Self.text(word, bytes).unicodeScalars.count), text: Self.text(lineStart..<end, bytes))
    }

    private static func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        for position in range.prefix(shownByteCountMax) { copy.append(bytes[position]) }
        return String(decoding: copy, as: UTF8.self)
    }
}
