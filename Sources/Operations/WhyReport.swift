public import Reputation
public import StateStore
public import WireBytes

/// Everything there is to say about a subject.
public struct WhyReport: Sendable {
    /// Wall-clock microseconds since 1970, when it was asked.
    public var nowWallUS: Int64
    /// Whom the operator asked about.
    public var asked: Subject
    /// Whom that means: of a single IPv6 address its prefix.
    public var subject: Subject
    /// Who allows it; `nil` where it is not allowed.
    public var allowance: AllowEntry?
    /// Its own ban.
    public var ban: BanView?
    /// Bans of networks that hold it, the smallest first.
    public var widerBans: [BanView] = []
    /// Where it is a network, how many bans there are within it.
    public var innerBanCount = 0
    /// Its score now.
    public var score: Double = 0
    /// The least score that bans.
    public var leastStep: Double = 0
    /// How the score came about, newest last.
    public var trail: [ScorePoint] = []
    /// Networks around it that score.
    public var surroundings: [SubjectReport.Surrounding] = []
    /// Earlier bans that the ladder counts.
    public var earlierBanCount = 0
    /// Whether many players share the address.
    public var isShared = false
    /// Names of the lists that an address stands in.
    public var lists: [String] = []
    /// Whether one of them refuses it.
    public var isRefusedByList = false
    /// The points that they give it.
    public var listPoints: Double = 0
    /// Two letters; `nil` where no database knows.
    public var country: String?
    /// The number of the network's operator; `nil` where no database knows.
    public var asn: UInt32?
    /// Whether that operator rents out servers.
    public var isHosting = false
    /// Until when it is known to have played; `nil` where it is not.
    public var knownUntilWallUS: Int64?
    /// What happened before, newest first.
    public var history: [HistoryRecord] = []
    /// What was there to see at the latest ban.
    public var evidence: Evidence?
}

/// How the service is.
public struct StatusReport: Sendable {
    /// One listener.
    public struct Listener: Sendable {
        /// Its name.
        public var name: String
        /// Where it listens.
        public var bind: Endpoint
        /// Connections open now.
        public var openCount: Int
        /// Whether its limits are tightened.
        public var isUnderAttack: Bool
        /// What an operator wants of that.
        public var attackOrder: AttackOrder
    }

    /// The program's version.
    public var version: String
    /// Wall-clock microseconds since 1970 at the start.
    public var startedWallUS: Int64
    /// Wall-clock microseconds since 1970, when it was asked.
    public var nowWallUS: Int64
    /// Connections taken, refused at once, ended, open.
    public var acceptedCount: UInt64
    /// Connections that were refused before they had a place.
    public var refusedCount: UInt64
    /// Connections that have ended.
    public var closedCount: UInt64
    /// Connections open now.
    public var openCount: UInt64
    /// The listeners, in the file's order.
    public var listeners: [Listener]
    /// How full the memory of addresses is.
    public var reputation: ReputationCounts
    /// Bans since the state began, or the program where it keeps none.
    public var banTotal: UInt64
    /// Entries of the allowlist, those of the file among them.
    public var allowedCount: Int
    /// Limits that count for one connection because their table was full, since the start.
    public var bucketFallbackCount: UInt64
    /// Where the state is kept, and whether that works.
    public var store: StateHealth
    /// The draining service takes no new connections.
    public var isDraining: Bool
}
