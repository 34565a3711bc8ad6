import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Attackers")
    struct AttackTests {
        /// A length of two bytes that counts the whole packet of 3 to 16 bytes, then an opcode.
        private static let game = """
            phases:
              - name: play
                frame: { length: u16be@0, counts: packet, min: 3, max: 16 }
                opcode: u8@2
            packets: { client: { A: { opcode: 1 }, B: { opcode: 2 } }, server: { X: { opcode: 1 } } }
            """

        @Test("a frame of impossible length ends the connection, and what stood before it has arrived")
        func frames() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, policy: "violations: { framing: { score: 1 } }", game: Self.game)
            // Zero, one, a byte less than the header, a byte more than the most.
            for length in [0, 1, 2, 17, 0xFFFF] {
                let player = try relay.connect()
                let game = try server.accept()
                try player.send([0, 3, 1])
                #expect(try game.receive(3) == [0, 3, 1])
                try player.send([0, 4, 1, 9, UInt8(length >> 8), UInt8(length & 0xFF), 1, 1, 1])
                #expect(try game.receiveAll().bytes == [0, 4, 1, 9])
                #expect(try player.receiveAll().bytes.isEmpty)
                let bound = length < 3 ? "at least 3 is needed" : "at most 16 is allowed"
                try relay.waitFor(ban: "[rule-1] Found 127.0.0.1", "detail=\"declares a size of \(length), \(bound)\"")
                try relay.waitFor(
                    connection: "client=127.0.0.1:\(player.localPort) ", "packets_in=2",
                    "end=VE reason=violation rule=1 ")
            }
        }

        @Test("a frame of exactly the most passes, and one that breaks off is named")
        func truncated() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, policy: "rules: []", game: Self.game)
            let player = try relay.connect()
            let game = try server.accept()
            let longest = [0, 16, 2] + [UInt8](repeating: 5, count: 13)
            try player.send(longest + [0, 16, 2, 5])
            player.finish()
            // Part of the packet was on its way, so the server must learn that it breaks off.
            let all = try game.receiveAll()
            #expect(all.bytes.starts(with: longest))
            #expect(all.ending == .reset)
            try relay.waitFor(connection: "client=127.0.0.1:\(player.localPort) ", "end=CE reason=truncated-packet")
        }

        @Test("a packet that stays unfinished is ended by its deadline, and scored")
        func slow() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port, listener: ["timeouts: { packet: 300ms }"],
                policy: "violations: { timeout: { score: 2 } }", game: Self.game)
            let player = try relay.connect()
            try player.send([0, 16, 2, 5])
            #expect(try player.receiveAll().bytes.isEmpty)
            try relay.waitFor(ban: "[rule-5] Found 127.0.0.1 action=close score=2")
            try relay.waitFor(connection: "end=TE reason=packet-timeout rule=5 ")
        }

        @Test("random bytes to every shipped protocol end connections, never the program")
        func randomBytes() throws {
            let server = try Server()
            var random = SplitMix64(seed: 11)
            for protocolName in ["crossfire", "openttd", "terraria", "tales-of-pirates", "tera-92", "line"] {
                let relay = try Relay(
                    to: server.port,
                    listener: ["protocol: \(protocolName)", "policies: [baseline, \(protocolName)]"], workers: 2)
                for number in 0..<20 {
                    let bytes = random.bytes(Int.random(in: 1...3_000, using: &random))
                    guard let player = try? Stream(to: relay.port, from: "127.0.1.\(number + 1)") else { continue }
                    for piece in random.pieces(of: bytes, most: 900) {
                        do { try player.send(piece) } catch { break }
                    }
                    player.finish()
                }
                while server.hasVisitor { try server.accept().reset() }
                // Somebody else still comes in.
                let player = try Stream(to: relay.port, from: "127.0.2.1")
                let game = try server.accept()
                #expect(relay.child.process.isRunning)
                relay.child.signal(SIGTERM)
                try relay.waitFor(notice: "draining")
                relay.child.signal(SIGTERM)
                #expect(try relay.child.exitCode() == 0, "\(protocolName): \(relay.child.err)")
                withExtendedLifetime((player, game)) {}
            }
        }

        @Test("a ban closes every connection of the address on all workers, and keeps it out")
        func ban() throws {
            let server = try Server()
            let policy = """
                rules:
                  - { id: 100, name: cheat, packet: B, bytes: [{ hex: "de ad" }], action: { ban: 1h } }
                """
            let relay = try Relay(to: server.port, policy: policy, game: Self.game, workers: 2)
            var members: [(player: Stream, game: Stream)] = []
            for _ in 0..<12 {
                let player = try relay.connect(from: "127.0.0.66")
                let game = try server.accept()
                // The relay knows that the server stands when the packet is there.
                try player.send([0, 3, 1])
                #expect(try game.receive(3) == [0, 3, 1])
                members.append((player, game))
            }
            let other = try relay.connect(from: "127.0.0.67")
            let otherGame = try server.accept()
            try members[5].player.send([0, 5, 2, 0xDE, 0xAD])
            for (player, game) in members {
                #expect(try player.receiveAll() == ([], .reset))
                #expect(try game.receiveAll() == ([], .reset))
            }
            try relay.waitFor(
                ban: "[rule-100] Ban 127.0.0.66 for=", "count=1 packet=B reason=\"cheat\" by=rule")
            // The worker may hear of the server's answer to the last ones after the ban: those end while connecting.
            try eventually("twelve ends by the ban in the log") {
                relay.connections.split(separator: "\n").count { line in
                    line.contains(" end=BE reason=banned ") || line.contains(" end=BC reason=banned ")
                } == 12 ? true : nil
            }
            let workers = Set(
                relay.connections.split(separator: "\n").compactMap { $0.split(separator: "conn=").last?.first })
            #expect(workers == ["0", "1"])
            let again = try relay.connect(from: "127.0.0.66")
            #expect(try again.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "client=127.0.0.66:\(again.localPort) ", "end=BP reason=banned")
            #expect(!server.hasVisitor)
            try other.send([0, 3, 1])
            #expect(try otherGame.receive(3) == [0, 3, 1])
        }

        @Test("a limit per address holds over both workers together")
        func sharedLimit() throws {
            let server = try Server()
            let policy = """
                rules:
                  - { id: 100, name: few, limit: { per: address, rate: 1/h, burst: 7 }, action: drop }
                """
            let relay = try Relay(to: server.port, policy: policy, game: Self.game, workers: 2)
            var games: [Stream] = []
            for _ in 0..<10 {
                let player = try relay.connect(from: "127.0.0.66")
                games.append(try server.accept())
                try player.send([0, 3, 1])
                player.finish()
            }
            var arrived = 0
            for game in games { arrived += try game.receiveAll().bytes.count }
            #expect(arrived == 7 * 3)
        }
    }
}
