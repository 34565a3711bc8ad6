import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bans in the kernel", .enabled(if: Hosts.missing == nil, "\(Hosts.missing ?? "")"))
    struct KernelTests {
        /// A length of two bytes that counts the whole packet, then an opcode.
        private static let game = """
            phases:
              - name: play
                frame: { length: u16be@0, counts: packet, min: 3, max: 16 }
                opcode: u8@2
            packets: { client: { A: { opcode: 1 }, B: { opcode: 2 } }, server: { X: { opcode: 1 } } }
            """
        private static let cheat: [UInt8] = [0, 5, 2, 0xDE, 0xAD]

        private static func policy(ban: String) -> String {
            "rules: [{ id: 100, name: cheat, packet: B, bytes: [{ hex: \"de ad\" }], action: { ban: \(ban) } }]"
        }

        /// A relay, its server, and the hosts they are on.
        private struct Scene {
            let hosts: Hosts
            let server: Server
            let relay: Relay
            private let folder: Scratch

            /// - Parameters:
            ///   - bind: the address that the relay listens on.
            ///   - kernel: what stands behind the names of the listeners.
            ///   - service: further lines of the service's file.
            ///   - wrapper: what the program is started by.
            init(
                bind: String = "0.0.0.0", kernel: String = "reconcile: 1d", service: String = "", ban: String = "1h",
                wrapper: [String] = [], hosts: Hosts? = nil, isOn: Bool = true
            ) throws {
                folder = try Scratch()
                let hosts = try hosts ?? Hosts()
                let server = try hosts.relay.inside { try Server() }
                self.hosts = hosts
                self.server = server
                relay = try Relay(
                    to: server.port, host: bind, policy: KernelTests.policy(ban: ban), game: KernelTests.game,
                    service:
                        "\(service)\nadmin: { socket: \(folder.path)/s }\nkernel: { listeners: [front], \(kernel) }",
                    program: hosts.relay.prefix + wrapper + [Program.path])
                if isOn { try relay.waitFor(notice: "kernel-bans-on") }
            }

            func connect(to host: String = "10.77.0.1", from source: String) throws -> Stream {
                try hosts.outside.inside {
                    try Stream(to: relay.port, of: host, from: source, isIPv6: host.contains(":"))
                }
            }

            func attempt(to host: String = "10.77.0.1", from source: String) throws -> Attempt {
                try hosts.outside.inside { try Attempt(to: host, port: relay.port, from: source) }
            }

            /// Bans an address by what it sends, and waits until the kernel knows.
            func ban(_ address: String, to host: String = "10.77.0.1", as element: String? = nil) throws {
                let cheater = try connect(to: host, from: address)
                let game = try server.accept()
                try cheater.send(KernelTests.cheat)
                #expect(try cheater.receiveAll().ending == .reset)
                _ = try game.receiveAll()
                try waitFor(element: element ?? address)
            }

            func waitFor(element: String) throws {
                try eventually("\(element) in the kernel, not:\n\(table)\n\(relay.child.err)") {
                    has(element) ? true : nil
                }
            }

            var table: String { (try? hosts.relay.run("nft", "list", "table", "inet", "portcullis").out) ?? "" }

            /// Whether it stands among the banned.
            func has(_ element: String) -> Bool { stands(element, among: "banned_") }

            /// Whether it stands among the allowed.
            func allows(_ element: String) -> Bool { stands(element, among: "allowed_") }

            private func stands(_ element: String, among prefix: String) -> Bool {
                table.split(separator: "set ").contains { $0.hasPrefix(prefix) && $0.contains(" \(element) ") }
            }

            /// An operator's command.
            @discardableResult
            func command(_ words: String...) throws -> String {
                let result = try Program.run(words + ["--socket", folder.path + "/s"])
                #expect(result.code == 0, "\(words): \(result.err)")
                return result.out
            }

            /// What `status` says of the kernel.
            func kernelStatus() throws -> String? {
                try command("status").split(separator: "\n").first { $0.hasPrefix("kernel ") }.map(String.init)
            }

            /// Packets that the kernel has dropped.
            var refusedCount: Int {
                let counter = try? hosts.relay.run("nft", "list", "counter", "inet", "portcullis", "refused").out
                return counter?.firstMatch(of: /packets (\d+)/).flatMap { Int($0.1) } ?? -1
            }

            /// Waits until the kernel has dropped a packet more than so many.
            func waitForRefusal(after count: Int) throws {
                try eventually("more than \(count) dropped packets in\n\(table)") { refusedCount > count ? true : nil }
            }

            /// An ordinary player gets in, and is heard.
            func play(to host: String = "10.77.0.1", from source: String) throws {
                let player = try connect(to: host, from: source)
                let game = try server.accept()
                try player.send([0, 3, 1])
                #expect(try game.receive(3) == [0, 3, 1])
            }
        }

        @Test(
            "a banned address's first packet never reaches the program, others' do, and unbanning opens again",
            arguments: [
                ("0.0.0.0", "10.77.0.1", "10.77.1.2", "10.77.1.2", "10.77.1.3"),
                ("10.77.0.1", "10.77.0.1", "10.77.1.2", "10.77.1.2", "10.77.1.3"),
                ("[::]", "10.77.0.1", "10.77.1.2", "10.77.1.2", "10.77.1.3"),
                ("[::]", "fd77::1", "fd77:0:0:1::2", "fd77:0:0:1::", "fd77:0:0:2::2"),
                ("[fd77::1]", "fd77::1", "fd77:0:0:1::2", "fd77:0:0:1::", "fd77:0:0:2::2"),
            ])
        func bans(bind: String, host: String, cheater: String, element: String, player: String) throws {
            let scene = try Scene(bind: bind)
            #expect(scene.refusedCount == 0)
            try scene.ban(cheater, to: host, as: element)
            do {
                let attempt = try scene.attempt(to: host, from: cheater)
                try scene.waitForRefusal(after: 0)
                try scene.play(to: host, from: player)
                #expect(!attempt.isConnected)
            }
            let shown = host.contains(":") ? "client=[\(cheater)]:" : "client=\(cheater):"
            try scene.relay.waitFor(connection: shown, "reason=banned")
            try scene.relay.write(
                to: scene.server.port, host: bind, policy: Self.policy(ban: "1h"), game: Self.game,
                service: "reputation: { allow: [\(cheater)] }\nkernel: { listeners: [front], reconcile: 1d }")
            scene.relay.child.signal(SIGHUP)
            try eventually("\(element) is out of\n\(scene.table)") { scene.has(element) ? nil : true }
            let count = scene.refusedCount
            try scene.play(to: host, from: cheater)
            #expect(scene.refusedCount == count)
            try scene.relay.waitFor(connection: shown, "packets_in=1 ")
            #expect(scene.relay.connections.split(separator: "\n").count { $0.contains(shown) } == 2)
        }

        @Test("who is allowed gets in from within a banned network")
        func allowed() throws {
            let scene = try Scene(bind: "[::]", service: "reputation: { allow: [\"fd77:0:0:1::3\"] }")
            try scene.ban("fd77:0:0:1::2", to: "fd77::1", as: "fd77:0:0:1::")
            let attempt = try scene.attempt(to: "fd77::1", from: "fd77:0:0:1::2")
            try scene.waitForRefusal(after: 0)
            try scene.play(to: "fd77::1", from: "fd77:0:0:1::3")
            #expect(!attempt.isConnected)
        }

        @Test("a soft ban keeps new connections from the program, and leaves those that are open")
        func soft() throws {
            let scene = try Scene()
            let player = try scene.connect(from: "10.77.1.2")
            let game = try scene.server.accept()
            try scene.command("ban", "10.77.1.2", "--soft", "--for", "1h")
            try scene.waitFor(element: "10.77.1.2")
            let attempt = try scene.attempt(from: "10.77.1.2")
            try scene.waitForRefusal(after: 0)
            #expect(!attempt.isConnected)
            try player.send([0, 3, 1])
            #expect(try game.receive(3) == [0, 3, 1])
            try game.send([0, 3, 1])
            #expect(try player.receive(3) == [0, 3, 1])
            player.finish()
            #expect(try game.receiveAll().ending == .finished)
        }

        @Test("what operators order holds in the kernel: networks, for ever, who is allowed within them, and unbanning")
        func orders() throws {
            let scene = try Scene()
            try scene.command("ban", "10.77.1.0/24")
            try scene.waitFor(element: "10.77.1.0")
            #expect(!scene.table.contains("timeout "))
            let first = try scene.attempt(from: "10.77.1.3")
            try scene.waitForRefusal(after: 0)
            try scene.command("allow", "add", "10.77.1.3", "--for", "1h")
            try eventually("10.77.1.3 is allowed in\n\(scene.table)") { scene.allows("10.77.1.3") ? true : nil }
            #expect(!first.isConnected)
            try scene.play(from: "10.77.1.3")
            try scene.command("allow", "remove", "10.77.1.3")
            try eventually("10.77.1.3 is not allowed in\n\(scene.table)") { scene.allows("10.77.1.3") ? nil : true }
            let count = scene.refusedCount
            let second = try scene.attempt(from: "10.77.1.3")
            try scene.waitForRefusal(after: count)
            #expect(!second.isConnected)
            try scene.command("unban", "10.77.1.0/24")
            try eventually("nobody is banned in\n\(scene.table)") { scene.has("10.77.1.0") ? nil : true }
            // An account has no address that the kernel could know it by.
            try scene.command("ban", "account:bob")
            try scene.command("ban", "10.77.9.9", "--for", "1h")
            try scene.waitFor(element: "10.77.9.9")
            #expect(scene.table.ranges(of: "elements = ").count == 1)
            try eventually("the entry is in the status") {
                try scene.kernelStatus()?.hasSuffix(" 1 in the table inet portcullis") == true ? true : nil
            }
        }

        @Test("other ports and other addresses of the host are not touched")
        func elsewhere() throws {
            let scene = try Scene(bind: "10.77.0.1")
            try scene.ban("10.77.1.2")
            let neighbour = try scene.hosts.relay.inside { try Server(on: "10.77.0.2", port: scene.relay.port) }
            let visitor = try scene.connect(to: "10.77.0.2", from: "10.77.1.2")
            try visitor.send("hello")
            #expect(try neighbour.accept().receive(text: 5) == "hello")
            #expect(scene.refusedCount == 0)
        }

        @Test("what somebody flushes or changes is mended, and said")
        func reconciles() throws {
            let scene = try Scene(kernel: "reconcile: 1s")
            try scene.ban("10.77.1.2")
            try scene.hosts.relay.run("nft", "flush", "ruleset")
            #expect(
                try scene.relay.waitFor(notice: "kernel-bans-restored").contains("it was made anew, with entries: 1"))
            #expect(scene.has("10.77.1.2"))
            try scene.hosts.relay.run("nft", "flush", "set", "inet", "portcullis", "banned_ipv4_32")
            #expect(
                try scene.relay.waitFor(notice: "kernel-bans-restored", count: 2)
                    .contains("(entries taken out: 1, put in: 0)"))
            #expect(scene.has("10.77.1.2"))
            try scene.hosts.relay.run("nft", "add element inet portcullis banned_ipv4_32 { 10.77.1.3 }")
            #expect(
                try scene.relay.waitFor(notice: "kernel-bans-restored", count: 3)
                    .contains("(entries taken out: 0, put in: 1)"))
            #expect(!scene.has("10.77.1.3"))
            try scene.hosts.relay.run("nft", "flush", "chain", "inet", "portcullis", "input")
            #expect(
                try scene.relay.waitFor(notice: "kernel-bans-restored", count: 4).contains("it was made anew"))
            let attempt = try scene.attempt(from: "10.77.1.2")
            try scene.waitForRefusal(after: 0)
            #expect(!attempt.isConnected)
        }

        @Test("a ban after somebody removed the table makes it anew at once")
        func bansIntoNothing() throws {
            let scene = try Scene()
            try scene.ban("10.77.1.2")
            try scene.hosts.relay.run("nft", "delete", "table", "inet", "portcullis")
            try scene.ban("10.77.1.3")
            #expect(scene.has("10.77.1.2"))
            #expect(!scene.relay.child.err.contains("kernel-bans-off"))
        }

        @Test(
            "at the end the table is removed, or kept and taken over by the next start", arguments: ["remove", "keep"])
        func atExit(order: String) throws {
            let hosts = try Hosts()
            do {
                let scene = try Scene(kernel: "at_exit: \(order)", hosts: hosts)
                try scene.ban("10.77.1.2")
                #expect(try scene.relay.stop() == 0)
                #expect(scene.has("10.77.1.2") == (order == "keep"))
                #expect(scene.table.isEmpty == (order == "remove"))
            }
            try hosts.relay.run("nft", "add table inet other")
            let next = try Scene(hosts: hosts)
            try next.ban("10.77.1.3")
            #expect(try hosts.relay.run("nft", "list", "tables").out.split(separator: "\n").count == 2)
            #expect(next.table.ranges(of: "jump judge").count == 1)
            // Without a file for its state, a program that starts knows of no ban.
            #expect(!next.has("10.77.1.2"))
        }

        @Test("a program that drains has left the table to whoever listens next")
        func drains() throws {
            let scene = try Scene()
            let player = try scene.connect(from: "10.77.1.2")
            let game = try scene.server.accept()
            scene.relay.child.signal(SIGTERM)
            try eventually("no table, not\n\(scene.table)") { scene.table.isEmpty ? true : nil }
            try player.send([0, 3, 1])
            #expect(try game.receive(3) == [0, 3, 1])
            // Another one's, as far as this program knows.
            try scene.hosts.relay.run("nft", "add table inet portcullis")
            player.finish()
            game.finish()
            #expect(try scene.relay.child.exitCode() == 0)
            #expect(!scene.table.isEmpty)
        }

        @Test("entries run out in the kernel by themselves when the program is killed")
        func runsOut() throws {
            let scene = try Scene(ban: "2s")
            try scene.ban("10.77.1.2")
            scene.relay.child.signal(SIGKILL)
            _ = try scene.relay.child.exitCode()
            try eventually("the entry runs out of\n\(scene.table)") { scene.has("10.77.1.2") ? nil : true }
            #expect(scene.table.contains("banned_ipv4_32"))
        }

        @Test("a reload moves the table to another name, and removes it where no listener is named")
        func reloads() throws {
            let scene = try Scene()
            try scene.ban("10.77.1.2")
            func reload(_ service: String) throws {
                try scene.relay.write(
                    to: scene.server.port, host: "0.0.0.0", policy: Self.policy(ban: "1h"), game: Self.game,
                    service: service)
                scene.relay.child.signal(SIGHUP)
            }
            func tables() -> String {
                (try? scene.hosts.relay.run("nft", "list", "tables").out) ?? "none can be listed"
            }
            try reload("kernel: { listeners: [front], table: portcullis_eu }")
            try eventually("another table, not \(tables())") {
                tables() == "table inet portcullis_eu\n" ? true : nil
            }
            try eventually("the ban in it") {
                let listing = try scene.hosts.relay.run("nft", "list", "table", "inet", "portcullis_eu").out
                return listing.contains(" 10.77.1.2 ") ? true : nil
            }
            try reload("")
            try eventually("no table, not \(tables())") { tables() == "" ? true : nil }
        }

        @Test(
            "without the right to use the packet filter this is said once, and the program refuses by itself",
            .enabled(if: Tools.setpriv != nil, "setpriv must be installed"))
        func notPermitted() throws {
            let wrapper = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"]
            let scene = try Scene(kernel: "reconcile: 1s", wrapper: wrapper, isOn: false)
            #expect(try scene.relay.waitFor(notice: "kernel-bans-off").contains("AmbientCapabilities=CAP_NET_ADMIN"))
            try expectRefusals(scene)
        }

        @Test("without the library this is said once, and the program refuses by itself")
        func noLibrary() throws {
            let find =
                "for f in /usr/lib/*/libnftables.so.1 /lib/*/libnftables.so.1; do "
                + "test -e $f && mount --bind /dev/null $(readlink -f $f); done; exec \"$0\" \"$@\""
            let wrapper = ["unshare", "--mount", "sh", "-c", find]
            let scene = try Scene(kernel: "reconcile: 1s", wrapper: wrapper, isOn: false)
            #expect(try scene.relay.waitFor(notice: "kernel-bans-off").contains("install libnftables1"))
            try expectRefusals(scene)
        }

        @Test("without descriptors to spare this is said once, and the library does not end the program")
        func noDescriptors() throws {
            let wrapper = ["sh", "-c", "ulimit -n 48 && exec \"$0\" \"$@\""]
            let scene = try Scene(kernel: "reconcile: 1s", wrapper: wrapper, isOn: false)
            #expect(try scene.relay.waitFor(notice: "kernel-bans-off").contains("raise the limit on open files"))
            try expectRefusals(scene)
        }

        private func expectRefusals(_ scene: Scene) throws {
            let cheater = try scene.connect(from: "10.77.1.2")
            try cheater.send(Self.cheat)
            #expect(try cheater.receiveAll().ending == .reset)
            try scene.relay.waitFor(ban: "[rule-100] Ban 10.77.1.2 ")
            #expect(try scene.connect(from: "10.77.1.2").receiveAll().ending == .reset)
            try scene.relay.waitFor(connection: "client=10.77.1.2:", "end=BP reason=banned")
            #expect(try scene.kernelStatus()?.contains(" HAS NO BANS: ") == true)
            #expect(try scene.relay.stop() == 0)
            #expect(scene.relay.child.err.ranges(of: "kernel-bans-").count == 1)
        }
    }
}
