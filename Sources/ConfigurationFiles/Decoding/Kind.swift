import WireBytes

/// What a key's value is: how it is read, and how it is called when something else was found.
///
/// Kinds are values, so that the reader of a mapping says in one line what a key holds, and larger kinds are made of
/// smaller ones.
struct Kind<Value> {
    /// As in "expected a duration such as 10s".
    let expected: String
    /// Reads the value, or reports why it cannot be read and gives `nil`.
    let read: (Node, DiagnosticBag) -> Value?

    /// A text of a form of its own.
    ///
    /// - Parameters:
    ///   - help: said when the text is not of that form.
    ///   - parse: gives `nil` for a text of another form.
    static func text(_ expected: String, help: String? = nil, _ parse: @escaping (String) -> Value?) -> Kind {
        Kind(expected: expected) { node, diagnostics in
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            if let value = parse(text) { return value }
            diagnostics.error(.badValue, at: node.place, "expected \(expected), found \(node.found)", help: help)
            return nil
        }
    }

    /// The same text, and then a check that may refuse the value with a message.
    func checked(_ code: DiagnosticCode, _ problem: @escaping (Value) -> String?) -> Kind {
        Kind(expected: expected) { node, diagnostics in
            guard let value = read(node, diagnostics) else { return nil }
            guard let message = problem(value) else { return value }
            diagnostics.error(code, at: node.place, message)
            return nil
        }
    }

    func map<Other>(_ transform: @escaping (Value) -> Other) -> Kind<Other> {
        Kind<Other>(expected: expected) { node, diagnostics in read(node, diagnostics).map(transform) }
    }

    /// The value together with its place, for a check that comes later.
    var located: Kind<Located<Value>> {
        Kind<Located<Value>>(expected: expected) { node, diagnostics in
            read(node, diagnostics).map { Located(value: $0, place: node.place) }
        }
    }

    /// A list of such values, with one at least.
    var list: Kind<[Value]> {
        Kind<[Value]>(expected: "a list") { node, diagnostics in
            guard case .sequence(let items) = node.content else {
                diagnostics.error(
                    .wrongType, at: node.place, "expected a list, found \(node.found)",
                    help: "write [one, another], even for one")
                return nil
            }
            if items.isEmpty {
                diagnostics.error(.badValue, at: node.place, "this list is empty")
                return nil
            }
            return items.readAll(self, diagnostics)
        }
    }

    /// One such value, or a list of them.
    var oneOrMore: Kind<[Value]> {
        Kind<[Value]>(expected: expected) { node, diagnostics in
            if case .sequence = node.content { return list.read(node, diagnostics) }
            return read(node, diagnostics).map { [$0] }
        }
    }
}

/// A value and where it was written.
struct Located<Value> {
    let value: Value
    let place: Place
}

extension [Node] {
    /// Reads all, so that every mistake is reported, and gives `nil` when there was one.
    func readAll<Value>(_ kind: Kind<Value>, _ diagnostics: DiagnosticBag) -> [Value]? {
        let values = map { kind.read($0, diagnostics) }
        let good = values.compactMap { $0 }
        return good.count == values.count ? good : nil
    }
}

extension Node {
    /// The text of a scalar that is there, or a report that it is not.
    func scalar(_ expected: String, _ diagnostics: DiagnosticBag) -> String? {
        guard let text, !isEmpty else {
            diagnostics.error(.wrongType, at: place, "expected \(expected), found \(found)")
            return nil
        }
        return text
    }
}
