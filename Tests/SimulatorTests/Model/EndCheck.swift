import Events
import Inspection
import WireBytes

@testable import DataPlane

/// Whether the way a connection ended has a cause in what really happened.
struct EndCheck {
    let run: RandomRun
    let client: Peer
    let server: Peer?
    let record: ConnectionRecord

    private var faults: String { "\(record.termination.code) \(record.termination.reason.rawValue)" }

    func complaints() -> [String] {
        var found: [String] = []
        if !isReasonTrue { found.append("nothing explains the end \(faults)") }
        if !isStageTrue { found.append("the end \(faults) has the wrong stage") }
        if record.client != nil, record.client != run.facts[client.number].client, run.isBehindBalancer {
            found.append("the record names \(String(describing: record.client))")
        }
        return found
    }

    private var isStageTrue: Bool {
        switch record.termination.reason {
        case .healthCheck, .localCommand, .untrustedSource, .proxyHeaderTimeout:
            record.termination.stage == .proxyHeader || record.termination.stage == .draining
        case .connectRefused, .connectTimeout:
            record.termination.stage == .connecting || record.termination.stage == .draining
        default: true
        }
    }

    private var isReasonTrue: Bool {
        let facts = run.facts[client.number]
        let cause = record.termination.cause
        switch record.termination.reason {
        case .finished:
            return client.hasFinished && (server?.hasFinished ?? true) && (cause == .client || cause == .server)
        case .reset:
            if cause == .client { return client.hasReset || client.hasClosed }
            return cause == .server && (server.map { $0.hasReset || $0.hasClosed } ?? false)
        case .truncatedPacket:
            return cause == .client ? client.hasFinished : server?.hasFinished ?? false
        case .healthCheck: return cause == .client && facts.kind == .healthCheck
        case .localCommand: return cause == .client && facts.kind == .local
        case .untrustedSource: return cause == .violation && facts.kind == .untrusted
        case .connectRefused, .connectTimeout: return cause == .server && server?.received.isEmpty ?? true
        case .rule: return cause == .rule && record.ruleID != nil
        case .banned:
            guard let address = facts.client?.address else { return false }
            return cause == .ban && run.bannedAddresses.contains(run.world.shared.reputation.key(of: address))
                && address != run.allowed
        case .violation: return cause == .violation || cause == .server || cause == .deadline
        case .proxyHeaderTimeout: return cause == .deadline && run.isBehindBalancer && isOlder(than: 3)
        case .packetTimeout: return cause == .deadline && isOlder(than: 10)
        case .stalledReceiver, .halfClosedTimeout: return cause == .deadline && isOlder(than: 30)
        case .idleTimeout: return cause == .deadline && isOlder(than: 600)
        case .phaseTimeout: return false
        case .delayTooLong: return cause == .deadline && record.ruleID != nil
        case .tooManyOpen: return cause == .limit && run.settings.listeners[0].limits.open < 10
        case .outOfDescriptors: return cause == .limit
        case .drainTimeout, .stopped: return cause == .operator && record.termination.stage == .draining
        }
    }

    private func isOlder(than seconds: Int64) -> Bool {
        record.endedWallUS - record.acceptedWallUS >= seconds * 1_000_000 - 1_000
    }
}

extension RandomRun {
    /// Everybody who was ever banned, by a rule, the ladder or the operator.
    var bannedAddresses: Set<IPNetwork> { world.monitor.everBanned }
}
