import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Load")
    struct LoadTests {
        @Test("a receiver that is slow gets every byte in order, and what waits for it is bounded")
        func backpressure() throws {
            let server = try Server()
            let relay = try Relay(to: server.port)
            let player = try relay.connect()
            let game = try server.accept()
            var random = SplitMix64(seed: 5)
            let block = random.bytes(1 << 20)
            let blockCount = 40
            let before = try residentByteCount(of: relay.child)
            let sender = Thread { for _ in 0..<blockCount { try? game.send(block) } }
            sender.start()
            // The kernel and the relay have taken what they hold when the server can no longer send.
            var fullCount = 0
            try eventually("the server is stopped") {
                fullCount = game.isFull ? fullCount + 1 : 0
                return fullCount == 20 ? true : nil
            }
            #expect(try residentByteCount(of: relay.child) - before < 4 << 20)
            for _ in 0..<blockCount { #expect(try player.receive(block.count) == block) }
            try eventually("the server has sent all") { sender.isFinished ? true : nil }
        }

        private func residentByteCount(of child: Child) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(child.process.processIdentifier)/statm", encoding: .utf8)
            return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4_096
        }

        @Test("three hundred players at once each speak with a connection of their own")
        func many() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: ["protocol: line", "policies: [line]"], workers: 2)
            var players: [Stream] = []
            var games: [String: Stream] = [:]
            for number in 0..<300 {
                let player = try Stream(to: relay.port, from: "127.0.3.\(number % 250 + 1)")
                try player.send("hello \(1_000 + number)\n")
                players.append(player)
                let game = try server.accept()
                games[try game.receive(text: 11)] = game
            }
            #expect(games.count == 300)
            for (number, player) in players.enumerated().reversed() {
                let game = try #require(games["hello \(1_000 + number)\n"])
                try game.send("welcome \(number)\n")
                let line = "welcome \(number)\n"
                #expect(try player.receive(text: line.utf8.count) == line)
            }
            players.removeAll()
            games.removeAll()
            #expect(try relay.stop() == 0)
            let lines = relay.connections.split(separator: "\n")
            #expect(lines.count { $0.contains(" packets_in=1 packets_out=1 dropped_in=0 ") } == 300)
        }

        @Test("without descriptors left nobody new comes in, and when some are free again players do")
        func descriptors() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, descriptorCount: 48)
            var players: [Stream] = []
            for _ in 0..<40 { players.append(try relay.connect()) }
            try eventually("the log says so: \(relay.child.err)") {
                relay.child.err.contains("out-of-descriptors") || relay.connections.contains("out-of-descriptors")
                    ? true : nil
            }
            #expect(relay.child.process.isRunning)
            players.removeAll()
            try eventually("somebody comes in again") { () -> Bool? in
                while server.hasVisitor { try server.accept().reset() }
                let player = try relay.connect()
                try player.send("x")
                guard (try? eventually("a visitor", seconds: 0.5, { server.hasVisitor ? true : nil })) != nil else {
                    return nil
                }
                return (try? server.accept().receive(1)) == [UInt8(ascii: "x")] ? true : nil
            }
            relay.child.signal(SIGTERM)
            relay.child.signal(SIGTERM)
            try relay.waitFor(notice: "draining")
        }
    }
}
