/// So many in so long, such as 50 a second.
public struct Frequency: Sendable, Equatable {
    /// At least 1.
    public var count: UInt64
    /// At least 1.
    public var periodNS: UInt64

    /// Puts the parts together.
    public init(count: UInt64, periodNS: UInt64) {
        precondition(count >= 1 && periodNS >= 1, "\(count) in \(periodNS) ns is no frequency")
        self.count = count
        self.periodNS = periodNS
    }

    /// One more of what a bucket of this rate and of one period's capacity counts.
    ///
    /// - Parameters:
    ///   - fullAtNS: when the bucket is full again; 0 for one that was never used.
    ///   - nowNS: monotonic nanoseconds.
    /// - Returns: when the bucket is full again after it; `nil` when it is one too many.
    public func charged(_ fullAtNS: UInt64, nowNS: UInt64) -> UInt64? {
        let (next, isOver) = max(fullAtNS, nowNS).addingReportingOverflow(max(1, periodNS / count))
        // Below zero when another thread's clock was a little ahead.
        return isOver || next > nowNS &+ periodNS ? nil : next
    }
}

/// A named set of limits on who has not played before, for the time of an attack; what is `nil` is not limited.
public struct StrangerLimits: Sendable, Equatable {
    /// The name that operators gave it.
    public var name: String
    /// Strangers connected at once.
    public var open: Int?
    /// New strangers, all together.
    public var new: Frequency?
    /// New strangers of one address.
    public var newPerAddress: Frequency?
    /// From the opening to the end of the handshake.
    public var handshakeNS: UInt64?

    /// Puts the parts together.
    public init(
        name: String, open: Int? = nil, new: Frequency? = nil, newPerAddress: Frequency? = nil,
        handshakeNS: UInt64? = nil
    ) {
        self.name = name
        self.open = open
        self.new = new
        self.newPerAddress = newPerAddress
        self.handshakeNS = handshakeNS
    }
}

/// When a listener is under attack, and what holds then.
public struct UnderAttackSettings: Sendable, Equatable {
    /// What holds for strangers.
    public var limits: StrangerLimits
    /// More new connections than this begin an attack.
    public var new: Frequency?
    /// More connections than this in their handshake begin an attack.
    public var unfinished: Int?
    /// More connections than this that rules end in their handshake begin an attack.
    public var failures: Frequency?
    /// The share of each threshold below which it is calm again, above 0 and at most 1.
    public var calm: Double = 0.5
    /// How long it must be calm before the attack is over.
    public var leastNS: UInt64 = 120_000_000_000

    /// Puts the parts together.
    public init(
        limits: StrangerLimits, new: Frequency? = nil, unfinished: Int? = nil, failures: Frequency? = nil
    ) {
        self.limits = limits
        self.new = new
        self.unfinished = unfinished
        self.failures = failures
    }
}

/// Whom success on another listener lets in.
public struct GateSettings: Sendable, Equatable {
    /// Who gets in.
    public enum Subject: String, Sendable {
        /// Who comes from the address that succeeded.
        case address
        /// Who gives the account that succeeded.
        case account
    }

    /// Name of the other listener.
    public var openedBy: String
    /// Who gets in.
    public var by: Subject
    /// How long after the player's last connection has ended.
    public var forNS: UInt64 = 600_000_000_000

    /// Puts the parts together.
    public init(openedBy: String, by: Subject = .address) {
        self.openedBy = openedBy
        self.by = by
    }
}

/// Who is remembered as a player.
public struct KnownPlayersSettings: Sendable, Equatable {
    /// How long a session lasts, once its handshake is over, before its address is a player's.
    public var afterNS: UInt64 = 300_000_000_000
    /// How long that is remembered after the last such session.
    public var keepNS: UInt64 = 2_592_000_000_000_000
    /// Addresses that are remembered at once.
    public var countMax = 200_000

    /// Puts the parts together.
    public init() {}
}
