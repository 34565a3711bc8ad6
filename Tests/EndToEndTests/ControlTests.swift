import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Commands to the running program")
    struct ControlTests {
        /// A relay with a control socket, and how commands reach it.
        private final class Controlled {
            let server: Server
            let relay: Relay
            let socket: String

            init(
                service: String = "", listener: [String] = [], policy: String = "rules: []", game: String? = nil
            ) throws {
                server = try Server()
                let folder = try Scratch()
                socket = folder.path + "/p.sock"
                relay = try Relay(
                    to: server.port, listener: listener, policy: policy, game: game,
                    service: "admin: { socket: \(socket) }\n" + service, workers: 2)
                scratch = folder
                try relay.waitFor(notice: "control")
            }

            private let scratch: Scratch

            /// What a command says that succeeds.
            @discardableResult
            func run(_ arguments: String..., code: Int32 = 0) throws -> (out: String, err: String) {
                let result = try Program.run(arguments + ["--socket", socket])
                #expect(result.code == code, "\(arguments): \(result)")
                return (result.out, result.err)
            }

            func json(_ arguments: String...) throws -> [String: Any] {
                let result = try Program.run(arguments + ["--socket", socket, "-o", "json"])
                #expect(result.code == 0, "\(arguments): \(result)")
                let value = try JSONSerialization.jsonObject(with: Data(result.out.utf8))
                return try #require(value as? [String: Any])
            }
        }

        @Test("a ban ends the address's connections and refuses new ones, no other's, until it is lifted")
        func ban() throws {
            let game = try Controlled()
            let banned = try game.relay.connect(from: "127.0.5.1")
            let other = try game.relay.connect(from: "127.0.5.2")
            try banned.send("a")
            try other.send("b")
            let ends = try [game.server.accept(), game.server.accept()]
            for end in ends { _ = try end.receive(1) }
            let said = try game.run("ban", "127.0.5.1", "--for", "1h", "--reason", "walks through walls").out
            #expect(said.hasPrefix("127.0.5.1: banned until 20"))
            #expect(try banned.receiveAll().ending == .reset)
            let again = try game.relay.connect(from: "127.0.5.1")
            #expect(try again.receiveAll().bytes.isEmpty)
            try other.send("c")
            try game.relay.waitFor(ban: "Ban 127.0.5.1", "by=operator", #"reason="walks through walls""#)
            try game.run("unban", "127.0.5.1")
            let back = try game.relay.connect(from: "127.0.5.1")
            try back.send("d")
            #expect(try game.server.accept().receive(text: 1) == "d")
            // Twice, because there are still players.
            game.relay.child.signal(SIGTERM)
            try game.relay.waitFor(notice: "draining")
            #expect(try game.relay.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: game.socket))
        }

        @Test("a soft ban leaves open connections and refuses new ones")
        func soft() throws {
            let game = try Controlled()
            let player = try game.relay.connect(from: "127.0.5.1")
            try player.send("a")
            let end = try game.server.accept()
            #expect(try end.receive(text: 1) == "a")
            try game.run("ban", "127.0.5.0/24", "--soft")
            let late = try game.relay.connect(from: "127.0.5.2")
            #expect(try late.receiveAll().bytes.isEmpty)
            try player.send("b")
            #expect(try end.receive(text: 1) == "b")
        }

        @Test("who did what is in the log as the kernel knows him, and a command given twice changes nothing")
        func who() throws {
            let game = try Controlled()
            for change in ["banned", "unchanged"] {
                #expect(try game.json("ban", "192.0.2.7", "--reason", "x")["change"] as? String == change)
            }
            #expect(try game.json("ban", "192.0.2.7", "--reason", "y")["change"] as? String == "changed")
            #expect(try game.run("unban", "192.0.2.7").out == "192.0.2.7: no longer banned\n")
            #expect(try game.run("unban", "192.0.2.7").out == "192.0.2.7: was not banned\n")
            #expect(try game.run("allow", "remove", "192.0.2.7").out == "192.0.2.7: was not allowed\n")
            let user = try #require(getpwuid(getuid()))
            let name = String(cString: user.pointee.pw_name)
            try game.relay.waitFor(ban: "Command 192.0.2.7 command=ban ", "who=\"\(name)\"")
            try game.relay.waitFor(ban: "Command 192.0.2.7 command=unban ", "who=\"\(name)\"")
        }

        @Test("another user is who the kernel says, whatever he claims", .enabled(if: getuid() == 0))
        func anotherUser() throws {
            let game = try Controlled()
            chmod(game.socket, 0o666)
            let client = try Child(
                "/usr/bin/python3",
                [
                    "-c",
                    """
                    import os, socket
                    os.setgid(54321); os.setuid(54321)
                    s = socket.socket(socket.AF_UNIX); s.connect('\(game.socket)')
                    s.sendall(b'PUT /v1/bans/192.0.2.8 HTTP/1.1\\r\\nHost: root\\r\\nFrom: root\\r\\n')
                    s.sendall(b'Content-Length: 2\\r\\n\\r\\n{}')
                    s.recv(1)
                    """,
                ])
            #expect(try client.exitCode() == 0)
            try game.relay.waitFor(ban: "Command 192.0.2.8 command=ban ", #"who="uid 54321""#)
        }

        @Test("the allowlist lifts a ban, keeps others off, and ends when it is removed")
        func allow() throws {
            let game = try Controlled()
            try game.run("ban", "127.0.5.3")
            try game.run("allow", "add", "127.0.5.0/24", "--for", "30d", "--comment", "the office")
            #expect(try game.run("bans", "list", "-o", "raw").out.isEmpty)
            let refused = try game.run("ban", "127.0.5.3", code: 1)
            #expect(refused.err.contains("127.0.5.3 is allowed by 127.0.5.0/24"))
            #expect(try game.run("why", "127.0.5.3", "-o", "raw").out == "allowed\n")
            #expect(try game.run("why", "127.0.5.3").out.contains("the office"))
            #expect(try game.run("allow", "list", "-o", "raw").out == "127.0.5.0/24\n")
            try game.run("allow", "remove", "127.0.5.0/24")
            try game.run("ban", "127.0.5.3")
            #expect(try game.run("why", "127.0.5.3", "-o", "raw").out == "banned\n")
        }

        @Test("what the file allows is not removed by a command")
        func configured() throws {
            let game = try Controlled(service: "reputation: { allow: [198.51.100.0/24] }\n")
            #expect(try game.run("allow", "remove", "198.51.100.0/24", code: 1).err.contains("reputation.allow"))
            #expect(try game.run("allow").out.contains("in the file"))
        }

        @Test("an address within a banned network stays shut out after its own ban is lifted, and that is said")
        func network() throws {
            let game = try Controlled()
            try game.run("ban", "192.0.2.0/24")
            let said = try game.run("unban", "192.0.2.7", code: 1).out
            #expect(said.contains("still shut out by the ban of 192.0.2.0/24"))
            #expect(try game.run("why", "192.0.2.7").out.contains("as part of a network"))
            try game.run("ban", "192.0.2.7")
            #expect(try game.run("unban", "192.0.2.0/24", "-o", "raw").out.split(separator: "\n").count == 2)
        }

        @Test("wrong subjects, durations and options are wrong usage, a file without admin a configuration's error")
        func mistakes() throws {
            let game = try Controlled()
            for (arguments, words) in [
                (["ban", "192.0.2.7/24"], "the network is 192.0.2.0/24"), (["ban", "bob"], "account:NAME"),
                (["ban", "192.0.2.7", "--for", "soon"], "no duration"), (["ban"], "Usage:"),
                (["ban", "192.0.2.7", "--for", "0s"], "1s to 3650d"), (["unban"], "--all"),
                (["unban", "192.0.2.7", "--all"], "--all"), (["allow", "add", "account:bob"], "no accounts"),
                (["under-attack", "maybe"], "Usage:"), (["bans", "list", "--origin", "me"], "one of rule"),
                (["ban", "192.0.2.7", "--reason", String(repeating: "r", count: 201)], "at most 200 bytes"),
                (["status", "-c", "x", "--socket", "y"], "give one of them"),
            ] {
                let result = try Program.run(arguments + (arguments.contains("-c") ? [] : ["--socket", game.socket]))
                #expect(result.code == 2, "\(arguments): \(result)")
                #expect(result.err.contains(words), "\(arguments): \(result)")
            }
            try game.relay.folder.write("other.yaml", "version: 1\nlisteners: []\n")
            let other = try Program.run(["status", "-c", game.relay.folder.path + "/other.yaml"])
            #expect(other.code == 3 && other.err.contains("admin: { socket:"))
            #expect(try Program.run(["status", "-c", "/no/such/file"]).code == 3)
            #expect(try Program.run(["status", "-c", game.relay.folder.path + "/portcullis.yaml"]).code == 0)
            let nobody = try Program.run(["status", "--socket", game.relay.folder.path + "/none"])
            #expect(nobody.code == 4 && nobody.err.contains("there is no such socket"))
        }

        @Test("a second program at the same socket is refused, and one after a kill takes it over")
        func stale() throws {
            let game = try Controlled()
            let second = try Child(Program.path, ["run", game.relay.folder.path + "/portcullis.yaml"])
            #expect(try second.exitCode() == 1)
            try game.run("status")
            game.relay.child.signal(SIGKILL)
            _ = try game.relay.child.exitCode()
            #expect(FileManager.default.fileExists(atPath: game.socket))
            #expect(try Program.run(["status", "--socket", game.socket]).code == 4)
            let third = try Child(Program.path, ["run", game.relay.folder.path + "/portcullis.yaml"])
            try eventually("the socket answers; it says \(third.err)") {
                try Program.run(["status", "--socket", game.socket]).code == 0 ? true : nil
            }
        }

        @Test("a listener under attack by command says so everywhere, until it is told otherwise")
        func underAttackByCommand() throws {
            let game = try Controlled(
                service: "presets: { siege: { new_per_address: 1/s } }",
                listener: ["under_attack: { limits: siege, when: { new: 1000/s } }"])
            #expect(try game.run("under-attack", "on", "front").out == "front: under attack until told otherwise\n")
            #expect(try game.run("status").out.contains("UNDER ATTACK by command"))
            try game.relay.waitFor(ban: "Command front command=under-attack", "who=")
            for (state, expected) in [("off", "off"), ("auto", "auto")] {
                try game.run("under-attack", state)
                let listeners = try #require(try game.json("status")["listeners"] as? [[String: Any]])
                #expect(listeners.first?["under_attack"] as? Bool == false)
                #expect(listeners.first?["under_attack_order"] as? String == expected)
            }
        }

        @Test("a listener that has no limits for an attack cannot be told, nor one that is not there")
        func underAttack() throws {
            let game = try Controlled()
            #expect(try game.run("under-attack", "on", code: 1).err.contains("no listener has 'under_attack'"))
            #expect(try game.run("under-attack", "on", "front", code: 1).err.contains("'front' has no 'under_attack'"))
            #expect(try game.run("under-attack", "off", "back", code: 2).err.contains("there is no listener 'back'"))
        }

        @Test("what is exported is imported as it was, and 100,000 lines of a list are taken at once")
        func imported() throws {
            let game = try Controlled()
            try game.run("ban", "192.0.2.7", "--for", "30d", "--reason", "a \"word\"", "--soft")
            try game.run("ban", "2001:db8::/48")
            try game.run("ban", "account:bob")
            let exported = try game.run("bans", "export").out
            try game.run("unban", "--all")
            try game.relay.folder.write("bans.jsonl", exported)
            let file = game.relay.folder.path + "/bans.jsonl"
            for (added, unchanged) in [(3, 0), (0, 3)] {
                let reply = try game.json("bans", "import", file)
                #expect(reply["added"] as? Int == added && reply["unchanged"] as? Int == unchanged, "\(reply)")
            }
            let again = try game.run("bans", "export").out
            #expect(again.split(separator: "\n").count == 3)
            #expect(again.contains(#""reason":"a \"word\"""#) && again.contains(#""kind":"soft""#))
            let lines = (0..<100_000).map { "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" }
            try game.relay.folder.write("list.txt", lines.joined(separator: "\n") + "\n")
            let reply = try game.json("bans", "import", game.relay.folder.path + "/list.txt", "--for", "1d")
            #expect(reply["added"] as? Int == 100_000, "\(reply)")
            let listed = try game.run("bans", "list", "-o", "raw", "--within", "10.0.0.0/8").out
            #expect(listed.split(separator: "\n").count == 100_000)
            let status = try game.json("status")
            #expect(status["bans"] as? Int == 100_003)
        }

        @Test("what cscli and fail2ban-client printed is imported, and what is no ban is counted")
        func others() throws {
            let game = try Controlled()
            let folder = PackageFiles.root + "/Tests/Fixtures/imports/"
            for name in ["crowdsec.csv", "crowdsec.json"] {
                let said = try game.run("bans", "import", folder + name).out
                #expect(said.contains("crowdsec: "), "\(said)")
                #expect(said.contains("the scope is Country, not Ip or Range"), "\(said)")
            }
            let reply = try game.json("bans", "import", folder + "fail2ban.txt")
            #expect(reply["format"] as? String == "fail2ban")
            let banned = try game.run("bans", "list", "-o", "raw").out.split(separator: "\n")
            #expect(Set(banned) == ["192.0.2.1", "198.51.100.0/24", "2001:db8::/64", "2001:db8:bad::/48"])
        }

        @Test("why names the rule, the packet and its bytes, and later who lifted the ban")
        func why() throws {
            let game = """
                phases:
                  - name: play
                    frame: { length: u16be@0, counts: packet, min: 3, max: 64 }
                    opcode: u8@2
                packets: { client: { A: { opcode: 1 }, B: { opcode: 2 } }, server: { X: { opcode: 1 } } }
                """
            let rule = "rules: [{ id: 2002, name: cheat, packet: B, action: { ban: 1h } }]"
            let controlled = try Controlled(policy: rule, game: game)
            let player = try controlled.relay.connect(from: "127.0.5.1")
            try player.send([0, 3, 1, 0, 6, 2, 0x41, 0x42, 0x43])
            _ = try player.receiveAll()
            try controlled.relay.waitFor(ban: "Ban 127.0.5.1")
            let told = try eventually("the evidence is written behind the traffic") {
                let told = try controlled.json("why", "127.0.5.1")
                return told["evidence"] is NSNull ? nil : told
            }
            #expect(told["verdict"] as? String == "banned")
            let ban = try #require((told["bans"] as? [[String: Any]])?.first)
            #expect(ban["rule_id"] as? Int == 2002 && ban["packet"] as? String == "B" && ban["who"] is NSNull)
            let evidence = try #require(told["evidence"] as? [String: Any])
            #expect(evidence["excerpt"] as? String == "000602414243" && evidence["packet"] as? String == "B")
            #expect(evidence["opcode"] as? Int == 2 && evidence["bytes"] as? Int == 6)
            #expect((evidence["inbound"] as? [String: Any])?["packets"] as? Int == 1)
            let screen = try controlled.run("why", "127.0.5.1").out
            for words in ["127.0.5.1  BANNED", "rule 2002 cheat, for B", "00 06 02 41 42 43", "...ABC"] {
                #expect(screen.contains(words), "\(screen)")
            }
            #expect(screen.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(screen)")
            try controlled.run("unban", "127.0.5.1")
            let history = try eventually("what happened is written behind the command") {
                let history = try controlled.json("why", "127.0.5.1")["history"] as? [[String: Any]]
                return (history?.count ?? 0) > 1 ? history : nil
            }
            #expect(history.map { $0["change"] as? String } == ["Unban", "Ban"])
            let user = try #require(getpwuid(getuid()))
            #expect(history.first?["who"] as? String == String(cString: user.pointee.pw_name))
        }

        @Test("answers are free of colour in a pipe, and one line of JSON or bare values where that is asked for")
        func outputs() throws {
            let game = try Controlled()
            try game.run("ban", "192.0.2.7")
            for arguments in [["why", "192.0.2.7"], ["status"], ["bans"], ["allow"]] {
                for output in ["human", "json", "raw"] {
                    let result = try Program.run(arguments + ["--socket", game.socket, "-o", output])
                    #expect(result.code == 0 && !result.out.contains("\u{1B}"), "\(arguments)")
                    guard output == "json" else { continue }
                    #expect((try? JSONSerialization.jsonObject(with: Data(result.out.utf8))) != nil, "\(result.out)")
                }
            }
        }

        @Test("metrics pass for what they are with curl", .enabled(if: Tools.curl != nil))
        func metrics() throws {
            let game = try Controlled()
            try game.run("ban", "192.0.2.7")
            let answer = try Child.run(
                try #require(Tools.curl), ["-sSf", "--unix-socket", game.socket, "http://localhost/metrics"])
            #expect(answer.code == 0)
            #expect(answer.out.contains("\nportcullis_bans_active 1\n"))
        }
    }
}
