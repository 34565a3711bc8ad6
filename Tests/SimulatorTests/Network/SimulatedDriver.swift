import NetworkDriver
import Synchronization
import WireBytes

/// The simulated network as one worker's driver.
///
/// Edge-triggered as epoll is: a socket enters the ready list when something about it changes, and what an event says
/// is how the socket stands when the batch is taken. So it is with listeners and the waker.
struct SimulatedDriver: NetworkDriver {
    let network: SimulatedNetwork
    let worker: Int
    let alarm = Alarm()
    private var batch: [Readiness] = []
    /// How long the worker meant to rest each time, in nanoseconds; here a rest takes no time.
    private(set) var rests: [UInt64] = []

    init(network: SimulatedNetwork, worker: Int) {
        self.network = network
        self.worker = worker
    }

    /// Set by a waker, from any thread.
    final class Alarm: Sendable {
        let isSet = Atomic(false)
    }

    static let wakeToken = UInt64.max
    /// What the wall clock shows at virtual time zero.
    static let wallStartUS: Int64 = 1_700_000_000_000_000

    var nowNS: UInt64 { network.nowNS }
    var wallUS: Int64 { Self.wallStartUS + Int64(network.nowNS / 1_000) }

    var waker: Waker {
        let alarm = alarm
        return Waker { alarm.isSet.store(true, ordering: .relaxed) }
    }

    mutating func listen(on endpoint: Endpoint, token: UInt64) throws(NetworkError) -> Socket {
        let socket = network.makeSocket(.listener, worker: worker, local: endpoint)
        socket.token = token
        socket.isHandedOut = true
        network.listeners[worker].append(socket)
        return Socket(number: socket.number)
    }

    mutating func accept(from listener: Socket) -> Accepted {
        network.interleave()
        guard let listener = network.open(listener, "accept") else { return .none }
        guard let first = listener.queue.first else { return .none }
        if network.fails() || network.random.chance(network.faults.acceptExhaustedPerMille, in: 1_000) {
            return .exhausted
        }
        listener.queue.removeFirst()
        first.isHandedOut = true
        first.isUndecided = true
        guard let peer = first.peer else { preconditionFailure("a client is a peer") }
        return .connection(Socket(number: first.number), peer: peer.endpoint)
    }

    mutating func keep(_ socket: Socket) {
        guard let socket = network.open(socket, "keep") else { return }
        if !socket.isUndecided { network.violate("descriptor \(socket.number) is kept twice") }
        socket.isUndecided = false
    }

    mutating func refuse(_ socket: Socket) {
        network.interleave()
        guard let socket = network.open(socket, "refuse") else { return }
        if !socket.isUndecided { network.violate("descriptor \(socket.number) is refused after it was kept") }
        network.close(socket, resets: true)
    }

    mutating func connect(to endpoint: Endpoint) -> Result<Socket, NetworkError> {
        network.interleave()
        if network.random.chance(network.faults.connectExhaustedPerMille, in: 1_000) {
            return .failure(NetworkError(code: 24))
        }
        if network.fails() { return .failure(NetworkError(code: 101)) }
        let answer = network.answers(endpoint)
        if case .failure(let code) = answer { return .failure(NetworkError(code: code)) }
        let local = Endpoint(IPAddress(ipv4: 0x0A00_0001), port: 40_000)
        let socket = network.makeSocket(.stream, worker: worker, local: local)
        socket.isHandedOut = true
        socket.isConnecting = true
        guard let make = network.makeServer else { preconditionFailure("there are servers") }
        let server = make(socket, endpoint)
        server.socket = socket
        socket.peer = server
        network.note("worker \(worker) dials \(endpoint) as descriptor \(socket.number)")
        let onTheWay = network.latency()
        switch answer {
        case .accept(let timeNS): network.timeline.add(.answer(socket, errorCode: nil), atNS: nowNS + timeNS + onTheWay)
        case .refuse(let timeNS): network.timeline.add(.answer(socket, errorCode: 111), atNS: nowNS + timeNS + onTheWay)
        case .silence, .failure: break
        }
        return .success(Socket(number: socket.number))
    }

    mutating func connectFailure(of socket: Socket) -> NetworkError? {
        guard let socket = network.open(socket, "connectFailure") else { return NetworkError(code: 9) }
        if socket.isConnecting { network.violate("descriptor \(socket.number) is asked before its attempt ended") }
        if socket.isBroken || network.fails() { return NetworkError(code: 104) }
        return socket.connectErrorCode.map { NetworkError(code: $0) }
    }

    mutating func watch(_ socket: Socket, token: UInt64) -> NetworkError? {
        guard let socket = network.open(socket, "watch") else { return NetworkError(code: 9) }
        if network.fails() || network.random.chance(network.faults.watchFailedPerMille, in: 1_000) {
            return NetworkError(code: 12)
        }
        if socket.token != nil { network.violate("descriptor \(socket.number) is watched twice") }
        socket.token = token
        network.list(socket)
        return nil
    }

    mutating func localEndpoint(of socket: Socket) -> Endpoint? {
        network.open(socket, "localEndpoint")?.local
    }

    mutating func receive(from socket: Socket, into buffer: UnsafeMutableRawBufferPointer) -> Received {
        network.interleave()
        guard let socket = network.open(socket, "receive") else { return .broken }
        if socket.isConnecting { network.violate("descriptor \(socket.number) is read before it is connected") }
        if buffer.count == 0 { network.violate("descriptor \(socket.number) is read into nothing") }
        if network.fails() { socket.isBroken = true }
        if socket.isBroken || socket.connectErrorCode != nil { return .broken }
        let count = min(buffer.count, socket.unreadCount)
        guard count > 0 else { return socket.readsOn ? .ended : .wouldBlock }
        socket.received.withUnsafeBytes { bytes in
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[socket.receivedHead..<socket.receivedHead + count]))
        }
        socket.receivedHead += count
        if network.sabotage == .losesByte, count > 40, network.random.chance(1, in: 4) {
            let tail = UnsafeMutableRawBufferPointer(rebasing: buffer[20..<count - 1])
            tail.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[21..<count]))
            return .bytes(count - 1)
        }
        if socket.unreadCount == 0 {
            socket.received.removeAll(keepingCapacity: true)
            socket.receivedHead = 0
        }
        return .bytes(count)
    }

    mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: Socket) -> Sent {
        network.interleave()
        guard let socket = network.open(socket, "send") else { return .broken }
        if socket.isFinished { network.violate("descriptor \(socket.number) is sent to after its FIN") }
        if socket.isConnecting { network.violate("descriptor \(socket.number) is sent to before it is connected") }
        if bytes.isEmpty { network.violate("descriptor \(socket.number) is sent nothing") }
        if network.fails() { socket.isBroken = true }
        if socket.isBroken || socket.connectErrorCode != nil { return .broken }
        guard let peer = socket.peer else { preconditionFailure("a stream has a peer") }
        let count = min(bytes.count, socket.room)
        if count < bytes.count { socket.wantsRoom = true }
        guard count > 0 else { return .wouldBlock }
        socket.heldByteCount += count
        var carried = Array(bytes.prefix(count))
        if network.sabotage == .swapsBytes, count > 6, network.random.chance(1, in: 10) { carried.swapAt(4, 5) }
        network.carry(carried, on: socket, to: peer)
        return .bytes(count)
    }

    mutating func finish(_ socket: Socket) {
        guard let socket = network.open(socket, "finish") else { return }
        if socket.isFinished { network.violate("descriptor \(socket.number) gets two FINs") }
        socket.isFinished = true
        guard let peer = socket.peer, !socket.isBroken else { return }
        network.carryFinish(on: socket, to: peer)
    }

    mutating func close(_ socket: Socket, resets: Bool) {
        network.interleave()
        guard let socket = network.open(socket, "close") else { return }
        if socket.isUndecided { network.violate("descriptor \(socket.number) is closed and was never kept") }
        network.close(socket, resets: resets)
    }

    mutating func wait(untilNS deadlineNS: UInt64?, fromNS nowNS: UInt64) -> Int {
        batch = network.takeBatch(worker: worker)
        if alarm.isSet.exchange(false, ordering: .relaxed) {
            let event = Readiness(
                token: Self.wakeToken, isReadable: true, isWritable: false, readsOn: false, isBroken: false)
            batch.insert(event, at: Int.random(in: 0...batch.count, using: &network.random))
        }
        return batch.count
    }

    mutating func rest(untilNS deadlineNS: UInt64) {
        if deadlineNS > nowNS { rests.append(deadlineNS - nowNS) }
    }

    var eventCountMax: Int { .max }

    func event(at index: Int) -> Readiness { batch[index] }
}
