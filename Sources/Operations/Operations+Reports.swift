import DataPlane
import Events
import Geography
public import Reputation
import RuleEngine
import Settings
import StateStore
import WireBytes

/// What there is to know.
extension Operations {
    /// Events of the past that one screen has room for.
    private static var historyCountMax: Int { 20 }

    /// Everything there is to say about a subject, for one screen.
    public func why(_ subject: Subject) -> WhyReport {
        let report = book.report(on: subject, nowNS: clock.monotonicNS())
        var why = WhyReport(nowWallUS: clock.wallUS(), asked: subject, subject: report.subject)
        why.allowance = report.allowance
        why.ban = report.ban.map(view)
        why.widerBans = report.widerBans.map(view)
        why.innerBanCount = report.innerBanCount
        why.score = report.score
        why.trail = report.trail
        why.surroundings = report.surroundings
        why.earlierBanCount = report.earlierBanCount
        why.isShared = report.isShared
        why.leastStep = service.plan.reputation.ladder.map(\.at).min() ?? 0
        why.history = writer.store.history(of: report.subject, most: Self.historyCountMax)
        why.evidence = why.history.lazy.compactMap(\.evidence).first
        if case .network(let network) = report.subject {
            why.knownUntilWallUS = knownUntilWallUS(network)
            let origin = service.atlas.origin(of: network.base)
            why.country = origin.country?.description
            why.asn = origin.asn
            why.isHosting = origin.isHosting
        }
        if case .network(let network) = subject { addLists(of: network.base, to: &why) }
        return why
    }

    /// The lists that an address stands in.
    private func addLists(of address: IPAddress, to why: inout WhyReport) {
        let lists = service.plan.lists
        let standing = lists.standing(of: address)
        why.lists = lists.names(of: standing.lists)
        why.isRefusedByList = standing.refusing != nil && !standing.isAllowed
        why.listPoints = standing.baseScore
    }

    /// How the service is.
    public func status() -> StatusReport {
        let counts = service.shared.counters.reading
        return StatusReport(
            version: version, startedWallUS: startedWallUS, nowWallUS: clock.wallUS(),
            acceptedCount: counts.accepted, refusedCount: counts.refused, closedCount: counts.closed,
            openCount: counts.open, listeners: listenerReports, reputation: book.counts, banTotal: writer.banTotal,
            allowedCount: book.allowed().count, bucketFallbackCount: service.shared.buckets.fallbackCount,
            store: writer.health, isDraining: service.isDraining)
    }
}
