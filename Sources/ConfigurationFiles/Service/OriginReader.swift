import RuleEngine
import Settings
import WireBytes

/// Reads who is meant by where clients are from: on listeners, and in the conditions of rules.
struct OriginReader {
    let diagnostics: DiagnosticBag

    /// Keys of a condition that are about a client's origin; none of them is about packets.
    static let keys = ["country", "asn", "hosting", "list"]
    /// Countries or numbers of one list.
    static let itemCountMax = 10_000

    // MARK: Listeners

    func countryGate(_ node: Node) -> OriginGate<CountryChoice>? {
        gate(node, "'country'", Kind<CountryChoice.Item>.country) { CountryChoice($0) }
    }

    func asnGate(_ node: Node) -> OriginGate<OperatorChoice>? {
        gate(node, "'asn'", Kind<OperatorChoice.Item>.networkOperator) { OperatorChoice($0) }
    }

    private func gate<Item, Choice>(
        _ node: Node, _ what: String, _ kind: Kind<Item>, _ choice: ([Item]) -> Choice
    ) -> OriginGate<Choice>? {
        guard let fields = Fields(node, Shape(what, keys: ["allow", "deny"]), diagnostics),
            let key = fields.exactlyOne(of: ["allow", "deny"]),
            let items = fields.optional(key, kind.list.checked(.tooMany, Self.tooMany))
        else { return nil }
        return OriginGate(key == "allow" ? .allow : .deny, choice(items))
    }

    // MARK: Rules

    /// What `where` says of a client's origin.
    func read(_ fields: Fields, into condition: inout OriginCondition) {
        condition.countries = countries(fields) ?? condition.countries
        condition.operators = operators(fields) ?? condition.operators
        fields.fill(&condition.isHosting, "hosting", .flag)
    }

    /// What `where_not` says of a client's origin.
    func readNot(_ fields: Fields, into condition: inout OriginCondition) {
        condition.countriesNot = countries(fields) ?? condition.countriesNot
        condition.operatorsNot = operators(fields) ?? condition.operatorsNot
        guard let isHosting = fields.optional("hosting", .flag) else { return }
        if condition.isHosting == isHosting {
            diagnostics.error(
                .impossibleCondition, at: fields.keyPlace("hosting"), "'where' asks for the opposite of this")
        }
        condition.isHosting = !isHosting
    }

    private func countries(_ fields: Fields) -> CountryChoice? {
        fields.optional("country", Kind<CountryChoice.Item>.country.oneOrMore.checked(.tooMany, Self.tooMany))
            .map { CountryChoice($0) }
    }

    private func operators(_ fields: Fields) -> OperatorChoice? {
        fields.optional("asn", Kind<OperatorChoice.Item>.networkOperator.oneOrMore.checked(.tooMany, Self.tooMany))
            .map { OperatorChoice($0) }
    }

    private static func tooMany<Item>(_ items: [Item]) -> String? {
        items.count <= itemCountMax ? nil : "a list has at most \(itemCountMax) of them"
    }
}

extension CountryChoice {
    /// What a file may name.
    enum Item {
        case code(CountryCode)
        case unknown
    }

    init(_ items: [Item]) {
        let codes = items.compactMap { if case .code(let code) = $0 { code } else { nil } }
        self.init(codes, hasUnknown: codes.count < items.count)
    }
}

extension OperatorChoice {
    /// What a file may name.
    enum Item: Equatable {
        case number(UInt32)
        case hosting
        case unknown
    }

    init(_ items: [Item]) {
        self.init(
            items.compactMap { if case .number(let number) = $0 { number } else { nil } },
            hasHosting: items.contains(.hosting), hasUnknown: items.contains(.unknown))
    }
}

extension Kind where Value == CountryChoice.Item {
    /// The two letters of a country, or `unknown`.
    static var country: Kind {
        let expected = "a country such as DE, or unknown"
        return Kind(expected: expected) { node, diagnostics in
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            if text == "unknown" { return .unknown }
            if let code = CountryCode(text), CountryCode.known.contains(code) { return .code(code) }
            let other = CountryCode(text.uppercased()).flatMap { CountryCode.known.contains($0) ? "\($0)" : nil }
            diagnostics.error(
                .unknownCountry, at: node.place, "there is no country '\(Node.shortened(text))'",
                help: "countries are two capital letters, as ISO 3166-1 gives them; or unknown",
                suggestion: text == "UK" ? "GB" : other ?? NearestName.of(text, in: ["unknown"]))
            return nil
        }
    }
}

extension Kind where Value == OperatorChoice.Item {
    /// The number of a network operator, `hosting`, or `unknown`.
    static var networkOperator: Kind {
        let expected = "the number of a network operator such as 64496, hosting, or unknown"
        return Kind(expected: expected) { node, diagnostics in
            guard let text = node.scalar(expected, diagnostics) else { return nil }
            if text == "unknown" { return .unknown }
            if text == "hosting" { return .hosting }
            let digits = text.hasPrefix("AS") ? text.dropFirst(2) : text[...]
            if let number = NumberText.decimal(digits).flatMap({ UInt32(exactly: $0) }), number > 0 {
                return .number(number)
            }
            diagnostics.error(
                .badValue, at: node.place, "expected \(expected), found \(node.found)",
                help: "numbers are 1 to 4294967295, with or without AS before them",
                suggestion: NearestName.of(text, in: ["hosting", "unknown"]))
            return nil
        }
    }
}
