import Foundation
import Testing

extension EndToEnd {
    @Suite("Gates and attacks")
    struct GateTests {
        private static let game = """
            login: { success: LOGIN_OK }
            phases: [{ name: play, frame: { length: u16le@0, counts: packet, min: 4, max: 64 }, opcode: u16le@2 }]
            packets:
              client: { LOGIN: { opcode: 1 }, MOVE: { opcode: 2 } }
              server: { LOGIN_OK: { opcode: 1 } }
            """
        private let login: [UInt8] = [4, 0, 1, 0]
        private let move: [UInt8] = [4, 0, 2, 0]
        private let success: [UInt8] = [4, 0, 1, 0]

        @Test("a login opens the world's port for its address, at the moment at which the client hears of it")
        func opens() throws {
            let server = try Server()
            let world = try Ports.free()
            let listener = """
                protocol: game
                  - name: world
                    bind: 127.0.0.1:\(world)
                    to: servers
                    gate: { opened_by: front, for: 2s }
                """
            let relay = try Relay(to: server.port, listener: [listener], game: Self.game, workers: 2)
            #expect(try Stream(to: world, from: "127.0.0.8").receiveAll().ending == .reset)
            try relay.waitFor(connection: "client=127.0.0.8:", "listener=world", "end=BP reason=gate-closed")

            let player = try relay.connect(from: "127.0.0.8")
            let logins = try server.accept()
            try player.send(login)
            #expect(try logins.receive(4) == login)
            #expect(try Stream(to: world, from: "127.0.0.8").receiveAll().ending == .reset)
            try logins.send(success)
            #expect(try player.receive(4) == success)
            let inWorld = try Stream(to: world, from: "127.0.0.8")
            let game = try server.accept()
            try inWorld.send(move)
            #expect(try game.receive(4) == move)
            #expect(try Stream(to: world, from: "127.0.0.9").receiveAll().ending == .reset)
        }

        @Test("more new connections than the threshold are an attack, which the logs tell, and strangers are held off")
        func attack() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port,
                listener: ["under_attack: { limits: siege, when: { new: 5/1h }, least: 1h }"],
                service: "presets: { siege: { new: 2/1h } }", workers: 2)
            var players: [(Stream, Stream)] = []
            for _ in 0..<7 {
                let player = try relay.connect()
                let game = try server.accept()
                try player.send("hello")
                #expect(try game.receive(text: 5) == "hello")
                players.append((player, game))
            }
            let notice = try relay.waitFor(notice: "under-attack")
            #expect(notice.contains("front: 6 new connections, more than 5; strangers are held to siege"))
            #expect(try relay.connect().receiveAll().ending == .reset)
            try relay.waitFor(connection: "end=LP reason=attack-new ")
            let events = try eventually("the event log has the attack") {
                let text = relay.folder.text("events.json")
                return text.contains("\"under_attack\"") ? text : nil
            }
            #expect(events.contains(#""change":"began","listener":"front","limits":"siege","by":"new","count":6,"#))
            // Who was in plays on.
            try players[0].0.send("more")
            #expect(try players[0].1.receive(text: 4) == "more")
        }
    }
}
