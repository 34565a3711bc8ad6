import Foundation
import Testing

/// Two hosts of the test's own, joined by a cable: network namespaces, which are gone with this object.
final class Hosts {
    /// Where the relay and its server run.
    let relay: Host
    /// Where players and attackers come from.
    let outside: Host

    /// What is missing for such hosts; `nil` when nothing is.
    static let missing: String? = {
        guard geteuid() == 0 else { return "network namespaces need root" }
        guard Tools.ip != nil, Tools.nft != nil else { return "ip and nft must be installed" }
        guard let hosts = try? Hosts() else { return "network namespaces cannot be made here" }
        let isFilter = (try? hosts.relay.run("nft", "list", "ruleset").code) == 0
        return isFilter ? nil : "nf_tables is not in this kernel"
    }()

    init() throws {
        let name = "pc\(getpid())-\(UInt32.random(in: 0..<0xFFFF))"
        relay = try Host("\(name)r")
        outside = try Host("\(name)o")
        try Self.must(
            "ip", "link", "add", "cable", "netns", relay.name, "type", "veth", "peer", "name", "cable", "netns",
            outside.name)
        for address in ["10.77.0.1/16", "10.77.0.2/16", "fd77::1/48", "fd77::2/48"] { try relay.add(address) }
        for address in ["10.77.1.2/16", "10.77.1.3/16", "10.77.2.2/16"] { try outside.add(address) }
        for address in ["fd77:0:0:1::2/48", "fd77:0:0:1::3/48", "fd77:0:0:2::2/48"] { try outside.add(address) }
        for host in [relay, outside] {
            try Self.must("ip", "-n", host.name, "link", "set", "lo", "up")
            try Self.must("ip", "-n", host.name, "link", "set", "cable", "up")
        }
    }

    fileprivate static func must(_ command: String...) throws { try must(command) }

    fileprivate static func must(_ command: [String]) throws {
        let result = try Child.run("/usr/bin/env", command)
        guard result.code == 0 else { throw TooLate(description: "\(command): \(result.err)") }
    }
}

/// A network namespace.
final class Host {
    let name: String

    init(_ name: String) throws {
        self.name = name
        try Hosts.must("ip", "netns", "add", name)
    }

    deinit { _ = try? Child.run("/usr/bin/env", ["ip", "netns", "del", name]) }

    fileprivate func add(_ address: String) throws {
        // An address of IPv6 is usable at once, instead of after a look for others that have it.
        let extra = address.contains(":") ? ["nodad"] : []
        try Hosts.must(["ip", "-n", name, "addr", "add", address, "dev", "cable"] + extra)
    }

    /// What stands in front of a command line that runs here.
    var prefix: [String] { ["ip", "netns", "exec", name] }

    /// Runs a program here to its end.
    @discardableResult
    func run(_ command: String...) throws -> (code: Int32, out: String, err: String) {
        try Child.run("/usr/bin/env", prefix + command)
    }

    /// Makes sockets here; they stay here.
    func inside<Result>(_ body: () throws -> Result) throws -> Result {
        let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        let here = open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
        defer {
            close(home)
            close(here)
        }
        try #require(home >= 0 && here >= 0 && Self.enter(here) == 0)
        defer { _ = Self.enter(home) }
        return try body()
    }

    private static func enter(_ descriptor: Int32) -> Int32 {
        // The module of the C library leaves it out.
        typealias Call = @convention(c) (Int32, Int32) -> Int32
        guard let symbol = dlsym(nil, "setns") else { return -1 }
        let network: Int32 = 0x4000_0000
        return unsafeBitCast(symbol, to: Call.self)(descriptor, network)
    }
}

/// A connection that may not come about.
final class Attempt {
    private let descriptor: Int32

    /// Sends the first packet of one.
    init(to host: String, port: UInt16, from source: String) throws {
        let isIPv6 = host.contains(":")
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        descriptor = socket
        try #require(withAddress(source, port: 0, isIPv6: isIPv6) { bind(socket, $0, $1) } == 0)
        let result = withAddress(host, port: port, isIPv6: isIPv6) { connect(socket, $0, $1) }
        try #require(result == 0 || errno == EINPROGRESS)
    }

    deinit { close(descriptor) }

    /// Whether it has come about by now.
    var isConnected: Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&ready, 1, 0) == 1 && ready.revents == Int16(POLLOUT)
    }
}
