public import Inspection
public import Reputation
public import WireBytes

/// Something that happened and that an operator may want to know.
public enum Event: Sendable {
    /// A rule fired.
    case finding(FindingRecord)
    /// A ban began, grew or ended.
    case ban(BanRecord)
    /// A connection ended.
    case connection(ConnectionRecord)
    /// The service itself has something to say.
    case notice(Notice)
}

/// A rule fired on a packet, a connection or a deadline.
public struct FindingRecord: Sendable, Equatable {
    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// The connection, as logs write it.
    public var connection: String
    public var listener: String
    /// The client; `nil` when it is not known.
    public var client: Endpoint?
    public var ruleID: UInt32
    public var ruleName: String
    /// `log`, `drop`, `delay`, `close`, `ban` or `pass`.
    public var action: String
    /// The rule only said what it would have done.
    public var isShadow: Bool
    public var score: Double
    /// `client` or `server`: who sent the packet.
    public var from: String
    /// Name of the packet; `-` when none was involved.
    public var packet: String
    public var opcode: UInt64
    public var byteCount: Int
    /// What exactly was wrong, in one of the program's own words; `nil` where the rule says it all.
    public var detail: String?

    public init(
        wallUS: Int64, connection: String, listener: String, client: Endpoint?, ruleID: UInt32, ruleName: String,
        action: String, isShadow: Bool, score: Double, from: String, packet: String, opcode: UInt64, byteCount: Int,
        detail: String? = nil
    ) {
        self.wallUS = wallUS
        self.connection = connection
        self.listener = listener
        self.client = client
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.action = action
        self.isShadow = isShadow
        self.score = score
        self.from = from
        self.packet = packet
        self.opcode = opcode
        self.byteCount = byteCount
        self.detail = detail
    }
}

/// A ban began, grew or ended.
public struct BanRecord: Sendable, Equatable {
    /// What happened to it.
    public enum Change: String, Sendable {
        case began = "Ban"
        case extended = "Extend"
        case ended = "Unban"
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    public var change: Change
    public var ban: Ban
    /// Seconds from now to the ban's end; 0 when it ended.
    public var remainingSeconds: UInt64

    public init(wallUS: Int64, change: Change, ban: Ban, remainingSeconds: UInt64) {
        self.wallUS = wallUS
        self.change = change
        self.ban = ban
        self.remainingSeconds = remainingSeconds
    }
}

/// A connection ended.
public struct ConnectionRecord: Sendable, Equatable {
    /// Wall-clock microseconds since 1970, when it was accepted.
    public var acceptedWallUS: Int64
    /// Wall-clock microseconds since 1970, when it ended.
    public var endedWallUS: Int64
    public var connection: String
    public var listener: String
    public var pool: String
    /// The server it was led to; `nil` when it never reached one.
    public var server: Endpoint?
    public var client: Endpoint?
    /// The address that connected here: the balancer, where one stands in front.
    public var peer: Endpoint
    /// From the first dial to the server's answer, in microseconds; -1 when there was none.
    public var connectUS: Int64
    public var byteCounts: PerDirection<UInt64>
    public var packetCounts: PerDirection<UInt64>
    public var droppedPacketCounts: PerDirection<UInt64>
    public var termination: Termination
    /// The rule that ended it: id and name.
    public var ruleID: UInt32?
    public var ruleName: String?
    /// Connections open on this worker when it ended, itself included.
    public var openCount: Int

    public init(
        acceptedWallUS: Int64, endedWallUS: Int64, connection: String, listener: String, pool: String,
        server: Endpoint?, client: Endpoint?, peer: Endpoint, connectUS: Int64, byteCounts: PerDirection<UInt64>,
        packetCounts: PerDirection<UInt64>, droppedPacketCounts: PerDirection<UInt64>, termination: Termination,
        ruleID: UInt32?, ruleName: String?, openCount: Int
    ) {
        self.acceptedWallUS = acceptedWallUS
        self.endedWallUS = endedWallUS
        self.connection = connection
        self.listener = listener
        self.pool = pool
        self.server = server
        self.client = client
        self.peer = peer
        self.connectUS = connectUS
        self.byteCounts = byteCounts
        self.packetCounts = packetCounts
        self.droppedPacketCounts = droppedPacketCounts
        self.termination = termination
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.openCount = openCount
    }
}

/// What the service says about itself.
public struct Notice: Sendable, Equatable {
    public enum Level: String, Sendable {
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    public var level: Level
    /// A stable word: `started`, `reloaded`, `reload-failed`, `draining`, `stopped`, `left-out`, …
    public var name: String
    public var text: String

    public init(wallUS: Int64, level: Level, name: String, text: String) {
        self.wallUS = wallUS
        self.level = level
        self.name = name
        self.text = text
    }
}
