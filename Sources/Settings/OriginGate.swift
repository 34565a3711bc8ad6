public import WireBytes

/// Which clients a listener lets in by where they are from.
public struct OriginGate<Choice: OriginChoice>: Sendable, Equatable {
    /// What becomes of who is meant.
    public var effect: GateEffect
    /// Who is meant.
    public var choice: Choice

    /// Puts the parts together.
    public init(_ effect: GateEffect, _ choice: Choice) {
        self.effect = effect
        self.choice = choice
    }

    /// Whether a client from there is refused; nobody is while what is asked for cannot be known.
    public func refuses(_ origin: Origin) -> Bool {
        choice.contains(origin).map { $0 == (effect == .deny) } ?? false
    }
}

/// What becomes of those whom a gate names.
public enum GateEffect: Sendable, Equatable {
    /// Only they come in.
    case allow
    /// All but them come in.
    case deny
}

/// The files that tell where addresses are from.
public struct GeoSettings: Sendable, Equatable {
    /// The database of countries, as the path was written; `nil` for none.
    public var country: String?
    /// The database of network operators.
    public var asn: String?
    /// The list of operators that rent out servers.
    public var hosting: String?

    /// Nothing is known.
    public init() {}
}
