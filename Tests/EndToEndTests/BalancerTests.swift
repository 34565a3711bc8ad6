import Testing
import WireBytes

extension EndToEnd {
    @Suite("HAProxy in front", .enabled(if: Tools.haproxy != nil, "haproxy is not installed"))
    struct BalancerTests {
        /// HAProxy on a port of its own, dialling the relay from 127.0.0.2.
        private final class Balancer {
            let port: UInt16
            let child: Child
            let folder: Scratch

            init(to relay: Relay, options: String) throws {
                port = try Ports.free()
                folder = try Scratch()
                let path = try folder.write(
                    "haproxy.cfg",
                    """
                    global
                        maxconn 100
                    defaults
                        mode tcp
                        timeout connect 5s
                        timeout client 1m
                        timeout server 1m
                    listen front
                        bind 127.0.0.1:\(port)
                        unique-id-format player-%cp
                        server relay 127.0.0.1:\(relay.port) source 127.0.0.2 \(options)

                    """)
                child = try Child(try #require(Tools.haproxy), ["-db", "-f", path])
            }

            /// Connects as soon as HAProxy listens.
            func connect(from source: String) throws -> Stream {
                try eventually("haproxy listens: \(child.err)") {
                    guard child.process.isRunning else { throw TooLate(description: child.err) }
                    return try? Stream(to: port, from: source)
                }
            }
        }

        private static let trusted = "proxy_protocol: { from: [127.0.0.2/32] }"

        @Test(
            "the player's address reaches the game server through both",
            arguments: ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"])
        func address(options: String) throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.trusted], pool: "send_proxy: v1")
            let balancer = try Balancer(to: relay, options: options)
            let player = try balancer.connect(from: "127.0.0.77")
            try player.send("hi")
            let game = try server.accept()
            let header = "PROXY TCP4 127.0.0.77 127.0.0.1 \(player.localPort) \(balancer.port)\r\n"
            #expect(try game.receive(text: header.utf8.count + 2) == header + "hi")
            try game.send("welcome")
            #expect(try player.receive(text: 7) == "welcome")
            player.finish()
            game.finish()
            _ = try player.receiveAll()
            try relay.waitFor(connection: "client=127.0.0.77:\(player.localPort) peer=127.0.0.2:", "reason=finished")
        }

        @Test("a ban is for the player's address, and others come in through the same balancer")
        func bans() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port, listener: [Self.trusted, "protocol: line", "policies: [line]"])
            let balancer = try Balancer(to: relay, options: "send-proxy-v2")
            let cheat = try balancer.connect(from: "127.0.0.66")
            _ = try server.accept()
            try cheat.send("say my cheat-engine is on\n")
            #expect(try cheat.receiveAll().bytes.isEmpty)
            try relay.waitFor(ban: "[rule-3001] Ban 127.0.0.66 for=", "packet=say reason=\"cheat-module-marker\"")
            let again = try balancer.connect(from: "127.0.0.66")
            #expect(try again.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "client=127.0.0.66:\(again.localPort) ", "end=BP reason=banned")
            #expect(!server.hasVisitor)
            let other = try balancer.connect(from: "127.0.0.67")
            try other.send("say hi\n")
            #expect(try server.accept().receive(text: 7) == "say hi\n")
        }

        @Test("health checks with a LOCAL header open no session and count against nobody")
        func healthChecks() throws {
            let server = try Server()
            let policy = """
                rules:
                  - id: 100
                    name: one
                    limit: { count: connections, per: listener, rate: 1/h, burst: 1 }
                    action: close
                """
            let relay = try Relay(to: server.port, listener: [Self.trusted], policy: policy)
            let balancer = try Balancer(to: relay, options: "send-proxy-v2 check check-send-proxy inter 50ms")
            try eventually("five checks, not:\n\(relay.connections)") {
                relay.connections.split(separator: "\n").count { $0.contains(" reason=local-command ") } >= 5
                    ? true : nil
            }
            #expect(!server.hasVisitor)
            #expect(relay.bans.isEmpty)
            // The one connection that the limit allows is the player's.
            let player = try balancer.connect(from: "127.0.0.77")
            try player.send("hi")
            #expect(try server.accept().receive(text: 2) == "hi")
        }

        @Test("health checks without a header open no session either")
        func bareChecks() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: [Self.trusted])
            let balancer = try Balancer(to: relay, options: "send-proxy-v2 check no-check-send-proxy inter 50ms")
            try relay.waitFor(connection: "peer=127.0.0.2:", " reason=")
            #expect(relay.bans.isEmpty)
            #expect(!server.hasVisitor)
            let player = try balancer.connect(from: "127.0.0.77")
            try player.send("hi")
            #expect(try server.accept().receive(text: 2) == "hi")
            withExtendedLifetime(balancer) {}
        }
    }
}
