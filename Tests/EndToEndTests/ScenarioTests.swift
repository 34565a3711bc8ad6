import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command rules test")
    struct ScenarioTests {
        private static let tests = "\(PackageFiles.root)/rules/policies/tests"

        @Test("every policy that is shipped has scenarios, and all of them go as expected")
        func shipped() throws {
            let policies = try PackageFiles.names(in: "rules/policies").filter { $0.hasSuffix(".yaml") }
                .map { String($0.dropLast(".yaml".count)) }
            let scenarios = try PackageFiles.names(in: "rules/policies/tests").filter { $0.hasSuffix(".test") }
                .map { String($0.dropLast(".test".count)) }
            #expect(scenarios == policies)
            let result = try Program.run(["rules", "test", Self.tests])
            #expect(result.code == 0, "\(result.out)\n\(result.err)")
            #expect(result.err.isEmpty)
            #expect(result.out.contains("in \(policies.count) files:"), "\(result.out)")
        }

        @Test("a rule that was changed fails the scenario that is about it, with place, expectation and what happened")
        func changed() throws {
            let folder = try Scratch()
            for kind in ["protocols", "policies"] {
                try FileManager.default.copyItem(
                    atPath: "\(PackageFiles.root)/rules/\(kind)", toPath: "\(folder.path)/\(kind)")
            }
            // The manual's own example, as long as the rules are those that are shipped.
            let manual = try PackageFiles.text("docs/manual/testing-rules.md")
            let block = try #require(manual.components(separatedBy: "```scenario\n").dropFirst().first)
            let example = try folder.write(
                "policies/tests/example.test", block.components(separatedBy: "```")[0])
            #expect(try Program.run(["rules", "test", example]).out == "2 scenarios in 1 file: 2 passed, 0 failed\n")
            let path = folder.path + "/policies/line.yaml"
            let rules = try String(contentsOfFile: path, encoding: .utf8)
            try rules.replacing("rate: 5/s, burst: 20", with: "rate: 5/s, burst: 15")
                .write(toFile: path, atomically: true, encoding: .utf8)
            let file = folder.path + "/policies/tests/line.test"
            let result = try Program.run(["rules", "test", file])
            #expect(result.code == 1)
            #expect(
                result.out.contains(
                    "expected 20 pass, but 15 passed, 15 were dropped (drop by 3003 chat-flood)"), "\(result.out)")
            #expect(result.out.hasPrefix(file + ":"), "\(result.out)")
            let verbose = try Program.run(["rules", "test", "--verbose", file])
            #expect(verbose.out.contains("\(file): ok: \"a player who talks is left alone\""), "\(verbose.out)")
        }

        @Test("a file with mistakes is 3 with each of them, wrong usage is 2, and nothing to run is 1")
        func mistakes() throws {
            let folder = try Scratch()
            let file = try folder.write("a.test", "protocol line\nscenario \"a\"\nclinet sends say\nafter 5\n")
            let result = try Program.run(["rules", "test", file])
            #expect(result.code == 3)
            #expect(result.err.contains("\(file):3:1: error: 'clinet' is no step"), "\(result.err)")
            #expect(result.err.contains("did you mean 'client'?"), "\(result.err)")
            #expect(result.err.contains("\(file):4:7: error: '5' is no time"), "\(result.err)")
            // Nor has a scenario before the mistake passed, where only making the packet shows it.
            try folder.write("a.test", "protocol line\nscenario \"a\"\nconnect\nclient sends sya\n")
            #expect(try Program.run(["rules", "test", file]).out == "0 scenarios in 1 file: 0 passed, 0 failed\n")
            #expect(try Program.run(["rules", "test", folder.path + "/none.test"]).code == 3)
            #expect(try Program.run(["rules", "test"]).code == 2)
            try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
            #expect(try Program.run(["rules", "test", folder.path + "/empty"]).code == 1)
        }
    }
}
