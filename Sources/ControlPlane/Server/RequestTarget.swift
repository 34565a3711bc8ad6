/// What a request names: the parts of its path and its query, without escapes.
struct RequestTarget: Equatable {
    /// Most bytes of a request's target.
    static let byteCountMax = 4_096

    /// As they stand between slashes, still escaped, because a name may hold a slash.
    let segments: [Substring]
    /// In the order of the request.
    let query: [(name: String, value: String)]

    static func == (one: RequestTarget, other: RequestTarget) -> Bool {
        one.segments == other.segments && one.query.elementsEqual(other.query, by: ==)
    }

    init(_ text: String) throws(ControlError) {
        guard text.utf8.count <= Self.byteCountMax else {
            throw ControlError(.badRequest, "a path and query have at most \(Self.byteCountMax) bytes")
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw ControlError(.badRequest, "a path begins with a slash")
        }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        segments = parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            query = []
            return
        }
        var query: [(name: String, value: String)] = []
        for pair in parts[1].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.unescaped(sides[0])
            guard !query.contains(where: { $0.name == name }) else {
                throw ControlError(.badRequest, "'\(name)' stands twice in the query")
            }
            query.append((name, sides.count == 2 ? try Self.unescaped(sides[1]) : ""))
        }
        self.query = query
    }

    /// All behind the first `count` segments as one name: the slash of a network needs no escape.
    func rest(after count: Int) throws(ControlError) -> String {
        try Self.unescaped(segments.dropFirst(count).joined(separator: "/")[...])
    }

    /// The query as a table.
    ///
    /// - Parameter known: what it may name; anything else is an error.
    func parameters(_ known: [String]) throws(ControlError) -> [String: String] {
        var table: [String: String] = [:]
        for (name, value) in query {
            guard known.contains(name) else {
                let list = known.isEmpty ? "no query" : "only \(known.joined(separator: ", "))"
                throw ControlError(.badRequest, "unknown query '\(name)'; this path takes \(list)")
            }
            table[name] = value
        }
        return table
    }

    /// Percent escapes as the bytes they stand for; what is then no UTF-8 is refused.
    static func unescaped(_ text: Substring) throws(ControlError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw ControlError(.badRequest, "a percent sign without two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw ControlError(.badRequest, "an escape that is no UTF-8")
        }
        return result
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        Unicode.Scalar(character).properties.isASCIIHexDigit
            ? UInt8(String(Unicode.Scalar(character)), radix: 16) : nil
    }
}
