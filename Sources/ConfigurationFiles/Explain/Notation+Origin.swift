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

    /// - Parameter lists: the service's, in the order of their numbers.
    static func origin(_ condition: OriginCondition, lists: [String] = []) -> [Fact] {
        var facts: [Fact] = []
        if let choice = condition.countries { facts.append(Fact("country", countries(choice))) }
        if let choice = condition.countriesNot { facts.append(Fact("country not", countries(choice))) }
        if let choice = condition.operators { facts.append(Fact("asn", operators(choice))) }
        if let choice = condition.operatorsNot { facts.append(Fact("asn not", operators(choice))) }
        if let isHosting = condition.isHosting { facts.append(Fact("hosting", isHosting ? "yes" : "no")) }
        if condition.lists != 0 { facts.append(Fact("list", names(condition.lists, lists))) }
        if condition.listsNot != 0 { facts.append(Fact("list not", names(condition.listsNot, lists))) }
        return facts
    }

    private static func names(_ bits: UInt128, _ lists: [String]) -> String {
        (0..<128).filter { bits >> UInt128($0) & 1 == 1 }
            .map { lists.indices.contains($0) ? lists[$0] : "number \($0)" }.joined(separator: ", ")
    }
}
