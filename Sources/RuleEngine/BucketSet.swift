public import WireBytes

/// Whom a connection's limits count against.
public struct BucketKeys: Sendable, BitwiseCopyable {
    /// The client as limits see it (an IPv6 client's /64); `nil` when it is not known (PROXY UNKNOWN) or is allowed,
    /// and then limits by address and network hold for the connection alone or not at all.
    public var address: IPNetwork?
    /// The network the client belongs to.
    public var network: IPNetwork?
    /// The listener's number.
    public var listener: UInt16
    /// Limits by address and network do not apply (allowed addresses).
    public var isExempt: Bool

    public init(address: IPNetwork?, network: IPNetwork?, listener: UInt16, isExempt: Bool) {
        self.address = address
        self.network = network
        self.listener = listener
        self.isExempt = isExempt
    }
}

/// The token buckets of one connection: its own, and those it shares, pinned while it is open.
public struct BucketSet: ~Copyable {
    /// Whom the limits count against.
    public let keys: BucketKeys

    /// Finds or makes every bucket the policy's limits need.
    public init(policy: borrowing Policy, keys: BucketKeys, shared: SharedBuckets, nowNS: UInt64) { fatalError() }

    /// The same connection under another policy: buckets of rules that stay are kept, cut to the new burst.
    public consuming func carried(from old: borrowing Policy, to new: borrowing Policy, nowNS: UInt64) -> BucketSet {
        fatalError()
    }
}

/// The buckets that several connections share, on all workers.
public final class SharedBuckets: Sendable {
    /// - Parameter capacity: most buckets at once; a power of two.
    public init(capacity: Int) { fatalError() }

    /// Limits that fell back to the connection alone because every bucket was in use.
    public var fallbackCount: UInt64 { 0 }
}
