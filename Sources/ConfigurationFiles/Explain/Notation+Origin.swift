import RuleEngine
import WireBytes

/// How it is written where clients are from.
extension Notation {
    static func countries(_ choice: CountryChoice) -> String {
        (choice.codes.map { "\($0)" } + (choice.hasUnknown ? ["unknown"] : [])).joined(separator: ", ")
    }

    static func operators(_ choice: OperatorChoice) -> String {
        let words = (choice.hasHosting ? ["hosting"] : []) + (choice.hasUnknown ? ["unknown"] : [])
        return (choice.numbers.map { "AS\($0)" } + words).joined(separator: ", ")
    }

    static func origin(_ condition: OriginCondition) -> [Fact] {
        var facts: [Fact] = []
        if let choice = condition.countries { facts.append(Fact("country", countries(choice))) }
        if let choice = condition.countriesNot { facts.append(Fact("country not", countries(choice))) }
        if let choice = condition.operators { facts.append(Fact("asn", operators(choice))) }
        if let choice = condition.operatorsNot { facts.append(Fact("asn not", operators(choice))) }
        if let isHosting = condition.isHosting { facts.append(Fact("hosting", isHosting ? "yes" : "no")) }
        return facts
    }
}
