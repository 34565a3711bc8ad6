import DataPlane
import Events
import KernelBans
public import Reputation
public import WireBytes

/// The allowlist by hand.
extension Operations {
    /// Allows somebody, or changes until when and why; bans of those it covers are lifted.
    ///
    /// - Parameter durationNS: from now; `nil` until it is removed.
    public func allow(
        _ network: IPNetwork, forNS durationNS: UInt64?, comment: String, who: String
    ) throws(OperationError) -> AllowEntry {
        let nowWallUS = clock.wallUS()
        let untilWallUS =
            durationNS.map { nowWallUS.addingReportingOverflow(Int64(clamping: $0 / 1_000)) }
            .map { $0.overflow ? AllowEntry.foreverWallUS : $0.partialValue } ?? AllowEntry.foreverWallUS
        let entry = AllowEntry(
            network: network, untilWallUS: untilWallUS, addedWallUS: nowWallUS, who: who, comment: comment)
        guard let lifted = book.allow(entry, nowNS: clock.monotonicNS()) else {
            throw .tooManyAllowed(most: ReputationBook.allowanceCountMax)
        }
        kernel.post([
            KernelChange(
                .allowed, network, untilNS: entry.untilNS(nowNS: clock.monotonicNS(), nowWallUS: nowWallUS))
        ])
        for ban in lifted { post(.lifted, ban, who: who) }
        service.reconsiderAllowed()
        tell(who, "allow", "\(Subject.network(network))", "\(lifted.count) bans lifted; \(comment)")
        try writer.flush()
        return entry
    }

    /// Removes an entry that an operator added.
    ///
    /// - Returns: whether there was one.
    public func disallow(_ network: IPNetwork, who: String) throws(OperationError) -> Bool {
        guard book.disallow(network) != nil else {
            if book.allowed().contains(where: { $0.isConfigured && $0.network == network }) {
                throw .configured(network)
            }
            return false
        }
        let isStill = book.allowed().contains { $0.network == network }
        kernel.post([KernelChange(.allowed, network, untilNS: isStill ? .max : nil)])
        service.reconsiderAllowed()
        tell(who, "disallow", "\(Subject.network(network))", "removed from the allowlist")
        try writer.flush()
        return true
    }

    /// Who is allowed: those of the service's file first, then by address.
    public func allowed() -> [AllowEntry] { book.allowed() }
}
