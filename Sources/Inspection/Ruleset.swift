public import GameProtocol
public import RuleEngine
import WireBytes

/// What guards the connections of one listener: a protocol's descriptor and the policies compiled against it.
///
/// A class so that a worker and its connections share one, immutable so that they may.
public final class Ruleset: Sendable {
    /// What the session asks of a phase for every packet, without touching the descriptor's arrays.
    struct PhaseFacts: BitwiseCopyable, Sendable {
        let preambleCount: UInt32
        let deadlineNS: UInt64?
        let isFramed: Bool
        let isOnlyPreamble: Bool
        let hasTransitions: Bool
        /// Only packets of the server lead out of it.
        let onlyServerEnds: Bool
        let acceptsAll: PerDirection<Bool>
    }

    /// How bytes are cut.
    ///
    /// A listener without a protocol has one opaque phase: bytes, time and connections are limited.
    public let descriptor: Descriptor
    /// What is judged.
    public let policy: Policy

    let phases: [PhaseFacts]
    private let accepts: [PacketSet]
    /// The sizes each packet may have, by index; first those of the client's packets, then those of the server's.
    private let sizes: [ClosedRange<Int>]
    private let firstOutboundSize: Int

    /// Puts the parts together.
    public init(descriptor: Descriptor?, policy: Policy) {
        let descriptor = descriptor ?? .opaque
        self.descriptor = descriptor
        self.policy = policy
        phases = descriptor.phases.map { phase in
            PhaseFacts(
                preambleCount: UInt32(phase.preamble.count),
                deadlineNS: phase.deadlineNS,
                isFramed: phase.lanes != nil && !phase.isOpaque,
                isOnlyPreamble: phase.lanes == nil && !phase.isOpaque,
                hasTransitions: !phase.transitions.isEmpty,
                onlyServerEnds: phase.transitions.allSatisfy { $0.direction == .outbound },
                acceptsAll: PerDirection(inbound: phase.accept.inbound == nil, outbound: phase.accept.outbound == nil))
        }
        accepts = descriptor.phases.flatMap { phase in
            Direction.allCases.map { phase.accept[$0] ?? PacketSet([]) }
        }
        let inboundSizes = Self.sizes(of: descriptor.packets.inbound)
        sizes = inboundSizes + Self.sizes(of: descriptor.packets.outbound)
        firstOutboundSize = inboundSizes.count
    }

    private static func sizes(of packets: PacketTable) -> [ClosedRange<Int>] {
        [0...Int.max] + packets.entries.map { $0.byteCounts ?? 0...Int.max }
    }

    func cut(
        _ bytes: RawSpan, _ direction: Direction, phase: Int, scannedByteCount: inout Int
    ) throws(FramingViolation) -> Cut {
        try descriptor.cutter.cut(bytes, direction, phase: phase, scannedByteCount: &scannedByteCount)
    }

    func accepts(_ packet: PacketIndex, _ direction: Direction, phase: Int) -> Bool {
        phases[phase].acceptsAll[direction] || accepts[2 * phase + Int(direction.rawValue)].contains(packet)
    }

    func allowsSize(_ byteCount: Int, of packet: PacketIndex, _ direction: Direction) -> Bool {
        let first = direction == .inbound ? 0 : firstOutboundSize
        return sizes[first + Int(packet)].contains(byteCount)
    }
}

extension Descriptor {
    /// No protocol: one phase without packets.
    public static let opaque = Descriptor(
        name: "opaque",
        phases: [
            Phase(
                name: "opaque", deadlineNS: nil, preamble: [], lanes: nil, isOpaque: true,
                accept: PerDirection(both: nil), transitions: [])
        ],
        packets: PerDirection(both: PacketTable([])))
}
