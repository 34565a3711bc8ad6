import Inspection
import NetworkDriver
import Settings
import WireBytes

/// Connections that come in, up to the PROXY header.
extension Worker where Driver: ~Copyable {
    /// Without a descriptor left, looking again at once would only burn the core.
    private static var starvedNS: UInt64 { 50_000_000 }

    /// Takes a bounded number of the connections that wait; the rest has its turn in the next step.
    ///
    /// So players wait for no more than these when many are refused.
    mutating func acceptAll(from number: Int, most: Int = 16) {
        guard number < listeners.count, listeners[number].socket.isOpen else { return }
        listeners[number].retryNS = nil
        for _ in 0..<most {
            switch driver.accept(from: listeners[number].socket) {
            case .none: return
            case .connection(let socket, let peer): accept(socket, from: peer, plan: listeners[number].plan)
            case .exhausted:
                report.starve(nowNS: nowNS, wallUS: driver.wallUS, to: shared.events)
                listeners[number].retryNS = nowNS &+ Self.starvedNS
                return
            }
        }
        listeners[number].retryNS = nowNS
    }

    /// Goes on where more connections may wait than were taken.
    mutating func acceptAgain() {
        for number in listeners.indices {
            if let retryNS = listeners[number].retryNS, retryNS <= nowNS { acceptAll(from: number) }
        }
    }

    private mutating func accept(_ socket: Socket, from peer: Endpoint, plan: Int) {
        shared.counters.accepted.count()
        // Refusals come before any other work: no slot, no timer, no session, not even a copy of the settings.
        if let sources = plans[plan].plan.settings.proxySources {
            guard sources.contains(where: { $0.contains(peer.address) }) else {
                return refuse(socket, peer, plan, .violation, .untrustedSource)
            }
        } else {
            switch admission(of: peer.address) {
            case .exempt: break
            case .clear:
                if let outsider = outsider(peer.address, at: plan) {
                    return refuse(socket, peer, plan, .ban, outsider.reason, place: outsider.place)
                }
            case .banned: return refuse(socket, peer, plan, .ban, .banned)
            case .listed(let list): return refuse(socket, peer, plan, .ban, .listed, list: list)
            }
        }
        let settings = plans[plan].plan.settings
        guard plans[plan].plan.openCount.enter(most: settings.limits.open + waitingRoom(plan)) else {
            countNew(plan)
            return refuse(socket, peer, plan, .limit, .tooManyOpen)
        }
        driver.keep(socket)
        connectionNumber &+= 1
        var connection = Connection(plan: plan, number: connectionNumber, acceptedNS: nowNS, peer: peer)
        connection.clientSide.socket = socket
        connection.clientSide.isReadable = true
        connection.clientSide.isWritable = true
        let slot = connections.insert(connection)
        plans[plan].connectionCount += 1
        let token = Token.end(.client, slot: slot, generation: connections.generation(of: slot))
        guard driver.watch(socket, token: token.packed) == nil else {
            return end(slot, .limit, .outOfDescriptors, resets: true)
        }
        if settings.proxySources == nil {
            open(slot, client: peer)
        } else {
            // The header came with the connection more often than not.
            readHeader(slot)
        }
        guard connections[slot].state != .closed else { return }
        schedule(slot)
    }

    /// Closes a connection that has not been given a slot.
    private mutating func refuse(
        _ socket: Socket, _ peer: Endpoint, _ plan: Int, _ cause: Termination.Cause, _ reason: Termination.Reason,
        list: Int? = nil, place: String? = nil
    ) {
        driver.refuse(socket)
        shared.counters.refused.count()
        guard report.spend(nowNS: nowNS, perSecond: reportsPerSecond, leftOutTo: shared.events) else { return }
        let isDirect = plans[plan].plan.settings.proxySources == nil
        connectionNumber &+= 1
        let termination = Termination(cause: cause, stage: .proxyHeader, reason: reason)
        postRefusal(peer, plan, termination, list: list, place: place, isDirect: isDirect)
    }

    /// Stops listening, once everything that waits was accepted.
    mutating func closeListener(_ number: Int) {
        guard listeners[number].socket.isOpen else { return }
        // The kernel's queue is bounded, and so is this loop: nobody can hold the worker here.
        acceptAll(from: number, most: 8_192)
        driver.close(listeners[number].socket, resets: false)
        listeners[number].socket = .none
        listeners[number].retryNS = nil
    }
}
