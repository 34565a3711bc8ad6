import NetworkDriver
import WireBytes

/// What a kernel does with what the relay hands it.
extension SimulatedNetwork {
    /// Sends bytes on their way to a peer, in segments that keep their order.
    func carry(_ bytes: [UInt8], on socket: SimulatedSocket, to peer: Peer) {
        var start = 0
        while start < bytes.count {
            let most = min(faults.segmentMost, bytes.count - start)
            let count = most < bytes.count - start ? Int.random(in: 1...most, using: &random) : most
            socket.lastDeliveryNS = max(socket.lastDeliveryNS, nowNS + latency())
            timeline.add(.delivery(peer, Array(bytes[start..<start + count])), atNS: socket.lastDeliveryNS)
            start += count
        }
    }

    func carryFinish(on socket: SimulatedSocket, to peer: Peer) {
        if sabotage == .losesFinish { return }
        socket.lastDeliveryNS = max(socket.lastDeliveryNS, nowNS + latency())
        timeline.add(.deliveryOfFinish(peer), atNS: socket.lastDeliveryNS)
    }

    func close(_ socket: SimulatedSocket, resets: Bool) {
        if sabotage == .leaks, random.chance(1, in: 4) { return }
        note("descriptor \(socket.number) is closed\(resets ? " with a reset" : "")")
        socket.isClosed = true
        // A dialled server that never answered has nothing to hear.
        let isEstablished = !socket.isConnecting && socket.connectErrorCode == nil
        if let peer = socket.peer, !socket.isBroken, isEstablished {
            // As Linux does: closing with unread bytes is a reset too.
            if resets || socket.unreadCount > 0 {
                timeline.add(.deliveryOfReset(peer), atNS: nowNS + latency())
            } else if !socket.isFinished {
                carryFinish(on: socket, to: peer)
            }
        }
        for waiting in socket.queue {
            waiting.isClosed = true
            if let peer = waiting.peer { timeline.add(.deliveryOfReset(peer), atNS: nowNS + latency()) }
        }
        socket.queue.removeAll()
    }

    /// The events of a worker's next batch.
    func takeBatch(worker: Int) -> [Readiness] {
        if faults.spuriousPerMille > 0, random.chance(faults.spuriousPerMille, in: 1_000) {
            for socket in sockets.suffix(12) where socket.worker == worker { list(socket) }
        }
        var batch: [Readiness] = []
        var waiting = ready[worker]
        if waiting.count > 1, faults.batchMost < 256 { waiting.shuffle(using: &random) }
        var left: [SimulatedSocket] = []
        for socket in waiting where !socket.isClosed {
            guard let token = socket.token else { continue }
            guard batch.count < faults.batchMost else {
                left.append(socket)
                continue
            }
            socket.isListed = false
            if sabotage == .losesEvent, random.chance(1, in: 10) { continue }
            if let event = socket.readiness(token: token) { batch.append(event) }
        }
        ready[worker] = left
        noteUse(batch.count)
        return batch
    }

    /// Whether a worker would be woken now.
    func hasEvents(worker: Int) -> Bool {
        !ready[worker].isEmpty
    }
}
