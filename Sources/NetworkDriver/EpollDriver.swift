import CLinux
import Glibc
public import WireBytes

/// The driver of production: edge-triggered epoll and non-blocking sockets.
///
/// Shape: one epoll descriptor, one eventfd, one timerfd, an event buffer; nothing per socket.
@safe
public struct EpollDriver: NetworkDriver, ~Copyable {
    private let epoll: Int32
    private let eventfd: EventDescriptor
    private let timer: Int32
    /// When the timer rings next, or has rung.
    private var timerNS: UInt64 = 0
    private let events: UnsafeMutablePointer<clinux_event>
    private var eventCount = 0

    /// The token of the eventfd and the timer; no other is all ones.
    ///
    /// Neither is ever read: every write to the eventfd is a new edge, and one that a read swallowed would be a command
    /// that nobody hears of; and a timer that is set anew is unread by itself.
    private static let wakeToken = UInt64.max

    private init(epoll: Int32, eventfd: Int32, timer: Int32) {
        self.epoll = epoll
        self.eventfd = EventDescriptor(eventfd)
        self.timer = timer
        unsafe events = .allocate(capacity: Int(CLINUX_EVENTS_MAX))
        unsafe events.initialize(repeating: clinux_event(), count: Int(CLINUX_EVENTS_MAX))
    }

    /// Opens a driver.
    ///
    /// - Throws: when the process has no descriptor left for it.
    public static func open() throws(NetworkError) -> EpollDriver {
        let epoll = clinux_epoll()
        guard epoll >= 0 else { throw NetworkError(code: -epoll) }
        let eventfd = clinux_eventfd()
        guard eventfd >= 0 else {
            clinux_close(epoll, 0)
            throw NetworkError(code: -eventfd)
        }
        let timer = clinux_timerfd()
        guard timer >= 0 else {
            clinux_close(epoll, 0)
            clinux_close(eventfd, 0)
            throw NetworkError(code: -timer)
        }
        let driver = EpollDriver(epoll: epoll, eventfd: eventfd, timer: timer)
        for descriptor in [eventfd, timer] {
            let watched = clinux_watch_readable(epoll, descriptor, Self.wakeToken)
            guard watched >= 0 else { throw NetworkError(code: -watched) }
        }
        return driver
    }

    deinit {
        clinux_close(epoll, 0)
        clinux_close(timer, 0)
        unsafe events.deallocate()
    }

    /// CLOCK_MONOTONIC.
    public var nowNS: UInt64 { clinux_monotonic_ns() }
    /// CLOCK_REALTIME.
    public var wallUS: Int64 { clinux_wall_us() }

    /// Writes to the eventfd; it outlives the driver.
    public var waker: Waker {
        let eventfd = eventfd
        return Waker { clinux_eventfd_signal(eventfd.number) }
    }

    /// Listens with SO_REUSEPORT, so that every worker has a queue of its own.
    public mutating func listen(on endpoint: Endpoint, token: UInt64) throws(NetworkError) -> Socket {
        let number = try Self.openListener(on: endpoint, shares: true)
        let watched = clinux_watch_readable(epoll, number, token)
        guard watched >= 0 else {
            clinux_close(number, 0)
            throw NetworkError(code: -watched)
        }
        return Socket(number: number)
    }

    /// Finds out whether an address can be listened on, before a worker is told to.
    ///
    /// The workers share a port, and so a second program could listen beside them unnoticed and take half of the
    /// players: here nobody may be listening already.
    ///
    /// - Throws: why not.
    public static func probeListener(on endpoint: Endpoint) throws(NetworkError) {
        clinux_close(try openListener(on: endpoint, shares: false), 0)
    }

    /// A queue of 4,096 is the kernel's own default bound (net.core.somaxconn).
    private static func openListener(on endpoint: Endpoint, shares: Bool) throws(NetworkError) -> Int32 {
        var address = WireAddress(endpoint.address)
        let number = unsafe address.withBytes { unsafe clinux_listen($0, endpoint.port, 4096, shares ? 1 : 0) }
        guard number >= 0 else { throw NetworkError(code: -number) }
        return number
    }

    /// Accepts with TCP_NODELAY set, which the listener has.
    public mutating func accept(from listener: Socket) -> Accepted {
        var address = WireAddress()
        var port: UInt16 = 0
        while true {
            let number = unsafe address.withBytes { unsafe clinux_accept(listener.number, $0, &port) }
            if number >= 0 {
                return .connection(Socket(number: number), peer: Endpoint(address.value, port: port))
            }
            switch -number {
            case EAGAIN: return .none
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            // The connection broke while it waited, or a network error belongs to it alone (accept(2)).
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
                ENETUNREACH, EPERM:
                continue
            // Whatever else: the connection waits, and the worker looks again later.
            default: return .exhausted
            }
        }
    }

    /// Takes the listener's SO_LINGER off it.
    public mutating func keep(_ socket: Socket) { clinux_keep(socket.number) }

    /// Closes: a reset is what the listener's SO_LINGER of 0 makes of it.
    public mutating func refuse(_ socket: Socket) { clinux_close(socket.number, 0) }

    /// Connects with TCP_NODELAY set.
    public mutating func connect(to endpoint: Endpoint) -> Result<Socket, NetworkError> {
        var address = WireAddress(endpoint.address)
        let number = unsafe address.withBytes { unsafe clinux_connect($0, endpoint.port) }
        return number >= 0 ? .success(Socket(number: number)) : .failure(NetworkError(code: -number))
    }

    /// Reads SO_ERROR.
    public mutating func connectFailure(of socket: Socket) -> NetworkError? {
        let error = clinux_socket_error(socket.number)
        return error < 0 ? NetworkError(code: -error) : nil
    }

    /// Watches both directions, edge-triggered, until the socket is closed.
    public mutating func watch(_ socket: Socket, token: UInt64) -> NetworkError? {
        let watched = clinux_watch(epoll, socket.number, token)
        return watched < 0 ? NetworkError(code: -watched) : nil
    }

    /// Asks getsockname.
    public mutating func localEndpoint(of socket: Socket) -> Endpoint? {
        var address = WireAddress()
        var port: UInt16 = 0
        let status = unsafe address.withBytes { unsafe clinux_local(socket.number, $0, &port) }
        return status < 0 ? nil : Endpoint(address.value, port: port)
    }

    /// Receives without waiting.
    public mutating func receive(from socket: Socket, into buffer: UnsafeMutableRawBufferPointer) -> Received {
        // Safe: the kernel writes at most the buffer's count.
        let count = unsafe clinux_receive(socket.number, buffer.baseAddress, buffer.count)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return -count == Int(EAGAIN) ? .wouldBlock : .broken
    }

    /// Sends without waiting, and without SIGPIPE.
    public mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: Socket) -> Sent {
        // Safe: the kernel reads at most the buffer's count.
        let count = unsafe clinux_send(socket.number, bytes.baseAddress, bytes.count)
        if count > 0 { return .bytes(count) }
        let isFull = -count == Int(EAGAIN) || -count == Int(ENOBUFS)
        return isFull ? .wouldBlock : .broken
    }

    /// Shuts down sending.
    public mutating func finish(_ socket: Socket) {
        clinux_finish(socket.number)
    }

    /// Closes; a reset is a close with SO_LINGER of 0.
    public mutating func close(_ socket: Socket, resets: Bool) {
        clinux_close(socket.number, resets ? 1 : 0)
    }

    /// Waits in epoll_wait.
    ///
    /// A time limit of epoll_wait's own would be a timer that the kernel sets up and tears down for every wait; this
    /// one stays until a deadline comes that is earlier.
    public mutating func wait(untilNS deadlineNS: UInt64?, fromNS nowNS: UInt64) -> Int {
        var timeoutMS: Int32 = -1
        if let deadlineNS {
            if deadlineNS <= nowNS {
                timeoutMS = 0
            } else if deadlineNS < timerNS || timerNS <= nowNS &+ Self.timerMarginNS {
                clinux_timerfd_set(timer, deadlineNS)
                timerNS = deadlineNS
            }
        }
        let count = unsafe clinux_wait(epoll, events, timeoutMS)
        guard count >= 0 else { preconditionFailure("epoll_wait answered errno \(-count)") }
        eventCount = Int(count)
        return eventCount
    }

    /// A timer that rings so soon may have rung already by a clock that is read a moment apart: it is set again.
    private static var timerMarginNS: UInt64 { 1_000_000 }

    /// Sleeps.
    public mutating func rest(untilNS deadlineNS: UInt64) {
        clinux_sleep_until(deadlineNS)
    }

    /// As many as the event buffer holds.
    public var eventCountMax: Int { Int(CLINUX_EVENTS_MAX) }

    /// Reads an event of the last batch.
    public func event(at index: Int) -> Readiness {
        precondition(index < eventCount, "event \(index) of \(eventCount)")
        let event = unsafe events[index]
        let flags = event.flags
        return Readiness(
            token: event.token,
            isReadable: flags & UInt32(CLINUX_READABLE) != 0,
            isWritable: flags & UInt32(CLINUX_WRITABLE) != 0,
            readsOn: flags & UInt32(CLINUX_READ_ON) != 0,
            isBroken: flags & UInt32(CLINUX_BROKEN) != 0)
    }
}

/// Closed when neither the driver nor a waker holds it any more.
private final class EventDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { clinux_close(number, 0) }
}

/// An address as the 16 bytes that the shims take.
private struct WireAddress {
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    init() {}

    init(_ address: IPAddress) {
        high = address.high.bigEndian
        low = address.low.bigEndian
    }

    var value: IPAddress { IPAddress(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)) }

    mutating func withBytes<Result>(_ body: (UnsafeMutablePointer<UInt8>) -> Result) -> Result {
        // Safe: the struct is 16 bytes without padding, and the shims touch exactly 16.
        unsafe withUnsafeMutableBytes(of: &self) { raw in
            unsafe raw.withMemoryRebound(to: UInt8.self) { bytes in
                guard let base = bytes.baseAddress else { preconditionFailure("a struct has an address") }
                return unsafe body(base)
            }
        }
    }
}
