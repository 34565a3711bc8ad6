import DataPlane
import Events
public import Reputation
import Settings
public import WireBytes

/// What became of an import.
public struct ImportOutcome: Sendable, Equatable {
    /// Somebody whom an import cannot ban.
    public struct Refusal: Sendable, Equatable {
        /// The place among the orders, from 0.
        public var index: Int
        /// Who allows him.
        public var allowedBy: IPNetwork
    }

    /// Bans that were not there before.
    public var addedCount = 0
    /// Bans that were there with another end, kind or reason.
    public var changedCount = 0
    /// Bans that were there just so.
    public var unchangedCount = 0
    /// All others.
    public var refused: [Refusal] = []
}

/// Bans from elsewhere.
extension Operations {
    /// Takes bans from elsewhere, as if each was ordered, with one line in the log and one wait for the disk.
    ///
    /// The caller bounds their number: everybody else's commands wait for all of them.
    public func importBans(_ orders: [ManualBan], who: String) throws(OperationError) -> ImportOutcome {
        var outcome = ImportOutcome()
        var forKernel: [Event] = []
        var hasHard = false
        for (index, order) in orders.enumerated() {
            switch book.order(order, nowNS: clock.monotonicNS()) {
            case .banned(let ban):
                outcome.addedCount += 1
                hasHard = hasHard || ban.kind == .hard
                service.shared.known.forget(ban.subject)
                forKernel.append(.ban(record(.began, ban)))
            case .changed(let ban):
                outcome.changedCount += 1
                hasHard = hasHard || ban.kind == .hard
                service.shared.known.forget(ban.subject)
                forKernel.append(.ban(record(.extended, ban)))
            case .unchanged: outcome.unchangedCount += 1
            case .allowed(let network): outcome.refused.append(ImportOutcome.Refusal(index: index, allowedBy: network))
            }
        }
        // One look at all connections for all bans.
        if hasHard { service.reconsiderAllowed() }
        kernel.post(forKernel)
        tell(
            who, "import", "bans",
            "\(outcome.addedCount) added, \(outcome.changedCount) changed, \(outcome.unchangedCount) unchanged, "
                + "\(outcome.refused.count) refused")
        if outcome.addedCount + outcome.changedCount > 0 { try writer.flush() }
        return outcome
    }

}
