public import Reputation

/// How it stands with the state's file.
public struct StateHealth: Sendable, Equatable {
    /// The path as it is set; `nil` when state is kept in memory alone, as configured.
    public var file: String?
    /// What is written now reaches the disk.
    public var isOnDisk: Bool
    /// What is wrong, while something is.
    public var problem: StateError?
    /// Wall-clock microseconds since 1970 of the first failure, while something is wrong.
    public var problemSinceWallUS: Int64?
    /// Monotonic nanoseconds at which the file is tried again, while something is wrong.
    public var nextTryNS: UInt64?
    /// Changes that wait for the disk.
    public var waitingCount: Int
    /// Records of what happened that were left out since the start, because too many waited.
    public var lostRecordCount: Int
    /// The file was opened and holds what memory does not know yet: call `load`.
    public var needsLoad: Bool
    /// The file lacks what memory knows: call `rewrite`.
    public var needsRewrite: Bool
}

/// Something that the operator must hear about the state.
public struct StateNotice: Sendable, Equatable {
    /// How much it matters.
    public enum Level: Sendable {
        case info
        case warning
        case error
    }

    /// How much it matters.
    public var level: Level
    /// A stable word for programs.
    public var name: String
    /// For a person to read.
    public var text: String
}

/// What a state's file held, beside its entries.
public struct StateContents: Sendable, Equatable {
    /// Entries that were given.
    public var entryCount = 0
    /// What operators allowed.
    public var allowed: [AllowEntry] = []
    /// Who has played before.
    public var known: [KnownPlayer] = []
    /// Counters by their names.
    public var counters: [String: UInt64] = [:]

    /// Nothing.
    public init() {}
}

/// Everything in memory, to be written in place of what the file holds.
public struct StateSnapshot: Sendable {
    /// All entries, in any order.
    public var entries: [StoredEntry]
    /// What operators allowed; `nil` leaves what the file has.
    public var allowed: [AllowEntry]?
    /// Who has played before; `nil` leaves what the file has.
    public var known: [KnownPlayer]?

    /// Puts the parts together.
    public init(entries: [StoredEntry], allowed: [AllowEntry]? = nil, known: [KnownPlayer]? = nil) {
        self.entries = entries
        self.allowed = allowed
        self.known = known
    }
}
