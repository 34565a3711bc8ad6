import PacketFields
import WireBytes

/// What rules made of a packet.
public struct PacketRewrite: Sendable {
    /// The packet as it is to go on, its length, counter and checksum not yet set; `nil` while no rule changed it.
    public internal(set) var bytes: [UInt8]?
    /// The rule that changed it last; while none did, what the descriptor would say of a packet that cannot go on.
    public internal(set) var rule = Violation.malformed.index

    /// A packet that no rule has changed.
    public init() {}
}

/// Where the judging of a packet stopped, and what was found until then.
struct JudgingProgress: BitwiseCopyable {
    /// The check to go on with.
    var next: Int
    /// Whether that one is known to fire.
    var hasFired: Bool
    /// Whether who asks can change the packet.
    var mayChange = false
    var judgement = Judgement.forward
    /// Which of the delaying checks reserved tokens, one bit each by their number.
    var reserved: UInt64 = 0
    /// The check that fired and changes the packet, before `next`; -1 when the judging is over.
    var rewriting = -1
}

extension Policy {
    /// Judges one packet that rules may change.
    ///
    /// A rule that does is not the last: those behind it see the new bytes and the new size. What limits count stays
    /// the size that the packet's own header declared.
    ///
    /// - Parameters:
    ///   - rules: those of the packet and the direction in `facts`.
    ///   - bytes: the whole packet.
    ///   - rewrite: what becomes of it.
    public func judgeRewriting(
        _ facts: PacketFacts, _ rules: PacketRules, bytes: RawSpan, rewrite: inout PacketRewrite,
        buckets: inout BucketSet, nowNS: UInt64, holdMostNS: UInt64 = .max, findings: inout [Finding]
    ) -> Judgement {
        var progress = JudgingProgress(next: Int(rules.list.first), hasFired: false, mayChange: true)
        while true {
            let judgement: Judgement
            if let rewritten = rewrite.bytes {
                // Safe: the span is of integers, which have no padding, and `rewritten` is not touched while it lives.
                let span = unsafe rewritten.span.bytes
                judgement = judgeOn(
                    facts, rules.list, &progress, bytes: span, buckets: &buckets, nowNS: nowNS, holdMostNS: holdMostNS,
                    findings: &findings)
            } else {
                judgement = judgeOn(
                    facts, rules.list, &progress, bytes: bytes, buckets: &buckets, nowNS: nowNS,
                    holdMostNS: holdMostNS, findings: &findings)
            }
            guard progress.rewriting >= 0 else { return judgement }
            let check = progress.rewriting
            progress.rewriting = -1
            guard change(check, facts, bytes, &rewrite, &findings) else {
                refund(progress.reserved, rules.list, facts, &buckets)
                return .drop(details[check].outcome.rule)
            }
        }
    }

    /// Refuses a packet whose new size its frame cannot say.
    ///
    /// - Returns: that it is dropped, by the rule that changed it last.
    public func refuse(
        _ rewrite: PacketRewrite, _ facts: PacketFacts, findings: inout [Finding]
    ) -> Judgement {
        findings.append(Finding(rule: rewrite.rule, action: .drop, isShadow: false, score: 0, packet: facts))
        return .drop(rewrite.rule)
    }

    /// What a rule changed, or could not, in words for the logs; `nil` where it changes nothing.
    public func detail(of finding: Finding) -> String? {
        let changes = rules[Int(finding.rule)].changes
        if changes.isEmpty { return nil }
        return finding.action == .rewrite ? "changes \(changes)" : "cannot change \(changes)"
    }

    func reportUnchangeable(_ outcome: CheckOutcome, _ facts: PacketFacts, _ findings: inout [Finding]) {
        findings.append(
            Finding(
                rule: outcome.rule, action: .drop, isShadow: outcome.isShadow, score: outcome.score, packet: facts))
    }

    /// Does what a rule does to a packet's fields.
    ///
    /// - Returns: whether the packet can go on; a finding says what was done, or that it could not be.
    private func change(
        _ check: Int, _ facts: PacketFacts, _ packet: RawSpan, _ rewrite: inout PacketRewrite,
        _ findings: inout [Finding]
    ) -> Bool {
        let outcome = details[check].outcome
        let fields = fieldRules[Int(extras[Int(details[check].extra)].fields)]
        var bytes = rewrite.bytes ?? packet.copied()
        var isChanged = false
        var isPossible = true
        for edit in fields.edits where isPossible {
            switch fields.layout.apply(edit, to: &bytes) {
            case .unchanged: break
            case .changed: isChanged = true
            case .unrepresentable: isPossible = false
            }
        }
        isPossible = isPossible && (!isChanged || fields.byteCounts.contains(bytes.count))
        guard isChanged || !isPossible else { return true }
        findings.append(
            Finding(
                rule: outcome.rule, action: isPossible ? .rewrite : .drop, isShadow: outcome.isShadow,
                score: outcome.score, packet: facts))
        if outcome.isShadow { return true }
        if isPossible {
            rewrite.bytes = bytes
            rewrite.rule = outcome.rule
        }
        return isPossible
    }
}
