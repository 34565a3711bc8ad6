public import Reputation
public import RuleEngine
public import Settings

/// What a rule's ban is called where addresses are remembered.
extension RuleBan {
    /// How far it goes.
    public var reach: BanKind { kind == .soft ? .soft : .hard }

    /// Whom it is about.
    public var subjects: BanTarget {
        switch target {
        case .address: .address
        case .account: .account
        case .network: .network
        }
    }
}
