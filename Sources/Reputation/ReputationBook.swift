public import Settings
public import WireBytes

/// The memory of addresses: scores, bans and their history, the allowlist.
///
/// Thread safety: all workers share one book; it is touched when a connection opens and when a rule fires, never on
/// the way of an unremarkable packet. Time is a parameter, in monotonic nanoseconds that never go back.
public final class ReputationBook: Sendable {
    /// - Parameters:
    ///   - settings: half-life, ladder, prefixes, allowlist.
    ///   - seed: of the jitter.
    public init(settings: ReputationSettings, seed: UInt64) { fatalError() }

    /// Takes other settings; scores and bans stay, but addresses that are now allowed are no longer banned.
    public func update(settings: ReputationSettings) { fatalError() }

    /// What `address` means for limits and bans: itself, or an IPv6 prefix.
    public func key(of address: IPAddress) -> IPNetwork { fatalError() }

    /// The network of `per: network`.
    public func network(of address: IPAddress) -> IPNetwork { fatalError() }

    /// How an address stands.
    public func standing(of address: IPAddress, nowNS: UInt64) -> Standing { fatalError() }

    /// Adds points; the highest step that the score reaches bans, and the score is then 0.
    public func add(
        _ points: Double, to address: IPAddress, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange { fatalError() }

    /// Bans by a rule; `baseNS` of `nil` takes the lowest step's.
    public func ban(
        _ address: IPAddress, baseNS: UInt64?, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange { fatalError() }

    /// The score now, decayed.
    public func score(of address: IPAddress, nowNS: UInt64) -> Double { fatalError() }

    /// Bans that ended since the last call, oldest first, for the log; at most `most` a call.
    public func takeExpired(nowNS: UInt64, most: Int) -> [Ban] { fatalError() }

    /// Bans in force.
    public func bans(nowNS: UInt64) -> [Ban] { fatalError() }
}
