public import WireBytes

/// What was there to see when a ban was decided.
///
/// Shape: bounded; see ``excerptByteCountMax`` and ``ScorePoint/countMax``.
public struct Evidence: Sendable, Equatable {
    /// Most bytes of a packet that are kept.
    public static let excerptByteCountMax = 128

    /// Name of the listener.
    public var listener: String
    /// The connection, as logs write it.
    public var connection: String
    /// The client; `nil` when it is not known.
    public var client: Endpoint?
    /// The phase the connection was in.
    public var phase: String
    /// Name of the packet; `-` when none was involved.
    public var packet: String
    /// The opcode on the wire; 0 when no packet was involved.
    public var opcode: UInt64
    /// Bytes of the whole packet; 0 when none was involved.
    public var byteCount: Int
    /// The packet's first bytes; those that must not be kept are zero.
    public var excerpt: [UInt8]
    /// Which bytes of the excerpt those are.
    public var redacted: [Range<Int>]
    /// What exactly was wrong; `nil` where the rule says it all.
    public var detail: String?
    /// How long the connection had been open, in microseconds.
    public var ageUS: Int64
    /// What it had passed on or dropped until then, by direction.
    public var byteCounts: PerDirection<UInt64>
    /// Packets it had passed on.
    public var packetCounts: PerDirection<UInt64>
    /// Packets it had dropped.
    public var droppedCounts: PerDirection<UInt64>
    /// How the score came about, newest last.
    public var trail: [ScorePoint]

    /// Nothing but where it happened.
    public init(listener: String, connection: String, client: Endpoint?) {
        self.listener = listener
        self.connection = connection
        self.client = client
        phase = "-"
        packet = "-"
        opcode = 0
        byteCount = 0
        excerpt = []
        redacted = []
        detail = nil
        ageUS = 0
        byteCounts = PerDirection(both: 0)
        packetCounts = PerDirection(both: 0)
        droppedCounts = PerDirection(both: 0)
        trail = []
    }
}

/// Points that were added to a score.
public struct ScorePoint: Sendable, Equatable {
    /// The newest ones that are kept of a score.
    public static let countMax = 4

    /// Wall-clock microseconds since 1970, to the second.
    public var wallUS: Int64
    /// The rule that gave them.
    public var ruleID: UInt32
    /// The rule's name.
    public var ruleName: String
    /// How many.
    public var points: Double
    /// The score with them.
    public var score: Double

    /// Puts the parts together.
    public init(wallUS: Int64, ruleID: UInt32, ruleName: String, points: Double, score: Double) {
        self.wallUS = wallUS
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.points = points
        self.score = score
    }
}
