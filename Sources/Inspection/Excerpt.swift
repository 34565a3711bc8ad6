import GameProtocol
import PacketFields
public import RuleEngine
import WireBytes

/// The first bytes of a packet, without what is secret in it.
public struct Excerpt: Equatable, Sendable {
    /// Most bytes of one.
    public static let byteCountMax = 128

    /// The bytes; those that must not be kept are 0.
    public var bytes: [UInt8]
    /// Which bytes those are, in order and apart from each other.
    public var redacted: [Range<Int>]

    /// Nothing: there was no packet, or nothing of it may be kept.
    public static let nothing = Excerpt(bytes: [], redacted: [])

    /// - Parameter isSecret: of each byte whether it must not be kept.
    fileprivate init(_ packet: RawSpan, byteCount: Int, isSecret: (Int) -> Bool) {
        bytes = []
        redacted = []
        bytes.reserveCapacity(byteCount)
        for offset in 0..<byteCount {
            guard isSecret(offset) else {
                bytes.append(packet.byte(at: offset) ?? 0)
                continue
            }
            bytes.append(0)
            if let last = redacted.last, last.upperBound == offset {
                redacted[redacted.count - 1] = last.lowerBound..<offset + 1
            } else {
                redacted.append(offset..<offset + 1)
            }
        }
    }

    private init(bytes: [UInt8], redacted: [Range<Int>]) {
        self.bytes = bytes
        self.redacted = redacted
    }
}

/// Where packets may hold what nobody may keep, found once for a descriptor.
struct Secrecy: Sendable {
    /// One bit for each phase in which what has no name holds nothing secret: the phase names packets, the protocol
    /// says which of them have secrets, and the phase accepts none of those.
    let clearPhases: PerDirection<UInt64>
    /// The bytes that are length or opcode in every phase, one bit each.
    let headerBytes: PerDirection<UInt64>
    /// Whether some phase inflates its packets.
    let isInflated: PerDirection<Bool>

    init(_ descriptor: Descriptor) {
        var clearPhases = PerDirection<UInt64>(both: 0)
        var headerBytes = PerDirection<UInt64>(both: .max)
        var isInflated = PerDirection(both: false)
        for direction in Direction.allCases {
            let secret = descriptor.packets[direction].entries.enumerated().filter { $1.hasSecrets }.map {
                PacketIndex($0.offset + 1)
            }
            for (index, phase) in descriptor.phases.enumerated() {
                guard phase.isFramed(direction), let lane = phase.lanes?[direction] else { continue }
                let accepts = secret.contains { phase.accept[direction]?.contains($0) ?? true }
                if lane.opcode != nil, !secret.isEmpty, !accepts { clearPhases[direction] |= 1 << UInt64(index) }
                headerBytes[direction] &= lane.headerBytes
                isInflated[direction] = isInflated[direction] || lane.inflation != nil
            }
        }
        self.clearPhases = clearPhases
        self.headerBytes = headerBytes
        self.isInflated = isInflated
    }
}

extension PacketTable.Entry {
    /// Whether something of it may not be kept.
    fileprivate var hasSecrets: Bool { isSecret || layout?.hasSecrets == true }
}

extension Ruleset {
    /// What may be kept of the packet that a finding is about.
    ///
    /// Fields that are secret are blanked. Where their places cannot be known (a packet that is not as its layout says,
    /// not whole, or compressed), all behind the header is. Nothing is kept of a packet that is secret as a whole, of a
    /// preamble, and of what has no name, unless the protocol says where its secrets are and the phase accepts none of
    /// them: what nobody described may hold a password.
    ///
    /// - Parameter bytes: what `Session.receive` was given when the finding came.
    public func excerpt(of finding: Finding, in bytes: RawSpan) -> Excerpt {
        let facts = finding.packet
        // What fits no frame has no size, and is no packet.
        let isBroken = Violation(index: finding.rule) == .framing
        let byteCount = min(isBroken ? bytes.byteCount : min(bytes.byteCount, facts.byteCount), Excerpt.byteCountMax)
        guard byteCount > 0 else { return .nothing }
        guard facts.packet > 0 else {
            let isClear = secrecy.clearPhases[facts.direction] >> UInt64(facts.phase) & 1 == 1
            return isClear ? Excerpt(bytes, byteCount: byteCount) { _ in false } : .nothing
        }
        let entry = descriptor.packets[facts.direction].entries[Int(facts.packet) - 1]
        if entry.isSecret { return .nothing }
        guard let layout = entry.layout, layout.hasSecrets else {
            return Excerpt(bytes, byteCount: byteCount) { _ in false }
        }
        let isCompressed = entry.inflation != nil || secrecy.isInflated[facts.direction]
        let hasItsSize = row(of: facts.packet, facts.direction).allowsSize(facts.byteCount)
        if !isCompressed, hasItsSize,
            let ranges = layout.secretRanges(
                in: bytes.extracting(first: min(bytes.byteCount, facts.byteCount)), byteCount: facts.byteCount)
        {
            return Excerpt(bytes, byteCount: byteCount) { offset in ranges.contains { $0.contains(offset) } }
        }
        let header = secrecy.headerBytes[facts.direction]
        return Excerpt(bytes, byteCount: byteCount) { $0 >= 64 || header >> UInt64($0) & 1 == 0 }
    }
}
