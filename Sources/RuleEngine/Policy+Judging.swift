import PacketFields
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
            facts, rules(of: facts.packet, facts.direction), bytes: bytes, buckets: &buckets, nowNS: nowNS,
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
        let rules = PacketRules(list: facts.direction == .inbound ? uncut.inbound : uncut.outbound)
        return judge(
            facts, rules, bytes: RawSpan(), buckets: &buckets, nowNS: nowNS, holdMostNS: holdMostNS, findings: &findings
        )
    }

    /// Judges one packet by rules that were looked up already.
    ///
    /// Small, so that all of it stays in registers for an ordinary packet, of which no check fires: what fires or finds
    /// a candidate goes on in `judgeOn`.
    ///
    /// - Parameter rules: those of the packet and the direction in `facts`.
    public func judge(
        _ facts: PacketFacts, _ rules: PacketRules, bytes: RawSpan, buckets: inout BucketSet, nowNS: UInt64,
        holdMostNS: UInt64 = .max, findings: inout [Finding]
    ) -> Judgement {
        let list = rules.list
        let end = Int(list.first) + Int(list.count)
        let byteCount = Int32(clamping: facts.byteCount)
        var index = Int(list.first)
        var isSearched = false
        while index < end {
            let run = Int(checks[index].run)
            if run != 0, isSearched || candidates(list, facts, in: bytes).isEmpty {
                isSearched = true
                index += run
                continue
            }
            if run != 0 {
                var progress = JudgingProgress(next: index, hasFired: false)
                return judgeOn(
                    facts, list, &progress, bytes: bytes, buckets: &buckets, nowNS: nowNS, holdMostNS: holdMostNS,
                    findings: &findings)
            }
            guard checks[index].mayMatch(byteCount, phase: facts.phase) else {
                index += 1
                continue
            }
            let asks = checks[index].asks
            if !asks.isDisjoint(with: .early), !matchesEarly(index, facts.byteCount, buckets) {
                index += 1
                continue
            }
            var hasFired = asks.isDisjoint(with: .late)
            if hasFired, asks.contains(.limit) {
                let limit = Int(checks[index].limit)
                let cost = slots.limits[limit].cost(ofByteCount: facts.byteCount)
                let isOver = buckets.isOver(
                    checks[index].slot, slots.limits[limit].rate, cost: cost, nowNS: nowNS)
                if isOver == false {
                    index += 1
                    continue
                }
                // Nothing was spent, and a delay has still to reserve; or the bucket has no place yet.
                hasFired = isOver == true && !asks.contains(.reservation)
            }
            var progress = JudgingProgress(next: index, hasFired: hasFired)
            return judgeOn(
                facts, list, &progress, bytes: bytes, buckets: &buckets, nowNS: nowNS, holdMostNS: holdMostNS,
                findings: &findings)
        }
        return .forward
    }

    /// The rest of the checks, from the first that fires, delays, or stands before a signature that is a candidate.
    ///
    /// - Parameter progress: where to begin; when a check fires that changes the packet, where to go on afterwards.
    @inline(never)
    func judgeOn(
        _ facts: PacketFacts, _ list: CheckList, _ progress: inout JudgingProgress, bytes: RawSpan,
        buckets: inout BucketSet, nowNS: UInt64, holdMostNS: UInt64, findings: inout [Finding]
    ) -> Judgement {
        // The size that conditions see is that of the packet as it is by now.
        let size = list.rewrites && progress.mayChange ? bytes.byteCount : facts.byteCount
        let byteCount = Int32(clamping: size)
        var seen = facts
        seen.byteCount = size
        let first = progress.hasFired ? progress.next : -1
        var judgement = progress.judgement
        var reserved = progress.reserved
        // The packet is searched for signatures when the first check asks for one.
        var isSearched = false
        var candidates = Candidates()
        let end = Int(list.first) + Int(list.count)
        var next = progress.next
        judging: while next < end {
            let index = next
            if checks[index].run != 0 {
                if !isSearched {
                    isSearched = true
                    candidates = self.candidates(list, seen, in: bytes)
                }
                next += candidates.isEmpty ? Int(checks[index].run) : passedOver(from: index, candidates)
                if next != index { continue }
            }
            next = index + 1
            var releaseNS: UInt64 = 0
            if index != first {
                guard checks[index].mayMatch(byteCount, phase: facts.phase),
                    matches(index, seen, bytes, &buckets, nowNS: nowNS)
                else { continue }
                guard charge(index, facts, &buckets, nowNS: nowNS, releaseNS: &releaseNS) else { continue }
                if checks[index].asks.contains(.reservation) {
                    reserved |= 1 &<< UInt64(checks[index].reserveNumber - 1)
                }
            }
            let outcome = details[index].outcome
            if outcome.action == .rewrite, !progress.mayChange {
                // Nobody can change what it is about, as in a packet that was inflated to be read: it must not go on.
                reportUnchangeable(outcome, facts, &findings)
                if outcome.isShadow { continue }
                refund(reserved, list, facts, &buckets)
                return .drop(outcome.rule)
            }
            if outcome.action == .rewrite {
                progress.next = next
                progress.judgement = judgement
                progress.reserved = reserved
                progress.rewriting = index
                return judgement
            }
            report(outcome, facts, &findings)
            if outcome.isShadow { continue }
            switch outcome.action {
            case .log, .rewrite: break
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

    /// Judges a connection when it opens: limits on new and on open connections, and where the client is from.
    public func judgeOpening(buckets: inout BucketSet, nowNS: UInt64, findings: inout [Finding]) -> Judgement {
        let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: 0, opcode: 0)
        for index in Int(opening.first)..<Int(opening.first) + Int(opening.count) {
            let check = checks[index]
            if check.asks.contains(.origin), !buckets.isFrom(check.origin) { continue }
            // One without a limit asks for nothing but the client's origin.
            if check.limit >= 0, !isOverAtOpen(check, &buckets, nowNS: nowNS) { continue }
            let outcome = details[index].outcome
            report(outcome, facts, &findings)
            if outcome.isShadow || outcome.action == .log { continue }
            return Self.end(outcome)
        }
        return .forward
    }

    private func isOverAtOpen(_ check: Check, _ buckets: inout BucketSet, nowNS: UInt64) -> Bool {
        let plan = slots.limits[Int(check.limit)]
        buckets.makeRoom(for: check.slot)
        return plan.count == .open
            ? buckets.isOverOpen(check.slot, most: plan.rate.burst)
            : buckets.isOver(check.slot, plan.rate, cost: plan.rate.units(ofTokens: 1), nowNS: nowNS) ?? false
    }

    /// What an action that ends the judging means for the packet.
    private static func end(_ outcome: CheckOutcome) -> Judgement {
        switch outcome.action {
        case .drop: .drop(outcome.rule)
        case .close: .close(outcome.rule)
        case .ban: .ban(outcome.rule)
        case .pass, .log, .rewrite, .delay: .forward
        }
    }

    @inline(never)
    private func report(_ outcome: CheckOutcome, _ facts: PacketFacts, _ findings: inout [Finding]) {
        // A packet that is let through is unremarkable, unless the rule scores or only says what it would have done.
        if outcome.action == .pass, !outcome.isShadow, outcome.score == 0 { return }
        findings.append(
            Finding(
                rule: outcome.rule, action: outcome.action, isShadow: outcome.isShadow, score: outcome.score,
                packet: facts))
    }

    /// Whether the packet has all that the check asks for beside phase, a bound on its size, and limit.
    ///
    /// What was asked of the packets before it comes last: only packets that match otherwise are remembered.
    private func matches(
        _ index: Int, _ facts: PacketFacts, _ bytes: RawSpan, _ buckets: inout BucketSet, nowNS: UInt64
    ) -> Bool {
        let asks = checks[index].asks
        if !asks.isDisjoint(with: .early), !matchesEarly(index, facts.byteCount, buckets) { return false }
        if asks.contains(.signature), !signatures.isFound(Int(details[index].signature), in: bytes) { return false }
        return !asks.contains(.extra) || matchesExtra(Int(details[index].extra), facts, bytes, &buckets, nowNS: nowNS)
    }

    @inline(never)
    private func matchesExtra(
        _ index: Int, _ facts: PacketFacts, _ bytes: RawSpan, _ buckets: inout BucketSet, nowNS: UInt64
    ) -> Bool {
        let extra = extras[index]
        if extra.flatCount > 0,
            !flatConditions.areMet(first: extra.firstFlat, count: extra.flatCount, by: bytes)
        {
            return false
        }
        if extra.fields >= 0, !matchesFields(Int(extra.fields), bytes) { return false }
        if extra.notAfter >= 0 {
            let forwardedNS = buckets[local: Int(extra.notAfter)]
            if forwardedNS != 0, nowNS.subtractingSaturating(forwardedNS) <= extra.notAfterNS { return false }
        }
        guard extra.memory >= 0 else { return true }
        let seed = buckets.contentSeed ^ (extra.sharesMemory ? UInt64(PacketTag.of(facts.packet, facts.direction)) : 0)
        return buckets.isRepeated(
            RepeatMemory.number(of: bytes, seed: seed), extra.repeats, memory: Int(extra.memory), nowNS: nowNS)
    }

    private func matchesFields(_ index: Int, _ bytes: RawSpan) -> Bool {
        for number in fieldRules[index].conditions.indices {
            guard fieldRules[index].conditions[number].holds(in: bytes, layout: fieldRules[index].layout) else {
                return false
            }
        }
        for number in fieldRules[index].conditionsNot.indices {
            if fieldRules[index].conditionsNot[number].holds(in: bytes, layout: fieldRules[index].layout) {
                return false
            }
        }
        return true
    }

    /// Asks a check's limit, if it has one.
    ///
    /// - Parameter releaseNS: when a packet may go that is over a limit that delays.
    /// - Returns: whether the check fires.
    private func charge(
        _ index: Int, _ facts: PacketFacts, _ buckets: inout BucketSet, nowNS: UInt64, releaseNS: inout UInt64
    ) -> Bool {
        let check = checks[index]
        guard check.limit >= 0 else { return true }
        let plan = slots.limits[Int(check.limit)]
        let cost = plan.cost(ofByteCount: facts.byteCount)
        buckets.makeRoom(for: check.slot)
        // Nothing waits in shadow, so nothing is reserved there either: debt would grow without end.
        guard check.asks.contains(.reservation) else {
            return buckets.isOver(check.slot, plan.rate, cost: cost, nowNS: nowNS) ?? false
        }
        guard let release = buckets.reserve(check.slot, plan.rate, cost: cost, nowNS: nowNS) else { return false }
        releaseNS = release
        return true
    }

    /// What few rules ask before anything is read of a packet.
    @inline(never)
    private func matchesEarly(_ check: Int, _ byteCount: Int, _ buckets: borrowing BucketSet) -> Bool {
        if checks[check].asks.contains(.origin), !buckets.isFrom(checks[check].origin) { return false }
        return !checks[check].asks.contains(.sizes) || matchesSize(check, byteCount)
    }

    private func matchesSize(_ check: Int, _ byteCount: Int) -> Bool {
        let first = Int(details[check].firstSize)
        let sizeCount = Int(details[check].sizeCount)
        var isIn = sizeCount == 0
        for index in first..<first + sizeCount
        where byteCount >= sizes[index].low && byteCount <= sizes[index].high {
            isIn = true
        }
        guard isIn else { return false }
        for index in first + sizeCount..<first + sizeCount + Int(details[check].sizeNotCount)
        where byteCount >= sizes[index].low && byteCount <= sizes[index].high {
            return false
        }
        return true
    }

    /// Gives back what a packet reserved that is not going to be sent: what is over a limit uses no tokens.
    func refund(_ reserved: UInt64, _ list: CheckList, _ facts: PacketFacts, _ buckets: inout BucketSet) {
        guard reserved != 0 else { return }
        for index in Int(list.first)..<Int(list.first) + Int(list.count) {
            let number = checks[index].reserveNumber
            guard number > 0, reserved >> UInt64(number - 1) & 1 == 1 else { continue }
            let cost = slots.limits[Int(checks[index].limit)].cost(ofByteCount: facts.byteCount)
            buckets.refund(checks[index].slot, cost: cost)
        }
    }
}
