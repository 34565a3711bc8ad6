public import WireBytes

/// What the descriptor itself refuses, under the reserved rule ids 1–99.
///
/// The raw value is the rule id.
public enum Violation: UInt32, Sendable, CaseIterable, BitwiseCopyable {
    /// A length outside the frame's bounds, a wrong marker, a missing delimiter.
    case framing = 1
    /// A size that the packet's own entry does not allow.
    case size = 2
    /// A packet that the phase does not accept.
    case phase = 3
    /// A packet whose inside contradicts itself: its opcode or a field reaches outside it.
    case malformed = 4
    /// A deadline of the client's: phase or packet.
    case timeout = 5
    /// A packet that no name covers.
    case unknown = 6
    /// A wrong or missing PROXY header.
    case proxyHeader = 7
    /// Bytes other than the preamble's.
    case preamble = 8
    /// A compressed part that is corrupt, or becomes more than its bound.
    case inflate = 9
    /// A counter that is not one more than the last.
    case counter = 10
    /// A checksum other than the packet's bytes give.
    case checksum = 11

    /// As operators write it under `violations:`, and as the logs show it.
    public var name: String {
        switch self {
        case .framing: "framing"
        case .size: "size"
        case .phase: "phase"
        case .malformed: "malformed"
        case .timeout: "timeout"
        case .unknown: "unknown"
        case .proxyHeader: "proxy-header"
        case .preamble: "preamble"
        case .inflate: "inflate"
        case .counter: "counter"
        case .checksum: "checksum"
        }
    }

    /// What happens unless a policy says otherwise.
    public var defaultAction: PerDirection<RuleAction> {
        switch self {
        case .size: PerDirection(both: .drop)
        case .unknown: PerDirection(inbound: .log, outbound: .pass)
        case .framing, .phase, .malformed, .timeout, .proxyHeader, .preamble, .inflate, .counter, .checksum:
            PerDirection(both: .close)
        }
    }
}

/// What a policy says about one violation.
public struct ViolationResponse: Sendable, Equatable {
    /// What happens, by the direction of the packet.
    public var action: PerDirection<RuleAction>
    /// Points added to the client address's score, only for what the client sent.
    public var score: Double

    /// A response, without score unless given.
    public init(action: PerDirection<RuleAction>, score: Double = 0) {
        self.action = action
        self.score = score
    }
}
