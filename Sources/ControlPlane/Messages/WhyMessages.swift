/// Everything that is known of a subject, as JSON.
public struct WhyReply: Codable, Sendable, Equatable {
    /// How somebody stands.
    public enum Verdict: String, Codable, Sendable, CaseIterable {
        /// Never banned.
        case allowed
        /// Shut out, by a ban of its own or of a network that holds it.
        case banned
        /// Shut out by a list.
        case listed
        /// There is a score.
        case scored
        /// Nothing speaks against it.
        case clear
    }

    /// Whom it is about.
    public var subject: String
    /// Whose scores and bans these are: of a single IPv6 address its prefix.
    public var filedAs: String
    /// When this was so.
    public var asOf: Timestamp
    /// All of the following in one word.
    public var verdict: Verdict
    /// Bans in force: its own first, then those of networks that hold it.
    public var bans: [BanItem]
    /// The entry of the allowlist that holds it.
    public var allowed: AllowItem?
    /// Its score now; `null` where it is 0.
    public var score: ScoreItem?
    /// The scores of networks that hold it.
    public var networkScores: [ScoreItem]
    /// Where it is a network: how many bans there are within it.
    public var innerBans: Int
    /// Earlier bans that make the next one longer.
    public var earlierBans: Int
    /// Whether many players share it.
    public var isShared: Bool
    /// Lists that hold it, each with what it does.
    public var lists: [String]
    /// Where it comes from.
    public var origin: OriginItem?
    /// Until when it counts as somebody who played before.
    public var knownUntil: Timestamp?
    /// What happened before, newest first.
    public var history: [HistoryItem]
    /// Whether there was more than the history shows.
    public var hasMoreHistory: Bool
    /// What was there to see when the last ban was decided.
    public var evidence: EvidenceItem?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case subject
        case filedAs = "filed_as"
        case asOf = "as_of"
        case verdict, bans, allowed, score
        case networkScores = "network_scores"
        case innerBans = "inner_bans"
        case earlierBans = "earlier_bans"
        case isShared = "shared"
        case lists, origin
        case knownUntil = "known_until"
        case history
        case hasMoreHistory = "more_history"
        case evidence
    }

    /// All fields, those that say nothing as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subject, forKey: .subject)
        try container.encode(filedAs, forKey: .filedAs)
        try container.encode(asOf, forKey: .asOf)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(bans, forKey: .bans)
        try container.encode(allowed, forKey: .allowed)
        try container.encode(score, forKey: .score)
        try container.encode(networkScores, forKey: .networkScores)
        try container.encode(innerBans, forKey: .innerBans)
        try container.encode(earlierBans, forKey: .earlierBans)
        try container.encode(isShared, forKey: .isShared)
        try container.encode(lists, forKey: .lists)
        try container.encode(origin, forKey: .origin)
        try container.encode(knownUntil, forKey: .knownUntil)
        try container.encode(history, forKey: .history)
        try container.encode(hasMoreHistory, forKey: .hasMoreHistory)
        try container.encode(evidence, forKey: .evidence)
    }
}

/// A score.
public struct ScoreItem: Codable, Sendable, Equatable {
    /// Whose; of a single IPv6 address its prefix.
    public var subject: String
    /// Decayed to now.
    public var score: Double
    /// The least score that bans; `null` where none does.
    public var bansAt: Double?
    /// How it came about, newest last.
    public var trail: [PointItem]

    enum CodingKeys: String, CodingKey {
        case subject, score
        case bansAt = "bans_at"
        case trail
    }
}

/// Points that were added to a score.
public struct PointItem: Codable, Sendable, Equatable {
    /// When.
    public var at: Timestamp
    /// The rule that gave them.
    public var ruleID: UInt32
    /// Its name.
    public var rule: String
    /// How many.
    public var points: Double
    /// The score with them.
    public var score: Double

    enum CodingKeys: String, CodingKey {
        case at
        case ruleID = "rule_id"
        case rule, points, score
    }
}

/// Where an address comes from.
public struct OriginItem: Codable, Sendable, Equatable {
    /// Two letters.
    public var country: String?
    /// The network operator's number.
    public var asn: UInt32?
    /// The network operator's name.
    public var organization: String?
    /// Whether servers are rented out there.
    public var isHosting: Bool

    enum CodingKeys: String, CodingKey {
        case country, asn, organization
        case isHosting = "hosting"
    }
}

/// What happened to a ban.
public struct HistoryItem: Codable, Sendable, Equatable {
    /// When.
    public var at: Timestamp
    /// `Ban`, `Extend`, `Unban`, or `Restore`.
    public var change: String
    /// Whose ban.
    public var subject: String
    /// Where it would have ended, or did.
    public var until: Timestamp?
    /// As ``BanItem/kind``.
    public var kind: String
    /// As ``BanItem/origin``.
    public var origin: String
    /// As ``BanItem/ruleID``.
    public var ruleID: UInt32
    /// As ``BanItem/reason``.
    public var reason: String
    /// Who banned, or who lifted it.
    public var who: String?

    enum CodingKeys: String, CodingKey {
        case at, change, subject, until, kind, origin
        case ruleID = "rule_id"
        case reason, who
    }
}
