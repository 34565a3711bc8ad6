public import WireBytes

/// One rule of a policy, with every name already resolved to a number.
///
/// `ConfigurationFiles` makes these from `policies/NAME.yaml`; `Policy` compiles them into its tables.
public struct RuleDefinition: Sendable {
    /// Unique over all loaded files; 1–99 are reserved for violations.
    public let id: UInt32
    /// The operator's name for it; stands in every log line the rule causes.
    public let name: String
    /// Which packets it looks at, per direction: `nil` none of that direction, `.all`, or the named ones.
    public let packets: PerDirection<PacketChoice?>
    /// Whole packet sizes it matches; empty matches any.
    public let byteCounts: [ClosedRange<Int>]
    /// Sizes it does not match (`where_not`); checked after `byteCounts`.
    public let byteCountsNot: [ClosedRange<Int>]
    /// Indices of the phases it holds in; empty holds in all.
    public let phases: [Int]
    /// What is asked of where the client is from; the same for all packets of a connection.
    public let origin: OriginCondition
    /// Patterns that must all be found; empty needs none.
    public let signature: [BytePattern]
    /// What is asked of the fields of the packets it names, and what is done to them.
    public let fields: PerDirection<[UInt16: FieldRule]>
    /// Packets none of which may have been forwarded shortly before; `nil` asks nothing.
    public let notAfter: NotAfter?
    /// How often the packet must have come already, byte by byte; `nil` asks nothing.
    ///
    /// Only packets that match all of the above are remembered.
    public let repeats: Repeats?
    /// Asked last, when everything above matched; the rule then fires only on what is over the limit.
    public let limit: Limit?
    /// What happens when the rule fires.
    public let action: RuleAction
    /// A packet for the client before a rule ends its connection.
    public let reply: [UInt8]?
    /// Points added to the client address's score when it fires.
    public let score: Double
    /// Counts and logs what it would have done, and does nothing.
    public let isShadow: Bool

    /// A rule that looks at `packets`; everything else left out asks nothing.
    public init(
        id: UInt32, name: String, packets: PerDirection<PacketChoice?>, byteCounts: [ClosedRange<Int>] = [],
        byteCountsNot: [ClosedRange<Int>] = [], phases: [Int] = [],
        origin: OriginCondition = OriginCondition(), signature: [BytePattern] = [],
        fields: PerDirection<[UInt16: FieldRule]> = PerDirection(both: [:]), notAfter: NotAfter? = nil,
        repeats: Repeats? = nil, limit: Limit? = nil, action: RuleAction,
        reply: [UInt8]? = nil, score: Double = 0, isShadow: Bool = false
    ) {
        self.id = id
        self.name = name
        self.packets = packets
        self.byteCounts = byteCounts
        self.byteCountsNot = byteCountsNot
        self.phases = phases
        self.origin = origin
        self.signature = signature
        self.fields = fields
        self.notAfter = notAfter
        self.repeats = repeats
        self.limit = limit
        self.action = action
        self.reply = reply
        self.score = score
        self.isShadow = isShadow
    }

    /// Whether it is judged once, when a connection opens: it limits connections, or asks for nothing but where the
    /// client is from.
    public var isJudgedAtOpen: Bool {
        if let limit { return limit.count == .connections || limit.count == .open }
        return !origin.isEmpty && packets.inbound == nil && packets.outbound == nil
    }
}

/// The packets of one direction that a rule looks at.
public enum PacketChoice: Sendable, Equatable {
    /// Every packet, named or not.
    case all
    /// These, by their index in the direction's packet table.
    case only([UInt16])
}

/// What a rule does when it fires.
public enum RuleAction: Sendable, Equatable, BitwiseCopyable {
    /// Let it through and skip all later rules.
    case pass
    /// Only say so.
    case log
    /// Change its fields as the rule's edits say, and ask the later rules about what comes of it.
    case rewrite
    /// Swallow the packet.
    case drop
    /// Hold the packet, and all behind it, until the limit allows it.
    case delay
    /// End the connection.
    case close
    /// End the connection, and ban whom it says.
    case ban(RuleBan)
}

/// A token bucket, or a count of open connections.
public struct Limit: Sendable, Equatable {
    /// What is counted.
    public enum Count: Sendable, Equatable, BitwiseCopyable {
        case packets
        case bytes
        /// New connections, judged when one opens.
        case connections
        /// Connections open at once, judged when one opens.
        case open
    }

    /// What shares one bucket.
    public enum Scope: UInt8, Sendable, Equatable, BitwiseCopyable {
        case connection
        case address
        case network
        case listener
        /// The player's account; until it is known, and where it never is, the connection alone.
        case account
    }

    /// What is counted.
    public let count: Count
    /// What shares one bucket.
    public let scope: Scope
    /// Whether each packet name has a bucket of its own (`per: [address, packet]`).
    public let perPacket: Bool
    /// The tokens that come back every `periodNS`; unused by `open`.
    public let amount: UInt64
    /// Nanoseconds in which `amount` tokens come back; unused by `open`.
    public let periodNS: UInt64
    /// The whole capacity of the bucket in tokens, at least 1; for `open`, the most at once.
    public let burst: UInt64

    /// A limit of at least one token.
    public init(
        count: Count, scope: Scope, perPacket: Bool = false, amount: UInt64, periodNS: UInt64, burst: UInt64
    ) {
        precondition(amount > 0 && periodNS > 0 && burst > 0, "a limit of nothing is `action: drop`")
        self.count = count
        self.scope = scope
        self.perPacket = perPacket
        self.amount = amount
        self.periodNS = periodNS
        self.burst = burst
    }
}

/// One pattern of a `bytes` list, in the words of Suricata.
public struct BytePattern: Sendable, Equatable {
    /// The bytes looked for.
    public let pattern: HexPattern
    /// ASCII letters match in either case.
    public let isCaseInsensitive: Bool
    /// The match begins at or after this offset from the packet's first byte.
    public let offset: Int
    /// The match ends within this many bytes after `offset`; `nil` searches to the packet's end.
    public let depth: Int?
    /// The match begins at least this many bytes after the end of the previous pattern's match.
    public let distance: Int?
    /// The match ends within this many bytes after the end of the previous pattern's match plus `distance`.
    public let within: Int?

    /// A pattern that may be found anywhere, unless placed.
    public init(
        pattern: HexPattern, isCaseInsensitive: Bool = false, offset: Int = 0, depth: Int? = nil,
        distance: Int? = nil, within: Int? = nil
    ) {
        precondition(pattern.count > 0 && offset >= 0 && (distance ?? 0) >= 0)
        self.pattern = pattern
        self.isCaseInsensitive = isCaseInsensitive
        self.offset = offset
        self.depth = depth
        self.distance = distance
        self.within = within
    }

    /// Whether it is placed by the previous pattern's match.
    public var isRelative: Bool { distance != nil || within != nil }
}
