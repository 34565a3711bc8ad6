import Glibc
import WireBytes

/// A TCP socket on loopback that never waits.
///
/// Closed when nobody holds it any more.
final class LoopbackSocket: Sendable {
    /// What a call on a connection came to.
    enum Outcome: Equatable {
        /// So many bytes.
        case bytes(Int)
        /// Not now.
        case wouldBlock
        /// The connection is over.
        case ended
    }

    let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A socket that listens on a port the kernel chooses.
    static func listening(on address: IPAddress) throws(SetupFailure) -> LoopbackSocket {
        let socket = try open()
        guard socket.bind(to: Endpoint(address, port: 0)), listen(socket.descriptor, 512) == 0 else {
            throw .socket(errno)
        }
        return socket
    }

    /// A port that nobody uses.
    ///
    /// Should somebody take it before the service does, the service says so and does not start.
    static func freePort(on address: IPAddress) throws(SetupFailure) -> UInt16 {
        let socket = try open()
        guard socket.bind(to: Endpoint(address, port: 0)) else { throw .socket(errno) }
        return socket.port
    }

    /// A socket whose connection is on its way, from an address of one's choice.
    static func connecting(from source: IPAddress, to target: Endpoint) throws(SetupFailure) -> LoopbackSocket {
        let socket = try open()
        guard socket.bind(to: Endpoint(source, port: 0)) else { throw .socket(errno) }
        // Safe: the address is one that `withSocketAddress` made.
        let status = unsafe withSocketAddress(target) { address, length in
            unsafe connect(socket.descriptor, address, length)
        }
        guard status == 0 || errno == EINPROGRESS else { throw .socket(errno) }
        return socket
    }

    private static func open() throws(SetupFailure) -> LoopbackSocket {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw .socket(errno) }
        return LoopbackSocket(descriptor)
    }

    /// The next connection that waits.
    func accepted() -> LoopbackSocket? {
        let descriptor = accept(self.descriptor, nil, nil)
        guard descriptor >= 0 else { return nil }
        let socket = LoopbackSocket(descriptor)
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return socket
    }

    /// The port it is bound to.
    var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Safe: the kernel fills at most `length` bytes of a local of that size.
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return status == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }

    /// Appends what has arrived, up to 16 KiB.
    func receive(into bytes: inout [UInt8]) -> Outcome {
        var outcome = Outcome.wouldBlock
        // Safe: the kernel writes at most the count of the buffer, and as much as it wrote is what the array gets.
        let received = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            let result = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(0, result)
            if result > 0 {
                outcome = .bytes(result)
            } else if result == 0 || (errno != EAGAIN && errno != EINTR) {
                outcome = .ended
            }
        }
        bytes += received
        return outcome
    }

    /// Hands bytes to the kernel, as many as it takes now.
    func send(_ bytes: [UInt8]) -> Outcome {
        // Safe: the kernel reads at most the buffer's count.
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .ended
    }

    /// What became of a connection that was on its way, once the socket is writable.
    var isConnected: Bool {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // Safe: the kernel fills at most `length` bytes of a local of that size.
        let status = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        guard status == 0, error == 0 else { return false }
        // Small packets go out at once, as a game's client sends them.
        set(Int32(TCP_NODELAY), level: Int32(IPPROTO_TCP))
        return true
    }

    private func set(_ option: Int32, level: Int32 = SOL_SOCKET) {
        var one: Int32 = 1
        // Safe: the kernel reads a local of the length it is given.
        _ = unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private func bind(to endpoint: Endpoint) -> Bool {
        // Safe: the address is one that `withSocketAddress` made.
        unsafe Self.withSocketAddress(endpoint) { address, length in
            unsafe Glibc.bind(descriptor, address, length)
        } == 0
    }

    private static func withSocketAddress(
        _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr = in_addr(s_addr: (endpoint.address.ipv4 ?? 0x7F00_0001).bigEndian)
        // Safe: the pointer is to a local that lives during the call, and the length is its own.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
