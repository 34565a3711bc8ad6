import WireBytes

/// A limit, compiled.
struct LimitPlan: Sendable, BitwiseCopyable {
    /// What one packet or connection costs, in units.
    private let unitCost: UInt64
    let ruleID: UInt32
    let count: Limit.Count
    let scope: Limit.Scope
    let isShadow: Bool
    let rate: TokenRate

    init(_ limit: Limit, ruleID: UInt32, isShadow: Bool) {
        rate = TokenRate(limit)
        self.ruleID = ruleID
        count = limit.count
        scope = limit.scope
        self.isShadow = isShadow
        unitCost = rate.units(ofTokens: 1)
    }

    /// What a packet costs, in units.
    @inline(__always)
    func cost(ofByteCount byteCount: Int) -> UInt64 {
        count == .bytes ? rate.units(ofTokens: UInt64(max(0, byteCount))) : unitCost
    }

    /// Whether a bucket of `old` may go on as one of this.
    func continues(_ old: LimitPlan) -> Bool {
        ruleID == old.ruleID && count == old.count && scope == old.scope && isShadow == old.isShadow
    }
}

/// Where a connection keeps the bucket of a limit: a place in its own storage or among the shared ones.
enum BucketSlot: Sendable, Equatable, BitwiseCopyable {
    case local(Int32)
    case shared(Int32)
}

/// A number for a packet of a direction where a rule has something of its own for each.
enum PacketTag {
    /// For all packets of the rule together.
    static let all: UInt32 = 0

    static func of(_ packet: UInt16, _ direction: Direction) -> UInt32 {
        1 + UInt32(packet) * 2 + UInt32(direction.rawValue)
    }
}

/// What a slot is for.
struct SlotOrigin: Sendable, BitwiseCopyable {
    /// The limit's index in the policy.
    let limit: Int32
    /// 0 for all the rule's packets together, or one packet's tag.
    let packetTag: UInt32
}

/// All slots that a policy's limits need in each connection.
struct SlotTable: Sendable {
    private(set) var limits: [LimitPlan] = []
    private(set) var local: [SlotOrigin] = []
    private(set) var shared: [SlotOrigin] = []
    /// Local slots that have a place from the first: those of rules that look at every packet.
    private(set) var commonLocalCount = 0
    /// Whether some limit counts against accounts.
    private(set) var hasAccounts = false
    private var byOrigin: [UInt64: BucketSlot] = [:]

    /// Adds a limit.
    mutating func append(_ plan: LimitPlan) -> Int32 {
        limits.append(plan)
        hasAccounts = hasAccounts || plan.scope == .account
        return Int32(limits.count - 1)
    }

    /// All slots made so far have a place from the first.
    mutating func markCommon() { commonLocalCount = local.count }

    /// The slot for a limit and a packet, made on first use.
    mutating func slot(limit: Int32, packetTag: UInt32) -> BucketSlot {
        let plan = limits[Int(limit)]
        let origin = Self.originKey(plan.ruleID, packetTag)
        if let slot = byOrigin[origin] { return slot }
        let slot: BucketSlot
        if plan.scope == .connection {
            slot = .local(Int32(local.count))
            local.append(SlotOrigin(limit: limit, packetTag: packetTag))
        } else {
            slot = .shared(Int32(shared.count))
            shared.append(SlotOrigin(limit: limit, packetTag: packetTag))
        }
        byOrigin[origin] = slot
        return slot
    }

    /// The slot that another policy's slot continues, with its limit.
    func slot(continuedBy origin: SlotOrigin, of plan: LimitPlan) -> (slot: BucketSlot, plan: LimitPlan)? {
        guard let slot = byOrigin[Self.originKey(plan.ruleID, origin.packetTag)] else { return nil }
        let limit =
            switch slot {
            case .local(let index): local[Int(index)].limit
            case .shared(let index): shared[Int(index)].limit
            }
        let old = limits[Int(limit)]
        return plan.continues(old) ? (slot, old) : nil
    }

    private static func originKey(_ ruleID: UInt32, _ packetTag: UInt32) -> UInt64 {
        UInt64(ruleID) << 32 | UInt64(packetTag)
    }
}
