import GameProtocol
import RuleEngine
import WireBytes

/// The way of one packet: framing, accept, unknown, size, rules.
extension Session {
    mutating func receivePacket(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits,
        findings: inout [Finding]
    ) -> Action {
        streams[direction].judgedPhase = UInt8(truncatingIfNeeded: phase)
        var scanned = streams[direction].scannedByteCount
        let cut: Cut
        do {
            cut = try ruleset.cut(bytes, direction, phase: streams[direction].phase, scannedByteCount: &scanned)
        } catch {
            guard case .noOpcode(let byteCount) = error else {
                rare.violationDetails[.framing] = error.description
                return receiveBroken(
                    bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            }
            // Its size is known: where that is let through, it is a packet without a name like any other.
            let nameless = CutPacket(byteCount: byteCount, packet: 0, opcode: 0)
            rare.violationDetails[.malformed] = error.description
            let judgement = ruleset.policy.respond(to: .malformed, facts(of: nameless, direction), findings: &findings)
            guard judgement == .forward else {
                return settle(
                    judgement, nameless, bytes, direction, nowNS: nowNS, ruleset: ruleset,
                    limits: limits)
            }
            cut = .packet(nameless)
        }
        switch cut {
        case .needs(let byteCount):
            streams[direction].scannedByteCount = scanned
            if streams[direction].packetStartedNS == nil { streams[direction].packetStartedNS = nowNS }
            return .needs(byteCount)
        case .packet(let cut):
            if ruleset.phases[streams[direction].phase].isInflated[direction] {
                return receiveInflated(
                    cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            }
            return receiveNamed(
                cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        }
    }

    /// A packet that has its name: whether it may come now, and has the size it should.
    mutating func receiveNamed(
        _ cut: CutPacket, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Action {
        var facts = facts(of: cut, direction)
        if let accepting = acceptingPhase(of: cut.packet, direction, nowNS: nowNS, ruleset: ruleset) {
            // The rules of the phase that lets it in hold for it.
            streams[direction].judgedPhase = UInt8(truncatingIfNeeded: accepting)
            facts.phase = streams[direction].judgedPhase
        } else {
            let judgement = ruleset.policy.respond(to: .phase, facts, findings: &findings)
            guard judgement == .forward else {
                passOverCounter(facts, ruleset: ruleset)
                return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
            }
        }
        let judgement = judgeHeader(facts, ruleset: ruleset, findings: &findings)
        guard judgement == .forward else {
            passOverCounter(facts, ruleset: ruleset)
            return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
        }
        return inspect(cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
    }

    /// What the descriptor has to say of name and size.
    private func judgeHeader(_ facts: PacketFacts, ruleset: Ruleset, findings: inout [Finding]) -> Judgement {
        if facts.packet == 0 {
            return ruleset.policy.respond(to: .unknown, facts, findings: &findings)
        }
        if !ruleset.row(of: facts.packet, facts.direction).allowsSize(facts.byteCount) {
            return ruleset.policy.respond(to: .size, facts, findings: &findings)
        }
        return .forward
    }

    /// The most of a packet that rules read: `check` refuses those that would read more of what its entry allows.
    static var inspectedByteCountMax: Int { 65_536 }

    /// Asks the rules, when as much of the packet is at hand as they read.
    mutating func inspect(
        _ cut: CutPacket, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Action {
        let row = ruleset.row(of: cut.packet, direction)
        let needed = min(cut.byteCount, row.inspectedByteCount)
        guard needed <= Self.inspectedByteCountMax else {
            // Longer than its entry allows, and let through: it is not kept, whatever its rules would like to read.
            rare.violationDetails[.malformed] = "\(cut.byteCount) bytes are too many to look at"
            let judgement = ruleset.policy.respond(to: .malformed, facts(of: cut, direction), findings: &findings)
            if judgement != .forward { passOverCounter(facts(of: cut, direction), ruleset: ruleset) }
            return settle(judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
        }
        guard bytes.byteCount >= needed else {
            streams[direction].state = .inspecting(cut)
            if streams[direction].packetStartedNS == nil { streams[direction].packetStartedNS = nowNS }
            return .needs(needed)
        }
        let packet = bytes.extracting(first: min(bytes.byteCount, cut.byteCount))
        if row.isInflated || hasView(direction) {
            return inspectView(
                cut, packet, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        }
        let judgement = judge(
            cut, packet, byteCount: cut.byteCount, row, direction, nowNS: nowNS, ruleset: ruleset, limits: limits,
            findings: &findings)
        return settle(
            judgement, cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
    }

    /// Asks the packet's layout and then its rules.
    ///
    /// - Parameters:
    ///   - seen: what they read: the packet as far as it is at hand, or what it inflates to.
    ///   - byteCount: how many bytes that has in all.
    mutating func judge(
        _ cut: CutPacket, _ seen: RawSpan, byteCount: Int, _ row: PacketRow, _ direction: Direction, nowNS: UInt64,
        ruleset: Ruleset, limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Judgement {
        let facts = facts(of: cut, direction)
        if row.hasBody {
            let judgement = judgeBody(facts, seen, byteCount: byteCount, ruleset: ruleset, findings: &findings)
            guard judgement == .forward else {
                leaveOutCounter(facts)
                return judgement
            }
        }
        // What is inflated goes on as it came.
        if row.mayChange, !hasView(direction) {
            return judgeChanging(
                facts, seen, row, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        }
        return ruleset.policy.judge(
            facts, row.rules, bytes: seen, buckets: &buckets, nowNS: nowNS, holdMostNS: limits.delayNS,
            findings: &findings)
    }

    func facts(of cut: CutPacket, _ direction: Direction) -> PacketFacts {
        PacketFacts(
            direction: direction, packet: cut.packet, phase: streams[direction].judgedPhase,
            byteCount: cut.byteCount, opcode: cut.opcode)
    }

    /// Turns a judgement into what happens to the bytes.
    mutating func settle(
        _ judgement: Judgement, _ cut: CutPacket, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64,
        ruleset: Ruleset, limits: borrowing SessionLimits
    ) -> Action {
        switch judgement {
        case .forward:
            let judged = JudgedPacket(byteCount: cut.byteCount, packet: cut.packet)
            return forward(judged, bytes, direction, nowNS: nowNS, ruleset: ruleset)
        case .drop:
            droppedCounts[direction] &+= 1
            forgetPacket(direction)
            if cut.byteCount > bytes.byteCount, streams[direction].packetStartedNS == nil {
                streams[direction].packetStartedNS = nowNS
            }
            return swallow(remaining: cut.byteCount, available: bytes.byteCount, direction)
        case .hold(let untilNS, let rule):
            let judged = JudgedPacket(byteCount: cut.byteCount, packet: cut.packet)
            guard untilNS > nowNS else {
                return forward(judged, bytes, direction, nowNS: nowNS, ruleset: ruleset)
            }
            guard untilNS - nowNS <= limits.delayNS else {
                return .end(SessionEnd(cause: .deadline, reason: .delayTooLong, rule: rule))
            }
            streams[direction].state = .held(judged)
            rare.holds[direction] = RareState.Hold(untilNS: untilNS, sinceNS: nowNS)
            return .hold(untilNS: untilNS)
        case .close(let rule), .ban(let rule):
            return .end(end(by: rule, direction))
        }
    }

    /// The end that a rule or violation brings.
    func end(by rule: RuleIndex, _ direction: Direction) -> SessionEnd {
        guard let violation = Violation(index: rule) else {
            return SessionEnd(cause: .rule, reason: .rule, rule: rule)
        }
        let cause: Termination.Cause =
            violation == .timeout ? .deadline : direction == .inbound ? .violation : .server
        return SessionEnd(cause: cause, reason: .violation, rule: rule)
    }

    /// A packet that was judged goes on, as far as it is at hand.
    ///
    /// - Parameter bytes: the packet from its first byte, as far as it is at hand, and what is behind it.
    mutating func forward(
        _ judged: JudgedPacket, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset
    ) -> Action {
        packetCounts[direction] &+= 1
        let isReplaced = hasReplacement(direction)
        guard judged.byteCount <= bytes.byteCount else {
            precondition(!isReplaced, "a packet of \(judged.byteCount) bytes was rewritten before it was whole")
            if streams[direction].packetStartedNS == nil { streams[direction].packetStartedNS = nowNS }
            return pass(
                remaining: judged.byteCount, packet: judged.packet, available: bytes.byteCount, direction,
                nowNS: nowNS, ruleset: ruleset)
        }
        byteCounts[direction] &+= UInt64(judged.byteCount)
        streams[direction].finishPacket()
        if let view = takeView(direction) {
            // Safe: any bits are a byte, and the array lives as long as the span.
            unsafe forwarded(judged.packet, view.span.bytes, direction, nowNS: nowNS, ruleset: ruleset)
        } else if isReplaced, let replacement = rare.replacements[direction] {
            // What the receiver reads decides where it goes from here. Safe: as above.
            unsafe forwarded(judged.packet, replacement.span.bytes, direction, nowNS: nowNS, ruleset: ruleset)
        } else {
            forwarded(
                judged.packet, bytes.extracting(first: judged.byteCount), direction, nowNS: nowNS, ruleset: ruleset)
        }
        return isReplaced ? .replace(judged.byteCount) : .forward(judged.byteCount)
    }

    /// The rest of a packet whose first bytes have gone on.
    mutating func pass(
        remaining: Int, packet: PacketIndex, available: Int, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset
    ) -> Action {
        guard remaining <= available else {
            byteCounts[direction] &+= UInt64(available)
            streams[direction].state = .passing(remaining: remaining - available, packet: packet)
            return .forward(available)
        }
        byteCounts[direction] &+= UInt64(remaining)
        streams[direction].finishPacket()
        // What is asked of a packet's bytes is asked where it is kept until it is whole.
        forwarded(packet, RawSpan(), direction, nowNS: nowNS, ruleset: ruleset)
        return .forward(remaining)
    }

    mutating func swallow(remaining: Int, available: Int, _ direction: Direction) -> Action {
        guard remaining <= available else {
            byteCounts[direction] &+= UInt64(available)
            streams[direction].state = .swallowing(remaining: remaining - available)
            return .discard(available)
        }
        byteCounts[direction] &+= UInt64(remaining)
        streams[direction].finishPacket()
        return .discard(remaining)
    }

    /// Bytes that are no packet of the protocol.
    ///
    /// What cannot be cut cannot be dropped either, so `drop` closes. Where the policy only looks on (shadow, `log`,
    /// `pass`), this direction is not cut any more: the player must not notice.
    private mutating func receiveBroken(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Action {
        // Not a packet, so it has no size.
        let facts = PacketFacts(
            direction: direction, packet: 0, phase: UInt8(truncatingIfNeeded: phase), byteCount: 0, opcode: 0)
        switch ruleset.policy.respond(to: .framing, facts, findings: &findings) {
        case .forward:
            streams[direction].finishPacket()
            streams[direction].isUncut = true
            return receiveUncut(bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        case .drop(let rule), .close(let rule), .ban(let rule), .hold(_, let rule):
            return .end(end(by: rule, direction))
        }
    }

    /// Bytes without packets: only limits on bytes hold, and a stream with a hole is no stream, so `drop` closes.
    mutating func receiveUncut(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits,
        findings: inout [Finding]
    ) -> Action {
        let chunk = CutPacket(byteCount: bytes.byteCount, packet: 0, opcode: 0)
        streams[direction].judgedPhase = UInt8(truncatingIfNeeded: phase)
        let judgement = ruleset.policy.judgeUncut(
            facts(of: chunk, direction), buckets: &buckets, nowNS: nowNS, holdMostNS: limits.delayNS,
            findings: &findings)
        if case .drop(let rule) = judgement { return .end(end(by: rule, direction)) }
        if judgement == .forward {
            byteCounts[direction] &+= UInt64(bytes.byteCount)
            return .forward(bytes.byteCount)
        }
        return settle(
            judgement, chunk, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits)
    }
}
