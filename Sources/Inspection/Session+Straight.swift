import GameProtocol
import RuleEngine
import WireBytes

/// The straight way: what nearly every packet of a player takes, and what makes inspection cheap.
///
/// A whole packet between two others, in a phase that no packet ends, whose name, size and rules say yes. Everything
/// else goes by the stream's state; both say the same of every packet, as any split of a stream shows.
extension Session {
    /// Finds out for both directions whether the next packet may take the straight way.
    ///
    /// After every change of state, phase, preamble or ruleset; packets that take the straight way change none.
    mutating func findStraightWays(ruleset: Ruleset) {
        let facts = ruleset.phases[phase]
        let isSettled = preambleStep >= facts.preambleCount && !facts.hasTransitions
        for direction in Direction.allCases {
            hasStraightWay[direction] =
                isSettled && facts.isFramed[direction] && !facts.isInflated[direction]
                && streams[direction].phase == phase
                && streams[direction].isAtRest
        }
    }

    /// Judges a packet that the bytes begin with.
    ///
    /// - Returns: `nil`, and nothing has changed, when the packet must go by the stream's state.
    @inline(__always)
    mutating func receiveStraight(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits,
        findings: inout [Finding]
    ) -> Action? {
        guard let cut = ruleset.descriptor.cutter.cutAtHand(bytes, direction, phase: phase) else { return nil }
        let row = ruleset.row(of: cut.packet, direction)
        guard row.isOrdinary, row.allowsSize(cut.byteCount), row.isAccepted(inPhase: phase),
            bytes.byteCount >= min(cut.byteCount, row.inspectedByteCount)
        else { return nil }
        let facts = PacketFacts(
            direction: direction, packet: cut.packet, phase: phaseNumber, byteCount: cut.byteCount, opcode: cut.opcode)
        let judgement = ruleset.policy.judge(
            facts, row.rules, bytes: bytes.extracting(first: min(bytes.byteCount, cut.byteCount)), buckets: &buckets,
            nowNS: nowNS, holdMostNS: limits.delayNS, findings: &findings)
        if case .forward = judgement, cut.byteCount <= bytes.byteCount {
            packetCounts[direction] &+= 1
            byteCounts[direction] &+= UInt64(cut.byteCount)
            if direction == .inbound { hasClientSpoken = true }
            return .forward(cut.byteCount)
        }
        hasNewDeadlines = true
        streams[direction].judgedPhase = phaseNumber
        let action = settle(
            judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
        followPhase(ruleset: ruleset)
        findStraightWays(ruleset: ruleset)
        return action
    }
}
