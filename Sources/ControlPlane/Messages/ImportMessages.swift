/// The body of `POST /v1/bans/import`.
public struct ImportBody: Codable, Sendable, Equatable {
    /// In any order.
    public var entries: [ImportEntry]

    enum CodingKeys: String, CodingKey, CaseIterable { case entries }

    /// Puts the parts together.
    public init(entries: [ImportEntry]) {
        self.entries = entries
    }

    /// Refuses fields that it does not know.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseOtherKeys(than: CodingKeys.self)
        entries = try decoder.container(keyedBy: CodingKeys.self).decode([ImportEntry].self, forKey: .entries)
    }
}

/// One ban of an import, and one line of an export.
public struct ImportEntry: Codable, Sendable, Equatable {
    /// An address, a network, or `account:NAME`.
    public var subject: String
    /// When it began; left out: now.
    public var since: Timestamp?
    /// When it ends; left out: when somebody lifts it.
    public var until: Timestamp?
    /// How far it goes; left out: `hard`.
    public var kind: BanSeverity?
    /// For people.
    public var reason: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case subject, since, until, kind, reason
    }

    /// Puts the parts together.
    public init(
        subject: String, since: Timestamp? = nil, until: Timestamp? = nil, kind: BanSeverity? = nil,
        reason: String? = nil
    ) {
        self.subject = subject
        self.since = since
        self.until = until
        self.kind = kind
        self.reason = reason
    }

    /// Refuses fields that it does not know.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseOtherKeys(than: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        subject = try container.decode(String.self, forKey: .subject)
        since = try container.decodeIfPresent(Timestamp.self, forKey: .since)
        until = try container.decodeIfPresent(Timestamp.self, forKey: .until)
        kind = try container.decodeIfPresent(BanSeverity.self, forKey: .kind)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
    }
}

/// What became of an import.
public struct ImportReply: Codable, Sendable, Equatable {
    /// An entry that was not taken.
    public struct Refusal: Codable, Sendable, Equatable {
        /// Its place among the entries, from 0.
        public var index: Int
        /// As it came.
        public var subject: String
        /// Why.
        public var message: String

        /// Puts the parts together.
        public init(index: Int, subject: String, message: String) {
            self.index = index
            self.subject = subject
            self.message = message
        }
    }

    /// Bans that were not there before.
    public var added: Int
    /// Bans that were there with another end, kind or reason.
    public var changed: Int
    /// Bans that were there as they are.
    public var unchanged: Int
    /// All others.
    public var refused: [Refusal]

    /// Puts the parts together.
    public init(added: Int, changed: Int, unchanged: Int, refused: [Refusal]) {
        self.added = added
        self.changed = changed
        self.unchanged = unchanged
        self.refused = refused
    }
}
