public import GameProtocol
public import RuleEngine

/// What guards the connections of one listener: a protocol's descriptor and the policies compiled against it.
///
/// A class so that a worker and its connections share one, immutable so that they may.
public final class Ruleset: Sendable {
    /// How bytes are cut; `nil` for a listener without a protocol, which limits bytes, time and connections only.
    public let descriptor: Descriptor?
    /// What is judged.
    public let policy: Policy

    public init(descriptor: Descriptor?, policy: Policy) {
        self.descriptor = descriptor
        self.policy = policy
    }
}
