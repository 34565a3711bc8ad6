import NetworkDriver
import WireBytes

/// What happens when its time has come.
extension SimulatedNetwork {
    func perform(_ happening: Happening) {
        switch happening {
        case .arrival(let socket, let bytes):
            guard !socket.isBroken else { return }
            guard !socket.isClosed else { return answerWithReset(socket) }
            socket.received += bytes
            list(socket)
        case .arrivalOfFinish(let socket):
            guard !socket.isClosed, !socket.isBroken else { return }
            socket.readsOn = true
            list(socket)
        case .arrivalOfReset(let socket):
            guard !socket.isClosed, !socket.isBroken else { return }
            breakDown(socket)
        case .delivery(let peer, let bytes): deliver(bytes, to: peer)
        case .deliveryOfFinish(let peer):
            guard !peer.isReset, !peer.hasReset else { return }
            note("\(peer.name) gets the FIN")
            peer.hasFinishArrived = true
            taken(peer.drain(nowNS: nowNS), by: peer)
        case .deliveryOfReset(let peer):
            guard !peer.isReset, !peer.hasReset else { return }
            note("\(peer.name) gets a reset")
            // Linux: what arrived before can no longer be relied on, and here it is lost.
            peer.isReset = true
            peer.endedNS = peer.endedNS ?? nowNS
            taken(0, by: peer)
        case .answer(let socket, let errorCode): answer(socket, errorCode)
        case .knock(let peer): onKnock(peer)
        case .proceed(let peer): proceed(peer)
        case .act(let number): onAct?(number)
        }
    }

    private func breakDown(_ socket: SimulatedSocket) {
        socket.isBroken = true
        socket.received.removeAll()
        socket.receivedHead = 0
        list(socket)
    }

    private func deliver(_ bytes: [UInt8], to peer: Peer) {
        guard !peer.isReset, !peer.hasReset else { return }
        if peer.hasClosed {
            // The peer is gone: what reaches it is answered with a reset.
            if let socket = peer.socket { timeline.add(.arrivalOfReset(socket), atNS: nowNS + latency()) }
            return
        }
        taken(peer.take(bytes, nowNS: nowNS), by: peer)
    }

    /// Bytes for a socket that the relay has closed.
    private func answerWithReset(_ socket: SimulatedSocket) {
        guard let peer = socket.peer else { return }
        timeline.add(.deliveryOfReset(peer), atNS: max(socket.lastDeliveryNS, nowNS + latency()))
    }

    private func answer(_ socket: SimulatedSocket, _ errorCode: Int32?) {
        guard !socket.isClosed else { return }
        socket.isConnecting = false
        socket.connectErrorCode = errorCode
        if errorCode == nil, let server = socket.peer {
            server.establishedNS = nowNS
            note("\(server.name) accepts descriptor \(socket.number)")
            proceed(server)
        } else {
            note("descriptor \(socket.number) is refused")
        }
        list(socket)
    }

    private func onKnock(_ peer: Peer) {
        guard let target = knockTarget else { preconditionFailure("a client knows where to connect") }
        connect(peer, to: target(peer))
    }
}
