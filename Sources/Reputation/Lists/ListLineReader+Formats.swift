import Settings
import WireBytes

/// The formats in which block lists come.
extension ListLineReader {
    private static func isNote(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        bytes[line.lowerBound] == UInt8(ascii: "#")
    }

    // MARK: columns

    /// Words between blanks, one of them the address.
    func columns(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if Self.beginsComment(bytes, line) { return nil }
        var number = 1
        if case .number(let given) = column { number = given }
        let words = Self.words(bytes, line, most: number)
        guard words.count == number else {
            throw LineMistake(kind: .form("\(number) columns with spaces between them"), range: line)
        }
        return try Self.whole(bytes, words[number - 1])
    }

    // MARK: dshield

    /// `FIRST TAB LAST TAB …`, as DShield's block list has it, below a header.
    func dshield(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if Self.isNote(bytes, line) { return nil }
        let words = Self.words(bytes, line, most: 2)
        guard words.count == 2 else {
            throw LineMistake(kind: .form("the first and the last address, with a tab between them"), range: line)
        }
        if Self.isText("Start", bytes, words[0]) { return nil }
        return try Self.range(bytes, words[0], words[1])
    }

    // MARK: p2p

    /// `TEXT:FIRST-LAST`; the text may have colons of its own.
    func p2p(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if Self.isNote(bytes, line) { return nil }
        guard let colon = Self.lastIndex(of: UInt8(ascii: ":"), bytes, line) else {
            throw LineMistake(kind: .form("a text, ':', and a range as in 192.0.2.1-192.0.2.9"), range: line)
        }
        return try Self.whole(bytes, colon + 1..<line.upperBound)
    }

    // MARK: ipset

    /// `add SET ENTRY`, as `ipset save` prints it; options behind the entry do not matter.
    func ipset(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if Self.isNote(bytes, line) { return nil }
        let expected = ListMistake.Kind.form("add SET ADDRESS, as ipset save prints it")
        var words = Self.words(bytes, line, most: 16)[...]
        switch words.popFirst().map({ ListLines.text($0, bytes) }) {
        case "create", "flush", "COMMIT": return nil
        case "add": break
        default: throw LineMistake(kind: expected, range: line)
        }
        if let option = words.first, bytes[option.lowerBound] == UInt8(ascii: "-") { words.removeFirst() }
        guard words.count >= 2 else { throw LineMistake(kind: expected, range: line) }
        let entry = words[words.startIndex + 1]
        for option in words.dropFirst(2) {
            if Self.isText("comment", bytes, option) { break }
            if Self.isText("nomatch", bytes, option) {
                throw LineMistake(
                    kind: .form("no exception: a list cannot take out what another entry holds"), range: option)
            }
        }
        return try Self.whole(bytes, entry)
    }

    // MARK: nginx

    /// `deny ENTRY;`, of nginx's access module.
    func nginx(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if Self.isNote(bytes, line) { return nil }
        let words = Self.words(bytes, line, most: 2)
        guard words.count == 2, Self.isText("deny", bytes, words[0]),
            let end = Self.firstIndex(of: UInt8(ascii: ";"), bytes, words[1])
        else { throw LineMistake(kind: .form("deny ADDRESS;"), range: line) }
        return try Self.whole(bytes, words[1].lowerBound..<end)
    }

    // MARK: json

    /// An object a line, one of its members the address; a line about the list itself, as Spamhaus's have, is none.
    func json(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        var copy: [UInt8] = []
        copy.reserveCapacity(line.count)
        for place in line { copy.append(bytes[place]) }
        let value: JSONValue
        do throws(JSONMistake) {
            value = try JSONReader.read(copy)
        } catch {
            let place = min(line.lowerBound + error.offset, line.upperBound - 1)
            throw LineMistake(kind: .form(error.text), range: place..<place + 1)
        }
        let names: [String]
        if case .name(let name) = column { names = [name] } else { names = Self.knownNames }
        guard let text = names.lazy.compactMap({ value[$0]?.text }).first else {
            if value["type"]?.text == "metadata" { return nil }
            throw LineMistake(kind: .form("an object with \(names.joined(separator: " or "))"), range: line)
        }
        let ascii = Array(text.utf8)
        do throws(LineMistake) {
            return try Self.whole(ascii.span, ascii.indices)
        } catch {
            throw LineMistake(kind: error.kind, range: line)
        }
    }

    /// How lists call their addresses.
    static let knownNames = [
        "cidr", "ip", "address", "ip_address", "ipaddress", "network", "subnet", "prefix", "range", "src_ip", "dst_ip",
    ]
}
