import Glibc
import WireBytes

/// One connection of a player or an attacker to Portcullis.
struct Line {
    private enum State {
        case closed
        case connecting
        case connected
    }

    private var socket: LoopbackSocket?
    private var state = State.closed
    private var unsent: [UInt8] = []

    /// Whether there is a connection, or one on its way.
    var isOpen: Bool { state != .closed }

    /// Whether everything that was written is with the kernel.
    var isClear: Bool { state == .connected && unsent.isEmpty }

    /// Sets out.
    ///
    /// - Returns: whether that is possible.
    mutating func open(from source: IPAddress, to target: Endpoint) -> Bool {
        socket = try? LoopbackSocket.connecting(from: source, to: target)
        state = socket == nil ? .closed : .connecting
        return state != .closed
    }

    mutating func close() {
        socket = nil
        state = .closed
        unsent = []
    }

    mutating func write(_ bytes: [UInt8]) { unsent += bytes }

    /// What to wait for; `nil` when there is no connection.
    var polled: pollfd? {
        guard let socket else { return nil }
        let isWaiting = state == .connecting || !unsent.isEmpty
        let events = isWaiting ? POLLIN | POLLOUT : POLLIN
        return pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    }

    /// What a look at the socket brought.
    struct News {
        /// The connection stands since this look.
        var isNew = false
        var bytes: [UInt8] = []
        /// The connection has ended with this look.
        var isOver = false
    }

    /// Looks at the socket after it became ready.
    mutating func look() -> News {
        var news = News()
        guard let socket else { return news }
        if state == .connecting {
            guard socket.isConnected else {
                close()
                news.isOver = true
                return news
            }
            state = .connected
            news.isNew = true
        }
        while true {
            switch socket.receive(into: &news.bytes) {
            case .bytes: continue
            case .wouldBlock: return news
            case .ended:
                close()
                news.isOver = true
                return news
            }
        }
    }

    /// Sends what was written, as much as the kernel takes; a broken connection shows at the next look.
    mutating func flush() {
        guard state == .connected, !unsent.isEmpty, let socket else { return }
        switch socket.send(unsent) {
        case .bytes(let count): unsent.removeFirst(count)
        case .wouldBlock: break
        case .ended: unsent = []
        }
    }
}
