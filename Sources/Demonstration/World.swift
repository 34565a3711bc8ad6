import DataPlane
import Glibc
import NetworkDriver
import Synchronization
import WireBytes

/// The game world: a small TCP server on a thread of its own, that Portcullis stands in front of.
final class World: Sendable {
    private struct Connection {
        let socket: LoopbackSocket
        var session = WorldSession()
        var unsent: [UInt8] = []
        var isOver = false
    }

    private struct Doors {
        /// From when on nothing of an address should arrive any more.
        var closedNS: [IPAddress: UInt64] = [:]
        var lateByteCounts: [IPAddress: Int] = [:]
    }

    /// Where it listens.
    let endpoint: Endpoint
    private let listener: LoopbackSocket
    private let isStopping = Atomic(false)
    private let doors = Mutex(Doors())
    private let thread = Mutex<BackgroundThread?>(nil)

    private static let tickNS: UInt64 = 125_000_000
    /// A client that takes nothing loses its connection.
    private static let unsentByteCountMax = 1 << 20

    init() throws(SetupFailure) {
        let host = IPAddress(ipv4: 0x7F00_0001)
        listener = try .listening(on: host)
        endpoint = Endpoint(host, port: listener.port)
    }

    /// Begins to serve.
    func start() throws(SetupFailure) {
        do {
            let started = try BackgroundThread { self.serve() }
            thread.withLock { $0 = started }
        } catch {
            throw .socket(error.code)
        }
    }

    /// Stops serving, and returns when that is done.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    /// Counts what arrives of a client from a time on.
    func expectNothing(of client: IPAddress, fromNS: UInt64) {
        doors.withLock { $0.closedNS[client] = fromNS }
    }

    /// Bytes of a client that arrived when none should.
    func lateByteCount(of client: IPAddress) -> Int {
        doors.withLock { $0.lateByteCounts[client] ?? 0 }
    }

    private func serve() {
        var connections: [Connection] = []
        var tick: UInt32 = 0
        var nextTickNS = Clock.nowNS
        while !isStopping.load(ordering: .relaxed) {
            var polled = [pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)]
            for connection in connections {
                let events = connection.unsent.isEmpty ? POLLIN : POLLIN | POLLOUT
                polled.append(pollfd(fd: connection.socket.descriptor, events: Int16(events), revents: 0))
            }
            Clock.poll(&polled, mostMS: 20)
            for index in connections.indices where polled[index + 1].revents != 0 { receive(&connections[index]) }
            if Clock.nowNS >= nextTickNS {
                nextTickNS = Clock.nowNS &+ Self.tickNS
                tick &+= 1
                for index in connections.indices { connections[index].unsent += connections[index].session.tick(tick) }
            }
            for index in connections.indices { flush(&connections[index]) }
            connections.removeAll { $0.isOver }
            while polled[0].revents != 0, let socket = listener.accepted() {
                connections.append(Connection(socket: socket))
            }
        }
    }

    private func receive(_ connection: inout Connection) {
        var bytes: [UInt8] = []
        while true {
            switch connection.socket.receive(into: &bytes) {
            case .bytes: continue
            case .wouldBlock: break
            case .ended: connection.isOver = true
            }
            break
        }
        guard !bytes.isEmpty else { return }
        let before = connection.session.byteCount
        connection.unsent += connection.session.receive(bytes)
        let isBroken = connection.session.isRefused || connection.unsent.count > Self.unsentByteCountMax
        if isBroken { connection.isOver = true }
        guard let client = connection.session.client else { return }
        let byteCount = connection.session.byteCount - before
        doors.withLock { doors in
            guard let closedNS = doors.closedNS[client], Clock.nowNS >= closedNS else { return }
            doors.lateByteCounts[client, default: 0] += byteCount
        }
    }

    private func flush(_ connection: inout Connection) {
        guard !connection.unsent.isEmpty else { return }
        switch connection.socket.send(connection.unsent) {
        case .bytes(let count): connection.unsent.removeFirst(count)
        case .wouldBlock: break
        case .ended: connection.isOver = true
        }
    }
}
