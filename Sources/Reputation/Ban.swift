public import Settings
public import WireBytes

/// Why somebody was banned.
public struct BanCause: Sendable, Equatable {
    /// Who decided.
    public enum Origin: String, Sendable, CaseIterable {
        /// A rule's own `ban` action.
        case rule
        /// The score of the address or account reached a step of the ladder.
        case ladder
        /// The score of the network did.
        case network
        /// An operator's command.
        case `operator`
        /// A file that an operator imported.
        case imported = "import"
        /// A list of addresses.
        case list
    }

    /// Who decided.
    public var origin: Origin
    /// The rule that fired, or that gave the last points.
    public var ruleID: UInt32
    /// The rule's name, as its author wrote it; an operator's reason.
    public var ruleName: String
    /// Name of the packet, `-` when it was none.
    public var packet: String
    /// The connection, as logs write it; `-` when it was none.
    public var connection: String
    /// The operator; `nil` where the program decided.
    public var who: String?

    /// A cause, with every part given.
    public init(
        origin: Origin, ruleID: UInt32, ruleName: String, packet: String, connection: String, who: String? = nil
    ) {
        self.origin = origin
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.packet = packet
        self.connection = connection
        self.who = who
    }
}

/// A ban in force.
public struct Ban: Sendable, Equatable {
    /// How far it goes.
    public typealias Kind = BanKind

    /// Whom it shuts out: an IPv4 address, an IPv6 prefix, a network, or an account.
    public var subject: Subject
    /// The address that caused it, in full; of an operator's ban the first one it shuts out, `nil` for an account's.
    public var address: IPAddress?
    /// Monotonic nanoseconds.
    public var startedNS: UInt64
    /// Monotonic nanoseconds; the first instant at which it no longer holds, the greatest number: until it is lifted.
    public var untilNS: UInt64
    /// Wall-clock microseconds since 1970 at its start.
    public var startedWallUS: Int64
    /// 1 for the first ban of this subject within the memory.
    public var number: UInt32
    /// How far it goes.
    public var kind: Kind
    /// Why; of an extended ban, why it was extended.
    public var cause: BanCause

    /// Where nobody says when a ban ends.
    public static let foreverNS = UInt64.max

    /// A ban, with every part given.
    public init(
        subject: Subject, address: IPAddress?, startedNS: UInt64, untilNS: UInt64, startedWallUS: Int64 = 0,
        number: UInt32, kind: Kind = .hard, cause: BanCause
    ) {
        self.subject = subject
        self.address = address
        self.startedNS = startedNS
        self.untilNS = untilNS
        self.startedWallUS = startedWallUS
        self.number = number
        self.kind = kind
        self.cause = cause
    }

    /// The network it shuts out; `nil` for an account's.
    ///
    /// Not inlined: the optimiser of Swift 6.3 ends the life of a ban too early where it takes it apart in a caller.
    @inline(never)
    public var network: IPNetwork? { subject.network }

    /// Whether it holds until it is lifted.
    public var isForever: Bool { untilNS == Self.foreverNS }

    /// Seconds that it still holds, to the nearest; `nil` until it is lifted.
    public func remainingSeconds(nowNS: UInt64) -> UInt64? {
        isForever ? nil : untilNS.elapsed(since: nowNS).addingSaturating(500_000_000) / 1_000_000_000
    }
}

/// What became of a request to ban, or of points that were added.
public enum ReputationChange: Sendable, Equatable {
    /// Nothing but perhaps a higher score.
    case none
    /// A new ban.
    case banned(Ban)
    /// A ban was in force already and now ends later, or goes further.
    case extended(Ban)
    /// The address is on the allowlist.
    case allowed
}

/// How an address stands, without the ban itself.
public enum AddressCheck: Sendable, Equatable, BitwiseCopyable {
    case clear
    /// On the allowlist.
    case allowed
    case banned(BanKind)
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
