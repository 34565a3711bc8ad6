import ConfigurationFiles
import Foundation
import Inspection
import RuleEngine
import TestSupport
import Testing

/// Rulesets made from text, as operators write it.
enum Rules {
    /// Lines of text both ways, of at most 32 bytes, named by their first word.
    static let lines = """
        phases:
          - name: play
            frame: { until: "0a", max: 32 }
            opcode: word@0
        packets:
          client:
            say: { size: 5..10 }
            move:
          server:
            said:
        """

    /// A length of one byte that counts the whole packet, then an opcode: packets of 2 to 20 bytes.
    static let numbers = """
        phases:
          - name: play
            frame: { length: u8@0, counts: packet, min: 2, max: 20 }
            opcode: u8@1
        packets:
          client:
            A: { opcode: 1, size: 2..6 }
            B: { opcode: 2 }
          server:
            X: { opcode: 1 }
            Y: { opcode: 2, size: 2..6 }
        """

    /// Buckets for several connections of one test.
    static func sharedBuckets() -> SharedBuckets { SharedBuckets(capacity: 64) }

    /// One listener's ruleset.
    ///
    /// - Parameters:
    ///   - game: the descriptor behind its name; without one, bytes are not cut.
    ///   - policy: the policy behind its name; empty for none.
    ///   - mode: the listener's.
    ///   - maps: files of opcodes beside the descriptor, by name.
    static func make(
        _ game: String?, _ policy: String = "", mode: String = "enforce", maps: [String: String] = [:]
    ) throws -> Ruleset {
        let folder = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/protocols", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/policies", withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        if let game { try write("protocols/game.yaml", "version: 1\nprotocol: game\n" + game) }
        for (name, text) in maps { try write("protocols/\(name)", text) }
        let naming = game == nil ? "" : "protocol: game\n"
        try write("policies/rules.yaml", "version: 1\npolicy: rules\n" + naming + policy)
        try write(
            "portcullis.yaml",
            """
            version: 1
            listeners:
              - name: l
                bind: 127.0.0.1:1
                mode: \(mode)
                \(game == nil ? "" : "protocol: game")
                policies: [rules]
                to: 127.0.0.1:2
            """)
        return try load(folder + "/portcullis.yaml")
    }

    /// The ruleset of a game that is shipped, with the policies that are shipped for it.
    ///
    /// - Parameter rule: the name of a rule before all others that logs every packet; none by default.
    static func shipped(_ game: String, remarkedBy rule: String? = nil) throws -> Ruleset {
        let folder = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        for policy in ["baseline", game] {
            try write("\(policy).yaml", try PackageFiles.text("rules/policies/\(policy).yaml"))
        }
        if let rule {
            try write(
                "first.yaml",
                "version: 1\npolicy: first\nrules: [{ id: 60000, name: \(rule), from: both, action: log }]")
        }
        try write(
            "portcullis.yaml",
            """
            version: 1
            protocols: \(PackageFiles.root)/rules/protocols
            policies: .
            listeners:
              - name: l
                bind: 127.0.0.1:1
                protocol: \(game)
                policies: [\(rule == nil ? "" : "first, ")baseline, \(game)]
                to: 127.0.0.1:2
            """)
        return try load(folder + "/portcullis.yaml")
    }

    private static func load(_ path: String) throws -> Ruleset {
        let result = ConfigurationLoader.load(path)
        try #require(result.text == "")
        return try #require(result.configuration?.rulesets.first)
    }
}
