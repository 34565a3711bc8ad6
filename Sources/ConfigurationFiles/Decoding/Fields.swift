/// The keys of one kind of mapping, as data.
struct Shape {
    /// As in "a listener has no key 'bnid'".
    let what: String
    /// Keys that work.
    let keys: [String]
    /// Keys of the language that this version refuses rather than ignores.
    let later: [String]

    init(_ what: String, keys: [String], later: [String] = []) {
        self.what = what
        self.keys = keys
        self.later = later
    }
}

/// The keys of one mapping, each asked for by the kind of its value.
///
/// Making it reports every key the shape does not know, so that none is ever ignored in silence.
struct Fields {
    let place: Place
    let shape: Shape
    let entries: [Node.Entry]
    let diagnostics: DiagnosticBag

    init?(_ node: Node, _ shape: Shape, _ diagnostics: DiagnosticBag) {
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(
                .wrongType, at: node.place, "expected a mapping, found \(node.found)",
                help: "\(shape.what) has the keys \(shape.keys.joined(separator: ", "))")
            return nil
        }
        place = node.place
        self.shape = shape
        self.entries = entries
        self.diagnostics = diagnostics
        for entry in entries where !shape.keys.contains(entry.key) { refuse(entry) }
    }

    private func refuse(_ entry: Node.Entry) {
        let shown = Node.shortened(entry.key)
        if shape.later.contains(entry.key) {
            diagnostics.error(.notSupported, at: entry.keyPlace, "'\(shown)' is not supported yet by this version")
            return
        }
        diagnostics.error(
            .unknownKey, at: entry.keyPlace, "\(shape.what) has no key '\(shown)'",
            help: "its keys are \(shape.keys.joined(separator: ", "))",
            suggestion: NearestName.of(entry.key, in: shape.keys + shape.later))
    }

    /// The raw value of a key.
    subscript(key: String) -> Node? {
        precondition(shape.keys.contains(key), "\(shape.what) does not declare the key \(key)")
        return entries.first { $0.key == key }?.value
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    /// Whether a key was written, even one that this version refuses.
    func gives(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// Where a key stands.
    func keyPlace(_ key: String) -> Place {
        entries.first { $0.key == key }?.keyPlace ?? place
    }

    /// A value that may be left out; `nil` too when it cannot be read, and then that is reported.
    func optional<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
        self[key].flatMap { kind.read($0, diagnostics) }
    }

    /// A value that must be there.
    func required<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
        if let node = self[key] { return kind.read(node, diagnostics) }
        diagnostics.error(
            .missingKey, at: place, "\(shape.what) needs the key '\(key)'", help: "\(key): \(kind.expected)")
        return nil
    }

    /// Puts a value where a default stands, if it was given.
    func fill<Value>(_ target: inout Value, _ key: String, _ kind: Kind<Value>) {
        if let value = optional(key, kind) { target = value }
    }

    /// Puts a value where `nil` is the default, if it was given.
    func fill<Value>(_ target: inout Value?, _ key: String, _ kind: Kind<Value>) {
        if let value = optional(key, kind) { target = value }
    }

    /// Reports keys that exclude each other, and says whether exactly one of them is there.
    func exactlyOne(of keys: [String]) -> String? {
        let given = keys.filter { has($0) }
        if given.count == 1 { return given[0] }
        let list = keys.joined(separator: ", ")
        if given.isEmpty {
            diagnostics.error(.missingKey, at: place, "\(shape.what) needs one of the keys \(list)")
        } else {
            diagnostics.error(
                .conflict, at: keyPlace(given[1]), "'\(given[1])' does not go with '\(given[0])'",
                help: "give one of \(list)")
        }
        return nil
    }

    /// Reports that none of the keys is there, where one at least is needed.
    func needsAny(of keys: [String]) {
        guard !keys.contains(where: { has($0) }) else { return }
        diagnostics.error(
            .missingKey, at: place, "\(shape.what) needs one of the keys \(keys.joined(separator: ", "))")
    }

    func error(_ code: DiagnosticCode, at key: String, _ message: String, help: String? = nil) {
        diagnostics.error(code, at: self[key]?.place ?? place, message, help: help)
    }
}
