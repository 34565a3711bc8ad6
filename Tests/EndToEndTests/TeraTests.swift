import TestSupport
import Testing

extension EndToEnd {
    @Suite("A client and a server of TERA")
    struct TeraTests {
        /// Opcodes of build 367081.
        private enum Opcode {
            static let login: UInt16 = 64_460
            static let loginAnswer: UInt16 = 48_500
            static let hardware: UInt16 = 49_412
            static let userList: UInt16 = 62_059
            static let selectUser: UInt16 = 62_792
            static let enter: UInt16 = 45_946
            static let chat: UInt16 = 49_692
            static let heard: UInt16 = 52_296
            static let whisper: UInt16 = 48_652
            static let location: UInt16 = 35_828
            static let ranking: UInt16 = 42_098
            static let useItem: UInt16 = 37_056
            static let dialog: UInt16 = 45_864
            static let ping: UInt16 = 21_485
            static let pong: UInt16 = 50_945
            static let admin: UInt16 = 61_507
        }

        /// Both ends of a connection, each with its own cipher.
        private final class Game {
            let player: Stream
            let server: Stream
            private var client: TeraEnd
            private var world: TeraEnd

            /// Connects, and exchanges the keys in turn.
            init(_ relay: Relay, _ listener: Server, seed: UInt64) throws {
                let keys = TeraKeys(seed: seed)
                player = try relay.connect()
                server = try listener.accept()
                client = TeraEnd(keys, isClient: true)
                world = TeraEnd(keys, isClient: false)
                try server.send(TeraKeys.magic)
                #expect(try player.receive(4) == TeraKeys.magic)
                for (index, key) in keys.keys.enumerated() {
                    let (from, to) = index % 2 == 0 ? (player, server) : (server, player)
                    try from.send(key)
                    #expect(try to.receive(128) == key)
                }
            }

            /// The client sends some packets, and the server gets others; those it sent, where nothing is said.
            func say(_ packets: [TeraPacket], arrive expected: [TeraPacket]? = nil, pieces: Int? = nil) throws {
                let expected = expected ?? packets
                let bytes = client.seal(packets)
                for start in stride(from: 0, to: bytes.count, by: pieces ?? bytes.count) {
                    try player.send(Array(bytes[start..<min(start + (pieces ?? bytes.count), bytes.count)]))
                }
                let received = try server.receive(expected.reduce(0) { $0 + $1.bytes.count })
                #expect(world.open(received) == expected)
                #expect(world.unfinishedByteCount == 0)
            }

            /// The server sends some packets, and the client gets them.
            func answer(_ packets: [TeraPacket]) throws {
                try server.send(world.seal(packets))
                let received = try player.receive(packets.reduce(0) { $0 + $1.bytes.count })
                #expect(client.open(received) == packets)
                #expect(client.unfinishedByteCount == 0)
            }

            /// Up to the world.
            func enter() throws {
                try say([.version(367_081), .login(Opcode.login, name: "player", ticket: Array("ticket".utf8))])
                try answer([TeraPacket(19_901, [1]), TeraPacket(Opcode.loginAnswer, [1, 0, 0, 0])])
                try say([
                    TeraPacket(Opcode.hardware, [UInt8](repeating: 0, count: 60)), TeraPacket(Opcode.userList),
                    TeraPacket(Opcode.selectUser, [1, 0, 0, 0, 0]),
                ])
                try answer([TeraPacket(Opcode.enter, [UInt8](repeating: 9, count: 500))])
            }

            func sealed(_ packets: [TeraPacket]) -> [UInt8] { client.seal(packets) }
        }

        private func relay(to server: Server) throws -> Relay {
            try Relay(to: server.port, listener: ["protocol: tera-92", "policies: [baseline, tera-92]"])
        }

        @Test("log in, walk and talk, and stay in step where packets are dropped and changed between them")
        func session() throws {
            let listener = try Server()
            let relay = try relay(to: listener)
            let game = try Game(relay, listener, seed: 1)
            try game.enter()
            for step in 0..<30 {
                let place = TeraPacket.location(Opcode.location, (Float(step), 1, 2), time: UInt32(step * 100))
                let chat = TeraPacket.chat(Opcode.chat, "step \(step)")
                try game.say([place])
                try game.answer([TeraPacket(Opcode.ping)])
                try game.say([TeraPacket(Opcode.pong)], pieces: 1)
                switch step {
                case 4: try game.say([chat])
                case 8: try game.say([.ranking(Opcode.ranking, class: 99), chat], arrive: [chat])
                case 12: try game.say([.chat(Opcode.chat, "<a href='x'>step 12</a>")], arrive: [chat], pieces: 7)
                case 16: try game.say([TeraPacket(Opcode.useItem, [1, 2]), place], arrive: [place])
                case 20:
                    try game.say(
                        [.location(Opcode.location, (0, .nan, 0), time: 1), .dialog(Opcode.dialog, counter: 1), chat],
                        arrive: [.dialog(Opcode.dialog, counter: 1), chat], pieces: 11)
                case 24: try game.say([.dialog(Opcode.dialog, counter: 2)])
                case 28: try game.answer([TeraPacket(Opcode.heard, [UInt8](repeating: 5, count: 3_000))])
                default: break
                }
            }
            for name in ["ranking-crash", "chat-markup", "size", "y-out-of-the-world"] {
                try relay.waitFor(ban: "reason=\"\(name)\"")
            }
            game.player.finish()
            #expect(try game.server.receiveAll().bytes == [])
            game.server.finish()
            let line = try relay.waitFor(connection: "reason=finished")
            #expect(line.contains(" packets_in=72 packets_out=34 dropped_in=3 dropped_out=0 end=CE "), "\(line)")
        }

        @Test("what never met a rule goes on as the very bytes that the client sent")
        func original() throws {
            let listener = try Server()
            let relay = try relay(to: listener)
            let game = try Game(relay, listener, seed: 2)
            try game.enter()
            let bytes = game.sealed([.chat(Opcode.chat, "hello"), TeraPacket(Opcode.pong)])
            try game.player.send(bytes)
            #expect(try game.server.receive(bytes.count) == bytes)
        }

        @Test("a command of game masters ends the connection before the server sees it")
        func command() throws {
            let listener = try Server()
            let relay = try relay(to: listener)
            let game = try Game(relay, listener, seed: 3)
            try game.enter()
            try game.player.send(game.sealed([TeraPacket(Opcode.admin, [6, 0] + TeraPacket.text("/@give"))]))
            #expect(try game.server.receiveAll().bytes == [])
            try relay.waitFor(ban: "gm-command-from-a-player")
        }
    }
}
