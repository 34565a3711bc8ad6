public import Reputation
public import WireBytes

/// What changed since the last time and is to be on disk.
public struct StateChanges: Sendable {
    /// How subjects stand now, one entry a subject; one that is empty is forgotten.
    public var entries: [StoredEntry] = []
    /// What happened to bans, oldest first.
    public var records: [HistoryRecord] = []
    /// What an operator allowed, or allowed anew with another end.
    public var allowed: [AllowEntry] = []
    /// What is not allowed any more.
    public var disallowed: [IPNetwork] = []
    /// Players that are known, or known for longer.
    public var known: [KnownPlayer] = []
    /// Players that are not known any more.
    public var unknown: [Subject] = []
    /// Counters that go on counting after a restart, by their names.
    public var counters: [String: UInt64] = [:]

    /// No change.
    public init() {}

    /// Whether there is nothing to write.
    public var isEmpty: Bool {
        entries.isEmpty && records.isEmpty && allowed.isEmpty && disallowed.isEmpty && known.isEmpty && unknown.isEmpty
            && counters.isEmpty
    }
}

/// Somebody who has played before.
public struct KnownPlayer: Sendable, Equatable {
    /// The address as limits and bans count it, or the account.
    public var subject: Subject
    /// Wall-clock microseconds since 1970 until which that counts.
    public var untilWallUS: Int64

    /// Puts the parts together.
    public init(subject: Subject, untilWallUS: Int64) {
        self.subject = subject
        self.untilWallUS = untilWallUS
    }
}
