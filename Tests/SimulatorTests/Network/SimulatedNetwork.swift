import NetworkDriver
import TestSupport
import WireBytes

/// Kernels, wires and time of one run.
///
/// Everything that happens follows from the seed. Descriptors are never reused, so that an operation on a closed one
/// is always noticed.
final class SimulatedNetwork {
    var random: SplitMix64
    var faults: Faults
    private(set) var nowNS: UInt64 = 1_000_000_000
    var timeline = Timeline()
    private(set) var sockets: [SimulatedSocket] = []
    /// The ready list of each worker.
    var ready: [[SimulatedSocket]] = []
    /// The listeners of each worker.
    var listeners: [[SimulatedSocket]] = []
    /// A fault that the checkers must notice; only the canary tests plant one.
    var sabotage: Sabotage?
    /// The operation that fails, counted from 1; for trying one after the other.
    var failingOperation: Int?
    private(set) var fallibleCount = 0
    /// How servers answer; the default accepts at once.
    var answers: (Endpoint) -> ServerAnswer = { _ in .accept(afterNS: 0) }
    /// What the relay did that no program may.
    private(set) var violations: [String] = []
    /// Filled only when a seed is replayed.
    var trace: [String]?
    /// Where the run's own happenings go.
    var onAct: ((Int) -> Void)?
    /// Where a client connects when its time has come.
    var knockTarget: ((Peer) -> Endpoint)?
    /// Makes the server at the other end of a dialled connection.
    var makeServer: ((SimulatedSocket, Endpoint) -> Peer)?
    /// Operations of the relay, and events it was given.
    private(set) var useCount = 0

    /// What a canary test plants.
    enum Sabotage: CaseIterable {
        /// A byte in the middle of what was received is gone.
        case losesByte
        /// Two neighbouring bytes change places on their way out.
        case swapsBytes
        /// A socket stays open though it was closed.
        case leaks
        /// An event never comes.
        case losesEvent
        /// A FIN never reaches its peer.
        case losesFinish
        /// Another worker never hears of a ban.
        case isDeafToBans
        /// A rule is missing.
        case forgetsRule
    }

    /// How a server takes a connection attempt.
    enum ServerAnswer {
        case accept(afterNS: UInt64)
        case refuse(afterNS: UInt64)
        /// Never answers.
        case silence
        /// Fails in the call itself.
        case failure(code: Int32)
    }

    init(seed: UInt64, workerCount: Int, faults: Faults) {
        random = SplitMix64(seed: seed)
        self.faults = faults
        ready = Array(repeating: [], count: workerCount)
        listeners = Array(repeating: [], count: workerCount)
    }

    // MARK: Time

    func note(_ text: @autoclosure () -> String) {
        guard trace != nil else { return }
        trace?.append("\(Double(nowNS / 1_000) / 1_000_000) s  \(text())")
    }

    func violate(_ text: String) {
        note("VIOLATION \(text)")
        if violations.count < 20 { violations.append("\(Double(nowNS / 1_000) / 1_000_000) s: \(text)") }
    }

    /// Lets time pass, and all that is due by then happen.
    func advance(toNS timeNS: UInt64) {
        while let next = timeline.nextNS, next <= timeNS {
            nowNS = max(nowNS, next)
            guard let happening = timeline.popDue(nowNS: nowNS) else { break }
            perform(happening)
        }
        nowNS = max(nowNS, timeNS)
    }

    /// A piece of work takes its time, and meanwhile the network goes on.
    func interleave() {
        noteUse()
        guard faults.interleavePerMille > 0, random.chance(faults.interleavePerMille, in: 1_000) else { return }
        advance(toNS: nowNS + UInt64.random(in: 0...200_000, using: &random))
    }

    /// Whether this operation is the one that fails.
    func fails() -> Bool {
        fallibleCount += 1
        return fallibleCount == failingOperation
    }

    func noteUse(_ count: Int = 1) { useCount += count }

    func latency() -> UInt64 {
        faults.latencyMostNS == 0 ? 1_000 : UInt64.random(in: 1_000...faults.latencyMostNS, using: &random)
    }

    // MARK: Sockets

    func makeSocket(_ role: SimulatedSocket.Role, worker: Int, local: Endpoint) -> SimulatedSocket {
        let socket = SimulatedSocket(number: Int32(sockets.count), role: role, worker: worker, local: local)
        sockets.append(socket)
        if role == .stream { socket.sendCapacity = Int.random(in: faults.sendCapacity, using: &random) }
        return socket
    }

    /// The relay's socket of this number; an operation on one that is closed is a violation.
    func open(_ socket: Socket, _ operation: String) -> SimulatedSocket? {
        guard socket.number >= 0, Int(socket.number) < sockets.count else {
            violate("\(operation) on descriptor \(socket.number), which never was")
            return nil
        }
        let found = sockets[Int(socket.number)]
        guard !found.isClosed else {
            violate("\(operation) on descriptor \(socket.number), which is closed")
            return nil
        }
        return found
    }

    /// Something about the socket changed: its worker hears of it.
    func list(_ socket: SimulatedSocket) {
        guard socket.token != nil, !socket.isListed, !socket.isClosed else { return }
        socket.isListed = true
        ready[socket.worker].append(socket)
    }

    // MARK: Peers

    /// A client connects to one of the workers that listen, as the kernel would choose.
    func connect(_ client: Peer, to endpoint: Endpoint) {
        let open = listeners.flatMap { $0 }.filter { !$0.isClosed && $0.local.port == endpoint.port }
        guard let listener = open.randomElement(using: &random) else {
            client.isRefused = true
            return note("\(client.name) is refused: nobody listens")
        }
        let socket = makeSocket(.stream, worker: listener.worker, local: endpoint)
        socket.peer = client
        client.socket = socket
        client.startedNS = nowNS
        client.establishedNS = nowNS
        listener.queue.append(socket)
        list(listener)
        note("\(client.name) connects as descriptor \(socket.number) at worker \(listener.worker)")
        proceed(client)
    }

    /// Does the script's next steps, up to the next that waits.
    func proceed(_ peer: Peer) {
        while peer.nextStep < peer.script.count, !peer.hasReset, !peer.isReset {
            let step = peer.script[peer.nextStep]
            peer.nextStep += 1
            switch step {
            case .pause(let timeNS):
                peer.pausedNS += timeNS
                return timeline.add(.proceed(peer), atNS: nowNS + timeNS)
            case .send(let bytes): send(bytes, from: peer)
            case .finish: finish(peer)
            case .close:
                finish(peer)
                peer.hasClosed = true
            case .reset: reset(peer)
            case .stall:
                peer.isStalled = true
                peer.hasStalled = true
            case .resume:
                peer.isStalled = false
                taken(peer.drain(nowNS: nowNS), by: peer)
            case .awaitEnd:
                if peer.isOver { continue }
                peer.isWaitingForEnd = true
                return
            case .awaitBytes(let count):
                if peer.isOver || peer.received.count >= count { continue }
                peer.awaitedByteCount = count
                return
            }
        }
    }

    private func send(_ clear: [UInt8], from peer: Peer) {
        guard let socket = peer.socket, !peer.hasFinished, !clear.isEmpty else { return }
        note("\(peer.name) sends \(clear.count) bytes")
        let bytes = peer.noteSent(clear)
        var start = 0
        while start < bytes.count {
            let most = min(faults.segmentMost, bytes.count - start)
            let count = most < bytes.count - start ? Int.random(in: 1...most, using: &random) : most
            socket.lastArrivalNS = max(socket.lastArrivalNS, nowNS + latency())
            timeline.add(.arrival(socket, Array(bytes[start..<start + count])), atNS: socket.lastArrivalNS)
            start += count
        }
    }

    func finish(_ peer: Peer) {
        guard let socket = peer.socket, !peer.hasFinished else { return }
        note("\(peer.name) sends a FIN")
        peer.hasFinished = true
        peer.finishedNS = nowNS
        socket.lastArrivalNS = max(socket.lastArrivalNS, nowNS + latency())
        timeline.add(.arrivalOfFinish(socket), atNS: socket.lastArrivalNS)
    }

    func reset(_ peer: Peer) {
        guard let socket = peer.socket, !peer.hasReset else { return }
        note("\(peer.name) resets")
        peer.hasFinished = true
        peer.hasReset = true
        // A reset may overtake what was sent before it.
        timeline.add(.arrivalOfReset(socket), atNS: nowNS + latency())
    }

    /// A peer took bytes: the kernel has room again.
    func taken(_ byteCount: Int, by peer: Peer) {
        guard let socket = peer.socket else { return }
        socket.heldByteCount -= byteCount
        if byteCount > 0, socket.wantsRoom, socket.room > 0 {
            socket.wantsRoom = false
            list(socket)
        }
        if peer.isWaitingForEnd, peer.isOver {
            peer.isWaitingForEnd = false
            proceed(peer)
        } else if let count = peer.awaitedByteCount, peer.isOver || peer.received.count >= count {
            peer.awaitedByteCount = nil
            proceed(peer)
        }
    }
}
