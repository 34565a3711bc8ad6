public import WireBytes

/// A rule's place in `Policy.rules`; the first `Violation.allCases.count` are the violations.
public typealias RuleIndex = UInt16

/// What the rules may look at.
///
/// One value per packet.
public struct PacketFacts: Sendable, BitwiseCopyable {
    /// Which way it travels.
    public var direction: Direction
    /// The packet's index in the direction's table, 0 when no name covers it.
    public var packet: UInt16
    /// Index of the phase the connection is in, at most 63.
    public var phase: UInt8
    /// Bytes of the whole packet, as declared in its header.
    public var byteCount: Int
    /// The opcode on the wire, for logs.
    public var opcode: UInt64

    /// Facts from their parts.
    @inlinable
    public init(direction: Direction, packet: UInt16, phase: UInt8, byteCount: Int, opcode: UInt64) {
        self.direction = direction
        self.packet = packet
        self.phase = phase
        self.byteCount = byteCount
        self.opcode = opcode
    }
}

/// What happens to one packet, or to a connection that opens.
///
/// The rule is part of every case that changes traffic.
public enum Judgement: Equatable, Sendable, BitwiseCopyable {
    case forward
    case drop(RuleIndex)
    /// Forward it, but not before this monotonic time in nanoseconds.
    case hold(untilNS: UInt64, RuleIndex)
    case close(RuleIndex)
    /// Close, and ban whom the rule says.
    case ban(RuleIndex)
}

/// That a rule fired.
///
/// Findings are how the rules speak to reputation and to the logs: none is made on the way of an unremarkable packet.
public struct Finding: Equatable, Sendable, BitwiseCopyable {
    /// The rule.
    public var rule: RuleIndex
    /// What it did, or in shadow would have done.
    public var action: RuleAction
    /// Whether the rule only said what it would have done.
    public var isShadow: Bool
    /// Points for the client address's score; 0 in shadow, and for violations of the server's.
    public var score: Double
    /// The packet; zero sized where it was a connection or a deadline that broke the rule.
    public var packet: PacketFacts

    /// A finding from its parts.
    public init(rule: RuleIndex, action: RuleAction, isShadow: Bool, score: Double, packet: PacketFacts) {
        self.rule = rule
        self.action = action
        self.isShadow = isShadow
        self.score = score
        self.packet = packet
    }
}

extension PacketFacts: Equatable {}
