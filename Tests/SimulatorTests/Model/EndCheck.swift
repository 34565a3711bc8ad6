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

    private var name: String { "\(record.termination.code) \(record.termination.reason.rawValue)" }

    func complaints() -> [String] {
        var found: [String] = []
        if !isReasonTrue { found.append("nothing explains the end \(name)") }
        if isListed, server != nil { found.append("a listed client reached a server") }
        if !isStageTrue { found.append("the end \(name) has the wrong stage") }
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
        let cause = record.termination.cause
        switch record.termination.reason {
        case .finished: return isFinishTrue && (cause == .client || cause == .server)
        case .reset: return isResetTrue
        case .truncatedPacket: return cause == .client ? client.hasFinished : server?.hasFinished ?? false
        // Whoever resets before the first byte looks like a check, too.
        case .healthCheck: return cause == .client && (facts.kind == .healthCheck || !client.isAttentive)
        case .localCommand: return cause == .client && facts.kind == .local
        case .untrustedSource: return cause == .violation && facts.kind == .untrusted
        case .connectRefused, .connectTimeout:
            return cause == .server && server?.received.isEmpty ?? true && isDialFailureTrue
        case .rule: return cause == .rule && isRuleTrue
        case .banned: return cause == .ban && isBanTrue
        case .listed: return cause == .ban && isListed && server == nil && (client.isReset || !client.isAttentive)
        // No listener of these runs asks where clients are from.
        case .countryRefused, .networkRefused: return false
        case .violation: return isViolationTrue
        case .proxyHeaderTimeout: return cause == .deadline && run.isBehindBalancer && isOlder(than: 3)
        case .packetTimeout: return cause == .deadline && isOlder(than: 10) && (isSlow || isSomethingIncomplete)
        case .stalledReceiver: return cause == .deadline && isOlder(than: 30) && isSlow
        case .halfClosedTimeout: return cause == .deadline && isOlder(than: 30) && isHalfCloseTrue
        case .idleTimeout: return cause == .deadline && isOlder(than: 600)
        case .phaseTimeout: return cause == .deadline && run.opening == .login && isOlder(than: 20)
        case .delayTooLong: return cause == .deadline && record.ruleID != nil
        // No run has a gate, or limits for an attack.
        case .gateClosed, .attackOpen, .attackNew, .attackNewPerAddress, .attackHandshake, .attackRoom: return false
        case .tooManyOpen: return cause == .limit && run.settings.listeners[0].limits.open < 10
        case .outOfDescriptors: return cause == .limit
        case .drainTimeout, .stopped: return cause == .operator && record.termination.stage == .draining
        }
    }

    /// An orderly end was orderly for both, who got the other's FIN and no reset.
    private var isFinishTrue: Bool {
        ends.allSatisfy { $0.hasFinished && ($0.isWhole || !$0.isAttentive) || server == nil }
    }

    /// Who is said to have reset did, and the other learned of it.
    private var isResetTrue: Bool {
        switch record.termination.cause {
        case .client: return !client.isAttentive && (server.map { $0.isReset || !$0.isAttentive } ?? true)
        case .server: return !(server?.isAttentive ?? true) && (client.isReset || !client.isAttentive)
        default: return false
        }
    }

    private var isRuleTrue: Bool {
        switch record.ruleID {
        case 1_002: hasSent(Opcode.closing)
        case 1_003: hasSent(Opcode.banning) && (facts.client == nil || facts.client?.address == run.allowed)
        default: false
        }
    }

    /// There was a ban, it was not of somebody who is allowed, and what ended got a reset.
    private var isListed: Bool {
        facts.client.map { $0.address == run.listed && $0.address != run.allowed } ?? false
    }

    private var isBanTrue: Bool {
        guard let address = facts.client?.address, address != run.allowed,
            run.world.monitor.everBanned.contains(run.world.shared.reputation.key(of: address))
        else { return false }
        let isForwarded = ends.allSatisfy { $0.isReset || !$0.isAttentive }
        switch record.ruleID {
        case 1_003: return isForwarded && hasSent(Opcode.banning)
        case 1_007: return isForwarded && hasSent(Opcode.scored)
        default: return isForwarded && record.ruleID == nil
        }
    }

    private var isViolationTrue: Bool {
        let isServers = record.termination.cause == .server
        guard isServers || record.termination.cause == .violation else { return false }
        switch record.ruleID {
        case 1: return (isServers ? run.stream(server?.sent ?? [], .outbound) : clientStream).isBroken
        case 7: return facts.kind == .garbage
        case 8: return isServers && run.hasPreamble
        default: return false
        }
    }

    private func hasSent(_ opcode: UInt8) -> Bool {
        clientStream.units.contains { $0.bytes.count >= 3 && $0.bytes[2] == opcode }
    }

    private var clientStream: ReferenceStream {
        run.stream(Array(client.sent.dropFirst(facts.headByteCount)), .inbound)
    }

    private var facts: RandomRun.ClientFacts { run.facts[client.number] }

    private var ends: [Peer] { [client, server].compactMap { $0 } }

    private var isSlow: Bool { run.isLinkSlow || ends.contains(where: \.isSlow) }

    /// A server that resets at once looks like one that refuses.
    private var isDialFailureTrue: Bool { run.isConnectFaulty || !(server?.isAttentive ?? true) }

    private var isSomethingIncomplete: Bool {
        let serverStream = run.stream(server?.sent ?? [], .outbound)
        return [clientStream, serverStream].contains { $0.units.last?.kind == .incomplete }
    }

    /// One side did not end in time; both had, and nothing was in the way, is no reason.
    private var isHalfCloseTrue: Bool {
        let endedNS = UInt64(record.endedWallUS - SimulatedDriver.wallStartUS) * 1_000
        let inTime = ends.filter { ($0.finishedNS ?? .max) < endedNS - 15 * Game.secondNS }
        return isSlow || inTime.count < 2 || isPreambleMissing
    }

    /// Where one side ended without its part of the preamble, the other waits for it as long as it may.
    private var isPreambleMissing: Bool {
        let serverStream = run.stream(server?.sent ?? [], .outbound)
        return run.hasPreamble && [clientStream, serverStream].contains { $0.units.first?.kind != .preamble }
    }

    private func isOlder(than seconds: Int64) -> Bool {
        record.endedWallUS - record.acceptedWallUS >= seconds * 1_000_000 - 1_000
    }
}
