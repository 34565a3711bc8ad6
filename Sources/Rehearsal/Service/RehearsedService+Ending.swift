import ConfigurationFiles
import Events
import Inspection
import RuleEngine
import Settings
import WireBytes

/// The end of a connection, and connections that never were.
extension RehearsedService {
    /// Microseconds since 1970, as records have it.
    var wallUS: Int64 { Int64(clamping: nowNS / 1_000) }

    mutating func end(_ connection: RehearsedConnection, _ how: SessionEnd, byPolicy: Bool) {
        connection.runner.stop(how)
        let record = record(of: connection, how)
        let isMidPacket = connection.runner.isMidPacket(.outbound)
        forget(connection)
        if collects, !isMidPacket, let rule = how.rule, let reply = ruleset(connection).policy.reply(of: rule) {
            // A last packet for the client; in the middle of another it has no place.
            ended[connection.number]?.outbound += reply
        }
        events.append(.ended(connection: connection.number, record, byPolicy: byPolicy))
    }

    /// Gives up on a connection that cannot be judged.
    mutating func abandon(_ connection: RehearsedConnection, isOverfull: Bool = false) {
        let how = SessionEnd(cause: .operator, reason: .stopped)
        connection.runner.stop(how)
        let record = record(of: connection, how)
        forget(connection)
        events.append(
            isOverfull
                ? .overfull(connection: connection.number, record)
                : .abandoned(connection: connection.number, record))
    }

    /// A connection that is not let in.
    mutating func refuse(
        _ number: UInt64, _ listener: Int, _ peer: Endpoint, _ client: Endpoint?, _ cause: Termination.Cause,
        _ reason: Termination.Reason, list: String? = nil
    ) -> Bool {
        let settings = configuration.listeners[listener].settings
        events.append(
            .refused(
                ConnectionRecord(
                    acceptedWallUS: wallUS, endedWallUS: wallUS, connection: "0-" + String(number, radix: 16),
                    listener: settings.name, pool: settings.pool, server: nil, client: client, peer: peer,
                    connectUS: -1, byteCounts: PerDirection(both: 0), packetCounts: PerDirection(both: 0),
                    droppedPacketCounts: PerDirection(both: 0),
                    termination: Termination(cause: cause, stage: .proxyHeader, reason: reason), ruleID: nil,
                    ruleName: list, openCount: connections.count)))
        return false
    }

    /// A PROXY header is required, and none, or a broken one, stands at the beginning.
    mutating func refuseHeader(_ number: UInt64, _ listener: Int, _ peer: Endpoint) {
        let facts = PacketFacts(direction: .inbound, packet: 0, phase: 0, byteCount: 0, opcode: 0)
        var findings: [Finding] = []
        let policy = configuration.listeners[listener].ruleset.policy
        _ = policy.respond(to: .proxyHeader, facts, findings: &findings)
        for finding in findings {
            let rule = policy.rules[Int(finding.rule)]
            events.append(
                .finding(
                    connection: number,
                    FindingRecord(
                        wallUS: wallUS, connection: "0-" + String(number, radix: 16),
                        listener: configuration.listeners[listener].settings.name, client: nil, ruleID: rule.id,
                        ruleName: rule.name, action: finding.action.name, isShadow: finding.isShadow, score: 0,
                        from: "client", packet: "-", opcode: 0, byteCount: 0)))
        }
        _ = refuse(number, listener, peer, nil, .violation, .violation)
    }

    /// A PROXY header from a source that none is believed from.
    mutating func refuseUntrusted(_ number: UInt64, _ listener: Int, _ peer: Endpoint) {
        _ = refuse(number, listener, peer, nil, .violation, .untrustedSource)
    }

    private func record(of connection: RehearsedConnection, _ how: SessionEnd) -> ConnectionRecord {
        let ruleset = ruleset(connection)
        let settings = configuration.listeners[connection.listener].settings
        let rule = how.rule.map { ruleset.policy.rules[Int($0)] }
        let stage = connection.runner.stage(ruleset: ruleset)
        return ConnectionRecord(
            acceptedWallUS: Int64(clamping: connection.openedNS / 1_000), endedWallUS: wallUS,
            connection: connection.name, listener: settings.name, pool: settings.pool,
            server: configuration.settings.pools.first { $0.name == settings.pool }?.servers.first,
            client: connection.client, peer: connection.peer, connectUS: 0,
            byteCounts: connection.runner.byteCounts, packetCounts: connection.runner.packetCounts,
            droppedPacketCounts: connection.runner.droppedCounts,
            termination: Termination(cause: how.cause, stage: stage, reason: how.reason, rule: how.rule),
            ruleID: rule?.id, ruleName: rule?.name, openCount: connections.count)
    }
}
