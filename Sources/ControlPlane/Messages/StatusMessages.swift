/// How the program fares, as JSON.
public struct StatusReply: Codable, Sendable, Equatable {
    /// A listener's part.
    public struct Listener: Codable, Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Where it listens.
        public var bind: String
        /// Connections that are open.
        public var open: Int
        /// Whether it is under attack.
        public var isUnderAttack: Bool
        /// `on`, `off`, or `auto`.
        public var underAttackOrder: String

        enum CodingKeys: String, CodingKey {
            case name, bind, open
            case isUnderAttack = "under_attack"
            case underAttackOrder = "under_attack_order"
        }
    }

    /// The program's version.
    public var version: String
    /// Its number among the system's processes.
    public var processID: Int32
    /// When it began.
    public var started: Timestamp
    /// Whether it takes no new connections and ends when the last one does.
    public var isDraining: Bool
    /// Of all listeners.
    public var connections: Connections
    /// In the order of the file.
    public var listeners: [Listener]
    /// Bans in force.
    public var bans: Int
    /// Bans since the state began, or the program where it keeps none.
    public var bansTotal: UInt64
    /// Entries of the allowlist.
    public var allowed: Int
    /// Addresses and accounts that are remembered.
    public var remembered: Int
    /// Addresses that made room for others.
    public var evictions: UInt64
    /// Limits that held per connection because the shared ones were full.
    public var fallbackBuckets: UInt64
    /// The state on disk.
    public var state: State
    /// The bans in the kernel.
    public var kernel: Kernel

    /// Connections of clients.
    public struct Connections: Codable, Sendable, Equatable {
        /// Now.
        public var open: UInt64
        /// Those that came, since the program began.
        public var accepted: UInt64
        /// Those that were not let in.
        public var refused: UInt64
        /// Those that ended.
        public var closed: UInt64
    }

    /// The state on disk.
    public struct State: Codable, Sendable, Equatable {
        /// Its file; `null` when nothing is kept.
        public var file: String?
        /// Whether what happens is on disk within a second.
        public var isUp: Bool
        /// Why not.
        public var problem: String?

        enum CodingKeys: String, CodingKey {
            case file
            case isUp = "up"
            case problem
        }

        /// All fields, those that say nothing as `null`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
            try container.encode(isUp, forKey: .isUp)
            try container.encode(problem, forKey: .problem)
        }
    }

    /// The bans in the kernel.
    public struct Kernel: Codable, Sendable, Equatable {
        /// The table of nftables; `null` when the kernel has no bans.
        public var table: String?
        /// Whether it refuses who is banned.
        public var isUp: Bool
        /// Bans and allowed networks that it holds.
        public var entries: Int
        /// Why it does not refuse.
        public var problem: String?

        enum CodingKeys: String, CodingKey {
            case table
            case isUp = "up"
            case entries, problem
        }

        /// All fields, those that say nothing as `null`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(table, forKey: .table)
            try container.encode(isUp, forKey: .isUp)
            try container.encode(entries, forKey: .entries)
            try container.encode(problem, forKey: .problem)
        }
    }

    enum CodingKeys: String, CodingKey {
        case version
        case processID = "process_id"
        case started
        case isDraining = "draining"
        case connections, listeners, bans
        case bansTotal = "bans_total"
        case allowed, remembered, evictions
        case fallbackBuckets = "fallback_buckets"
        case state, kernel
    }
}
