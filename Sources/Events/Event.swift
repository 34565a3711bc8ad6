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
    /// An operator did something.
    case operatorAction(OperatorRecord)
    /// The service itself has something to say.
    case notice(Notice)
    /// A listener came under attack, or is no longer.
    case underAttack(UnderAttackRecord)

    /// Bytes of an event's own texts: the connection's name, a packet's opcode, and what was wrong with it; the names
    /// that operators wrote are there once for all.
    public static let textByteCountMax = 512

    /// Whether it is never left out: those are few beside what leads to them, and their log must be whole.
    var isKept: Bool {
        switch self {
        case .ban, .operatorAction, .underAttack: true
        case .finding, .connection, .notice: false
        }
    }
}

/// An operator did something.
public struct OperatorRecord: Sendable, Equatable {
    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// Who, as the kernel knows the other end of the control socket.
    public var who: String
    /// What, in a stable word such as ban, unban, allow, disallow, import.
    public var verb: String
    /// About whom or what.
    public var subject: String
    /// What came of it, and the operator's own words.
    public var text: String

    /// Puts the parts together.
    public init(wallUS: Int64, who: String, verb: String, subject: String, text: String) {
        self.wallUS = wallUS
        self.who = who
        self.verb = verb
        self.subject = subject
        self.text = text
    }
}

/// A rule fired on a packet, a connection or a deadline.
public struct FindingRecord: Sendable, Equatable {
    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// The connection, as logs write it.
    public var connection: String
    /// Name of the listener.
    public var listener: String
    /// The client; `nil` when it is not known.
    public var client: Endpoint?
    /// The id that operators gave the rule; a violation's own is below 100; ``listID`` where no rule fired but a list
    /// holds the client.
    public var ruleID: UInt32
    /// The rule's name, or the list's.
    public var ruleName: String
    /// `log`, `rewrite`, `drop`, `delay`, `close`, `ban` or `pass`.
    public var action: String
    /// The rule only said what it would have done.
    public var isShadow: Bool
    /// Points that the client's address got for it.
    public var score: Double
    /// `client` or `server`: who sent the packet.
    public var from: String
    /// Name of the packet; `-` when none was involved.
    public var packet: String
    /// The opcode on the wire; 0 when no packet was involved.
    public var opcode: UInt64
    /// Bytes of the whole packet; 0 when none was involved.
    public var byteCount: Int
    /// What exactly was wrong, in one of the program's own words; `nil` where the rule says it all.
    public var detail: String?

    /// No rule has this id.
    public static let listID: UInt32 = 0

    /// A client stands in a list that logs.
    public init(listed list: String, wallUS: Int64, connection: String, listener: String, client: Endpoint) {
        self.init(
            wallUS: wallUS, connection: connection, listener: listener, client: client, ruleID: Self.listID,
            ruleName: list, action: "log", isShadow: false, score: 0, from: "client", packet: "-", opcode: 0,
            byteCount: 0)
    }

    /// Puts the parts together.
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
        case began
        case extended
        /// Its time was over.
        case ended
        /// Somebody lifted it, or allowed whom it shut out.
        case lifted
        /// It was in force when the program began.
        case restored
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// What happened to it.
    public var change: Change
    /// The ban as it is now.
    public var ban: Ban
    /// Seconds from now to the ban's end; 0 when it ended, `nil` when it holds until it is lifted.
    public var remainingSeconds: UInt64?
    /// What was there to see when it was decided; `nil` where nothing was.
    public var evidence: Evidence?
    /// Who lifted it; `nil` unless somebody did.
    public var who: String?

    /// Puts the parts together.
    public init(
        wallUS: Int64, change: Change, ban: Ban, remainingSeconds: UInt64?, evidence: Evidence? = nil,
        who: String? = nil
    ) {
        self.wallUS = wallUS
        self.change = change
        self.ban = ban
        self.remainingSeconds = remainingSeconds
        self.evidence = evidence
        self.who = who
    }

    /// The word that logs have for it.
    public var verb: String {
        switch change {
        case .began: "Ban"
        case .extended: "Extend"
        case .ended, .lifted: "Unban"
        case .restored: "Restore"
        }
    }
}

/// A connection ended.
public struct ConnectionRecord: Sendable, Equatable {
    /// Wall-clock microseconds since 1970, when it was accepted.
    public var acceptedWallUS: Int64
    /// Wall-clock microseconds since 1970, when it ended.
    public var endedWallUS: Int64
    /// The connection, as logs write it.
    public var connection: String
    /// Name of the listener.
    public var listener: String
    /// Name of the pool it leads to.
    public var pool: String
    /// The server it was led to; `nil` when it never reached one.
    public var server: Endpoint?
    /// Whom it was for; `nil` when that was not known.
    public var client: Endpoint?
    /// The address that connected here: the balancer, where one stands in front.
    public var peer: Endpoint
    /// From the first dial to the server's answer, in microseconds; -1 when there was none.
    public var connectUS: Int64
    /// Bytes that were passed on or dropped, by direction; not those that waited at the end or closed the connection.
    public var byteCounts: PerDirection<UInt64>
    /// Packets that were passed on, by direction.
    public var packetCounts: PerDirection<UInt64>
    /// Packets that were dropped, by direction.
    public var droppedPacketCounts: PerDirection<UInt64>
    /// Who ended it, when and why.
    public var termination: Termination
    /// The rule that ended it: id and name.
    public var ruleID: UInt32?
    /// The rule's name.
    public var ruleName: String?
    /// Connections open on this worker when it ended, itself included.
    public var openCount: Int

    /// Puts the parts together.
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
    /// How much it matters.
    public enum Level: String, Sendable {
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
    }

    /// Wall-clock microseconds since 1970.
    public var wallUS: Int64
    /// How much it matters.
    public var level: Level
    /// A stable word for programs, such as reloaded or out-of-descriptors.
    public var name: String
    /// For a person to read.
    public var text: String

    /// Puts the parts together.
    public init(wallUS: Int64, level: Level, name: String, text: String) {
        self.wallUS = wallUS
        self.level = level
        self.name = name
        self.text = text
    }
}
