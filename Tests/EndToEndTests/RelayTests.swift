import TestSupport
import Testing

extension EndToEnd {
    @Suite("A player and a server")
    struct RelayTests {
        @Test("bytes go both ways as they are, and each side learns that the other has finished")
        func bothWays() throws {
            let server = try Server()
            let relay = try Relay(to: server.port)
            let player = try relay.connect()
            let game = try server.accept()
            var random = SplitMix64(seed: 1)
            let question = random.bytes(300_000)
            let answer = random.bytes(200_000)
            try player.send("hello")
            #expect(try game.receive(text: 5) == "hello")
            try game.send(answer)
            #expect(try player.receive(answer.count) == answer)
            try player.send(question)
            player.finish()
            let all = try game.receiveAll()
            #expect(all.bytes == question)
            #expect(all.ending == .finished)
            // One side has ended, the other goes on.
            try game.send("bye")
            game.finish()
            #expect(try player.receiveAll() == (Array("bye".utf8), .finished))
            let line = try relay.waitFor(connection: "reason=finished")
            #expect(line.contains("client=127.0.0.1:\(player.localPort) "))
            #expect(line.contains(" bytes_in=300005 bytes_out=200003 "))
            #expect(line.contains(" end=CE "))
            #expect(try relay.stop() == 0)
        }

        @Test("one byte at a time arrives as the same packets")
        func singleBytes() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: ["protocol: line", "policies: [line]"])
            let player = try relay.connect()
            let game = try server.accept()
            for line in ["say hello\n", "look\n", "say HI\n"] {
                for byte in line.utf8 { try player.send([byte]) }
                #expect(try game.receive(text: line.utf8.count) == line)
            }
            player.finish()
            #expect(try game.receiveAll().bytes.isEmpty)
            game.finish()
            #expect(try relay.waitFor(connection: "reason=finished").contains(" packets_in=3 "))
        }

        @Test("a reset of one side reaches the other")
        func reset() throws {
            let server = try Server()
            let relay = try Relay(to: server.port)
            let player = try relay.connect()
            let game = try server.accept()
            try player.send("x")
            #expect(try game.receive(1) == [UInt8(ascii: "x")])
            player.reset()
            #expect(try game.receiveAll().ending == .reset)
            try relay.waitFor(connection: "end=CE reason=reset")
        }

        @Test("a player is let in over IPv6, and the log names their address")
        func ipv6() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, host: "[::1]", pool: "send_proxy: v1")
            let player = try Stream(to: relay.port, isIPv6: true)
            let game = try server.accept()
            try player.send("x")
            let header = "PROXY TCP6 ::1 ::1 \(player.localPort) \(relay.port)\r\n"
            #expect(try game.receive(text: header.utf8.count + 1) == header + "x")
            player.finish()
            game.finish()
            _ = try game.receiveAll()
            try relay.waitFor(connection: "client=[::1]:\(player.localPort) ")
        }

        @Test("while no server is there a player sees the connection close and learns nothing")
        func serverIsAway() throws {
            let port = try Server().port
            let relay = try Relay(to: port)
            let player = try relay.connect()
            #expect(try player.receiveAll().bytes.isEmpty)
            try relay.waitFor(connection: "server=- ", "end=SC reason=connect-refused")
        }

        @Test("the next server of the pool is tried when the first refuses")
        func nextServer() throws {
            let away = try Server().port
            let server = try Server()
            let relay = try Relay(to: server.port)
            try relay.folder.write(
                "portcullis.yaml",
                relay.folder.text("portcullis.yaml").replacing("[127.0.0.1:", with: "[127.0.0.1:\(away), 127.0.0.1:"))
            relay.child.signal(1)
            try relay.waitFor(notice: "reloaded")
            for _ in 0..<3 {
                let player = try relay.connect()
                try player.send("x")
                #expect(try server.accept().receive(1) == [UInt8(ascii: "x")])
            }
        }

        @Test("with connect: first-packet the server hears nothing of who sends nothing, or nothing good")
        func firstPacket() throws {
            let server = try Server()
            let relay = try Relay(
                to: server.port, listener: ["protocol: line", "policies: [line]"], pool: "connect: first-packet")
            let silent = try relay.connect()
            let bad = try relay.connect()
            try bad.send("admin give me all\n")
            _ = try bad.receiveAll()
            silent.finish()
            _ = try silent.receiveAll()
            let good = try relay.connect()
            try good.send("say hi\n")
            #expect(try server.accept().receive(text: 7) == "say hi\n")
            #expect(!server.hasVisitor)
        }
    }
}
