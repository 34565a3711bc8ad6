import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bans")
    struct BanTests {
        /// A length of two bytes that counts the whole packet of 3 to 16 bytes, then an opcode.
        private static let game = """
            phases:
              - name: play
                frame: { length: u16be@0, counts: packet, min: 3, max: 16 }
                opcode: u8@2
            packets: { client: { A: { opcode: 1 }, CHEAT: { opcode: 2 } }, server: { X: { opcode: 1 } } }
            """
        private static let policy = "rules: [{ id: 100, name: cheat, packet: CHEAT, action: { ban: 1h } }]"
        private static let fromHere = "proxy_protocol: { from: [127.0.0.1/32] }"
        private static let packet: [UInt8] = [0, 3, 1]
        private static let cheat: [UInt8] = [0, 3, 2]

        /// A relay behind a balancer, so that each player can have any address.
        private final class Arena {
            let server: Server
            let relay: Relay
            let socket: String
            private let folder: Scratch

            init(policy: String = BanTests.policy, service: String = "", workers: Int = 3) throws {
                server = try Server()
                folder = try Scratch()
                socket = folder.path + "/control"
                relay = try Relay(
                    to: server.port, listener: [BanTests.fromHere, "limits: { open: 10000 }"], policy: policy,
                    game: BanTests.game, service: "  rate: 100000/s\nadmin: { socket: \(socket) }\n" + service,
                    workers: workers)
                try relay.waitFor(notice: "control")
            }

            /// Connects as a balancer does for a client.
            func knock(from address: String) throws -> Stream {
                let player = try relay.connect()
                let family = address.contains(":") ? "TCP6 \(address) 2001:db8::1" : "TCP4 \(address) 192.0.2.1"
                try player.send(Array("PROXY \(family) 40000 7777\r\n".utf8) + BanTests.packet)
                return player
            }

            /// A player who is in: the first packet has arrived.
            func enter(from address: String) throws -> (player: Stream, game: Stream) {
                let player = try knock(from: address)
                let game = try server.accept()
                let arrived = try game.receive(3)
                guard arrived == BanTests.packet else { throw TooLate(description: "\(arrived) arrived") }
                return (player, game)
            }

            /// Gives the running program a command.
            func command(_ arguments: String...) throws {
                let (code, out, err) = try Program.run(arguments + ["--socket", socket])
                #expect(code == 0, "\(arguments): \(out)\(err)")
            }

            /// How many connections of an address the log says a ban has ended.
            func endCount(of address: String) -> Int {
                relay.connections.split(separator: "\n").count {
                    $0.contains(" client=\(address):") && $0.contains(" reason=banned ")
                }
            }
        }

        /// What makes the ban.
        enum Decision: CaseIterable {
            case byRule
            case byCommand
        }

        @Test(
            "a ban closes all of 2,000 live connections of the address on all workers, and no other",
            arguments: Decision.allCases)
        func closesAll(decision: Decision) throws {
            let count = 2_000
            let arena = try Arena()
            let cheater = "198.51.100.7"
            // The neighbours on both sides, and who differs in one other bit.
            let others = ["198.51.100.6", "198.51.100.8", "198.51.101.7", "70.51.100.7", "2001:db8::c633:6407"]
            var members: [(player: Stream, game: Stream)] = []
            var bystanders: [(player: Stream, game: Stream)] = []
            for number in 0..<count {
                members.append(try arena.enter(from: cheater))
                if number.isMultiple(of: 20) { bystanders.append(try arena.enter(from: others[number / 20 % 5])) }
            }
            switch decision {
            case .byRule: try members[count / 2].player.send(Self.cheat)
            case .byCommand: try arena.command("ban", cheater, "--for", "1h", "--reason", "sells \"gold\"")
            }
            let resetCount = try members.count { member in
                try member.player.receiveAll() == ([], .reset) && member.game.receiveAll() == ([], .reset)
            }
            #expect(resetCount == count)
            let words =
                decision == .byRule
                ? "packet=CHEAT reason=\"cheat\" by=rule" : #"packet=- reason="sells \x22gold\x22" by=operator"#
            try arena.relay.waitFor(ban: " Ban \(cheater) for=", words)
            try eventually("\(count) ends by the ban in the log") {
                arena.endCount(of: cheater) == count ? true : nil
            }
            let ends = arena.relay.connections.split(separator: "\n")
            #expect(ends.count == count)
            let workers = Set(ends.compactMap { $0.split(separator: "conn=").last?.first })
            #expect(workers == ["0", "1", "2"])
            for (player, game) in bystanders {
                try player.send(Self.packet)
                #expect(try game.receive(3) == Self.packet)
            }
            #expect(try arena.knock(from: cheater).receiveAll().bytes.isEmpty)
            #expect(!arena.server.hasVisitor)
        }

        @Test(
            "a soft ban refuses who comes anew and leaves who is in; made hard, it closes them",
            arguments: [true, false])
        func soft(byRule: Bool) throws {
            let policy = "rules: [{ id: 100, name: cheat, packet: CHEAT, action: { ban: { for: 1h, kind: soft } } }]"
            let arena = try Arena(policy: policy)
            let cheater = "198.51.100.7"
            let members = try (0..<40).map { _ in try arena.enter(from: cheater) }
            if byRule {
                try members[7].player.send(Self.cheat)
                try arena.relay.waitFor(ban: "[rule-100] Ban \(cheater) for=", " by=rule conn=", " kind=soft")
            } else {
                try arena.command("ban", cheater, "--for", "1h", "--soft")
                try arena.relay.waitFor(ban: "[operator] Ban \(cheater) for=", " by=operator conn=- kind=soft who=\"")
            }
            #expect(try arena.knock(from: cheater).receiveAll().bytes.isEmpty)
            for (number, member) in members.enumerated() where number != 7 {
                try member.player.send(Self.packet)
                #expect(try member.game.receive(3) == Self.packet)
            }
            try arena.command("ban", cheater, "--for", "1h")
            for (number, member) in members.enumerated() where number != 7 {
                #expect(try member.player.receiveAll() == ([], .reset))
            }
            try arena.relay.waitFor(ban: "[operator] Extend \(cheater) for=")
        }

        @Test("an IPv4 address and the same mapped into IPv6 are one, for the ban, its connections and the log")
        func mapped() throws {
            let arena = try Arena()
            let plain = try arena.enter(from: "198.51.100.7")
            let mapped = try arena.enter(from: "::ffff:198.51.100.7")
            let hexadecimal = try arena.enter(from: "0:0:0:0:0:ffff:c633:6407")
            // Looks alike, and is another: an IPv6 address that ends as the IPv4 address does.
            let other = try arena.enter(from: "::198.51.100.7")
            try mapped.player.send(Self.cheat)
            for member in [plain, mapped, hexadecimal] {
                #expect(try member.player.receiveAll() == ([], .reset))
                #expect(try member.game.receiveAll() == ([], .reset))
            }
            for address in ["198.51.100.7", "::ffff:198.51.100.7", "0:0:0:0:0:ffff:c633:6407"] {
                #expect(try arena.knock(from: address).receiveAll().bytes.isEmpty)
            }
            try eventually("six refused or ended") { arena.endCount(of: "198.51.100.7") == 6 ? true : nil }
            #expect(!arena.server.hasVisitor)
            try other.player.send(Self.packet)
            #expect(try other.game.receive(3) == Self.packet)
            #expect(arena.relay.bans.split(separator: "\n").count { $0.contains(" Ban ") } == 1)
            #expect(!arena.relay.bans.contains("ffff"))
        }

        @Test("what an operator does is in both logs, with who did it, and hostile words stay words")
        func operators() throws {
            let arena = try Arena()
            let lie = "x\" who=\"root\"] Ban 203.0.113.1 for=1s"
            try arena.command("ban", "account:bob \"the\" builder", "--reason", lie)
            try arena.command("ban", "198.51.100.0/24", "--for", "2h", "--reason", "a\\b=c")
            try arena.command("allow", "add", "198.51.100.0/25", "--comment", lie)
            try arena.command("unban", "198.51.100.0/24")
            try arena.command("allow", "remove", "198.51.100.0/25")
            let user = try #require(getpwuid(getuid()))
            let who = #"who="\#(String(cString: user.pointee.pw_name))""#
            try arena.relay.waitFor(
                ban: "[operator] Ban - for=forever", #" account="bob \x22the\x22 builder" \#(who)"#)
            try arena.relay.waitFor(ban: "[operator] Ban 198.51.100.0 for=", #" reason="a\x5cb=c" "#, who)
            try arena.relay.waitFor(ban: "[operator] Unban 198.51.100.0 count=1 ", "lifted_by=")
            for (command, subject) in [
                ("ban", "198.51.100.0/24"), ("allow", "198.51.100.0/25"), ("unban", "198.51.100.0/24"),
                ("disallow", "198.51.100.0/25"),
            ] {
                try arena.relay.waitFor(ban: "[operator] Command \(subject) command=\(command) \(who) text=\"")
            }
            // Nobody's words began a line, ended a value, or banned anybody.
            let lines = arena.relay.bans.split(separator: "\n")
            let start = #"[-0-9]+ [0-9:,]+ portcullis\.actions \[\d+\]: NOTICE \[operator\] [A-Z][a-z]+ "#
            let shape = try Regex(start + #"("[^"]*"|[^" ]+)( [a-z_]+=("[^"]*"|[^" ]+))+"#)
            for line in lines { #expect(line.wholeMatch(of: shape) != nil, "\(line)") }
            #expect(!lines.contains { $0.contains(" Ban 203.0.113.1") && !$0.contains("\\x22") })
            let events = arena.relay.folder.text("events.json")
            #expect(events.contains(#""event_type":"operator","who":""#))
            #expect(events.contains(#""change":"lifted","conn_id":null,"src_ip":"198.51.100.0""#))
            #expect(events.contains(#""account":"bob \"the\" builder""#))
        }
    }
}
