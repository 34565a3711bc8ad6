import Glibc
public import WireBytes

/// The operations on sockets and time that a worker needs, and no others.
///
/// Two implementations: `EpollDriver`, and the simulated network that lives with the tests. A worker takes it as a
/// generic parameter, never as an existential, so that production code is specialised.
///
/// Readiness is edge-triggered, a listener's too: an event says that something changed, and the worker remembers what
/// it has not used up. Events of a socket stop when it is closed, except those the driver has already handed out in the
/// same batch, so tokens carry a generation.
///
/// Thread safety: a driver belongs to one worker, and so to one thread; only its `Waker` may be used from others.
public protocol NetworkDriver: ~Copyable {
    /// Monotonic nanoseconds.
    var nowNS: UInt64 { get }
    /// Wall-clock microseconds since 1970, for logs only.
    var wallUS: Int64 { get }

    /// Opens a listening socket, whose events carry `token`.
    ///
    /// - Throws: why the address cannot be listened on.
    mutating func listen(on endpoint: Endpoint, token: UInt64) throws(NetworkError) -> Socket

    /// Takes the next connection that waits; it must be kept or refused next.
    mutating func accept(from listener: Socket) -> Accepted

    /// Goes on with a connection that was just accepted.
    mutating func keep(_ socket: Socket)

    /// Closes a connection that was just accepted: its peer gets a RST, as cheaply as can be.
    mutating func refuse(_ socket: Socket)

    /// Starts a connection.
    mutating func connect(to endpoint: Endpoint) -> Result<Socket, NetworkError>

    /// What became of a connection that was started, once its socket is writable or broken: `nil` when it stands.
    mutating func connectFailure(of socket: Socket) -> NetworkError?

    /// Sends this socket's events from now on, with `token`.
    ///
    /// - Returns: why that is impossible (the kernel is out of memory), or `nil`.
    mutating func watch(_ socket: Socket, token: UInt64) -> NetworkError?

    /// The address the socket is bound to; `nil` when the kernel does not say.
    mutating func localEndpoint(of socket: Socket) -> Endpoint?

    /// Takes what has arrived, as much as fits.
    mutating func receive(from socket: Socket, into buffer: UnsafeMutableRawBufferPointer) -> Received

    /// Hands bytes to the kernel, as many as it takes now.
    mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: Socket) -> Sent

    /// Sends a FIN behind what was sent; receiving goes on.
    mutating func finish(_ socket: Socket)

    /// Closes the socket; with `resets` the peer gets a RST.
    mutating func close(_ socket: Socket, resets: Bool)

    /// Waits until something happens or `deadlineNS` is reached, and answers how many events there are.
    ///
    /// - Parameters:
    ///   - deadlineNS: monotonic nanoseconds; `nil` waits until an event or a wake-up.
    ///   - nowNS: the time when the worker last looked, which saves looking again; it may wake up that much late.
    mutating func wait(untilNS deadlineNS: UInt64?, fromNS nowNS: UInt64) -> Int

    /// Does nothing until `deadlineNS`, whatever happens: events gather meanwhile.
    ///
    /// - Parameter deadlineNS: monotonic nanoseconds, a few milliseconds from now at most.
    mutating func rest(untilNS deadlineNS: UInt64)

    /// Most events of one `wait`.
    var eventCountMax: Int { get }

    /// Event number `index` of the last `wait`.
    func event(at index: Int) -> Readiness

    /// Ends a `wait` from another thread.
    var waker: Waker { get }
}

/// A socket of one driver.
public struct Socket: Sendable, Equatable, BitwiseCopyable {
    /// The descriptor, or the simulation's number; -1 is no socket.
    public let number: Int32

    /// Puts the parts together.
    @inlinable
    public init(number: Int32) { self.number = number }

    /// No socket.
    public static let none = Socket(number: -1)

    /// Whether there is one.
    @inlinable
    public var isOpen: Bool { number >= 0 }
}

/// What `accept` found.
public enum Accepted: Sendable, Equatable, BitwiseCopyable {
    case connection(Socket, peer: Endpoint)
    /// Nothing waits.
    case none
    /// The process or the host has no descriptor or memory left; the connection still waits.
    case exhausted
}

/// What `receive` found.
public enum Received: Sendable, Equatable, BitwiseCopyable {
    /// So many bytes, at least 1.
    case bytes(Int)
    /// The peer sent a FIN and nothing is left.
    case ended
    /// Nothing now; an event will come.
    case wouldBlock
    /// The connection is broken: a reset, or a timeout of the kernel's.
    case broken
}

/// What `send` did.
public enum Sent: Sendable, Equatable, BitwiseCopyable {
    /// So many bytes were taken, at least 1.
    case bytes(Int)
    /// None now; an event will come.
    case wouldBlock
    /// The connection is broken.
    case broken
}

/// One event.
public struct Readiness: Sendable, Equatable, BitwiseCopyable {
    /// The token given to `listen` or `watch`.
    public var token: UInt64
    /// Something may be received, a FIN and a failure included.
    public var isReadable: Bool
    /// Something may be sent, or a connection attempt has ended.
    public var isWritable: Bool
    /// A short read does not mean that nothing is left, from now on: the peer sent a FIN, or urgent data, at which the
    /// kernel stops a read.
    public var readsOn: Bool
    /// The connection is broken.
    public var isBroken: Bool

    /// Puts the parts together.
    @inlinable
    public init(token: UInt64, isReadable: Bool, isWritable: Bool, readsOn: Bool, isBroken: Bool) {
        self.token = token
        self.isReadable = isReadable
        self.isWritable = isWritable
        self.readsOn = readsOn
        self.isBroken = isBroken
    }
}

/// Ends a driver's `wait` from any thread.
public struct Waker: Sendable {
    /// Does it; never blocks.
    public let wake: @Sendable () -> Void

    /// Puts the parts together.
    public init(wake: @escaping @Sendable () -> Void) { self.wake = wake }
}

/// A failure of the host or of the other end, as the kernel names it.
public struct NetworkError: Error, Equatable, Sendable {
    /// The errno.
    public let code: Int32

    /// Puts the parts together.
    public init(code: Int32) { self.code = code }
}

extension NetworkError: CustomStringConvertible {
    /// The kernel's own words, and the number.
    public var description: String {
        // Safe: strerror answers a string that ends with a zero and outlives the call.
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "unknown"
        return "\(text) (errno \(code))"
    }
}
