import Reputation
import Settings
import Synchronization
import WireBytes

/// What all workers know of the attacks on one listener.
///
/// A reload keeps it for the listener of the same name.
///
/// Thread safety: counted by all workers when a connection opens, finishes its handshake or ends, in words of its own;
/// the decision has a lock, which is taken only when a threshold is passed or while the listener is under attack.
final class AttackWatch: Sendable {
    private let new = RateMeter()
    private let failures = RateMeter()
    /// Connections whose handshake is not over.
    let unfinished = Gauge()
    /// Open connections of who was a stranger when they opened.
    let strangers = Gauge()
    /// When the strangers' bucket is full again.
    private let newFullAt = Atomic<UInt64>(0)
    private let rates = AddressRates()
    private let decision = Mutex(AttackDecision())
    /// Since when the tighter limits hold; 0 while they do not.
    private let tightenedSince = Atomic<UInt64>(0)

    /// Since when the tighter limits hold; `nil` while they do not.
    var tightenedSinceNS: UInt64? {
        let sinceNS = tightenedSince.load(ordering: .relaxed)
        return sinceNS == 0 ? nil : sinceNS
    }

    /// A client wants to come in, and nothing else refuses it.
    func countNew(_ settings: UnderAttackSettings, nowNS: UInt64) {
        guard let rate = settings.new else { return }
        new.count(nowNS: nowNS, periodNS: rate.periodNS)
    }

    /// A rule ended a connection in its handshake.
    func countFailure(_ settings: UnderAttackSettings, nowNS: UInt64) {
        guard let rate = settings.failures else { return }
        failures.count(nowNS: nowNS, periodNS: rate.periodNS)
    }

    func readings(_ settings: UnderAttackSettings, nowNS: UInt64) -> AttackReadings {
        AttackReadings(
            new: settings.new.map { new.reading(nowNS: nowNS, periodNS: $0.periodNS) } ?? 0,
            unfinished: UInt64(clamping: unfinished.value),
            failures: settings.failures.map { failures.reading(nowNS: nowNS, periodNS: $0.periodNS) } ?? 0)
    }

    /// Decides anew.
    func judge(_ settings: UnderAttackSettings, nowNS: UInt64) -> AttackDecision.Change? {
        let readings = readings(settings, nowNS: nowNS)
        guard tightenedSinceNS != nil || readings.passed(settings) != nil else { return nil }
        return change(nowNS: nowNS) { $0.judge(readings, settings, nowNS: nowNS) }
    }

    /// Does what an operator says.
    func obey(_ order: UnderAttackOrder, nowNS: UInt64) -> AttackDecision.Change? {
        change(nowNS: nowNS) { $0.obey(order, nowNS: nowNS) }
    }

    /// A reload took the limits away: an attack is over, and others decide anew.
    func reset(nowNS: UInt64) -> AttackDecision.Change? {
        change(nowNS: nowNS) { decision in
            let change = decision.obey(.off, nowNS: nowNS)
            decision = AttackDecision()
            return change
        }
    }

    private func change(nowNS: UInt64, _ body: (inout AttackDecision) -> AttackDecision.Change?)
        -> AttackDecision.Change?
    {
        decision.withLock { decision in
            let change = body(&decision)
            tightenedSince.store(decision.sinceNS.map { max(1, $0) } ?? 0, ordering: .relaxed)
            return change
        }
    }

    /// How it stands, for an operator.
    var standing: AttackDecision { decision.withLock { $0 } }

    /// Holds a stranger to the tighter limits.
    ///
    /// - Parameter key: the address; `nil` when it is not known, and then only limits on all strangers hold.
    /// - Returns: the limit that refuses it; `nil` when it may come in, and then it is counted among the strangers.
    func refusal(_ key: IPNetwork?, _ limits: StrangerLimits, nowNS: UInt64) -> AttackRefusal? {
        // One address alone must not use up what there is for all.
        if let rate = limits.newPerAddress, let key, !rates.charge(key, rate, nowNS: nowNS) { return .newPerAddress }
        if let rate = limits.new, !chargeNew(rate, nowNS: nowNS) { return .new }
        guard let most = limits.open else {
            strangers.enter()
            return nil
        }
        return strangers.enter(most: most) ? nil : .open
    }

    private func chargeNew(_ rate: Frequency, nowNS: UInt64) -> Bool {
        var old = newFullAt.load(ordering: .relaxed)
        while true {
            guard let fullAtNS = rate.charged(old, nowNS: nowNS) else { return false }
            let (isDone, found) = newFullAt.weakCompareExchange(
                expected: old, desired: fullAtNS, ordering: .relaxed)
            if isDone { return true }
            old = found
        }
    }
}

/// The limit that refuses a stranger.
enum AttackRefusal: Equatable {
    case open
    case new
    case newPerAddress
}
