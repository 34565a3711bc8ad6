import Events
import Inspection
import NetworkDriver
import Reputation
import Settings
import WireBytes

/// Under attack: what is counted, when it begins and ends, and what it means for who comes in.
extension Worker where Driver: ~Copyable {
    /// How often a listener under attack is looked at, so that it is over when nobody comes any more.
    private static var lookNS: UInt64 { 250_000_000 }

    /// How many more connections than `limits.open` a listener takes until it knows who they are.
    ///
    /// Without these nobody who has played before would come in where strangers were faster.
    func waitingRoom(_ number: Int) -> Int {
        guard plans[number].plan.settings.underAttack != nil, plans[number].plan.watch.tightenedSinceNS != nil else {
            return 0
        }
        return ListenerPlan.waitingRoomCount
    }

    /// Counts a client that comes, where that can begin an attack.
    mutating func countNew(_ number: Int) {
        guard let settings = plans[number].plan.settings.underAttack else { return }
        plans[number].plan.watch.countNew(settings, nowNS: nowNS)
        lookAtAttack(number)
    }

    /// Counts a client that nothing else refuses, and holds it to the tighter limits where it is a stranger.
    ///
    /// - Returns: why it is refused; `nil` when it is let in.
    mutating func attackRefusal(_ slot: Int) -> Termination.Reason? {
        let number = connections[slot].plan
        let watch = plans[number].plan.watch
        if !connections[slot].isExempt {
            connections[slot].isUnfinished = true
            watch.unfinished.enter()
            countNew(number)
        }
        guard let settings = plans[number].plan.settings.underAttack else { return nil }
        let isKnown = connections[slot].isExempt || isKnown(slot)
        if plans[number].plan.openCount.value > plans[number].plan.settings.limits.open {
            guard isKnown, makeRoom(on: plans[number].plan.number) else { return .tooManyOpen }
        }
        return isKnown ? nil : refusalOfStranger(slot, watch, settings)
    }

    private func isKnown(_ slot: Int) -> Bool {
        guard let key = connections[slot].indexKey else { return false }
        return shared.known.contains(key, nowNS: nowNS)
    }

    private mutating func refusalOfStranger(
        _ slot: Int, _ watch: AttackWatch, _ settings: UnderAttackSettings
    ) -> Termination.Reason? {
        if watch.tightenedSinceNS == nil {
            watch.strangers.enter()
        } else {
            switch watch.refusal(connections[slot].indexKey, settings.limits, nowNS: nowNS) {
            case .open: return .attackOpen
            case .new: return .attackNew
            case .newPerAddress: return .attackNewPerAddress
            case nil: break
            }
        }
        connections[slot].isStranger = true
        return nil
    }

    /// Ends a stranger's connection to a listener that is full: one in its handshake, or else the newest that is found.
    ///
    /// Looks at a bounded number of connections, and goes on behind them the next time.
    ///
    /// - Returns: whether there was one.
    private mutating func makeRoom(on listener: UInt16) -> Bool {
        var found: Int?
        for _ in 0..<min(64, connections.capacity) {
            let slot = roomCursor % connections.capacity
            roomCursor = slot + 1
            guard connections.holds(slot), connections[slot].state == .relaying, connections[slot].isStranger,
                !connections[slot].clientSide.isParting, plans[connections[slot].plan].plan.number == listener
            else { continue }
            if connections[slot].isUnfinished {
                found = slot
                break
            }
            if let other = found, connections[other].number > connections[slot].number { continue }
            found = slot
        }
        guard let found else { return false }
        end(found, .limit, .attackRoom, resets: true)
        return true
    }

    /// A connection is out of its handshake as soon as its session says so; asked only while it is in it.
    mutating func lookWhetherHandshakeIsOver(_ slot: Int) {
        let plan = plans[connections[slot].plan].plan
        guard connections[slot].session?.isHandshakeOver(ruleset: plan.ruleset) == true else { return }
        connections[slot].isUnfinished = false
        connections[slot].finishedNS = nowNS
        plan.watch.unfinished.leave()
    }

    /// A connection that was let in has ended: it is counted no more, and its address may be a player's.
    mutating func leaveAttack(_ slot: Int, _ termination: Termination) {
        let number = connections[slot].plan
        let watch = plans[number].plan.watch
        if connections[slot].isStranger { watch.strangers.leave() }
        let isByRule =
            switch termination.cause {
            case .violation, .rule: true
            case .ban: termination.rule != nil
            default: false
            }
        if connections[slot].isUnfinished {
            watch.unfinished.leave()
            if isByRule, let settings = plans[number].plan.settings.underAttack {
                watch.countFailure(settings, nowNS: nowNS)
                lookAtAttack(number)
            }
        } else if let finishedNS = connections[slot].finishedNS,
            termination.cause != .ban, termination.cause != .internal, termination.rule == nil, !isByRule,
            nowNS >= finishedNS, nowNS - finishedNS >= shared.known.afterNS, let key = connections[slot].indexKey
        {
            shared.known.remember(key, nowNS: nowNS)
        }
    }

    // MARK: When it begins and ends

    /// Lets a listener decide anew.
    mutating func lookAtAttack(_ number: Int) {
        guard let settings = plans[number].plan.settings.underAttack else { return }
        let watch = plans[number].plan.watch
        if let change = watch.judge(settings, nowNS: nowNS) {
            let record = change.record(
                listener: plans[number].plan.settings.name, limits: settings.limits.name, wallUS: driver.wallUS)
            shared.events.post(.underAttack(record))
            shared.broadcast(.attackChanged(listener: record.listener), except: mailbox)
            followAttack(on: record.listener)
        }
        // Every worker to which clients come looks; whoever looks first says that it is over.
        if watch.tightenedSinceNS != nil { attackLookNS = min(attackLookNS, nowNS &+ Self.lookNS) }
    }

    /// Looks at every listener that is under attack.
    mutating func lookAtAttacks() {
        attackLookNS = .max
        for number in plans.indices where plans[number].isCurrent && plans[number].plan.watch.tightenedSinceNS != nil {
            lookAtAttack(number)
        }
    }

    /// Other limits may hold now, or none any more.
    mutating func followAttackSettings(_ listener: ListenerPlan) {
        guard listener.watch.tightenedSinceNS != nil else { return }
        let name = listener.settings.name
        if listener.settings.underAttack == nil, let change = listener.watch.reset(nowNS: nowNS) {
            shared.events.post(.underAttack(change.record(listener: name, limits: "", wallUS: driver.wallUS)))
        }
        followAttack(on: name)
    }

    /// The deadlines of handshakes have changed.
    mutating func followAttack(on listener: String) {
        for slot in 0..<connections.capacity where connections.holds(slot) {
            guard connections[slot].state != .closed, connections[slot].isUnfinished, connections[slot].isStranger,
                plans[connections[slot].plan].plan.settings.name == listener
            else { continue }
            deadlines.set(slot, to: nextDeadlineNS(slot))
        }
        attackLookNS = min(attackLookNS, nowNS &+ Self.lookNS)
    }

    /// When a stranger's handshake must be over; `nil` where it need not.
    ///
    /// Who was there when the attack began has the whole time from then on.
    func handshakeByNS(_ slot: Int) -> UInt64? {
        guard connections[slot].isUnfinished, connections[slot].isStranger else { return nil }
        let plan = plans[connections[slot].plan].plan
        guard let handshakeNS = plan.settings.underAttack?.limits.handshakeNS,
            let sinceNS = plan.watch.tightenedSinceNS
        else { return nil }
        return max(connections[slot].acceptedNS, sinceNS) &+ handshakeNS
    }
}

extension AttackDecision.Change {
    func record(listener: String, limits: String, wallUS: Int64, who: String? = nil) -> UnderAttackRecord {
        switch self {
        case .began(let measure, let count, let threshold):
            UnderAttackRecord(
                wallUS: wallUS, listener: listener, change: .began, measure: measure, count: count,
                threshold: threshold, limits: limits, who: who)
        case .ended(let afterNS):
            UnderAttackRecord(
                wallUS: wallUS, listener: listener, change: .ended, measure: who == nil ? nil : .operator,
                lastedSeconds: afterNS / 1_000_000_000, limits: limits, who: who)
        }
    }
}

extension Termination.Reason {
    /// Whether as many connections can end for it as an attacker opens.
    var isOfMany: Bool {
        switch self {
        case .attackOpen, .attackNew, .attackNewPerAddress, .gateClosed: true
        default: false
        }
    }
}
