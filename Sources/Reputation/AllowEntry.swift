public import WireBytes

/// Somebody who is never scored, banned or limited by address.
public struct AllowEntry: Sendable, Equatable {
    /// An address, which is a network of one, or a network.
    public var network: IPNetwork
    /// Wall-clock microseconds since 1970; the greatest number: until it is removed.
    public var untilWallUS: Int64
    /// Wall-clock microseconds since 1970.
    public var addedWallUS: Int64
    /// The operator.
    public var who: String
    /// Why, in the operator's words; may be empty.
    public var comment: String
    /// It stands in the service's file and is removed there.
    public var isConfigured: Bool

    /// Where nobody says when it ends.
    public static let foreverWallUS = Int64.max

    /// Puts the parts together.
    public init(
        network: IPNetwork, untilWallUS: Int64, addedWallUS: Int64, who: String, comment: String,
        isConfigured: Bool = false
    ) {
        self.network = network
        self.untilWallUS = untilWallUS
        self.addedWallUS = addedWallUS
        self.who = who
        self.comment = comment
        self.isConfigured = isConfigured
    }
}
