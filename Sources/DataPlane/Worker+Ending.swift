import Events
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import Settings
import WireBytes

/// The end of a connection: every one has a name.
extension Worker where Driver: ~Copyable {
    /// Ends a connection as its session wants, at once or after the reply that its rule has.
    mutating func end(_ slot: Int, _ end: SessionEnd) {
        if part(slot, end) { return }
        self.end(slot, end.cause, end.reason, rule: end.rule)
    }

    /// One end broke the connection: the other learns at once.
    mutating func endByReset(_ slot: Int, _ end: End) {
        // A balancer's check may end with a reset as well as with a FIN.
        if connections[slot].state == .awaitingHeader, connections[slot].clientSide.unread.isEmpty {
            return self.end(slot, .client, .healthCheck)
        }
        self.end(slot, end == .client ? .client : .server, .reset, resets: true)
    }

    /// Ends a connection; its slot stays until the batch of events is over.
    ///
    /// - Parameters:
    ///   - list: the list that refuses it, where one does.
    ///   - place: where it is from, where that refuses it.
    ///   - resets: both ends get a reset. Otherwise an end gets what a close brings: a FIN, or from the kernel a reset
    ///     where something it sent was not read. It gets a reset, too, where it would take a stream that breaks off for
    ///     one that is whole.
    mutating func end(
        _ slot: Int, _ cause: Termination.Cause, _ reason: Termination.Reason, rule: RuleIndex? = nil,
        list: Int? = nil, place: String? = nil, resets: Bool = false
    ) {
        precondition(connections[slot].state != .closed, "connection \(connections[slot].number) ends twice")
        var termination = Termination(cause: cause, stage: stage(slot), reason: reason, rule: rule)
        // Whatever happens while a reply is on its way: it has ended before.
        if let parting = connections[slot].session?.parting {
            let end = parting.end
            termination = Termination(cause: end.cause, stage: parting.stage, reason: end.reason, rule: end.rule)
        }
        // A flood that is held off must not flood the logs.
        if !reason.isOfMany || report.spend(nowNS: nowNS, perSecond: reportsPerSecond, leftOutTo: shared.events) {
            postConnection(slot, termination, refusedBy: list.map { lists.lists[$0].name } ?? place)
        }
        for end in End.allCases where connections[slot][end].socket.isOpen {
            let isCutOff =
                !connections[slot][end].unsent.isEmpty
                || connections[slot].session?.isMidPacket(end.opposite.direction) == true
            driver.close(connections[slot][end].socket, resets: resets || isCutOff)
            connections[slot][end].socket = .none
        }
        leaveAttack(slot, termination)
        releasePasses(slot)
        index.remove(slot, from: &connections)
        deadlines.remove(slot)
        countEnd(slot)
        // The bytes that wait are freed with the slot: somebody up the stack may still look at them.
        connections[slot].session = nil
        connections[slot].state = .closed
        graveyard.append(slot)
    }

    private mutating func countEnd(_ slot: Int) {
        let plan = connections[slot].plan
        plans[plan].plan.openCount.leave()
        plans[plan].connectionCount -= 1
        shared.counters.closed.count()
        guard let counts = connections[slot].session?.packetCounts else { return }
        shared.counters.inboundPackets.count(counts.inbound)
        shared.counters.outboundPackets.count(counts.outbound)
    }

    mutating func stage(_ slot: Int) -> Termination.Stage {
        if isDraining { return .draining }
        if connections[slot].state == .awaitingHeader { return .proxyHeader }
        let ruleset = plans[connections[slot].plan].plan.ruleset
        guard let stage = connections[slot].session?.stage(ruleset: ruleset) else { return .proxyHeader }
        return connections[slot].dial.progress == .connected ? stage : .connecting
    }

    private mutating func postConnection(_ slot: Int, _ termination: Termination, refusedBy: String?) {
        let plan = plans[connections[slot].plan].plan
        let dial = connections[slot].dial
        let endedWallUS = driver.wallUS
        let openUS = Int64(clamping: (nowNS &- connections[slot].acceptedNS) / 1_000)
        let rule = termination.rule.map { plan.ruleset.policy.rules[Int($0)] }
        shared.events.post(
            .connection(
                ConnectionRecord(
                    acceptedWallUS: endedWallUS - openUS, endedWallUS: endedWallUS,
                    connection: name(slot), listener: plan.settings.name, pool: plan.pool.name,
                    server: dial.progress == .connected ? dial.endpoint : nil,
                    client: connections[slot].client, peer: connections[slot].peer, connectUS: dial.tookUS,
                    byteCounts: connections[slot].session?.byteCounts ?? PerDirection(both: 0),
                    packetCounts: connections[slot].session?.packetCounts ?? PerDirection(both: 0),
                    droppedPacketCounts: connections[slot].session?.droppedCounts ?? PerDirection(both: 0),
                    termination: termination, ruleID: rule?.id,
                    ruleName: rule?.name ?? refusedBy,
                    openCount: connections.count)))
    }

    /// The record of a connection that never had a slot.
    func postRefusal(
        _ peer: Endpoint, _ plan: Int, _ termination: Termination, list: Int?, place: String?, isDirect: Bool
    ) {
        let plan = plans[plan].plan
        let wallUS = driver.wallUS
        shared.events.post(
            .connection(
                ConnectionRecord(
                    acceptedWallUS: wallUS, endedWallUS: wallUS, connection: name(number: connectionNumber),
                    listener: plan.settings.name, pool: plan.pool.name, server: nil,
                    client: isDirect ? peer : nil, peer: peer, connectUS: -1,
                    byteCounts: PerDirection(both: 0), packetCounts: PerDirection(both: 0),
                    droppedPacketCounts: PerDirection(both: 0), termination: termination, ruleID: nil,
                    ruleName: list.map { lists.lists[$0].name } ?? place, openCount: connections.count)))
    }

    /// A connection as logs write it.
    func name(_ slot: Int) -> String { name(number: connections[slot].number) }

    /// The worker's number and the connection's, in hexadecimal.
    private func name(number connection: UInt64) -> String {
        String(number, radix: 16) + "-" + String(connection, radix: 16)
    }
}
