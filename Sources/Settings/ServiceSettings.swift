public import WireBytes

/// Everything `portcullis.yaml` says, with defaults filled in, except protocols and policies.
public struct ServiceSettings: Sendable, Equatable {
    /// At least one.
    public var listeners: [ListenerSettings]
    /// Every listener's pool is among them.
    public var pools: [PoolSettings]
    /// How addresses are remembered.
    public var reputation: ReputationSettings
    /// Where logs go.
    public var logs: LogSettings
    /// Where operators' commands come in; `nil` takes none.
    public var admin: AdminSettings?
    /// What a worker does when it has done everything there was to do.
    public var latency: Latency
    /// Which listeners the kernel guards; `nil` for none.
    public var kernel: KernelSettings?
    /// Where bans and scores are kept; `nil` keeps them in memory alone.
    public var state: StateSettings?
    /// What tells where addresses are from.
    public var geo = GeoSettings()

    /// Puts the parts together.
    public init(
        listeners: [ListenerSettings], pools: [PoolSettings],
        reputation: ReputationSettings = ReputationSettings(), logs: LogSettings = LogSettings(),
        latency: Latency = .low, state: StateSettings? = nil
    ) {
        self.state = state
        self.latency = latency
        self.listeners = listeners
        self.pools = pools
        self.reputation = reputation
        self.logs = logs
    }
}

/// How long packets may wait to be worked on together, which takes less of the processor than one by one.
public enum Latency: Sendable, Equatable {
    /// Not at all.
    case low
    /// Up to half a millisecond.
    case balanced
    /// Up to a millisecond.
    case frugal

    /// The least time in nanoseconds from the beginning of one batch of events to the next.
    public var batchNS: UInt64 {
        switch self {
        case .low: 0
        case .balanced: 500_000
        case .frugal: 1_000_000
        }
    }
}

/// The game servers behind a listener.
public struct PoolSettings: Sendable, Equatable {
    /// A PROXY header towards the server.
    public enum ProxyHeader: Sendable, Equatable {
        case none
        case v1
        case v2
    }

    /// When the server is dialled.
    public enum Dial: Sendable, Equatable {
        /// As soon as the client is let in.
        case accept
        /// When the client's first packet has passed the rules.
        case firstPacket
    }

    /// Unique name.
    public var name: String
    /// Tried in turn, and the next on failure; never empty.
    public var servers: [Endpoint]
    /// The header sent to the server before the first byte.
    public var sendProxy: ProxyHeader = .none
    /// When the server is dialled.
    public var dial: Dial = .accept
    /// Time for one server to answer.
    public var connectTimeoutNS: UInt64 = 3_000_000_000

    /// Puts the parts together.
    public init(name: String, servers: [Endpoint]) {
        precondition(!servers.isEmpty, "a pool has at least one server")
        self.name = name
        self.servers = servers
    }
}

/// How scores decay and when they ban.
public struct ReputationSettings: Sendable, Equatable {
    /// A score at or above `at` bans for `baseNS`, before repetition.
    public struct Step: Sendable, Equatable {
        /// The least score of this step.
        public var at: Double
        /// How long a first ban lasts, before jitter.
        public var baseNS: UInt64
        /// How far it goes.
        public var kind: BanKind

        /// Puts the parts together.
        public init(at: Double, baseNS: UInt64, kind: BanKind = .hard) {
            self.at = at
            self.baseNS = baseNS
            self.kind = kind
        }
    }

    /// Scores of networks, to which those of their addresses add up.
    public struct NetworkLevel: Sendable, Equatable {
        /// Its prefix in IPv4, 1 to 31; `nil` where it is none of IPv4.
        public var prefixIPv4: Int?
        /// Its prefix in IPv6, shorter than that of an address; `nil` where it is none of IPv6.
        public var prefixIPv6: Int?
        /// The share of an address's points that the network gets, above 0 to 1.
        public var weight: Double = 0.25
        /// From so many addresses the points must have come, 2 to 16: one alone never bans its neighbours.
        public var addressCountMin: Int = 4
        /// Ascending by `at`; never empty.
        public var ladder: [Step] = [Step(at: 40, baseNS: 600_000_000_000, kind: .soft)]

        /// Puts the parts together.
        public init(prefixIPv4: Int?, prefixIPv6: Int?) {
            self.prefixIPv4 = prefixIPv4
            self.prefixIPv6 = prefixIPv6
        }
    }

    /// After this time half of a score is left.
    public var halfLifeNS: UInt64 = 600_000_000_000
    /// Ascending by `at`; never empty.
    public var ladder: [Step] = [Step(at: 20, baseNS: 600_000_000_000)]
    /// Duration = base · factor^n for n earlier bans.
    public var repeatFactor: Double = 4
    /// Longest ban.
    public var repeatMostNS: UInt64 = 2_592_000_000_000_000
    /// How long an ended ban counts for repetition.
    public var repeatForgetNS: UInt64 = 2_592_000_000_000_000
    /// Random part of a duration, 0 to 1: 0.1 makes it 90 % to 110 %.
    public var repeatJitter: Double = 0.1
    /// Prefix of `per: network`, 0 to 32.
    public var networkPrefixIPv4: Int = 24
    /// Prefix of `per: network`, 0 to 128.
    public var networkPrefixIPv6: Int = 64
    /// What `address` means in IPv6: a prefix, 1 to 128.
    public var addressPrefixIPv6: Int = 64
    /// Scores of networks; most at once is ``networkLevelCountMax``.
    public var networks: [NetworkLevel] = []
    /// Addresses that many players share: bans on them are soft, and who has told his account answers for himself.
    public var shared: [IPNetwork] = []
    /// Beat every ban.
    public var allow: [IPNetwork] = []
    /// Files of addresses and networks; unique by their path.
    public var lists: [ListSettings] = []
    /// Addresses with a score, a ban or a history that are remembered at once.
    public var addressCountMax: Int = 1_000_000
    /// Who is remembered as a player.
    public var known = KnownPlayersSettings()

    /// Most levels of networks.
    public static let networkLevelCountMax = 4

    /// Puts the parts together.
    public init() {}
}

/// How far a ban goes.
public enum BanKind: String, Sendable, CaseIterable, Comparable, BitwiseCopyable {
    /// New connections are refused; those that are open stay.
    case soft
    /// Open connections are closed, too.
    case hard

    /// Hard is more than soft.
    public static func < (left: BanKind, right: BanKind) -> Bool { left == .soft && right == .hard }
}

/// Where logs go.
public struct LogSettings: Sendable, Equatable {
    /// Paths; `nil` writes no such log.
    public var bans: String?
    /// JSON lines; `nil` writes none.
    public var events: String?
    /// One line a connection; `nil` writes none.
    public var connections: String?
    /// Most lines a second in each log; what is over is counted and the count is logged.
    public var linesPerSecond: Int = 1_000

    /// Puts the parts together.
    public init() {}
}
