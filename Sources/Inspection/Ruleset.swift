public import GameProtocol
import PacketFields
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
        let isFramed: PerDirection<Bool>
        let isOnlyPreamble: Bool
        let hasTransitions: Bool
        /// Only packets of the server lead out of it.
        let onlyServerEnds: Bool
        /// The phase that names its cipher, from 1; 0 for none.
        let cipher: UInt8
        /// Whether packets are inflated before they are named.
        let isInflated: PerDirection<Bool>
    }

    /// How bytes are cut.
    ///
    /// A listener without a protocol has one opaque phase: bytes, time and connections are limited.
    public let descriptor: Descriptor
    /// What is judged.
    public let policy: Policy

    let phases: [PhaseFacts]
    /// Whether some phase is enciphered.
    let hasCiphers: Bool
    /// Where packets may hold what nobody may keep.
    let secrecy: Secrecy
    /// What is known of each packet, by index; first those of the client's packets, then those of the server's.
    private let rows: [PacketRow]
    private let firstOutboundRow: Int

    /// Puts the parts together.
    public init(descriptor: Descriptor?, policy: Policy) {
        let descriptor = descriptor ?? .opaque
        self.descriptor = descriptor
        self.policy = policy
        phases = descriptor.phases.map { phase in
            PhaseFacts(
                preambleCount: UInt32(phase.preamble.count),
                deadlineNS: phase.deadlineNS,
                isFramed: PerDirection(
                    inbound: phase.isFramed(.inbound), outbound: phase.isFramed(.outbound)),
                isOnlyPreamble: phase.lanes == nil && !phase.isOpaque,
                hasTransitions: !phase.transitions.isEmpty,
                onlyServerEnds: phase.transitions.allSatisfy { $0.direction == .outbound },
                cipher: phase.cipher.map { UInt8($0.origin + 1) } ?? 0,
                isInflated: PerDirection(
                    inbound: phase.lanes?.inbound.inflation != nil, outbound: phase.lanes?.outbound.inflation != nil))
        }
        secrecy = Secrecy(descriptor)
        hasCiphers = descriptor.phases.contains { $0.cipher != nil }
        let inboundRows = PacketRow.rows(descriptor, policy, .inbound)
        rows = inboundRows + PacketRow.rows(descriptor, policy, .outbound)
        firstOutboundRow = inboundRows.count
    }

    /// Bytes in which one connection keeps where the counters of its packets stand.
    public var counterByteCountMax: Int {
        let count = Direction.allCases.reduce(0) { sum, direction in
            sum + descriptor.packets[direction].entries.count { $0.layout?.counter != nil }
        }
        // An array grows by doubling.
        return count * 2 * MemoryLayout<PacketCounter>.stride
    }

    /// Bytes that the ciphers of one connection take.
    public var cipherByteCountMax: Int { hasCiphers ? 2 * CipherLane.byteCountMax : 0 }

    /// Bytes of packets that were changed and wait to go on, one each way; they are no longer than rules may read.
    public var changedByteCountMax: Int { rows.contains { $0.mayChange } ? 2 * 65_536 : 0 }

    func cut(
        _ bytes: RawSpan, _ direction: Direction, phase: Int, scannedByteCount: inout Int
    ) throws(FramingViolation) -> Cut {
        try descriptor.cutter.cut(bytes, direction, phase: phase, scannedByteCount: &scannedByteCount)
    }

    /// What stands where in a packet; `nil` where its descriptor does not say.
    func layout(of packet: PacketIndex, _ direction: Direction) -> PacketLayout? {
        packet == 0 ? nil : descriptor.packets[direction].entries[Int(packet) - 1].layout
    }

    /// What is known of a packet, 0 included.
    func row(of packet: PacketIndex, _ direction: Direction) -> PacketRow {
        rows[(direction == .inbound ? 0 : firstOutboundRow) + Int(packet)]
    }
}

/// All that descriptor and policy say of one packet of one direction, side by side.
///
/// Shape: one cache line.
struct PacketRow: BitwiseCopyable, Sendable {
    /// The sizes it may have.
    let sizeLeast: Int
    let sizeMost: Int
    /// One bit for each phase that accepts it.
    let phases: UInt64
    /// How many of its first bytes its rules read.
    let inspectedByteCount: Int
    let rules: PacketRules
    /// It has a name, or policies that let it pass in silence when it has none; nothing of it must be looked at but
    /// what its rules ask for, and no rule remembers or changes it.
    let isOrdinary: Bool
    /// A rule wants to know when it is forwarded.
    let isNoted: Bool
    /// Its size does not say all that its layout asks for, or it carries a counter or a checksum.
    let hasBody: Bool
    /// It may go on as another than it came: a rule changes it, or it carries a counter that follows what was left out.
    let mayChange: Bool
    /// A part of it is inflated for its rules.
    let isInflated: Bool
    /// It tells an account, or that a login has succeeded.
    let tellsLogin: Bool

    static func rows(_ descriptor: Descriptor, _ policy: Policy, _ direction: Direction) -> [PacketRow] {
        let packets = descriptor.packets[direction]
        let logins = direction == .outbound ? descriptor.logins : []
        // Those of which it must be known what they hold.
        let readLogins = Set(logins.filter { !$0.isUnconditional }.map(\.packet))
        let allLogins = Set(logins.map(\.packet))
        return (0..<packets.count).map { number in
            let packet = PacketIndex(number)
            let sizes = (number == 0 ? nil : packets.entries[number - 1].byteCounts) ?? 0...Int.max
            var phases: UInt64 = 0
            for (phase, facts) in descriptor.phases.enumerated() where facts.accept[direction]?.contains(packet) ?? true
            {
                phases |= 1 << UInt64(phase)
            }
            let rules = policy.rules(of: packet, direction)
            let isNoted = policy.isNoted(packet, direction)
            let layout = number == 0 ? nil : packets.entries[number - 1].layout
            let isInflated = number > 0 && packets.entries[number - 1].inflation != nil
            // Of what is inflated the size on the wire says nothing.
            let mayInflate = isInflated || descriptor.phases.contains { $0.lanes?[direction].inflation != nil }
            let body = BodyNeeds(layout, sizeLeast: mayInflate ? 0 : sizes.lowerBound)
            // What leads to another phase by what it holds is kept until it is whole.
            let leads = descriptor.phases.contains { phase in
                phase.transitions.contains {
                    $0.direction == direction && $0.packet == packet && !$0.isUnconditional
                }
            }
            let tellsAccount = layout?.accountField != nil
            let tellsLogin = tellsAccount || allLogins.contains(packet)
            // What it tells by what it holds is read when it is whole.
            let isKept = leads || isInflated || tellsAccount || readLogins.contains(packet)
            let isKnown = number > 0 || policy.isSilent(about: .unknown, direction)
            return PacketRow(
                sizeLeast: sizes.lowerBound, sizeMost: sizes.upperBound, phases: phases,
                inspectedByteCount: max(rules.inspectedByteCount, isKept ? .max : body.byteCount),
                rules: rules,
                isOrdinary: isKnown && !isNoted && !body.isAsked && !rules.rewrites && !isInflated && !tellsLogin,
                isNoted: isNoted, hasBody: body.isAsked, mayChange: rules.rewrites || layout?.counter != nil,
                isInflated: isInflated, tellsLogin: tellsLogin)
        }
    }

    func allowsSize(_ byteCount: Int) -> Bool { byteCount >= sizeLeast && byteCount <= sizeMost }

    func isAccepted(inPhase phase: Int) -> Bool { phases &>> UInt64(truncatingIfNeeded: phase) & 1 == 1 }
}

/// What a packet's layout needs to see of it.
private struct BodyNeeds {
    /// Whether there is anything to look at.
    let isAsked: Bool
    /// Bytes that must be at hand.
    let byteCount: Int

    init(_ layout: PacketLayout?, sizeLeast: Int) {
        guard let layout else {
            (isAsked, byteCount) = (false, 0)
            return
        }
        let hasNumbers = layout.counter != nil || layout.checksum != nil
        isAsked = hasNumbers || !layout.isFixed || sizeLeast < layout.byteCountNeeded
        byteCount = hasNumbers || !layout.isFixed ? .max : 0
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
