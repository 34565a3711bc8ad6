public import Captures
public import WireBytes

/// What a service would have done with a capture.
public struct ReplayReport: Sendable {
    /// How often a rule fired, in one of its roles.
    public struct Rule: Sendable, Equatable {
        /// The id that operators gave it; a violation's own is below 100.
        public let id: UInt32
        /// Its name.
        public let name: String
        /// What it does.
        public let action: String
        /// It only said what it would have done.
        public let isShadow: Bool
        /// How often it fired.
        public internal(set) var count: UInt64 = 0
        /// Players whom it fired on, at most `playerCountMax` of them.
        public internal(set) var playerCount = 0
        /// The first time, in microseconds since 1970.
        public internal(set) var firstUS: Int64 = 0
        /// The packet of the first time; `-` when none was involved.
        public internal(set) var firstPacket = "-"
        /// The client of the first time.
        public internal(set) var firstClient: Endpoint?

        /// Whether traffic was changed by it.
        public var isEnforced: Bool { !isShadow && action != "pass" && action != "log" }
        /// Most players of one rule that are told apart.
        public static let playerCountMax = 4_096
    }

    /// What became of one player: an address, or in IPv6 the prefix that counts as one.
    public struct Player: Sendable, Equatable {
        /// Whom; `nil` stands for all whose address nobody said.
        public let address: IPNetwork?
        /// Connections that were let in.
        public internal(set) var connections: UInt64 = 0
        /// Packets of the player that were passed on.
        public internal(set) var packets: UInt64 = 0
        /// Packets of the player that were dropped.
        public internal(set) var dropped: UInt64 = 0
        /// Connections that rules, violations, bans or deadlines ended.
        public internal(set) var closed: UInt64 = 0
        /// Bans, and bans that were made longer.
        public internal(set) var bans: UInt64 = 0
        /// Points for the score.
        public internal(set) var points: Double = 0
        /// Connections that were not let in: a ban, a list, too many.
        public internal(set) var refused: UInt64 = 0
        /// Bytes of the player that the capture holds of connections that were refused or had been ended.
        public internal(set) var refusedBytes: UInt64 = 0

        /// Whether anything was done to the player.
        public var isTouched: Bool { dropped + closed + bans + refused > 0 }
    }

    /// A reason, and how often.
    public struct Tally: Sendable, Equatable {
        /// The reason, in a word of the logs.
        public let reason: String
        /// How often.
        public internal(set) var count: UInt64
    }

    /// What could not be judged, and what was assumed.
    public struct Unjudged: Sendable, Equatable {
        /// Connections that were open before the capture and do not begin as the protocol does.
        public internal(set) var midStreamConnections: UInt64 = 0
        /// Of those that were open before the capture, the ones that were judged all the same.
        public internal(set) var midStreamJudged: UInt64 = 0
        /// Connections that could not be judged any more where bytes are missing.
        public internal(set) var lostConnections: UInt64 = 0
        /// Connections of which one direction could not be judged any more.
        public internal(set) var lostDirections: UInt64 = 0
        /// Bytes of all of them that nobody judged.
        public internal(set) var bytes: UInt64 = 0
        /// Connections of a listener with `proxy_protocol` that had no header and were taken as the players' own.
        public internal(set) var withoutHeader: UInt64 = 0
        /// Connections of which too many bytes waited.
        public internal(set) var overfull: UInt64 = 0

        /// Everything could be judged.
        public init() {}
    }

    /// The rules that fired: those that changed traffic first, and the busiest of them in front.
    public internal(set) var rules: [Rule] = []
    /// The players: those to whom something was done first.
    public internal(set) var players: [Player] = []
    /// Why connections were not let in.
    public internal(set) var refusals: [Tally] = []
    /// Why connections were ended that neither side ended.
    public internal(set) var endings: [Tally] = []
    /// What could not be judged.
    public internal(set) var unjudged = Unjudged()
    /// Connections that were judged.
    public internal(set) var connectionCount: UInt64 = 0
    /// Packets that were passed on, per direction.
    public internal(set) var packetCounts = PerDirection<UInt64>(both: 0)
    /// Packets that were dropped, per direction.
    public internal(set) var droppedCounts = PerDirection<UInt64>(both: 0)
    /// The times of the first and the last event, in microseconds since 1970.
    public internal(set) var spanUS: ClosedRange<Int64>?

    /// Whether the capture went through as if nothing stood in between.
    public var isClean: Bool {
        refusals.isEmpty && endings.isEmpty && !rules.contains { $0.isEnforced }
    }
}

/// What a replay has to say of the file itself.
public struct CaptureSummary: Sendable {
    /// The file's path.
    public let path: String
    /// What it held.
    public let counts: CaptureCounts
    /// Why it could not be read to its end; `nil` when it could.
    public let breakage: String?
    /// The ports that were asked for.
    public let ports: [UInt16]

    /// Puts the parts together.
    public init(path: String, counts: CaptureCounts, breakage: String?, ports: [UInt16]) {
        self.path = path
        self.counts = counts
        self.breakage = breakage
        self.ports = ports
    }
}
