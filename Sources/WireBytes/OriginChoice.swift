/// Some of the places that addresses are from.
public protocol OriginChoice: Hashable, Sendable {
    /// What must be known for an answer.
    var sources: Origin.Sources { get }

    /// Whether an address is among them; `nil` where that cannot be known.
    func contains(_ origin: Origin) -> Bool?
}

/// Some of the countries.
public struct CountryChoice: OriginChoice {
    /// In alphabetical order, each once.
    public let codes: [CountryCode]
    /// Whether it has addresses of which no country is known.
    public let hasUnknown: Bool

    /// Puts the parts together.
    public init(_ codes: [CountryCode], hasUnknown: Bool = false) {
        self.codes = Set(codes).sorted()
        self.hasUnknown = hasUnknown
    }

    /// What must be known for an answer.
    public var sources: Origin.Sources { .country }

    /// Whether an address is among them; `nil` where that cannot be known.
    public func contains(_ origin: Origin) -> Bool? {
        guard origin.sources.contains(.country) else { return nil }
        return origin.country.map { codes.contains($0) } ?? hasUnknown
    }
}

/// Some of the network operators.
public struct OperatorChoice: OriginChoice {
    /// AS numbers, ascending, each once.
    public let numbers: [UInt32]
    /// Whether it has all operators that rent out servers.
    public let hasHosting: Bool
    /// Whether it has addresses of which no operator is known.
    public let hasUnknown: Bool

    /// Puts the parts together.
    public init(_ numbers: [UInt32], hasHosting: Bool = false, hasUnknown: Bool = false) {
        self.numbers = Set(numbers).sorted()
        self.hasHosting = hasHosting
        self.hasUnknown = hasUnknown
    }

    /// What must be known for an answer.
    public var sources: Origin.Sources { hasHosting ? [.asn, .hosting] : .asn }

    /// Whether an address is among them; `nil` where that cannot be known.
    public func contains(_ origin: Origin) -> Bool? {
        guard origin.sources.isSuperset(of: sources) else { return nil }
        guard let asn = origin.asn else { return hasUnknown }
        return hasHosting && origin.isHosting || numbers.contains(asn)
    }
}
