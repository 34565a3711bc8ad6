public import WireBytes

/// The rules of one listener, compiled.
///
/// Shape: flat tables indexed by direction and packet; a packet that no rule names costs one lookup. Immutable.
public struct Policy: Sendable {
    /// What there is to say about a rule once it has fired.
    public struct Rule: Sendable {
        /// The id operators gave it; a violation's own.
        public let id: UInt32
        /// Its name.
        public let name: String
    }

    /// Violations first, then the rules in order.
    public let rules: [Rule]

    /// - Parameters:
    ///   - definitions: the rules of all the listener's policies, in order.
    ///   - violations: what the policies say of them; what is missing keeps its default.
    ///   - packetCounts: how many packet indices each direction has, the unknown one included.
    ///   - isShadow: whether the whole listener is in shadow, violations included.
    public init(
        _ definitions: [RuleDefinition], violations: [Violation: ViolationResponse],
        packetCounts: PerDirection<Int>, isShadow: Bool = false
    ) {
        fatalError("written with the rule engine")
    }

    /// How many of a packet's first bytes must be at hand before `judge`; 0 when its header is enough, `Int.max` when
    /// all of it is.
    public func inspectedByteCount(of packet: UInt16, _ direction: Direction) -> Int { fatalError() }

    /// Judges one packet.
    ///
    /// - Parameters:
    ///   - facts: what its header says.
    ///   - bytes: the packet from its first byte, as far as it is at hand: at least `inspectedByteCount` of it.
    ///   - buckets: the connection's buckets.
    ///   - nowNS: monotonic nanoseconds.
    ///   - findings: the rules that fired are appended.
    public func judge(
        _ facts: PacketFacts, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]
    ) -> Judgement { fatalError() }

    /// Judges a connection when it opens: limits on new and on open connections.
    public func judgeOpening(buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]) -> Judgement {
        fatalError()
    }

    /// What follows from a violation.
    public func respond(
        to violation: Violation, _ facts: PacketFacts, findings: inout [Finding]
    ) -> Judgement { fatalError() }
}
