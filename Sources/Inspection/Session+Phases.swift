import GameProtocol
import RuleEngine
import WireBytes

/// Phases: preambles, what is accepted, and the switch from one to the next.
extension Session {
    /// After a switch by the server the client's packets of the previous phase are accepted for so long: they were in
    /// flight.
    static var graceNS: UInt64 { 5_000_000_000 }

    mutating func receivePreamble(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, findings: inout [Finding]
    ) -> Action {
        let step = ruleset.descriptor.phases[phase].preamble[Int(preambleStep)]
        guard step.direction == direction else { return .waits }
        var scanned = streams[direction].scannedByteCount
        do {
            switch try step.match(bytes, scannedByteCount: &scanned) {
            case .needs(let byteCount):
                streams[direction].scannedByteCount = scanned
                if streams[direction].packetStartedNS == nil { streams[direction].packetStartedNS = nowNS }
                return .needs(byteCount)
            case .complete(let byteCount):
                if let name = step.capture { capture(bytes.extracting(first: byteCount), as: name) }
                streams[direction].finishPacket()
                byteCounts[direction] &+= UInt64(byteCount)
                if direction == .inbound { hasClientSpoken = true }
                finishPreambleStep(nowNS: nowNS, ruleset: ruleset)
                return .forward(byteCount)
            }
        } catch {
            return refusePreamble(bytes, direction, nowNS: nowNS, ruleset: ruleset, findings: &findings)
        }
    }

    /// In shadow the rest of the connection is not cut: where its packets begin is not known.
    private mutating func refusePreamble(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, findings: inout [Finding]
    ) -> Action {
        // Not a packet, so it has no size.
        let facts = PacketFacts(
            direction: direction, packet: 0, phase: UInt8(truncatingIfNeeded: phase), byteCount: 0, opcode: 0)
        switch ruleset.policy.respond(to: .preamble, facts, findings: &findings) {
        case .forward:
            stopCutting()
            byteCounts[direction] &+= UInt64(bytes.byteCount)
            return .forward(bytes.byteCount)
        case .drop(let rule), .close(let rule), .ban(let rule), .hold(_, let rule):
            return .end(end(by: rule, direction))
        }
    }

    /// From here on neither direction has packets.
    mutating func stopCutting() {
        preambleStep = .max
        for direction in Direction.allCases where !streams[direction].isUncut {
            streams[direction].finishPacket()
            streams[direction].isUncut = true
        }
    }

    /// Keeps the bytes; a phase that comes again replaces what it kept before.
    private mutating func capture(_ bytes: RawSpan, as name: String) {
        rare.captures.removeAll { $0.name == name }
        rare.captures.append((name, bytes.copied()))
    }

    private mutating func finishPreambleStep(nowNS: UInt64, ruleset: Ruleset) {
        preambleStep += 1
        // A phase that is only a preamble ends with it, in both directions at the same byte.
        while preambleStep >= ruleset.phases[phase].preambleCount, ruleset.phases[phase].isOnlyPreamble,
            phase + 1 < ruleset.phases.count
        {
            enterPhase(phase + 1, nowNS: nowNS)
            for direction in Direction.allCases { streams[direction].enter(phase) }
        }
    }

    private mutating func enterPhase(_ newPhase: Int, nowNS: UInt64) {
        phase = newPhase
        phaseEnteredNS = nowNS
        isPhaseDeadlineWaived = false
        preambleStep = 0
        hasClientSpoken = false
    }

    /// A packet's last byte goes on: the phase may end with it.
    ///
    /// - Parameter bytes: the whole packet as it goes on, or what it inflates to; empty where it went on in pieces.
    mutating func forwarded(
        _ packet: PacketIndex, _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset
    ) {
        if direction == .inbound { hasClientSpoken = true }
        let row = ruleset.row(of: packet, direction)
        if row.tellsLogin { learn(from: packet, bytes, direction, nowNS: nowNS, ruleset: ruleset) }
        if row.isNoted {
            ruleset.policy.note(packet, direction, buckets: &buckets, nowNS: nowNS)
        }
        if streams[direction].followAfter == packet { streams[direction].enter(streams[direction].nextPhase) }
        guard streams[direction].phase == phase, ruleset.phases[phase].hasTransitions else { return }
        let transitions = ruleset.descriptor.phases[phase].transitions
        for transition in transitions where transition.direction == direction && transition.packet == packet {
            guard transition.holds(for: bytes, in: ruleset.descriptor.packets[direction]) else { continue }
            let old = phase
            let enteredNS = phaseEnteredNS
            enterPhase(transition.phase, nowNS: nowNS)
            if ruleset.descriptor.isLast(transition.phase) { news.insert(.lastPhase) }
            // The version of the protocol is known now, and nothing else is new: the time goes on.
            if ruleset.descriptor.isOtherVersion(transition.phase, of: old) { phaseEnteredNS = enteredNS }
            if direction == .outbound {
                // Where the server goes on at once, packets of the phase before that may be in flight, too.
                let grace = rare.graceAccept
                let earlier = nowNS < grace.untilNS ? grace.phases : 0
                rare.graceAccept = (earlier | 1 << UInt64(old), nowNS &+ Self.graceNS)
            } else if !rareStates.isEmpty {
                rare.graceAccept = (0, 0)
            }
            streams[direction].enter(transition.phase)
            streams[direction.opposite].nextPhase = transition.phase
            streams[direction.opposite].followAfter = transition.otherSideAfter
            return
        }
    }

    /// The phase that accepts a packet now; `nil` when none does.
    func acceptingPhase(of packet: PacketIndex, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset) -> Int? {
        let own = streams[direction].phase
        // A direction that has not followed yet still sends what belongs to the phase it is in.
        let row = ruleset.row(of: packet, direction)
        if own != phase, row.isAccepted(inPhase: own) { return own }
        if row.isAccepted(inPhase: phase) { return phase }
        guard direction == .inbound, !rareStates.isEmpty, nowNS < rare.graceAccept.untilNS else { return nil }
        let phases = rare.graceAccept.phases
        return ruleset.phases.indices.first {
            phases >> UInt64($0) & 1 == 1 && row.isAccepted(inPhase: $0)
        }
    }

    /// Whether the phase waits for the server: then its deadline is not the client's fault.
    func isServersTurn(ruleset: Ruleset) -> Bool {
        let facts = ruleset.phases[phase]
        guard preambleStep >= facts.preambleCount else {
            return ruleset.descriptor.phases[phase].preamble[Int(preambleStep)].direction == .outbound
        }
        return hasClientSpoken && facts.hasTransitions && facts.onlyServerEnds
    }
}
