import DataPlane
import Events
import Geography
public import Reputation
import RuleEngine
import WireBytes

/// What there is to know.
extension Operations {
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
        if case .network(let network) = report.subject {
            why.knownUntilWallUS = knownUntilWallUS(network)
            let origin = service.atlas.origin(of: network.base)
            why.country = origin.country?.description
            why.asn = origin.asn
        }
        return why
    }

    /// How the service is.
    public func status() -> StatusReport {
        let counts = service.shared.counters.reading
        return StatusReport(
            version: version, startedWallUS: startedWallUS, nowWallUS: clock.wallUS(),
            acceptedCount: counts.accepted, refusedCount: counts.refused, closedCount: counts.closed,
            openCount: counts.open, listeners: listenerReports, reputation: book.counts, banTotal: 0,
            allowedCount: book.allowed().count, bucketFallbackCount: service.shared.buckets.fallbackCount,
            store: writer.health, isDraining: service.isDraining)
    }
}
