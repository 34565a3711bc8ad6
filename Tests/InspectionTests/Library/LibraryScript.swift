import WireBytes

/// A session with a game as lines of text.
///
///     client LOGIN in login: 01 "name":24 00*4    a packet that passes, its name, and the phase it is judged in
///     server PING x3: 02 00                       three of them
///     client unknown: ff                          a packet without a name that passes
///     client raw: ef                              bytes that are no packet: a preamble's, or in an opaque phase
///     client !framing: ff ff                      bytes that break this rule or violation, behind all lines above
///     client ?version: 01                         bytes that this rule remarks, and that pass
///     wait 5                                      seconds go by
///     ---                                         a new session begins
///
/// Bytes are hex digits or a text in quotes; `:N` behind either fills it with zeros up to N bytes, `*N` repeats it.
struct LibraryScript {
    enum Expectation: Equatable {
        case packet(name: String, phase: String?)
        case raw
        case refused(by: String)
        case remarked(by: String)
    }

    struct Line {
        let number: Int
        let direction: Direction
        let expectation: Expectation
        let count: Int
        let bytes: [UInt8]
    }

    enum Step {
        case send(Line)
        case wait(seconds: UInt64)
    }

    struct Malformed: Error {
        let line: Int
        let text: String
    }

    /// Each session's steps.
    let sessions: [[Step]]

    init(_ text: String) throws {
        var sessions: [[Step]] = [[]]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let malformed = Malformed(line: index + 1, text: String(line))
            if line == "---" {
                sessions.append([])
            } else if line.hasPrefix("wait "), let seconds = UInt64(line.dropFirst(5)) {
                sessions[sessions.count - 1].append(.wait(seconds: seconds))
            } else {
                guard let step = try Self.line(line, number: index + 1) else { throw malformed }
                sessions[sessions.count - 1].append(.send(step))
            }
        }
        self.sessions = sessions
    }

    private static func line(_ text: Substring, number: Int) throws -> Line? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        var words = text[..<colon].split(separator: " ")
        guard words.count >= 2, let direction = Direction.allCases.first(where: { $0.sender == words[0] }) else {
            return nil
        }
        var count = 1
        if words.count > 2, let last = words.last, last.hasPrefix("x"), let times = Int(last.dropFirst()) {
            count = times
            words.removeLast()
        }
        let phase = words.count == 4 && words[2] == "in" ? String(words[3]) : nil
        guard words.count == (phase == nil ? 2 : 4) else { return nil }
        let name = words[1]
        let expectation: Expectation =
            switch name.first {
            case "!": .refused(by: String(name.dropFirst()))
            case "?": .remarked(by: String(name.dropFirst()))
            default: name == "raw" ? .raw : .packet(name: String(name), phase: phase)
            }
        guard let bytes = bytes(text[text.index(after: colon)...]) else { return nil }
        return Line(number: number, direction: direction, expectation: expectation, count: count, bytes: bytes)
    }

    /// What the text of some bytes says.
    static func bytes(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.drop { $0 == " " }
        while !rest.isEmpty {
            var item: [UInt8] = []
            if rest.first == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
                item = Array(rest[rest.index(after: rest.startIndex)..<end].utf8)
                rest = rest[rest.index(after: end)...]
            } else {
                let digits = rest.prefix { $0.isHexDigit }
                guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
                var left = digits
                while !left.isEmpty {
                    guard let byte = UInt8(left.prefix(2), radix: 16) else { return nil }
                    item.append(byte)
                    left = left.dropFirst(2)
                }
                rest = rest.dropFirst(digits.count)
            }
            if rest.first == ":" {
                guard let size = number(&rest), size >= item.count else { return nil }
                item += [UInt8](repeating: 0, count: size - item.count)
            }
            if rest.first == "*" {
                guard let times = number(&rest) else { return nil }
                item = Array(repeatElement(item, count: times).joined())
            }
            guard rest.isEmpty || rest.first == " " else { return nil }
            bytes += item
            rest = rest.drop { $0 == " " }
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// The number behind a sign.
    private static func number(_ text: inout Substring) -> Int? {
        let digits = text.dropFirst().prefix { $0.isWholeNumber }
        text = text.dropFirst(1 + digits.count)
        return Int(digits)
    }
}
