import DataPlane
import Events
public import Reputation
public import Settings
import WireBytes

/// Bans by hand.
extension Operations {
    /// Bans somebody, or changes the ban in force to what is said here.
    ///
    /// - Parameters:
    ///   - durationNS: from now; `nil` until it is lifted.
    ///   - reason: the operator's words.
    ///   - who: the operator.
    public func ban(
        _ subject: Subject, forNS durationNS: UInt64?, kind: BanKind, reason: String, who: String
    ) throws(OperationError) -> BanOutcome {
        let cause = BanCause(
            origin: .operator, ruleID: 0, ruleName: reason, packet: "-", connection: "-", who: who)
        let outcome = try order(ManualBan(subject: subject, durationNS: durationNS, kind: kind, cause: cause))
        let span = outcome.ban.isForever ? "until lifted" : "for \(durationNS.map { $0 / 1_000_000_000 } ?? 0) s"
        tell(who, "ban", "\(outcome.ban.subject)", "\(outcome.change.rawValue) \(span), \(kind.rawValue): \(reason)")
        try writer.flush()
        return BanOutcome(change: outcome.change, ban: view(outcome.ban))
    }

    /// Puts a ban into force, tells the log and the workers; it is not on disk yet.
    func order(_ order: ManualBan) throws(OperationError) -> (change: BanOutcome.Change, ban: Ban) {
        switch book.order(order, nowNS: clock.monotonicNS()) {
        case .allowed(let network): throw .allowed(subject: order.subject, by: network)
        case .unchanged(let ban): return (.unchanged, ban)
        case .banned(let ban):
            carryOut(.began, ban)
            return (.banned, ban)
        case .changed(let ban):
            carryOut(.extended, ban)
            return (.changed, ban)
        }
    }

    private func carryOut(_ change: BanRecord.Change, _ ban: Ban) {
        service.shared.postEnded(nowNS: clock.monotonicNS(), wallUS: clock.wallUS())
        post(change, ban)
        service.shared.known.forget(ban.subject)
        if ban.kind == .hard { service.closeBanned(ban.subject) }
    }

    /// Lifts the bans of a subject, and where it is a network those of all that lie in it.
    public func unban(_ subject: Subject, who: String) throws(OperationError) -> UnbanOutcome {
        let lifted = book.lift(subject, nowNS: clock.monotonicNS())
        for ban in lifted { post(.lifted, ban, who: who) }
        if !lifted.isEmpty {
            tell(who, "unban", "\(subject)", lifted.count == 1 ? "1 ban lifted" : "\(lifted.count) bans lifted")
            try writer.flush()
        }
        let report = book.report(on: subject, nowNS: clock.monotonicNS())
        return UnbanOutcome(lifted: lifted.map(view), stillBanned: report.widerBans.map(view))
    }

    /// Lifts every ban.
    ///
    /// - Returns: how many there were.
    public func unbanAll(who: String) throws(OperationError) -> Int {
        let lifted = book.liftAll(nowNS: clock.monotonicNS())
        for ban in lifted { post(.lifted, ban, who: who) }
        tell(who, "unban", "all", "\(lifted.count) bans lifted")
        try writer.flush()
        return lifted.count
    }

    /// Bans in force, in the order of their subjects.
    ///
    /// - Parameters:
    ///   - after: the last one of the page before.
    ///   - most: how many at most.
    public func bans(after: Subject?, most: Int) -> [BanView] {
        book.bans(after: after, most: most, nowNS: clock.monotonicNS()).map(view)
    }
}
