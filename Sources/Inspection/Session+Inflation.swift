import GameProtocol
import Inflation
import RuleEngine
import WireBytes

/// Packets of which a part is compressed: their rules read what it inflates to, and they go on as they came.
extension Session {
    /// A packet whose opcode stands in its compressed part.
    ///
    /// Nothing of it is known before it is whole.
    mutating func receiveInflated(
        _ cut: CutPacket, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Action {
        guard bytes.byteCount >= cut.byteCount else {
            if streams[direction].packetStartedNS == nil { streams[direction].packetStartedNS = nowNS }
            return .needs(cut.byteCount)
        }
        let phase = streams[direction].phase
        guard let rule = ruleset.descriptor.phases[phase].lanes?[direction].inflation else {
            preconditionFailure("phase \(phase) inflates by no rule")
        }
        let packet = bytes.extracting(first: cut.byteCount)
        let lengthEnd = ruleset.descriptor.cutter.lengthEnd(of: packet, direction, phase: phase)
        var named = cut
        let judgement = inflate(
            packet, rule, lengthEnd, cut, direction, nowNS: nowNS, ruleset: ruleset, findings: &findings)
        if judgement == .forward, let view = rare.views[direction] {
            do throws(FramingViolation) {
                // Safe: any bits are a byte, and the array lives as long as the span.
                named = try unsafe ruleset.descriptor.cutter.name(
                    view.span.bytes, direction, phase: phase, lengthEnd: lengthEnd, byteCount: cut.byteCount)
            } catch {
                rare.violationDetails[.malformed] = error.description
                let judgement = ruleset.policy.respond(to: .malformed, facts(of: cut, direction), findings: &findings)
                guard judgement == .forward else {
                    return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
                }
            }
        }
        guard judgement == .forward else {
            return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
        }
        return receiveNamed(
            named, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
    }

    /// Asks the rules of a packet of which a part is compressed.
    mutating func inspectView(
        _ cut: CutPacket, _ packet: RawSpan, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Action {
        let row = ruleset.row(of: cut.packet, direction)
        if row.isInflated, !hasView(direction),
            let rule = ruleset.descriptor.packets[direction].entries[Int(cut.packet) - 1].inflation
        {
            let lengthEnd = ruleset.descriptor.cutter.lengthEnd(
                of: packet, direction, phase: streams[direction].phase)
            let judgement = inflate(
                packet, rule, lengthEnd, cut, direction, nowNS: nowNS, ruleset: ruleset, findings: &findings)
            guard judgement == .forward else {
                return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
            }
        }
        let judgement: Judgement
        if let view = rareStates.first?.views[direction] {
            // Safe: any bits are a byte, and the array lives as long as the span.
            judgement = unsafe judge(
                cut, view.span.bytes, byteCount: view.count, row, direction, nowNS: nowNS, ruleset: ruleset,
                limits: limits, findings: &findings)
        } else {
            // A policy that only looks on let a packet pass that could not be inflated.
            judgement = judge(
                cut, packet, byteCount: cut.byteCount, row, direction, nowNS: nowNS, ruleset: ruleset, limits: limits,
                findings: &findings)
        }
        return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
    }

    /// Makes what rules read of a packet, or responds to that it cannot be made.
    private mutating func inflate(
        _ packet: RawSpan, _ rule: InflationRule, _ lengthEnd: Int, _ cut: CutPacket, _ direction: Direction,
        nowNS: UInt64, ruleset: Ruleset, findings: inout [Finding]
    ) -> Judgement {
        let spentNS = max(rare.inflatedUntilNS[direction], nowNS)
        guard spentNS - nowNS <= Self.inflationBurstNS else {
            rare.violationDetails[.inflate] = "more is compressed than may be inflated in a second"
            return ruleset.policy.respond(to: .inflate, facts(of: cut, direction), findings: &findings)
        }
        do throws(InflationFault) {
            let view = try rule.view(of: packet, lengthEnd: lengthEnd)
            rare.views[direction] = view
            rare.inflatedUntilNS[direction] = spentNS &+ UInt64(view.count) * Self.inflationNSPerByte
            return .forward
        } catch {
            rare.inflatedUntilNS[direction] = spentNS &+ UInt64(rule.byteCountMax) * Self.inflationNSPerByte
            rare.violationDetails[.inflate] = error.description
            return ruleset.policy.respond(to: .inflate, facts(of: cut, direction), findings: &findings)
        }
    }

    /// What a direction may make the relay write, as a token bucket: 8 MiB a second, and 16 MiB at once.
    ///
    /// It is work that comes before every limit of a policy, and a few bytes can ask for very much of it.
    private static var inflationNSPerByte: UInt64 { 120 }
    private static var inflationBurstNS: UInt64 { 2_000_000_000 }
}
