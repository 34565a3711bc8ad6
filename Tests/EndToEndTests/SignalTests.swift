import Foundation
import Testing

extension EndToEnd {
    @Suite("Signals")
    struct SignalTests {
        private static let strict = "rules: [{ id: 100, name: no-look, packet: look, action: close }]"
        private static let line = [
            "phases: [{ name: play, frame: { until: \"0a\", max: 64 }, opcode: word@0 }]",
            "packets: { client: { look: , say: }, server: { seen: } }",
        ].joined(separator: "\n")

        @Test("SIGHUP: the new rules hold for players who are in, from their next packet on")
        func reload() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, policy: "rules: []", game: Self.line)
            let player = try relay.connect()
            let game = try server.accept()
            try player.send("look\n")
            #expect(try game.receive(text: 5) == "look\n")
            try relay.write(to: server.port, policy: Self.strict, game: Self.line)
            relay.child.signal(SIGHUP)
            try relay.waitFor(notice: "reloaded")
            try player.send("say hi\nlook\n")
            #expect(try game.receive(text: 7) == "say hi\n")
            #expect(try player.receiveAll().bytes.isEmpty)
            #expect(try game.receiveAll().bytes.isEmpty)
            try relay.waitFor(ban: "[rule-100] Found 127.0.0.1 action=close", "packet=look", "reason=\"no-look\"")
            try relay.waitFor(connection: "end=RE reason=rule rule=100 rule_name=\"no-look\"")
        }

        @Test("SIGHUP: a file with mistakes changes nothing, and every mistake is shown with its place")
        func badReload() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, policy: Self.strict, game: Self.line)
            let player = try relay.connect()
            let game = try server.accept()
            try relay.write(
                to: server.port, policy: "rules:\n  - { id: 100, name: no-look, packet: lok, acton: drop }",
                game: Self.line)
            relay.child.signal(SIGHUP)
            let notice = try relay.waitFor(notice: "reload-failed")
            #expect(notice.contains("the running configuration stays; 2 errors"))
            #expect(notice.contains("policies/rules.yaml:5:"))
            let words = relay.child.err
            #expect(words.contains("policies/rules.yaml:5:"))
            #expect(words.contains("look") && words.contains("action"))
            try player.send("say hi\nlook\n")
            #expect(try game.receive(text: 7) == "say hi\n")
            #expect(try game.receiveAll().bytes.isEmpty)
            try relay.waitFor(ban: "[rule-100] Found 127.0.0.1 action=close")
            // New players come in under the old rules, and a good file still works.
            let other = try relay.connect()
            try other.send("say ho\n")
            #expect(try server.accept().receive(text: 7) == "say ho\n")
            try relay.write(to: server.port, policy: "rules: []", game: Self.line)
            relay.child.signal(SIGHUP)
            try relay.waitFor(notice: "reloaded")
        }

        @Test("SIGHUP: a listener that moves is left by new players, and those who are in stay")
        func movedListener() throws {
            let server = try Server()
            let relay = try Relay(to: server.port)
            let player = try relay.connect()
            let game = try server.accept()
            let port = try Ports.free()
            try relay.folder.write(
                "portcullis.yaml",
                relay.folder.text("portcullis.yaml").replacing("127.0.0.1:\(relay.port)", with: "127.0.0.1:\(port)"))
            relay.child.signal(SIGHUP)
            try relay.waitFor(notice: "reloaded")
            try eventually("the old port is closed") { relay.isListening ? nil : true }
            let newcomer = try Stream(to: port)
            try newcomer.send("new")
            try player.send("old")
            #expect(try game.receive(text: 3) == "old")
            try eventually("the newcomer reaches the server") { () -> Bool? in
                (try? server.accept().receive(text: 3)) == "new" ? true : nil
            }
        }

        @Test("SIGUSR1: renamed logs are left alone, and new ones are begun")
        func rotation() throws {
            let server = try Server()
            let relay = try Relay(to: server.port)
            func visit() throws {
                let player = try relay.connect()
                let game = try server.accept()
                player.finish()
                game.finish()
                _ = try player.receiveAll()
            }
            try visit()
            try relay.waitFor(connection: "reason=finished")
            for name in ["connections.log", "events.json"] {
                let old = "\(relay.folder.path)/\(name)"
                try FileManager.default.moveItem(atPath: old, toPath: old + ".1")
            }
            relay.child.signal(SIGUSR1)
            try eventually("a new file") {
                FileManager.default.fileExists(atPath: relay.folder.path + "/connections.log") ? true : nil
            }
            try visit()
            try relay.waitFor(connection: "reason=finished", "conn=0-2")
            #expect(relay.folder.text("connections.log.1").split(separator: "\n").count == 1)
            #expect(relay.connections.split(separator: "\n").count == 1)
            #expect(relay.folder.text("events.json").contains("\"conn_id\":\"0-2\""))
        }

        @Test("SIGTERM: nobody new comes in, who is in may finish, and the end is clean", arguments: [SIGTERM, SIGINT])
        func drain(signal: Int32) throws {
            let server = try Server()
            let relay = try Relay(to: server.port, workers: 2)
            let player = try relay.connect()
            let game = try server.accept()
            relay.child.signal(signal)
            try relay.waitFor(notice: "draining")
            try eventually("nobody listens") { relay.isListening ? nil : true }
            try player.send("still here")
            #expect(try game.receive(text: 10) == "still here")
            #expect(relay.child.process.isRunning)
            player.finish()
            game.finish()
            #expect(try player.receiveAll().ending == .finished)
            #expect(try relay.child.exitCode() == 0)
            #expect(relay.child.err.contains(" INFO stopped "))
            #expect(relay.connections.contains(" end=CD reason=finished "))
        }

        @Test("a second SIGTERM ends everything at once")
        func stop() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, workers: 2)
            let player = try relay.connect()
            let game = try server.accept()
            relay.child.signal(SIGTERM)
            try relay.waitFor(notice: "draining")
            relay.child.signal(SIGTERM)
            #expect(try relay.child.exitCode() == 0)
            #expect(try player.receiveAll().bytes.isEmpty)
            #expect(try game.receiveAll().bytes.isEmpty)
            #expect(relay.connections.contains(" end=OD reason=stopped "))
        }

        @Test("who does not finish while the service drains is ended by the drain's deadline")
        func drainDeadline() throws {
            let server = try Server()
            let relay = try Relay(to: server.port, listener: ["timeouts: { drain: 300ms }"])
            let player = try relay.connect()
            _ = try server.accept()
            #expect(try relay.stop() == 0)
            _ = try player.receiveAll()
            #expect(relay.connections.contains(" end=OD reason=drain-timeout "))
        }
    }
}
