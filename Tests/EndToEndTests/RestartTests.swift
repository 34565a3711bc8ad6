import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bans over a restart")
    struct RestartTests {
        private static let game = """
            phases:
              - name: play
                frame: { length: u16be@0, counts: packet, min: 3, max: 16 }
                opcode: u8@2
            packets: { client: { A: { opcode: 1 }, CHEAT: { opcode: 2 } }, server: { X: { opcode: 1 } } }
            """
        private static let policy = "rules: [{ id: 100, name: cheat, packet: CHEAT, action: { ban: 1h } }]"

        @Test(
            "bans of rules and of operators hold again after an end, the log says so, and one that was lifted does not",
            arguments: [SIGTERM, SIGKILL])
        func restart(signal: Int32) throws {
            let server = try Server()
            let folder = try Scratch()
            let relay = try Relay(
                to: server.port, policy: Self.policy, game: Self.game,
                service: "admin: { socket: \(folder.path)/control }\nstate: \(folder.path)/state.db\n", workers: 2)
            try relay.waitFor(notice: "control")
            func command(_ arguments: String...) throws {
                let (code, out, err) = try Program.run(arguments + ["--socket", folder.path + "/control"])
                #expect(code == 0, "\(arguments): \(out)\(err)")
            }
            let cheater = try relay.connect(from: "127.0.6.1")
            try cheater.send([0, 3, 2])
            #expect(try cheater.receiveAll().bytes.isEmpty)
            let ban = try relay.waitFor(ban: "[rule-100] Ban 127.0.6.1 for=", "by=rule conn=")
            try command("ban", "127.0.7.0/24", "--reason", "a botnet")
            try command("ban", "account:bob", "--for", "2h", "--reason", "sells gold")
            try command("ban", "127.0.8.1")
            try command("unban", "127.0.8.1")
            // A command is on disk when it is answered, and what the program decided before it is, too.
            relay.child.signal(signal)
            _ = try relay.child.exitCode()
            let before = relay.bans.utf8.count

            let again = try Child(
                Program.path, ["run", relay.folder.path + "/portcullis.yaml", "--workers", "2"])
            try eventually("the commands' socket; it says \(again.err)") {
                again.err.contains(" control ") ? true : nil
            }
            for address in ["127.0.6.1", "127.0.7.9"] {
                #expect(try relay.connect(from: address).receiveAll().bytes.isEmpty)
            }
            let other = try relay.connect(from: "127.0.8.1")
            try other.send([0, 3, 1])
            try eventually("the other reaches the server") { () -> Bool? in
                (try? server.accept().receive(3)) == [0, 3, 1] ? true : nil
            }
            let count = try #require(ban.firstMatch(of: #/count=\d+ packet=CHEAT reason="cheat" by=rule conn=\S+/#)).0
            try relay.waitFor(ban: "[rule-100] Restore 127.0.6.1 for=", "s \(count)")
            try relay.waitFor(
                ban: "[operator] Restore 127.0.7.0 for=forever", #"reason="a botnet""#, "net=127.0.7.0/24")
            try relay.waitFor(ban: "[operator] Restore - for=", #" account="bob" who=""#)
            let restored = relay.bans.utf8.dropFirst(before)
            #expect(String(decoding: Array(restored), as: UTF8.self).matches(of: #/ Restore /#).count == 3)
            again.signal(SIGTERM)
            // The other is still in; two signals at once would be one.
            try eventually("the end begins") { again.err.contains(" draining ") ? true : nil }
            again.signal(SIGTERM)
            _ = try again.exitCode()
        }
    }
}
