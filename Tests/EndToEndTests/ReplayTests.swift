import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command replay")
    struct ReplayTests {
        /// Each recorded game, and the port of its server in the recording.
        private static let games: [(game: String, port: String)] = [("crossfire", "13327"), ("openttd", "13979")]

        private func service(_ folder: Scratch, _ game: String, _ name: String = "portcullis.yaml", more: String = "")
            throws -> String
        {
            try folder.write(
                name,
                """
                version: 1
                listeners:
                  - name: front
                    bind: 127.0.0.1:1
                    to: 127.0.0.1:2
                    protocol: \(game)
                    policies: [baseline, \(game)\(more)]
                protocols: \(PackageFiles.root)/rules/protocols
                policies: \(more.isEmpty ? PackageFiles.root + "/rules" : folder.path)/policies
                """)
        }

        private func capture(_ game: String) -> String { "\(PackageFiles.root)/Tests/Fixtures/\(game).pcap" }

        @Test("both recorded games are clean under the shipped rules", arguments: games)
        func clean(game: String, port: String) throws {
            let folder = try Scratch()
            let result = try Program.run(
                ["replay", capture(game), "--config", try service(folder, game), "--port", port, "--expect-clean"])
            #expect(result.code == 0, "\(result.err)")
            #expect(result.err.isEmpty)
            #expect(result.out.contains("1 connection to port \(port)"), "\(result.out)")
            #expect(result.out.contains("no rule fired"), "\(result.out)")
        }

        @Test("the shipped service itself leaves the recorded game alone, and says what it saw in JSON")
        func shipped() throws {
            let result = try Program.run([
                "replay", capture("crossfire"), "--config", "\(PackageFiles.root)/rules/portcullis.yaml", "--port",
                "13327", "--expect-clean", "-o", "json",
            ])
            #expect(result.code == 0, "\(result.err)")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            #expect(object["clean"] as? Bool == true)
            #expect(object["packets_in"] as? Int == 230 && object["packets_out"] as? Int == 867)
        }

        @Test("a rule that is too strict is shown, fails --expect-clean, and --compare tells what it changes")
        func strict() throws {
            let folder = try Scratch()
            try FileManager.default.copyItem(
                atPath: "\(PackageFiles.root)/rules/policies", toPath: folder.path + "/policies")
            try folder.write(
                "policies/mine.yaml",
                """
                version: 1
                policy: mine
                protocol: crossfire
                rules:
                  - { id: 9000, name: typing, packet: ncom, limit: { rate: 1/s, burst: 10 }, action: drop, score: 1 }
                """)
            let plain = try service(folder, "crossfire")
            let strict = try service(folder, "crossfire", "strict.yaml", more: ", mine")
            let arguments = ["replay", capture("crossfire"), "--port", "13327"]
            let result = try Program.run(arguments + ["--config", strict, "--expect-clean"])
            #expect(result.code == 1)
            #expect(result.out.contains("9000  typing  drop    enforced"), "\(result.out)")
            #expect(result.err.contains("not clean under \(strict)"), "\(result.err)")
            #expect(try Program.run(arguments + ["--config", strict]).code == 0)
            let compared = try Program.run(arguments + ["--config", plain, "--compare", strict, "--expect-clean"])
            #expect(compared.code == 0, "\(compared.err)")
            #expect(compared.out.contains("what \(strict) would do differently"), "\(compared.out)")
            #expect(compared.out.contains("9000  typing  drop    enforced      0"), "\(compared.out)")
        }

        @Test("each failure has its exit code and says what is wrong")
        func failures() throws {
            let folder = try Scratch()
            let config = try service(folder, "crossfire")
            let game = capture("crossfire")
            func run(_ arguments: String...) throws -> (code: Int32, out: String, err: String) {
                try Program.run(["replay"] + arguments)
            }
            let missing = try run(folder.path + "/no.pcap", "--config", config)
            #expect(missing.code == 1 && missing.err == folder.path + "/no.pcap: No such file or directory\n")
            let text = try run(config, "--config", config)
            #expect(text.code == 1 && text.err.contains("unknown file format"), "\(text.err)")
            #expect(try run(game, "--config", folder.path + "/no.yaml").code == 3)
            #expect(try run(game, "--config", config, "--compare", folder.path + "/no.yaml").code == 3)
            #expect(try run(game).code == 2)
            #expect(try run(game, "--config", config, "--port", "70000").code == 2)
            #expect(try run(game, "--config", config, "--players", "-1").code == 2)
            let listener = try run(game, "--config", config, "--listener", "back")
            #expect(listener.code == 2 && listener.err.contains("no listener 'back': front is"), "\(listener.err)")
            // Nothing was judged: that proves nothing.
            let elsewhere = try run(game, "--config", config, "--expect-clean")
            #expect(elsewhere.code == 1 && elsewhere.err.contains("segments to port 13327"), "\(elsewhere.err)")
            #expect(try run(game, "--config", config).code == 0)
        }

        @Test("a capture that breaks off tells what stands before that, and comes through stdin as well")
        func broken() throws {
            let folder = try Scratch()
            let config = try service(folder, "crossfire")
            let bytes = try PackageFiles.bytes("Tests/Fixtures/crossfire.pcap")
            let half = try folder.write("half.pcap", bytes: Array(bytes.prefix(bytes.count / 2)))
            let result = try Program.run(["replay", half, "--config", config, "--port", "13327"])
            #expect(result.code == 0)
            #expect(result.out.contains("the capture breaks off: after "), "\(result.out)")
            #expect(result.err.contains("truncated"), "\(result.err)")
            let piped = try Child.run(
                "/bin/sh",
                ["-c", "exec \"$0\" replay - --config \"$1\" --port 13327 < \"$2\"", Program.path, config, half])
            #expect(piped.code == 0)
            #expect(piped.out.dropFirst(1) == result.out.dropFirst(half.count), "\(piped.out)")
        }
    }
}
