/// Swift text with its comments and the contents of its strings blanked.
///
/// **Shape**: as many lines as the original, so that line numbers stay true. An interpolation counts as part of its
/// string, and a string of one line ends with its line at the latest.
struct SwiftCode {
    private enum State: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        case string(quoteCount: Int, poundCount: Int)
    }

    let lines: [Substring]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var state = State.code
        var index = 0
        while index < bytes.count {
            let (next, byteCount) = Self.step(state, bytes, at: index)
            for position in index..<index + byteCount {
                let isCode = state == .code && next == .code
                kept.append(isCode || bytes[position] == UInt8(ascii: "\n") ? bytes[position] : UInt8(ascii: " "))
            }
            state = next
            index += byteCount
        }
        lines = String(decoding: kept, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The state after the token at `index`, and how many bytes that token has.
    private static func step(_ state: State, _ bytes: [UInt8], at index: Int) -> (State, Int) {
        func run(of character: Unicode.Scalar, from start: Int, most: Int = .max) -> Int {
            bytes[start...].prefix { $0 == UInt8(ascii: character) }.prefix(most).count
        }
        let newline = bytes[index] == UInt8(ascii: "\n")
        switch state {
        case .lineComment:
            return (newline ? .code : .lineComment, 1)
        case .blockComment(let depth):
            if bytes[index...].starts(with: Array("*/".utf8)) {
                return (depth == 1 ? .code : .blockComment(depth: depth - 1), 2)
            }
            if bytes[index...].starts(with: Array("/*".utf8)) { return (.blockComment(depth: depth + 1), 2) }
            return (state, 1)
        case .string(let quoteCount, let poundCount):
            if newline, quoteCount == 1 { return (.code, 1) }
            if bytes[index] == UInt8(ascii: "\\"), poundCount == 0, index + 1 < bytes.count { return (state, 2) }
            let quotes = run(of: "\"", from: index, most: quoteCount)
            if quotes == quoteCount, run(of: "#", from: index + quotes, most: poundCount) == poundCount {
                return (.code, quotes + poundCount)
            }
            return (state, 1)
        case .code:
            if bytes[index...].starts(with: Array("//".utf8)) { return (.lineComment, 2) }
            if bytes[index...].starts(with: Array("/*".utf8)) { return (.blockComment(depth: 1), 2) }
            let pounds = run(of: "#", from: index)
            let quotes = run(of: "\"", from: index + pounds)
            if quotes == 0 { return (.code, max(pounds, 1)) }
            if quotes == 2 { return (.code, pounds + 2 + min(pounds, run(of: "#", from: index + pounds + 2))) }
            let opening = quotes >= 3 ? 3 : 1
            return (.string(quoteCount: opening, poundCount: pounds), pounds + opening)
        }
    }
}
