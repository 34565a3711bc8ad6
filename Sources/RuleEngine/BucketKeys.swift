public import WireBytes

/// Whom a connection's limits count against.
public struct BucketKeys: Sendable, BitwiseCopyable {
    /// The client as limits see it (an IPv6 client's /64); `nil` when it is not known (PROXY UNKNOWN), and then limits
    /// by address hold for the connection alone.
    public var address: IPNetwork?
    /// The network the client belongs to; `nil` as for the address.
    public var network: IPNetwork?
    /// The player's account; `nil` while it is not known.
    public var account: AccountKey?
    /// The listener's number.
    public var listener: UInt16
    /// Limits by address and network do not apply (allowed addresses): they never fire and are not charged.
    public var isExempt: Bool
    /// Where the client is from, as far as `Policy.originSources` asks.
    public var origin: Origin

    /// Keys from their parts.
    public init(
        address: IPNetwork?, network: IPNetwork?, account: AccountKey? = nil, listener: UInt16, isExempt: Bool,
        origin: Origin = Origin()
    ) {
        self.account = account
        self.address = address
        self.network = network
        self.listener = listener
        self.isExempt = isExempt
        self.origin = origin
    }

    /// How a limit's bucket is found; `nil` when the connection has it for itself.
    func key(for plan: LimitPlan, packetTag: UInt32) -> BucketKey? {
        switch plan.scope {
        case .connection: nil
        case .address: address.map { BucketKey(plan, packetTag: packetTag, network: $0) }
        case .network: network.map { BucketKey(plan, packetTag: packetTag, network: $0) }
        case .listener: BucketKey(plan, packetTag: packetTag, listener: listener)
        case .account: account.map { BucketKey(plan, packetTag: packetTag, account: $0) }
        }
    }

    /// Whether a limit leaves this connection alone.
    func isExempt(from scope: Limit.Scope) -> Bool {
        isExempt && (scope == .address || scope == .network)
    }
}

/// What a shared bucket is found by: the rule, the packet where each has its own, and whom it counts.
struct BucketKey: Sendable, Equatable, BitwiseCopyable {
    let ruleID: UInt32
    /// 0, or the packet's tag where each packet has a bucket.
    let packetTag: UInt32
    let high: UInt64
    let low: UInt64
    let prefixLength: UInt8
    let scope: Limit.Scope
    let count: Limit.Count
    /// A shadowed rule has buckets of its own, even beside the same rule unshadowed on another listener.
    let isShadow: Bool

    init(_ plan: LimitPlan, packetTag: UInt32, network: IPNetwork) {
        self.init(
            plan, packetTag: packetTag, high: network.base.high, low: network.base.low,
            prefixLength: UInt8(network.prefixLength))
    }

    init(_ plan: LimitPlan, packetTag: UInt32, listener: UInt16) {
        self.init(plan, packetTag: packetTag, high: 0, low: UInt64(listener), prefixLength: 0)
    }

    init(_ plan: LimitPlan, packetTag: UInt32, account: AccountKey) {
        self.init(plan, packetTag: packetTag, high: account.high, low: account.low, prefixLength: 0)
    }

    private init(_ plan: LimitPlan, packetTag: UInt32, high: UInt64, low: UInt64, prefixLength: UInt8) {
        ruleID = plan.ruleID
        self.packetTag = packetTag
        self.high = high
        self.low = low
        self.prefixLength = prefixLength
        scope = plan.scope
        count = plan.count
        isShadow = plan.isShadow
    }

    /// A number that clients cannot steer without knowing the seed.
    func hash(seed: UInt64) -> UInt64 {
        var state = seed
        Self.mix(&state, high)
        Self.mix(&state, low)
        Self.mix(&state, UInt64(ruleID) << 32 | UInt64(packetTag))
        Self.mix(&state, UInt64(scope.rawValue) << 16 | UInt64(prefixLength) << 8 | (isShadow ? 1 : 0))
        return state
    }

    /// One round of a 128-bit multiplication folded to 64 bits.
    private static func mix(_ state: inout UInt64, _ word: UInt64) {
        let product = (state ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        state = (product.high ^ product.low) &+ state.rotated(by: 29)
    }
}

extension UInt64 {
    fileprivate func rotated(by count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
