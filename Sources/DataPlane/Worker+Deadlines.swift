import Inspection
import Settings
import WireBytes

/// Time: what each connection must have done by when.
extension Worker where Driver: ~Copyable {
    /// Enters a connection's next deadline, when it is earlier than the one it is entered with.
    ///
    /// A later one need not be entered: when the earlier comes, nothing is due and the next is computed.
    mutating func schedule(_ slot: Int) {
        if connections[slot].isUnfinished { lookWhetherHandshakeIsOver(slot) }
        guard connections[slot].state != .closed, mayHaveEarlierDeadline(slot) else { return }
        let deadline = nextDeadlineNS(slot)
        if let entered = deadlines.deadlineNS(of: slot), entered <= deadline { return }
        deadlines.set(slot, to: deadline)
    }

    /// Whether something has happened since the last look that can bring a deadline forward.
    ///
    /// Ordinary packets only move the end of idleness, and that later.
    private mutating func mayHaveEarlierDeadline(_ slot: Int) -> Bool {
        let isQuiet =
            !isDraining && connections[slot].state == .relaying && connections[slot].dial.progress == .connected
            && connections[slot].halfClosedNS == nil && connections[slot].clientSide.unsent.isEmpty
            && connections[slot].serverSide.unsent.isEmpty && !connections[slot].clientSide.isParting
        return connections[slot].session?.takeNewDeadlines() != false || !isQuiet
    }

    /// Does not mutate, so that nothing of the plan need be kept alive.
    func nextDeadlineNS(_ slot: Int) -> UInt64 {
        // Only the plain values are taken out: a copy of the whole plan would retain everything in it.
        let plan = connections[slot].plan
        let timeouts = plans[plan].plan.settings.timeouts
        let limits = plans[plan].plan.sessionLimits
        var deadline = drainedByNS(slot)
        if connections[slot].state == .awaitingHeader {
            return min(deadline, connections[slot].acceptedNS &+ timeouts.proxyHeaderNS)
        }
        if connections[slot].clientSide.isParting {
            return min(deadline, partedByNS(slot))
        }
        if let handshakeByNS = handshakeByNS(slot) { deadline = min(deadline, handshakeByNS) }
        if connections[slot].dial.progress == .connecting {
            deadline = min(deadline, connections[slot].dial.startedNS &+ plans[plan].plan.pool.connectTimeoutNS)
        }
        for end in End.allCases where isStalling(slot, end) {
            deadline = min(deadline, connections[slot][end].unsent.sinceNS &+ timeouts.stalledNS)
        }
        if let halfClosedNS = connections[slot].halfClosedNS {
            deadline = min(deadline, halfClosedNS &+ timeouts.halfClosedNS)
        }
        let isPaused = connections[slot].isPaused
        // Safe: nothing is replaced here.
        let sessionNS =
            unsafe Unmanaged.passUnretained(plans[plan].plan.ruleset)._withUnsafeGuaranteedRef {
                connections[slot].session?.deadlineNS(
                    ruleset: $0, limits: limits, isPaused: isPaused)
            } ?? .max
        return min(deadline, sessionNS)
    }

    /// When a connection must be over because its client has had its time to read a reply.
    private func partedByNS(_ slot: Int) -> UInt64 {
        switch connections[slot].session {
        case .some(let session): session.parting?.untilNS ?? 0
        case nil: 0
        }
    }

    /// When a connection must be over because the service drains; `UInt64.max` while it does not.
    private func drainedByNS(_ slot: Int) -> UInt64 {
        guard let drainStartedNS else { return .max }
        // The queue's last connections are accepted as the drain begins, and so all have the same time.
        return drainStartedNS &+ plans[connections[slot].plan].plan.settings.timeouts.drainNS
    }

    /// Whether bytes wait for an end that could take them: a server that is still dialled has a clock of its own.
    private func isStalling(_ slot: Int, _ end: End) -> Bool {
        !connections[slot][end].unsent.isEmpty
            && (end == .client || connections[slot].dial.progress == .connected)
    }

    /// Sees to every connection whose deadline has come.
    mutating func passDeadlines() {
        while let slot = deadlines.popDue(nowNS: nowNS) {
            guard connections.holds(slot), connections[slot].state != .closed else { continue }
            passDeadline(slot)
            guard connections[slot].state != .closed else { continue }
            // Once per step, whatever happens: a deadline that stays due must not hold the worker here.
            deadlines.set(slot, to: max(nextDeadlineNS(slot), nowNS &+ 1))
        }
    }

    private mutating func passDeadline(_ slot: Int) {
        let plan = plans[connections[slot].plan].plan
        let timeouts = plan.settings.timeouts
        if nowNS >= drainedByNS(slot) { return end(slot, .operator, .drainTimeout) }
        if connections[slot].state == .awaitingHeader {
            if nowNS >= connections[slot].acceptedNS &+ timeouts.proxyHeaderNS {
                end(slot, .deadline, .proxyHeaderTimeout)
            }
            return
        }
        if connections[slot].clientSide.isParting {
            if let parting = connections[slot].session?.parting, nowNS >= parting.untilNS { endParting(slot) }
            return
        }
        if let handshakeByNS = handshakeByNS(slot), nowNS >= handshakeByNS {
            return end(slot, .deadline, .attackHandshake, resets: true)
        }
        if connections[slot].dial.progress == .connecting,
            nowNS >= connections[slot].dial.startedNS &+ plan.pool.connectTimeoutNS
        {
            failDial(slot, .connectTimeout)
            guard connections[slot].state != .closed else { return }
        }
        for end in End.allCases where isStalling(slot, end) {
            if nowNS >= connections[slot][end].unsent.sinceNS &+ timeouts.stalledNS {
                return self.end(slot, .deadline, .stalledReceiver, resets: true)
            }
        }
        if let halfClosedNS = connections[slot].halfClosedNS, nowNS >= halfClosedNS &+ timeouts.halfClosedNS {
            return end(slot, .deadline, .halfClosedTimeout)
        }
        let paused = connections[slot].isPaused
        let hasServer = connections[slot].dial.progress != .connecting
        let sessionEnd =
            connections[slot].session?.deadlineReached(
                nowNS: nowNS, ruleset: plan.ruleset, limits: plan.sessionLimits, isPaused: paused,
                hasServer: hasServer, findings: &findings) ?? nil
        if reportFindings(slot) { return }
        if let sessionEnd { return end(slot, sessionEnd) }
        for direction in Direction.allCases where connections[slot][direction.source].isHeld {
            judgeUnread(slot, direction)
            guard connections[slot].state == .relaying else { return }
            pump(slot, direction)
            guard connections[slot].state == .relaying else { return }
        }
    }
}
