/// An address or network that is never scored, banned or limited by address, as JSON.
public struct AllowItem: Codable, Sendable, Equatable {
    /// An address or a network.
    public var subject: String
    /// When it ends; `null`: when somebody removes it.
    public var until: Timestamp?
    /// When it was added; `null` where it stands in the service's file.
    public var added: Timestamp?
    /// The operator; `null` where it stands in the service's file.
    public var who: String?
    /// In the operator's words.
    public var comment: String
    /// Whether it stands in the service's file, and is removed there.
    public var isConfigured: Bool

    enum CodingKeys: String, CodingKey {
        case subject, until, added, who, comment
        case isConfigured = "configured"
    }

    /// All fields, those that say nothing as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subject, forKey: .subject)
        try container.encode(until, forKey: .until)
        try container.encode(added, forKey: .added)
        try container.encode(who, forKey: .who)
        try container.encode(comment, forKey: .comment)
        try container.encode(isConfigured, forKey: .isConfigured)
    }
}

/// The allowlist.
public struct AllowListReply: Codable, Sendable, Equatable {
    /// In the order of networks.
    public var entries: [AllowItem]

    /// Puts the parts together.
    public init(entries: [AllowItem]) {
        self.entries = entries
    }
}

/// The body of `PUT /v1/allow/NETWORK`; may be left out.
public struct AllowBody: Codable, Sendable, Equatable {
    /// For how long, as `30d`; left out: until it is removed.
    public var duration: DurationField?
    /// For people.
    public var comment: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case duration = "for"
        case comment
    }

    /// Puts the parts together.
    public init(duration: DurationField? = nil, comment: String? = nil) {
        self.duration = duration
        self.comment = comment
    }

    /// Refuses fields that it does not know.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseOtherKeys(than: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        duration = try container.decodeIfPresent(DurationField.self, forKey: .duration)
        comment = try container.decodeIfPresent(String.self, forKey: .comment)
    }
}

/// What became of a request to remove from the allowlist.
public struct DisallowReply: Codable, Sendable, Equatable {
    /// Whether it was there.
    public var removed: Bool

    /// Whether it was there.
    public init(removed: Bool) {
        self.removed = removed
    }
}
