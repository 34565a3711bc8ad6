public import Reputation
public import WireBytes

/// A ban in force, as JSON.
public struct BanItem: Codable, Sendable, Equatable {
    /// Whom it shuts out: an address, a network, or `account:NAME`.
    public var subject: String
    /// The address that caused it, in full; `null` where none did.
    public var address: String?
    /// `hard` also closes live connections, `soft` only refuses new ones.
    public var kind: String
    /// When it began.
    public var since: Timestamp
    /// When it ends; `null`: when somebody lifts it.
    public var until: Timestamp?
    /// How long from now that is.
    public var remainingSeconds: UInt64?
    /// 1 for the first ban within the memory.
    public var number: UInt32
    /// `rule`, `ladder`, `network`, `operator`, `import` or `list`.
    public var origin: String
    /// The rule; 0 where it was none.
    public var ruleID: UInt32
    /// The rule's name, or the operator's reason.
    public var reason: String
    /// The packet's name; `null` where it was none.
    public var packet: String?
    /// The connection; `null` where it was none.
    public var connection: String?
    /// The operator; `null` where the program decided.
    public var who: String?

    enum CodingKeys: String, CodingKey {
        case subject, address, kind, since, until
        case remainingSeconds = "remaining_seconds"
        case number, origin
        case ruleID = "rule_id"
        case reason, packet, connection, who
    }

    /// All fields, those that say nothing as `null`, so that programs need not ask which are there.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subject, forKey: .subject)
        try container.encode(address, forKey: .address)
        try container.encode(kind, forKey: .kind)
        try container.encode(since, forKey: .since)
        try container.encode(until, forKey: .until)
        try container.encode(remainingSeconds, forKey: .remainingSeconds)
        try container.encode(number, forKey: .number)
        try container.encode(origin, forKey: .origin)
        try container.encode(ruleID, forKey: .ruleID)
        try container.encode(reason, forKey: .reason)
        try container.encode(packet, forKey: .packet)
        try container.encode(connection, forKey: .connection)
        try container.encode(who, forKey: .who)
    }
}

/// A page of bans in the order of subjects.
public struct BanPage: Codable, Sendable, Equatable {
    /// Those that fit the filters.
    public var bans: [BanItem]
    /// The subject that `after` takes for the next page; `null` on the last one.
    public var next: String?

    /// Puts the parts together.
    public init(bans: [BanItem], next: String?) {
        self.bans = bans
        self.next = next
    }

    /// Both fields, always.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(bans, forKey: .bans)
        try container.encode(next, forKey: .next)
    }

    enum CodingKeys: String, CodingKey { case bans, next }
}

/// What `GET /v1/bans` may ask for.
public struct BanQuery: Sendable, Equatable {
    /// The last subject of the page before.
    public var after: Subject?
    /// Most bans of the page.
    public var limit = 1_000
    /// Only those whose origin this is.
    public var origin: BanOrigin?
    /// Only those of this kind.
    public var kind: BanSeverity?
    /// Only those within this network.
    public var within: IPNetwork?

    static let names = ["after", "limit", "origin", "kind", "within"]
    /// Most bans of one page.
    static let limitMax = 10_000

    /// The first page of everything.
    public init() {}

    init(_ parameters: [String: String]) throws(ControlError) {
        if let text = parameters["after"] { after = try SubjectText.subject(text) }
        if let text = parameters["within"] { within = try SubjectText.network(text) }
        if let text = parameters["limit"] {
            guard let number = Int(text), (1...Self.limitMax).contains(number) else {
                throw ControlError(.badRequest, "'limit' is a number of 1 to \(Self.limitMax)")
            }
            limit = number
        }
        origin = try BanOrigin.read(parameters["origin"], "origin")
        kind = try BanSeverity.read(parameters["kind"], "kind")
    }
}

/// The body of `PUT /v1/bans/SUBJECT`; may be left out.
public struct BanBody: Codable, Sendable, Equatable {
    /// For how long, as `1h`; left out: until it is lifted.
    public var duration: DurationField?
    /// How far it goes; left out: `hard`.
    public var kind: BanSeverity?
    /// For people; stands in the log.
    public var reason: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case duration = "for"
        case kind, reason
    }

    /// Puts the parts together.
    public init(duration: DurationField? = nil, kind: BanSeverity? = nil, reason: String? = nil) {
        self.duration = duration
        self.kind = kind
        self.reason = reason
    }

    /// Refuses fields that it does not know.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseOtherKeys(than: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        duration = try container.decodeIfPresent(DurationField.self, forKey: .duration)
        kind = try container.decodeIfPresent(BanSeverity.self, forKey: .kind)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
    }
}

/// What became of a request to ban.
public struct BanReply: Codable, Sendable, Equatable {
    /// What was done: a new ban is `banned`, one that was in force `changed`, or `unchanged` when it was just so.
    public var change: String
    /// As it is now.
    public var ban: BanItem

    /// Puts the parts together.
    public init(change: String, ban: BanItem) {
        self.change = change
        self.ban = ban
    }
}

/// What became of a request to lift a ban.
public struct UnbanReply: Codable, Sendable, Equatable {
    /// What was lifted: the subject's own ban, and of a network those within it.
    public var lifted: [BanItem]
    /// Bans on networks that still shut the address out.
    public var stillBannedBy: [BanItem]

    enum CodingKeys: String, CodingKey {
        case lifted
        case stillBannedBy = "still_banned_by"
    }

    /// Puts the parts together.
    public init(lifted: [BanItem], stillBannedBy: [BanItem]) {
        self.lifted = lifted
        self.stillBannedBy = stillBannedBy
    }
}

/// How many bans were lifted.
public struct UnbanAllReply: Codable, Sendable, Equatable {
    /// Of them.
    public var lifted: Int

    /// So many.
    public init(lifted: Int) {
        self.lifted = lifted
    }
}
