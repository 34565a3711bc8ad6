import Settings
import WireBytes

/// Comma-separated values (RFC 4180), a line a row; also with semicolons or tabs.
extension ListLineReader {
    private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

    mutating func csv(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        if bytes[line.lowerBound] == UInt8(ascii: "#") { return nil }
        guard let place else { return try first(bytes, line) }
        guard let field = Self.field(place.index, bytes, line, separator: place.separator) else {
            throw LineMistake(kind: .form("\(place.index + 1) columns"), range: line)
        }
        return try Self.whole(bytes, field)
    }

    /// The first row is a header, or shows itself where the address stands.
    private mutating func first(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(LineMistake) -> ListEntry? {
        let separator = Self.separators.first { Self.firstIndex(of: $0, bytes, line) != nil } ?? UInt8(ascii: ",")
        var fields: [Range<Int>] = []
        while let field = Self.field(fields.count, bytes, line, separator: separator) { fields.append(field) }
        let holding = fields.indices.filter { Self.isEntry(bytes, fields[$0]) }
        switch column {
        case .number(let number):
            place = (number - 1, separator)
            guard number <= fields.count else {
                throw LineMistake(kind: .form("\(number) columns"), range: line)
            }
            // A first row without any address is a header.
            return holding.isEmpty ? nil : try Self.whole(bytes, fields[number - 1])
        case .name(let name):
            let names = fields.map { ListLines.text($0, bytes) }
            guard let index = names.firstIndex(where: { $0.lowercased() == name.lowercased() }) else {
                throw LineMistake(kind: .form("a first row that names the column \(name)"), range: line)
            }
            place = (index, separator)
            return nil
        case nil:
            if holding.count == 1 {
                place = (holding[0], separator)
                return try Self.whole(bytes, fields[holding[0]])
            }
            let names = fields.map { ListLines.text($0, bytes).lowercased() }
            let known = names.indices.filter { Self.knownNames.contains(names[$0]) }
            guard holding.isEmpty, known.count == 1 else {
                throw LineMistake(
                    kind: .form("one column that holds an address; 'column' says which it is"), range: line)
            }
            place = (known[0], separator)
            return nil
        }
    }

    static func isEntry(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        do throws(LineMistake) {
            _ = try whole(bytes, range)
            return true
        } catch {
            return false
        }
    }

    /// A field of a row without its quotes; `nil` when the row has fewer.
    static func field(
        _ index: Int, _ bytes: Span<UInt8>, _ line: Range<Int>, separator: UInt8
    ) -> Range<Int>? {
        var start = line.lowerBound
        for number in 0...index {
            var end = start
            var isQuoted = false
            while end < line.upperBound, isQuoted || bytes[end] != separator {
                if bytes[end] == UInt8(ascii: "\"") { isQuoted.toggle() }
                end += 1
            }
            if number == index {
                let field = trimmed(bytes, start..<end)
                guard field.count >= 2, bytes[field.lowerBound] == UInt8(ascii: "\""),
                    bytes[field.upperBound - 1] == UInt8(ascii: "\"")
                else { return field }
                return field.lowerBound + 1..<field.upperBound - 1
            }
            guard end < line.upperBound else { return nil }
            start = end + 1
        }
        return nil
    }
}
