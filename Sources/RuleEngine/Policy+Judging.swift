import WireBytes

extension Policy {
    /// Judges one packet: its rules from top to bottom.
    ///
    /// Cost: no allocation and no reference counting, but for what `findings` grows.
    ///
    /// - Parameters:
    ///   - facts: what its header says.
    ///   - bytes: the packet from its first byte, as far as it is at hand: at least `inspectedByteCount` of it.
    ///   - buckets: the connection's buckets.
    ///   - nowNS: monotonic nanoseconds.
    ///   - findings: the rules that fired are appended.
    public func judge(
        _ facts: PacketFacts, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]
    ) -> Judgement {
        judge(
            facts, list(facts.packet, facts.direction), bytes: bytes, buckets: &buckets, nowNS: nowNS,
            findings: &findings)
    }

    /// Judges bytes of a stream that is not cut into packets, as they come.
    ///
    /// Only limits on bytes hold there, of rules that name no packets and ask for no size and no signature.
    ///
    /// - Parameters:
    ///   - facts: the direction, the phase and how many bytes came; the packet is 0.
    ///   - buckets: the connection's buckets.
    ///   - nowNS: monotonic nanoseconds.
    ///   - findings: the rules that fired are appended.
    public func judgeUncut(
        _ facts: PacketFacts, buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]
    ) -> Judgement {
        let list = facts.direction == .inbound ? uncut.inbound : uncut.outbound
        return judge(facts, list, bytes: RawSpan(), buckets: &buckets, nowNS: nowNS, findings: &findings)
    }

    private func judge(
        _ facts: PacketFacts, _ list: CheckList, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64,
        findings: inout [Finding]
    ) -> Judgement {
        if list.count == 0 { return .forward }
        let checks = checks.span
        let first = Int(list.first)
        var judgement = Judgement.forward
        // The checks among the first 64 that reserved tokens.
        var reserved: UInt64 = 0
        for offset in 0..<Int(list.count) {
            let check = checks[first + offset]
            guard matches(check, facts, bytes) else { continue }
            var releaseNS: UInt64 = 0
            if check.limit >= 0 {
                let plan = slots.limits[Int(check.limit)]
                let cost = cost(of: facts, plan)
                // Nothing waits in shadow, so nothing is reserved there either: debt would grow without end.
                if check.action == .delay, !check.isShadow {
                    guard let release = buckets.reserve(check.slot, plan, cost: cost, nowNS: nowNS) else { continue }
                    releaseNS = release
                    if offset < 64 { reserved |= 1 << UInt64(offset) }
                } else if !buckets.isOver(check.slot, plan, cost: cost, nowNS: nowNS) {
                    continue
                }
            }
            report(check, facts, &findings)
            if check.isShadow { continue }
            switch check.action {
            case .log: break
            case .pass: return judgement
            case .delay:
                if case .hold(let untilNS, _) = judgement, untilNS >= releaseNS { break }
                judgement = .hold(untilNS: releaseNS, check.rule)
            case .drop, .close, .ban:
                refund(reserved, list, facts, &buckets)
                return Self.end(check)
            }
        }
        return judgement
    }

    /// Judges a connection when it opens: limits on new and on open connections.
    public func judgeOpening(buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]) -> Judgement {
        let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: 0, opcode: 0)
        let checks = checks.span
        for index in Int(opening.first)..<Int(opening.first) + Int(opening.count) {
            let check = checks[index]
            let plan = slots.limits[Int(check.limit)]
            let isOver =
                plan.count == .open
                ? buckets.isOverOpen(check.slot, most: plan.rate.burst)
                : buckets.isOver(check.slot, plan, cost: plan.rate.units(ofTokens: 1), nowNS: nowNS)
            guard isOver else { continue }
            report(check, facts, &findings)
            if check.isShadow || check.action == .log { continue }
            return Self.end(check)
        }
        return .forward
    }

    /// What an action that ends the judging means for the packet.
    private static func end(_ check: Check) -> Judgement {
        switch check.action {
        case .drop: .drop(check.rule)
        case .close: .close(check.rule)
        case .ban: .ban(check.rule)
        case .pass, .log, .delay: .forward
        }
    }

    private func report(_ check: Check, _ facts: PacketFacts, _ findings: inout [Finding]) {
        // A packet that is let through is unremarkable, unless the rule scores or only says what it would have done.
        if check.action == .pass, !check.isShadow, check.score == 0 { return }
        findings.append(
            Finding(
                rule: check.rule, action: check.action, isShadow: check.isShadow, score: check.score, packet: facts))
    }

    /// Everything a rule asks but its limit.
    private func matches(_ check: Check, _ facts: PacketFacts, _ bytes: RawSpan) -> Bool {
        if (check.phases &>> UInt64(facts.phase)) & 1 == 0 { return false }
        if check.sizeCount | check.sizeNotCount != 0, !matchesSize(check, facts.byteCount) { return false }
        return check.signature.count == 0 || signatures.isFound(check.signature, in: bytes)
    }

    private func matchesSize(_ check: Check, _ byteCount: Int) -> Bool {
        let sizes = sizes.span
        let firstNot = Int(check.firstSize) + Int(check.sizeCount)
        var isIn = check.sizeCount == 0
        for index in Int(check.firstSize)..<firstNot
        where byteCount >= sizes[index].low && byteCount <= sizes[index].high {
            isIn = true
        }
        guard isIn else { return false }
        for index in firstNot..<firstNot + Int(check.sizeNotCount)
        where byteCount >= sizes[index].low && byteCount <= sizes[index].high {
            return false
        }
        return true
    }

    private func cost(of facts: PacketFacts, _ plan: LimitPlan) -> UInt64 {
        plan.rate.units(ofTokens: plan.count == .bytes ? UInt64(max(0, facts.byteCount)) : 1)
    }

    /// Gives back what a packet reserved that is not going to be sent: what is over a limit uses no tokens.
    private func refund(_ reserved: UInt64, _ list: CheckList, _ facts: PacketFacts, _ buckets: inout BucketSet) {
        var left = reserved
        while left != 0 {
            let check = checks[Int(list.first) + left.trailingZeroBitCount]
            buckets.refund(check.slot, cost: cost(of: facts, slots.limits[Int(check.limit)]))
            left &= left - 1
        }
    }
}
