/// The JSON Schema of one kind of file.
///
/// Draft 7, because that is what the YAML servers of editors complete from best. What one value must be is there, and
/// what goes with what in one mapping; names that stand elsewhere and sums of sizes are for `check` alone.
struct SchemaDocument {
    let file: Mapping.File

    var json: JSON {
        let mappings = Language.mappings(of: file)
        var members: [(String, JSON)] = [
            ("$schema", .text("http://json-schema.org/draft-07/schema#")), ("title", .text(title)),
            ("$ref", .text("#/definitions/" + mappings[0].name)),
        ]
        members.append(("definitions", .object(mappings.map { ($0.name, definition(of: $0)) })))
        return .object(members)
    }

    private var title: String {
        switch file {
        case .service: "Portcullis: portcullis.yaml"
        case .game: "Portcullis: protocols/NAME.yaml"
        case .policy: "Portcullis: policies/NAME.yaml"
        }
    }

    private func definition(of mapping: Mapping) -> JSON {
        var members: [(String, JSON)] = [
            ("type", .text("object")), ("title", .text(mapping.title)),
            ("properties", .object(mapping.keys.map { ($0.name, property($0)) })),
        ]
        if let others = mapping.others {
            members.append(("patternProperties", .object([("^(" + others.pattern + ")$", others.form.json)])))
        }
        members.append(("additionalProperties", .flag(false)))
        let required = mapping.keys.filter { if case .required = $0.standard { true } else { false } }
        if !required.isEmpty { members.append(("required", .texts(required.map(\.name)))) }
        if !mapping.bonds.isEmpty { members.append(("allOf", .array(mapping.bonds.map { bond($0) }))) }
        return .object(members)
    }

    private func property(_ key: Key) -> JSON {
        var members: [(String, JSON)] = [("description", .text(description(of: key)))]
        if case .value(let text) = key.standard {
            let isNumber = !text.isEmpty && text.allSatisfy(\.isNumber)
            members.append(("default", isNumber ? .number(text) : text == "false" ? .flag(false) : .text(text)))
        }
        return .object(members + key.form.schema)
    }

    private func description(of key: Key) -> String {
        let standard =
            switch key.standard {
            case .required: "Required."
            case .value(let text): "Default: \(text)."
            case .words(let text): "Default: \(text)."
            }
        return "\(Self.withoutLinks(key.means)) \(standard) Example: \(key.name): \(key.example)"
    }

    /// The words of a text alone: links lead from one page of the manual to another.
    private static func withoutLinks(_ text: String) -> String {
        text.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }
    }

    private func bond(_ bond: Mapping.Bond) -> JSON {
        let required = { (keys: [String]) -> JSON in .object([("required", .texts(keys))]) }
        switch bond {
        case .oneOf(let keys): return .object([("oneOf", .array(keys.map { required([$0]) }))])
        case .anyOf(let keys): return .object([("anyOf", .array(keys.map { required([$0]) }))])
        case .notBoth(let one, let other): return .object([("not", required([one, other]))])
        case .needsWhere(let key, let pattern, let other):
            let isSo: JSON = .object([
                ("properties", .object([(key, .object([("pattern", .text(pattern))]))])), ("required", .texts([key])),
            ])
            return .object([("if", isSo), ("then", required([other]))])
        case .when(let key, let value, let then, let otherwise):
            let isSo: JSON = .object([
                ("properties", .object([(key, .object([("const", .text(value))]))])), ("required", .texts([key])),
            ])
            let forms = { (forms: [(String, Form)]) -> JSON in
                .object([("properties", .object(forms.map { ($0.0, $0.1.json) }))])
            }
            return .object([("if", isSo), ("then", forms(then)), ("else", forms(otherwise))])
        case .needs(let one, let other): return .object([("dependencies", .object([(one, .texts([other]))]))])
        }
    }
}
