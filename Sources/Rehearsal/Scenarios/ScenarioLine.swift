/// The words of one line of a scenario file.
///
/// Words stand apart; what stands in double quotes is one word, with `\n`, `\r`, `\t`, `\0`, `\"`, `\\` and `\xHH` in
/// it; `#` begins a comment. A quote right behind a word belongs to it: `message="hi"`, `key=hex"00 ff"`.
struct ScenarioLine {
    struct Word {
        /// Without quotes; of `message="hi"` what stands before the quote.
        let text: String
        /// What stands in quotes.
        let quoted: [UInt8]?
        let place: ScenarioPlace

        /// A word that is nothing but quotes.
        var isQuotedAlone: Bool { quoted != nil && text.isEmpty }
        /// What a person calls it.
        var shown: String {
            guard let quoted else { return text }
            return text + "\"" + String(decoding: quoted, as: UTF8.self) + "\""
        }
    }

    let number: Int
    private(set) var words: [Word] = []
    private var next = 0

    init(_ text: Substring, number: Int) throws(ScenarioMistake) {
        self.number = number
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            if characters[index].isWhitespace {
                index += 1
                continue
            }
            if characters[index] == "#" { break }
            let place = ScenarioPlace(line: number, column: index + 1)
            var word = ""
            while index < characters.count, !characters[index].isWhitespace, characters[index] != "\"",
                characters[index] != "#" || !word.isEmpty
            {
                word.append(characters[index])
                index += 1
            }
            var quoted: [UInt8]?
            if index < characters.count, characters[index] == "\"" {
                quoted = try Self.quoted(characters, &index, line: number)
            }
            words.append(Word(text: word, quoted: quoted, place: place))
        }
    }

    /// From the opening quote to behind the closing one.
    private static func quoted(
        _ characters: [Character], _ index: inout Int, line: Int
    ) throws(ScenarioMistake) -> [UInt8] {
        let start = ScenarioPlace(line: line, column: index + 1)
        index += 1
        var bytes: [UInt8] = []
        while index < characters.count {
            let character = characters[index]
            index += 1
            if character == "\"" { return bytes }
            guard character == "\\" else {
                bytes += Array(String(character).utf8)
                continue
            }
            guard index < characters.count else { break }
            let escape = characters[index]
            index += 1
            switch escape {
            case "n": bytes.append(0x0A)
            case "r": bytes.append(0x0D)
            case "t": bytes.append(0x09)
            case "0": bytes.append(0)
            case "\"", "\\": bytes += Array(String(escape).utf8)
            case "x" where index + 1 < characters.count:
                let digits = characters[index...index + 1]
                guard digits.allSatisfy(\.isHexDigit), let byte = UInt8(String(digits), radix: 16) else { fallthrough }
                bytes.append(byte)
                index += 2
            default:
                throw ScenarioMistake(
                    ScenarioPlace(line: line, column: index - 1), "'\\\(escape)' means nothing",
                    help: "in quotes there are \\n, \\r, \\t, \\0, \\\", \\\\ and \\xHH")
            }
        }
        throw ScenarioMistake(start, "this quote has no end")
    }

    var isEmpty: Bool { words.isEmpty }
    /// The word that comes next; `nil` at the end.
    var peek: Word? { next < words.count ? words[next] : nil }
    var isAtEnd: Bool { peek == nil }

    /// Where something is missing: behind the last word.
    var endPlace: ScenarioPlace {
        guard let last = words.last else { return ScenarioPlace(line: number, column: 1) }
        return ScenarioPlace(line: number, column: last.place.column + last.shown.count)
    }

    /// Takes the next word.
    mutating func take() -> Word? {
        guard let word = peek else { return nil }
        next += 1
        return word
    }

    /// Takes the next word if it is this one.
    mutating func take(_ text: String) -> Bool {
        guard let word = peek, word.text == text, word.quoted == nil else { return false }
        next += 1
        return true
    }

    /// Takes a word that must be there.
    mutating func require(_ what: String) throws(ScenarioMistake) -> Word {
        guard let word = take() else { throw ScenarioMistake(endPlace, "expected \(what) here") }
        return word
    }

    /// Takes one of some words.
    mutating func require(_ what: String, among known: [String]) throws(ScenarioMistake) -> Word {
        let word = try require(what)
        guard word.quoted == nil, known.contains(word.text) else {
            throw ScenarioMistake(
                word.place, "expected \(what), found '\(word.shown)'", help: Suggestion.among(known, word.text))
        }
        return word
    }

    /// Nothing may follow.
    mutating func finish() throws(ScenarioMistake) {
        guard let word = peek else { return }
        throw ScenarioMistake(word.place, "'\(word.shown)' is too much here")
    }
}
