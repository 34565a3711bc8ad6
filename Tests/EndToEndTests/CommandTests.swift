import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct CommandTests {
        @Test("help and version succeed, and wrong usage is 2 with a usage line on stderr")
        func usage() throws {
            for arguments in [["--help"], ["version"], ["--version"], ["run", "--help"], ["check", "--help"]] {
                let result = try Program.run(arguments)
                #expect(result.code == 0, "\(arguments)")
                #expect(!result.out.isEmpty && result.err.isEmpty, "\(arguments)")
            }
            let wrong = [
                ["run"], ["check"], ["dance"], ["run", "x.yaml", "--workers", "0"],
                ["run", "x.yaml", "--workers", "257"],
                ["run", "x.yaml", "--workers", "many"], ["run", "x.yaml", "--fast"], ["check", "a", "b"],
            ]
            for arguments in wrong {
                let result = try Program.run(arguments)
                #expect(result.code == 2, "\(arguments)")
                #expect(result.out.isEmpty && result.err.contains("Usage:"), "\(arguments): \(result.err)")
            }
        }

        @Test("the files that are shipped are good, and so says the exit code")
        func good() throws {
            for path in ["rules", "rules/portcullis.yaml", "rules/protocols/openttd.yaml", "rules/policies/line.yaml"] {
                let result = try Program.run(["check", "--strict", "\(PackageFiles.root)/\(path)"])
                #expect(result.code == 0, "\(result.err)")
                #expect(result.out == "\(PackageFiles.root)/\(path): ok\n")
            }
        }

        @Test("a service is explained in text and in JSON, whole or one listener, and the options need --explain")
        func explain() throws {
            let path = "\(PackageFiles.root)/rules/portcullis.yaml"
            let text = try Program.run(["check", "--explain", path, "--listener", "crossfire"])
            #expect(text.code == 0 && text.err.isEmpty)
            #expect(text.out.hasPrefix("listener crossfire\n  bind      127.0.0.1:13328\n"))
            let json = try Program.run(["check", path, "--explain", "-o", "json"])
            #expect(json.code == 0 && json.out.hasPrefix("{\n  \"listeners\": [\n"))
            #expect(try Program.run(["check", "--explain", path, "--listener", "cross"]).code == 2)
            #expect(try Program.run(["check", path, "-o", "json"]).code == 2)
            #expect(try Program.run(["check", "--explain", "\(PackageFiles.root)/rules/policies/line.yaml"]).code == 3)
        }

        @Test("what is generated is printed for those who write it anew")
        func generated() throws {
            for kind in ["service", "protocol", "policy"] {
                let schema = try Program.run(["schema", kind])
                #expect(schema.code == 0 && schema.out.hasPrefix("{\n  \"$schema\": "))
            }
            #expect(try Program.run(["schema", "listener"]).code == 2)
            #expect(try Program.run(["manual", "reference"]).out.hasPrefix("# Reference: every key\n"))
            #expect(try Program.run(["manual"]).out.hasPrefix("# "))
        }

        @Test("six different mistakes in two files are all shown, each with its place and what would be right")
        func sixMistakes() throws {
            let folder = try Scratch()
            let rules = FileManager.default
            for kind in ["protocols", "policies"] {
                try rules.copyItem(atPath: "\(PackageFiles.root)/rules/\(kind)", toPath: "\(folder.path)/\(kind)")
            }
            try folder.write(
                "policies/mine.yaml",
                """
                version: 1
                policy: mine
                protocol: crossfire
                rules:
                  - { id: 5000, name: typing, packet: ncon, action: drop }
                  - { id: 5001, name: bare, packet: ncom, limit: { rate: 5, burst: 9 }, action: drop }
                """)
            let path = try folder.write(
                "portcullis.yaml",
                """
                version: 1
                listeners:
                  - name: front
                    bnd: 127.0.0.1:1300
                    bind: 127.0.0.1:70000
                    protocol: crossfire
                    policies: [mine]
                    to: nowhere
                    timeouts: { idle: 10 }
                """)
            let result = try Program.run(["check", path])
            #expect(result.code == 3)
            #expect(result.out.isEmpty)
            let wanted = [
                "policies/mine.yaml:5:", "policies/mine.yaml:6:", "portcullis.yaml:4:5", "portcullis.yaml:5:11",
                "portcullis.yaml:8:9", "portcullis.yaml:9:",
            ]
            for place in wanted { #expect(result.err.contains(place), "\(place) in:\n\(result.err)") }
            for word in ["ncom", "bind", "^"] { #expect(result.err.contains(word), "\(word) in:\n\(result.err)") }
            #expect(result.err.contains("\(path): 6 errors\n"), "\(result.err)")
            // Running the same file starts nothing.
            let run = try Program.run(["run", path])
            #expect(run.code == 3)
            #expect(run.err.contains("6 errors; nothing was started"), "\(run.err)")
        }

        @Test("whatever stands where the file should be, the answer is 3 and comes at once")
        func strangeFiles() throws {
            let folder = try Scratch()
            var random = SplitMix64(seed: 3)
            var paths = [
                folder.path + "/missing.yaml", "/dev/null",
                try folder.write("empty.yaml", ""),
                try folder.write("blank.yaml", "\n\n# nothing\n"),
                try folder.write("binary.yaml", bytes: random.bytes(4_096)),
                try folder.write("zeros.yaml", bytes: [UInt8](repeating: 0, count: 4_096)),
                try folder.write("huge.yaml", bytes: [UInt8](repeating: UInt8(ascii: "a"), count: 64 << 20)),
                try folder.write("deep.yaml", String(repeating: "[", count: 100_000)),
                try folder.write("list.yaml", "- 1\n- 2\n"),
                try folder.write("policy.yaml", "version: 1\npolicy: policy\n"),
            ]
            // Root may read anything.
            if geteuid() != 0 {
                let secret = try folder.write("secret.yaml", "version: 1\n")
                try #require(chmod(secret, 0) == 0)
                paths.append(secret)
            }
            let pipe = folder.path + "/pipe.yaml"
            try #require(mkfifo(pipe, 0o600) == 0)
            paths.append(pipe)
            for path in paths + [folder.path] {
                let result = try Program.run(["run", path])
                #expect(result.code == 3, "\(path): \(result.err.prefix(300))")
                #expect(!result.err.isEmpty && result.err.utf8.count < 20_000, "\(path)")
            }
        }

        @Test("a port that is taken, and a log that cannot be written, are said, and the code is 1")
        func operation() throws {
            let server = try Server()
            let folder = try Scratch()
            func service(_ port: UInt16, _ more: String = "") throws -> String {
                try folder.write(
                    "portcullis.yaml",
                    "version: 1\nlisteners: [{ name: front, bind: 127.0.0.1:\(port), to: 127.0.0.1:1 }]\n\(more)")
            }
            let taken = try Program.run(["run", try service(server.port)])
            #expect(taken.code == 1)
            #expect(taken.err.contains("listener 'front' cannot listen on 127.0.0.1:\(server.port)"), "\(taken.err)")
            let unwritable = try Program.run(
                ["run", try service(try Ports.free(), "logs: { bans: \(folder.path)/no/such/folder/bans.log }\n")])
            #expect(unwritable.code == 1)
            #expect(unwritable.err.contains("no/such/folder/bans.log"), "\(unwritable.err)")
        }
    }
}
