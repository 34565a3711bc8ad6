import Events
import GameProtocol
import Inspection
import ProxyProtocol
import WireBytes

@testable import DataPlane

/// Everything that must hold when a run is over.
struct RunCheck {
    let run: RandomRun
    private var world: World { run.world }

    init(_ run: RandomRun) {
        self.run = run
    }

    func complaints() -> [String] {
        var found = leaks() + counts()
        for client in world.clients { found += complaints(about: client) }
        return found + sharedLimit()
    }

    // MARK: Nothing is left behind

    private func leaks() -> [String] {
        var found: [String] = []
        for socket in world.network.sockets where socket.isHandedOut && !socket.isClosed {
            found.append("descriptor \(socket.number) is never closed")
        }
        for box in world.boxes {
            let worker = box.number
            if box.worker.connectionCount > 0 { found.append("worker \(worker) keeps slots") }
            if box.worker.deadlines.earliestNS != nil { found.append("worker \(worker) keeps deadlines") }
            for address in RandomRun.addresses {
                guard let address = IPAddress(address) else { continue }
                let key = world.shared.reputation.key(of: address)
                if box.worker.index.first(of: key, in: box.worker.connections) != nil {
                    found.append("worker \(worker) keeps \(address) in its index")
                }
            }
        }
        return found
    }

    private func counts() -> [String] {
        let reading = world.shared.counters.reading
        let records = UInt64(world.records.count)
        var found: [String] = []
        if reading.open != 0 { found.append("the counters say that \(reading.open) connections are open") }
        if records > reading.accepted || reading.accepted - records > world.leftOutCount {
            found.append("\(reading.accepted) accepted, \(records) records, \(world.leftOutCount) left out")
        }
        if world.idleStepCount > 60 + world.stepCount / 20 {
            found.append("\(world.idleStepCount) of \(world.stepCount) steps were for nothing")
        }
        let accepted = world.clients.filter { $0.socket?.isHandedOut == true }.count
        if accepted != Int(reading.accepted) { found.append("\(accepted) were accepted, counted \(reading.accepted)") }
        if Set(world.records.map(\.connection)).count != world.records.count {
            found.append("two records share a name")
        }
        return found
    }

    // MARK: One client

    private func complaints(about client: Peer) -> [String] {
        guard client.socket?.isHandedOut == true else { return [] }
        let facts = run.facts[client.number]
        let record = world.record(of: client)
        let servers = world.monitor.servers(of: client, in: world)
        var found: [String] = []
        // One that answered just when its time was over may have been given up for the next.
        let server = servers.last { $0.establishedNS > 0 }
        for other in servers where other !== server && !other.received.isEmpty {
            found.append("\(other.name) received, though \(server?.name ?? "nobody") serves")
        }
        if facts.kind != .known, facts.kind != .unnamed, !servers.isEmpty {
            found.append("a server was dialled for a client of kind \(facts.kind)")
        }
        if let record { found += EndCheck(run: run, client: client, server: server, record: record).complaints() }
        let rules = rules(for: facts, server)
        let isFinished = record?.termination.reason == .finished
        if facts.kind == .known || facts.kind == .unnamed {
            let received = server.map { run.gameBytes(receivedBy: $0) } ?? []
            if let server, let complaint = headerComplaint(server, facts) { found.append(complaint) }
            let sent = Array(client.sent.dropFirst(facts.headByteCount))
            let check = StreamCheck(
                stream: run.stream(sent, .inbound), direction: .inbound,
                isComplete: isFinished && server?.isAttentive ?? true)
            if let complaint = check.complaint(
                received, before: rules.before, after: rules.after, isAllOrNothing: rules.isAllOrNothing)
            {
                found.append("inbound: \(complaint)")
            }
            if isFinished, server?.isAttentive == true, run.opening == .login, run.reloadedNS == nil {
                found += PhaseCheck.complaints(sent: check.stream, received: run.stream(received, .inbound))
            }
        }
        let check = StreamCheck(
            stream: run.stream(server?.sent ?? [], .outbound), direction: .outbound,
            isComplete: isFinished && client.isAttentive)
        if let complaint = check.complaint(
            client.received, before: rules.before, after: rules.after, isAllOrNothing: rules.isAllOrNothing)
        {
            found.append("outbound: \(complaint)")
        }
        return found.map {
            "\(client.name) (\(record.map { "\($0.termination.code) \($0.termination.reason)" } ?? "no record")): \($0)"
        }
    }

    private func rules(
        for facts: RandomRun.ClientFacts, _ server: Peer?
    ) -> (before: ReferenceRules, after: ReferenceRules?, isAllOrNothing: Bool) {
        var before = ReferenceRules(
            variant: .first, isAllowed: facts.client?.address == run.allowed, isKnown: facts.client != nil)
        if run.opening == .login {
            let logsIn = run.stream(server?.sent ?? [], .outbound).units
                .contains { $0.kind == .packet(opcode: Opcode.scored) }
            before.login = logsIn ? .mayEnd : .lasts
        }
        guard run.reloadedNS != nil, let variant = run.reloadVariant else { return (before, nil, false) }
        var after = before
        after.variant = variant
        return (before, after, variant == .recut)
    }

    /// The server's own PROXY header stands before everything else.
    private func headerComplaint(_ server: Peer, _ facts: RandomRun.ClientFacts) -> String? {
        let kind = run.settings.pools[0].sendProxy
        guard kind != .none, !server.received.isEmpty else { return nil }
        do {
            let bytes = server.received
            guard case .header(let header, _) = try ProxyHeader.decode(bytes.span.bytes) else { return nil }
            if header.source != facts.client { return "the server was told \(String(describing: header.source))" }
            return (header.version == .v1) == (kind == .v1) ? nil : "the server's header has the wrong version"
        } catch {
            return "the server received a header that is none: \(error)"
        }
    }

    /// A limit per address holds over all its connections on all workers.
    private func sharedLimit() -> [String] {
        var counts: [IPNetwork: Int] = [:]
        for client in world.clients {
            let facts = run.facts[client.number]
            guard let endpoint = facts.client, endpoint.address != run.allowed, facts.kind == .known else { continue }
            for server in world.monitor.servers(of: client, in: world) {
                let passed = run.stream(run.gameBytes(receivedBy: server), .inbound).units
                    .filter { $0.kind == .packet(opcode: Opcode.shared) }
                counts[world.shared.reputation.key(of: endpoint.address), default: 0] += passed.count
            }
        }
        return counts.filter { $0.value > GameRules.addressBurst }
            .map { "\($0.value) packets of \($0.key) passed a limit of \(GameRules.addressBurst)" }
    }
}
