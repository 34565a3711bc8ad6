/// How full the memory of addresses is, and what it had to give up.
public struct ReputationCounts: Sendable, Equatable {
    /// Addresses and IPv6 prefixes that are remembered.
    public var addressCount: Int
    /// Bans in force, and those that are over and were not yet taken.
    public var banCount: Int
    /// Addresses that were forgotten because the memory was full, since the start.
    public var evictionCount: UInt64
    /// How many of them had a ban in force.
    public var evictedBanCount: UInt64
    /// Ends of bans that nobody took before the list of them was full.
    public var endedLeftOutCount: UInt64

    /// The counts, with every one given.
    public init(
        addressCount: Int, banCount: Int, evictionCount: UInt64, evictedBanCount: UInt64, endedLeftOutCount: UInt64
    ) {
        self.addressCount = addressCount
        self.banCount = banCount
        self.evictionCount = evictionCount
        self.evictedBanCount = evictedBanCount
        self.endedLeftOutCount = endedLeftOutCount
    }
}
