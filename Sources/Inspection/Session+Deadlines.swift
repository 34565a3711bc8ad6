public import RuleEngine
public import WireBytes

/// Time: what must have happened by when.
extension Session {
    /// The next time at which `deadlineReached` must be called, in monotonic nanoseconds.
    ///
    /// - Parameter isPaused: directions that the relay does not read (a stalled receiver, a held packet): the clock
    ///   of their packets stands still.
    public func deadlineNS(
        ruleset: Ruleset, limits: borrowing SessionLimits, isPaused: PerDirection<Bool>
    ) -> UInt64 {
        var deadline = UInt64.max
        var isHeld = false
        for direction in Direction.allCases {
            if case .held = streams[direction].state {
                isHeld = true
                deadline = min(deadline, rare.holds[direction].untilNS)
            } else if !isPaused[direction], !streams[direction].isPacketDeadlineWaived,
                let startedNS = streams[direction].packetStartedNS
            {
                deadline = min(deadline, startedNS &+ limits.packetNS)
            }
        }
        // While a packet is held, idleness and phase stand still.
        guard !isHeld else { return deadline }
        deadline = min(deadline, lastActivityNS &+ limits.idleNS)
        if let phaseNS = ruleset.phases[phase].deadlineNS, !isPhaseDeadlineWaived {
            deadline = min(deadline, phaseEnteredNS &+ phaseNS)
        }
        return deadline
    }

    /// Whether `deadlineNS` may be earlier than when this was asked last; ordinary packets only move it later.
    public mutating func takeNewDeadlines() -> Bool {
        defer { hasNewDeadlines = false }
        return hasNewDeadlines
    }

    /// Looks at every clock.
    ///
    /// - Parameters:
    ///   - hasServer: whether the server's connection stands; what is late before that is not the client's fault.
    /// - Returns: how the connection ends, or `nil` when it goes on.
    public mutating func deadlineReached(
        nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits, isPaused: PerDirection<Bool>,
        hasServer: Bool = true, findings: inout [Finding]
    ) -> SessionEnd? {
        var isHeld = false
        for direction in Direction.allCases {
            if case .held = streams[direction].state {
                isHeld = true
                continue
            }
            guard !isPaused[direction], let startedNS = streams[direction].packetStartedNS,
                !streams[direction].isPacketDeadlineWaived, nowNS >= startedNS &+ limits.packetNS
            else { continue }
            if let end = timedOut(.packetTimeout, direction, ruleset: ruleset, findings: &findings) { return end }
            streams[direction].isPacketDeadlineWaived = true
        }
        guard !isHeld else { return nil }
        if let phaseNS = ruleset.phases[phase].deadlineNS, !isPhaseDeadlineWaived, nowNS >= phaseEnteredNS &+ phaseNS {
            let late: Direction = !hasServer || isServersTurn(ruleset: ruleset) ? .outbound : .inbound
            if let end = timedOut(.phaseTimeout, late, ruleset: ruleset, findings: &findings) { return end }
            isPhaseDeadlineWaived = true
        }
        if nowNS >= lastActivityNS &+ limits.idleNS {
            return SessionEnd(cause: .deadline, reason: .idleTimeout)
        }
        return nil
    }

    /// The relay reads this direction again after a pause: its packet gets its whole time anew.
    public mutating func resumed(_ direction: Direction, nowNS: UInt64) {
        hasNewDeadlines = true
        if streams[direction].packetStartedNS != nil { streams[direction].packetStartedNS = nowNS }
    }

    /// A held packet goes on: the clocks of phase and packet, which stood still, are set as if no time had passed.
    mutating func releaseClocks(_ direction: Direction, heldSinceNS sinceNS: UInt64, nowNS: UInt64) {
        streams[direction].delayPacket(byNS: nowNS - sinceNS)
        var stoodSinceNS = sinceNS
        // Time in which both directions stood still counts once: the other goes on standing from now.
        if case .held = streams[direction.opposite].state {
            let otherSinceNS = rare.holds[direction.opposite].sinceNS
            stoodSinceNS = min(sinceNS, otherSinceNS)
            streams[direction.opposite].delayPacket(byNS: nowNS - otherSinceNS)
            rare.holds[direction.opposite].sinceNS = nowNS
        }
        // Not the time before the phase began.
        phaseEnteredNS &+= nowNS - max(stoodSinceNS, phaseEnteredNS)
    }

    private func timedOut(
        _ reason: Termination.Reason, _ direction: Direction, ruleset: Ruleset, findings: inout [Finding]
    ) -> SessionEnd? {
        // A server that is slow is nobody's attack: the violation is the server's then, and scores nobody.
        let facts = PacketFacts(
            direction: direction, packet: 0, phase: UInt8(truncatingIfNeeded: phase), byteCount: 0, opcode: 0)
        switch ruleset.policy.respond(to: .timeout, facts, findings: &findings) {
        case .forward: return nil
        case .drop(let rule), .close(let rule), .ban(let rule), .hold(_, let rule):
            return SessionEnd(cause: .deadline, reason: reason, rule: rule)
        }
    }
}
