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
    ///   - holdMostNS: the longest a packet may be held: one that would be held longer uses no tokens, or a few headers
    ///     could run up a debt that shuts a shared limit for everybody.
    ///   - findings: the rules that fired are appended.
    public func judge(
        _ facts: PacketFacts, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64, holdMostNS: UInt64 = .max,
        findings: inout [Finding]
    ) -> Judgement {
        judge(
            facts, list(facts.packet, facts.direction), bytes: bytes, buckets: &buckets, nowNS: nowNS,
            holdMostNS: holdMostNS, findings: &findings)
    }

    /// Judges bytes of a stream that is not cut into packets, as they come.
    ///
    /// Only limits on bytes hold there, of rules that name no packets and ask for no size and no signature.
    ///
    /// - Parameters:
    ///   - facts: the direction, the phase and how many bytes came; the packet is 0.
    ///   - buckets: the connection's buckets.
    ///   - nowNS: monotonic nanoseconds.
    ///   - holdMostNS: as for packets.
    ///   - findings: the rules that fired are appended.
    public func judgeUncut(
        _ facts: PacketFacts, buckets: inout BucketSet, nowNS: UInt64, holdMostNS: UInt64 = .max,
        findings: inout [Finding]
    ) -> Judgement {
        let list = facts.direction == .inbound ? uncut.inbound : uncut.outbound
        return judge(
            facts, list, bytes: RawSpan(), buckets: &buckets, nowNS: nowNS, holdMostNS: holdMostNS, findings: &findings)
    }

    private func judge(
        _ facts: PacketFacts, _ list: CheckList, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64,
        holdMostNS: UInt64, findings: inout [Finding]
    ) -> Judgement {
        if list.count == 0 { return .forward }
        let checks = checks.span
        let limits = slots.limits.span
        let first = Int(list.first)
        var judgement = Judgement.forward
        // Which of the delaying checks reserved tokens, by their place among each other.
        var reserved: UInt64 = 0
        var delayCount = 0
        judging: for offset in 0..<Int(list.count) {
            // Fields are read one by one: a copy of the whole check costs more than what is done with it.
            let index = first + offset
            if checks[index].reserves { delayCount += 1 }
            if (checks[index].phases &>> UInt64(facts.phase)) & 1 == 0 { continue }
            if checks[index].sizeCount | checks[index].sizeNotCount != 0,
                !matchesSize(checks[index], facts.byteCount)
            {
                continue
            }
            if checks[index].signature.count != 0, !signatures.isFound(checks[index].signature, in: bytes) { continue }
            var releaseNS: UInt64 = 0
            let limit = Int(checks[index].limit)
            if limit >= 0 {
                let cost = cost(of: facts, limits[limit])
                let slot = checks[index].slot
                // Nothing waits in shadow, so nothing is reserved there either: debt would grow without end.
                if checks[index].reserves {
                    guard let release = buckets.reserve(slot, limits[limit].rate, cost: cost, nowNS: nowNS) else {
                        continue
                    }
                    releaseNS = release
                    reserved |= 1 << UInt64(delayCount - 1)
                } else if !buckets.isOver(slot, limits[limit].rate, cost: cost, nowNS: nowNS) {
                    continue
                }
            }
            let outcome = checks[index].outcome
            report(outcome, facts, &findings)
            if outcome.isShadow { continue }
            switch outcome.action {
            case .log: break
            case .pass: break judging
            case .delay:
                if case .hold(let untilNS, _) = judgement, untilNS >= releaseNS { break }
                judgement = .hold(untilNS: releaseNS, outcome.rule)
            case .drop, .close, .ban:
                refund(reserved, list, facts, &buckets)
                return Self.end(outcome)
            }
        }
        if case .hold(let untilNS, _) = judgement, untilNS > nowNS, untilNS - nowNS > holdMostNS {
            refund(reserved, list, facts, &buckets)
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
                : buckets.isOver(check.slot, plan.rate, cost: plan.rate.units(ofTokens: 1), nowNS: nowNS)
            guard isOver else { continue }
            report(check.outcome, facts, &findings)
            if check.outcome.isShadow || check.outcome.action == .log { continue }
            return Self.end(check.outcome)
        }
        return .forward
    }

    /// What an action that ends the judging means for the packet.
    private static func end(_ outcome: CheckOutcome) -> Judgement {
        switch outcome.action {
        case .drop: .drop(outcome.rule)
        case .close: .close(outcome.rule)
        case .ban: .ban(outcome.rule)
        case .pass, .log, .delay: .forward
        }
    }

    private func report(_ outcome: CheckOutcome, _ facts: PacketFacts, _ findings: inout [Finding]) {
        // A packet that is let through is unremarkable, unless the rule scores or only says what it would have done.
        if outcome.action == .pass, !outcome.isShadow, outcome.score == 0 { return }
        findings.append(
            Finding(
                rule: outcome.rule, action: outcome.action, isShadow: outcome.isShadow, score: outcome.score,
                packet: facts))
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
        guard reserved != 0 else { return }
        let checks = checks.span
        var delayCount = 0
        for index in Int(list.first)..<Int(list.first) + Int(list.count) where checks[index].reserves {
            if reserved >> UInt64(delayCount) & 1 == 1 {
                let limit = slots.limits[Int(checks[index].limit)]
                buckets.refund(checks[index].slot, cost: cost(of: facts, limit))
            }
            delayCount += 1
        }
    }
}
