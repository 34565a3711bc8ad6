public import WireBytes

/// Why an address was banned.
public struct BanCause: Sendable, Equatable {
    /// Who decided.
    public enum Origin: String, Sendable {
        /// A rule's own `ban` action.
        case rule
        /// The score reached a step of the ladder.
        case ladder
        /// An operator's command.
        case `operator`
        /// A list of addresses.
        case list
    }

    /// Who decided.
    public var origin: Origin
    /// The rule that fired, or that gave the last points.
    public var ruleID: UInt32
    /// The rule's name, as its author wrote it.
    public var ruleName: String
    /// Name of the packet, `-` when it was none.
    public var packet: String
    /// The connection, as logs write it.
    public var connection: String

    /// A cause, with every part given.
    public init(origin: Origin, ruleID: UInt32, ruleName: String, packet: String, connection: String) {
        self.origin = origin
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.packet = packet
        self.connection = connection
    }
}

/// A ban in force.
public struct Ban: Sendable, Equatable {
    /// Whom it shuts out: one IPv4 address, or an IPv6 prefix.
    public var network: IPNetwork
    /// The address that caused it, in full.
    public var address: IPAddress
    /// Monotonic nanoseconds.
    public var startedNS: UInt64
    /// Monotonic nanoseconds; the first instant at which it no longer holds.
    public var untilNS: UInt64
    /// 1 for the first ban of this address within the memory.
    public var number: UInt32
    /// Why; of an extended ban, why it was extended.
    public var cause: BanCause

    /// A ban, with every part given.
    public init(
        network: IPNetwork, address: IPAddress, startedNS: UInt64, untilNS: UInt64, number: UInt32, cause: BanCause
    ) {
        self.network = network
        self.address = address
        self.startedNS = startedNS
        self.untilNS = untilNS
        self.number = number
        self.cause = cause
    }
}

/// What became of a request to ban, or of points that were added.
public enum ReputationChange: Sendable, Equatable {
    /// Nothing but perhaps a higher score.
    case none
    /// A new ban.
    case banned(Ban)
    /// A ban was in force already and now ends later.
    case extended(Ban)
    /// The address is on the allowlist.
    case allowed
}

/// How an address stands when it connects.
public enum Standing: Sendable, Equatable {
    case clear
    /// On the allowlist: never scored, banned, or limited by address.
    case allowed
    case banned(Ban)

    /// Whether the address is shut out.
    public var isBanned: Bool {
        if case .banned = self { return true }
        return false
    }
}
