/// What a rule says of the ban that it asks for.
///
/// Shape: 11 bytes of plain values, so that what a rule does stays small.
public struct RuleBan: Sendable, Equatable, BitwiseCopyable {
    /// What a ban shuts out.
    public enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        /// New connections are refused; those that stand go on, but for the one that broke the rule.
        case soft
        /// All connections end, too.
        case hard
    }

    /// Whom a ban shuts out.
    public enum Target: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        /// The address of the client.
        case address
        /// The account where it is known, and else the address.
        case account
        /// The network that the address belongs to.
        case network
    }

    /// How long the first one lasts; `nil` takes the ladder's lowest step.
    public var baseNS: UInt64?
    /// What it shuts out.
    public var kind: Kind
    /// Whom it shuts out.
    public var target: Target

    /// Puts the parts together.
    public init(baseNS: UInt64? = nil, kind: Kind = .hard, target: Target = .address) {
        self.baseNS = baseNS
        self.kind = kind
        self.target = target
    }
}

extension RuleAction {
    /// A hard ban of the address.
    public static func ban(baseNS: UInt64?) -> RuleAction { .ban(RuleBan(baseNS: baseNS)) }
}
