import Inspection
import NetworkDriver
import ProxyProtocol
import Settings
import WireBytes

/// The way to the server: which, when, and to the next one when it does not answer.
extension Worker where Driver: ~Copyable {
    /// Sets out for the pool's next server.
    mutating func startDial(_ slot: Int) {
        let pool = plans[connections[slot].plan].plan.pool
        let plan = connections[slot].plan
        connections[slot].dial.server = Int32(plans[plan].nextServer % pool.servers.count)
        plans[plan].nextServer = (plans[plan].nextServer + 1) % pool.servers.count
        connections[slot].dial.attemptsLeft = Int32(pool.servers.count)
        connections[slot].dial.firstStartedNS = nowNS
        dialNext(slot, failure: .connectRefused)
    }

    /// Dials the server whose turn it is, and goes on to the next while that fails at once.
    private mutating func dialNext(_ slot: Int, failure: Termination.Reason) {
        let pool = plans[connections[slot].plan].plan.pool
        while connections[slot].dial.attemptsLeft > 0 {
            connections[slot].dial.attemptsLeft -= 1
            connections[slot].dial.startedNS = nowNS
            connections[slot].dial.progress = .connecting
            // A reload may have shortened the pool.
            let server = pool.servers[Int(connections[slot].dial.server) % pool.servers.count]
            connections[slot].dial.endpoint = server
            switch driver.connect(to: server) {
            case .success(let socket):
                connections[slot].serverSide.socket = socket
                let token = Token.end(.server, slot: slot, generation: connections.generation(of: slot))
                guard driver.watch(socket, token: token.packed) == nil else {
                    return end(slot, .limit, .outOfDescriptors)
                }
                return schedule(slot)
            case .failure(let error):
                if error.isExhaustion { return end(slot, .limit, .outOfDescriptors) }
                connections[slot].dial.server += 1
            }
        }
        end(slot, .server, failure)
    }

    /// The kernel has an answer.
    mutating func finishDial(_ slot: Int) {
        let socket = connections[slot].serverSide.socket
        guard driver.connectFailure(of: socket) == nil else { return failDial(slot, .connectRefused) }
        connections[slot].dial.progress = .connected
        connections[slot].dial.startedNS = nowNS
        prependHeader(slot)
        connections[slot].serverSide.unsent.sinceNS = nowNS
        connections[slot].serverSide.isWritable = true
        sendUnsent(slot, to: .server)
    }

    /// Goes on to the next server, because this one does not answer; what waits for it waits on.
    mutating func failDial(_ slot: Int, _ reason: Termination.Reason) {
        driver.close(connections[slot].serverSide.socket, resets: true)
        connections[slot].serverSide.socket = .none
        connections[slot].serverSide.isReadable = false
        connections[slot].dial.server += 1
        dialNext(slot, failure: reason)
    }

    /// Tells the server who the client is, where the pool says so.
    private mutating func prependHeader(_ slot: Int) {
        let pool = plans[connections[slot].plan].plan.pool
        guard pool.sendProxy != .none else { return }
        let clientSocket = connections[slot].clientSide.socket
        let destination = connections[slot].destination ?? driver.localEndpoint(of: clientSocket)
        var addresses = ProxyAddresses.unspecified
        if let client = connections[slot].client, let destination {
            addresses = .tcp(source: client, destination: destination)
        }
        let header =
            pool.sendProxy == .v1
            ? ProxyHeader(version: .v1, addresses: addresses)
            : ProxyHeader(
                version: .v2, addresses: addresses, tlvs: [.value(.uniqueID, uniqueID(slot))], hasChecksum: true)
        let bytes = header.encoded()
        unsafe bytes.withUnsafeBytes { unsafe connections[slot].serverSide.unsent.prepend($0) }
    }

    /// 16 bytes: this run of the program, the worker, and the connection's number in it.
    private func uniqueID(_ slot: Int) -> [UInt8] {
        let number = UInt64(number) << 56 | connections[slot].number & 0xFF_FFFF_FFFF_FFFF
        return [shared.instance, number].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }
}
