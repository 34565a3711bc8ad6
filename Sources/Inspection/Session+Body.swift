import GameProtocol
import PacketFields
import RuleEngine
import WireBytes

/// The inside of a packet, as its descriptor states it: layout, checksum, counter.
extension Session {
    /// Checks a packet before its rules see it.
    ///
    /// - Parameters:
    ///   - packet: the packet as far as its row says that it must be at hand, or what it inflates to.
    ///   - byteCount: how many bytes that has in all.
    mutating func judgeBody(
        _ facts: PacketFacts, _ packet: RawSpan, byteCount: Int, ruleset: Ruleset, findings: inout [Finding]
    ) -> Judgement {
        guard let layout = ruleset.layout(of: facts.packet, facts.direction) else { return .forward }
        let fault = layout.isFixed ? layout.fault(byteCount: byteCount) : layout.fault(in: packet)
        if let fault {
            rare.violationDetails[.malformed] = "'\(layout.name(of: fault))' \(fault.reason)"
            let judgement = ruleset.policy.respond(to: .malformed, facts, findings: &findings)
            guard judgement == .forward else {
                passOverCounter(facts, ruleset: ruleset)
                return judgement
            }
        }
        if let checksum = layout.checksum, !checksum.isRight(in: packet) {
            rare.violationDetails[.checksum] = "the checksum is another"
            let judgement = ruleset.policy.respond(to: .checksum, facts, findings: &findings)
            guard judgement == .forward else {
                passOverCounter(facts, ruleset: ruleset)
                return judgement
            }
        }
        if let counter = layout.counter { return judgeCounter(counter, facts, packet, ruleset, &findings) }
        return .forward
    }

    /// What came is where the counter stands from here on, right or wrong: one packet that is missing is told once.
    private mutating func judgeCounter(
        _ counter: CounterField, _ facts: PacketFacts, _ packet: RawSpan, _ ruleset: Ruleset,
        _ findings: inout [Finding]
    ) -> Judgement {
        // A packet without room for it is malformed, and was let through as that.
        guard let value = counter.value(in: packet) else { return .forward }
        let place = placeOfCounter(counter, facts)
        let expected = rare.counters[place].incoming
        rare.counters[place].incoming = counter.next(after: value)
        guard value != expected else { return .forward }
        rare.violationDetails[.counter] = "the counter is \(value), and \(expected) would come next"
        return ruleset.policy.respond(to: .counter, facts, findings: &findings)
    }

    private mutating func placeOfCounter(_ counter: CounterField, _ facts: PacketFacts) -> Int {
        let known = rare.counters.firstIndex { $0.direction == facts.direction && $0.packet == facts.packet }
        if let known { return known }
        rare.counters.append(
            PacketCounter(
                direction: facts.direction, packet: facts.packet, incoming: counter.first, outgoing: counter.first))
        return rare.counters.count - 1
    }

    /// Asks the rules about a packet that may go on as another than it came, and makes that ready.
    ///
    /// - Parameter packet: the whole packet.
    mutating func judgeChanging(
        _ facts: PacketFacts, _ packet: RawSpan, _ row: PacketRow, nowNS: UInt64, ruleset: Ruleset,
        limits: borrowing SessionLimits, findings: inout [Finding]
    ) -> Judgement {
        var rewrite = PacketRewrite()
        var judgement = ruleset.policy.judgeRewriting(
            facts, row.rules, bytes: packet, rewrite: &rewrite, buckets: &buckets, nowNS: nowNS,
            holdMostNS: limits.delayNS, findings: &findings)
        switch judgement {
        case .forward, .hold:
            let layout = ruleset.layout(of: facts.packet, facts.direction)
            if prepareReplacement(facts, packet, rewrite.bytes, layout, ruleset: ruleset) { return judgement }
            judgement = ruleset.policy.refuse(rewrite, facts, findings: &findings)
        case .drop, .close, .ban: break
        }
        leaveOutCounter(facts)
        return judgement
    }

    /// Makes ready what goes on in the place of a packet that was rewritten, or whose counter must be another because
    /// one before it was left out.
    ///
    /// - Parameters:
    ///   - packet: the packet as it came, whole.
    ///   - rewritten: what rules made of it; `nil` where they left it as it was.
    /// - Returns: whether it can be sent; not where its new size cannot be said.
    mutating func prepareReplacement(
        _ facts: PacketFacts, _ packet: RawSpan, _ rewritten: [UInt8]?, _ layout: PacketLayout?, ruleset: Ruleset
    ) -> Bool {
        var replacement = rewritten
        if var bytes = rewritten {
            guard
                ruleset.descriptor.cutter.writeLength(
                    into: &bytes, facts.direction, phase: streams[facts.direction].phase, name: facts.packet,
                    mayMove: layout.map { !$0.countsFromStart } ?? false)
            else { return false }
            replacement = bytes
        }
        if let counter = layout?.counter, let value = counter.value(in: packet) {
            let place = placeOfCounter(counter, facts)
            let outgoing = rare.counters[place].outgoing
            // As long as nothing was left out, what the sender counts wrong stays wrong: the receiver may judge it.
            let number = rare.counters[place].isRenumbered ? outgoing : value
            rare.counters[place].outgoing = counter.next(after: number)
            if number != value {
                var renumbered = replacement ?? packet.copied()
                guard counter.write(number, into: &renumbered) else { return false }
                replacement = renumbered
            }
        }
        guard var replacement else { return true }
        if let checksum = layout?.checksum, !checksum.recompute(&replacement) { return false }
        rare.replacements[facts.direction] = replacement
        return true
    }

    /// A packet that carries a counter does not go on: those behind it are renumbered.
    mutating func leaveOutCounter(_ facts: PacketFacts) {
        guard !rareStates.isEmpty else { return }
        for index in rare.counters.indices
        where rare.counters[index].direction == facts.direction && rare.counters[index].packet == facts.packet {
            rare.counters[index].isRenumbered = true
        }
    }
}

extension Session {
    /// A packet that carries a counter is left out before it was looked into: it is taken to have counted right.
    mutating func passOverCounter(_ facts: PacketFacts, ruleset: Ruleset) {
        guard ruleset.row(of: facts.packet, facts.direction).mayChange,
            let counter = ruleset.layout(of: facts.packet, facts.direction)?.counter
        else { return }
        let place = placeOfCounter(counter, facts)
        rare.counters[place].incoming = counter.next(after: rare.counters[place].incoming)
        rare.counters[place].isRenumbered = true
    }

    /// The packets have other indices now; a counter whose packet is gone is forgotten.
    mutating func renameCounters(_ renamed: (PacketIndex, Direction) -> PacketIndex) {
        guard !rareStates.isEmpty, !rare.counters.isEmpty else { return }
        for index in rare.counters.indices {
            rare.counters[index].packet = renamed(rare.counters[index].packet, rare.counters[index].direction)
        }
        rare.counters.removeAll { $0.packet == 0 }
    }
}

/// Where a counter stands that packets of one name carry, on both legs.
struct PacketCounter {
    let direction: Direction
    var packet: PacketIndex
    /// What the next packet that comes should carry.
    var incoming: UInt64
    /// What the next packet that goes on carries, once the legs differ.
    var outgoing: UInt64
    /// One was left out, so the two legs differ.
    var isRenumbered = false
}

extension PacketLayout {
    /// Whether something in a packet says how far something else is from the packet's first byte.
    fileprivate var countsFromStart: Bool {
        if !arrays.isEmpty || counter != nil || checksum != nil { return true }
        return fields.contains { field in
            if case .indirect = field.origin { true } else { false }
        }
    }
}
