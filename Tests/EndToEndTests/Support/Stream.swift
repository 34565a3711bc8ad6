import Glibc
import Testing

/// A TCP connection of the test's own, blocking but never for longer than a deadline.
final class Stream: Sendable {
    /// How what was received ended.
    enum Ending: Equatable {
        case finished
        case reset
    }

    private let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        setTimeout(descriptor, seconds: 15)
        sendAtOnce(descriptor)
    }

    /// Connects to this machine, or to another host; from an address of this one where one is given.
    init(to port: UInt16, of host: String? = nil, from source: String? = nil, isIPv6: Bool = false) throws {
        let socket = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = socket
        setTimeout(socket, seconds: 15)
        if let source {
            let isBound = withAddress(source, port: 0, isIPv6: isIPv6) { bind(socket, $0, $1) } == 0
            try #require(isBound)
        }
        let result = withAddress(host ?? (isIPv6 ? "::1" : "127.0.0.1"), port: port, isIPv6: isIPv6) {
            connect(socket, $0, $1)
        }
        guard result == 0 else { throw TooLate(description: "no connection to \(port): errno \(errno)") }
        sendAtOnce(socket)
    }

    deinit { close(descriptor) }

    /// The port of this end.
    var localPort: UInt16 { listeningPort(of: descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TooLate(description: "nothing more can be sent: errno \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Exactly so many bytes.
    func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            let received = recv(descriptor, &buffer, buffer.count, 0)
            guard received > 0 else {
                throw TooLate(description: "\(bytes.count) of \(count) bytes came, then \(received), errno \(errno)")
            }
            bytes += buffer.prefix(received)
        }
        return bytes
    }

    func receive(text count: Int) throws -> String { String(decoding: try receive(count), as: UTF8.self) }

    /// Everything until the other end finishes or resets.
    func receiveAll() throws -> (bytes: [UInt8], ending: Ending) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let received = recv(descriptor, &buffer, buffer.count, 0)
            if received == 0 { return (bytes, .finished) }
            if received < 0 {
                guard errno == ECONNRESET || errno == EPIPE else {
                    throw TooLate(description: "\(bytes.count) bytes and no end: errno \(errno)")
                }
                return (bytes, .reset)
            }
            bytes += buffer.prefix(received)
        }
    }

    /// Whether the kernel takes nothing more to send.
    var isFull: Bool {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&room, 1, 0) == 0
    }

    /// Says that nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends with a reset.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        // The descriptor stays this object's own: it is replaced by one that leads nowhere.
        let nowhere = open("/dev/null", O_RDONLY)
        dup2(nowhere, descriptor)
        close(nowhere)
    }
}

/// A game server of the test's own.
final class Server {
    private let descriptor: Int32
    let port: UInt16

    init(on host: String = "127.0.0.1", port: UInt16 = 0) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = withAddress(host, port: port, isIPv6: false) { bind(socket, $0, $1) } == 0
        descriptor = socket
        self.port = listeningPort(of: socket)
        setTimeout(socket, seconds: 15)
        try #require(isBound && listen(socket, 128) == 0)
    }

    deinit { close(descriptor) }

    /// The next connection.
    func accept() throws -> Stream {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw TooLate(description: "nobody came: errno \(errno)") }
        return Stream(descriptor: accepted)
    }

    /// Whether a connection waits to be accepted.
    var hasVisitor: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }
}

/// Ports on which nobody listens now, below those that the kernel gives to clients.
enum Ports {
    static func free() throws -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 12_000..<20_000)
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            if withAddress("127.0.0.1", port: port, isIPv6: false, { bind(probe, $0, $1) }) == 0 { return port }
        }
        throw TooLate(description: "no port is free")
    }
}

private func setTimeout(_ descriptor: Int32, seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout.size(ofValue: time)))
    }
}

/// A piece of a packet is sent although the one before it was not acknowledged.
private func sendAtOnce(_ descriptor: Int32) {
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout.size(ofValue: one)))
}

private func listeningPort(of descriptor: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    withUnsafeMutablePointer(to: &address) { pointer in
        _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    // The port stands at the same place for both families.
    return UInt16(bigEndian: address.sin6_port)
}

func withAddress<Result>(
    _ text: String, port: UInt16, isIPv6: Bool, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    if isIPv6 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        precondition(inet_pton(AF_INET6, text, &address.sin6_addr) == 1, "\(text) is no IPv6 address")
        let length = socklen_t(MemoryLayout.size(ofValue: address))
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    precondition(inet_pton(AF_INET, text, &address.sin_addr) == 1, "\(text) is no IPv4 address")
    let length = socklen_t(MemoryLayout.size(ofValue: address))
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
}
