import Foundation
import TestSupport
import Testing

/// The built program, and how it is run.
enum Program {
    /// The program in the directory in which the running tests were built.
    static let path: String = {
        let tests =
            (CommandLine.arguments + [
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
            ])
            .first { $0.hasSuffix(".xctest") }
        let folder = tests.map { ($0 as NSString).deletingLastPathComponent } ?? PackageFiles.root + "/.build/debug"
        return folder + "/portcullis"
    }()

    static func run(_ arguments: [String]) throws -> (code: Int32, out: String, err: String) {
        try Child.run(path, arguments)
    }
}

/// Portcullis in front of a server of the test's own.
final class Relay {
    let port: UInt16
    let folder: Scratch
    let child: Child

    /// Starts it and returns when it listens.
    ///
    /// - Parameters:
    ///   - listener: lines that belong to the listener, such as `protocol: line`.
    ///   - pool: what stands beside the server in its pool, such as `send_proxy: v1`.
    ///   - policy: the policy `rules` behind its name; `nil` for no policy.
    ///   - game: the protocol `game` behind its name; `nil` for none but those that are shipped.
    ///   - service: lines of the service's file.
    ///   - workers: its threads.
    ///   - descriptorCount: how many descriptors it may have; as many as the test when left out.
    ///   - program: what is run, with what stands before it on a command line.
    init(
        to server: UInt16, host: String = "127.0.0.1", listener: [String] = [], pool: String = "",
        policy: String? = nil, game: String? = nil, service: String = "", workers: Int = 1,
        descriptorCount: Int? = nil, program: [String] = [Program.path]
    ) throws {
        port = try Ports.free()
        folder = try Scratch()
        try Self.write(
            to: folder, port: port, host: host, server: server, listener: listener, pool: pool, policy: policy,
            game: game, service: service)
        let command = program + ["run", folder.path + "/portcullis.yaml", "--workers", "\(workers)"]
        let limit = descriptorCount.map { "ulimit -n \($0) && " } ?? ""
        child = try Child("/bin/sh", ["-c", limit + "exec \"$0\" \"$@\""] + command)
        try waitFor(notice: "started")
    }

    /// Writes the files anew; a reload reads them.
    func write(
        to server: UInt16, host: String = "127.0.0.1", listener: [String] = [], pool: String = "",
        policy: String? = nil, game: String? = nil, service: String = ""
    ) throws {
        try Self.write(
            to: folder, port: port, host: host, server: server, listener: listener, pool: pool, policy: policy,
            game: game, service: service)
    }

    private static func write(
        to folder: Scratch, port: UInt16, host: String, server: UInt16, listener: [String], pool: String,
        policy: String?, game: String?, service: String
    ) throws {
        let rules = FileManager.default
        for kind in ["protocols", "policies"] where !rules.fileExists(atPath: "\(folder.path)/\(kind)") {
            try rules.copyItem(atPath: "\(PackageFiles.root)/rules/\(kind)", toPath: "\(folder.path)/\(kind)")
        }
        if let game { try folder.write("protocols/game.yaml", "version: 1\nprotocol: game\n\(game)\n") }
        var lines = listener
        if let policy {
            let naming = game == nil ? "" : "protocol: game\n"
            try folder.write("policies/rules.yaml", "version: 1\npolicy: rules\n\(naming)\(policy)\n")
            lines.append("policies: [rules]")
        }
        if game != nil { lines.append("protocol: game") }
        let extra = lines.map { "    \($0)\n" }.joined()
        try folder.write(
            "portcullis.yaml",
            """
            version: 1
            listeners:
              - name: front
                bind: "\(host):\(port)"
                to: servers
            \(extra)
            pools:
              servers: { servers: [127.0.0.1:\(server)]\(pool.isEmpty ? "" : ", " + pool) }
            logs:
              bans: \(folder.path)/bans.log
              connections: \(folder.path)/connections.log
              events: \(folder.path)/events.json
            \(service)

            """)
    }

    func connect(from source: String? = nil) throws -> Stream { try Stream(to: port, from: source) }

    /// Whether somebody can still connect; who could is gone at once, and leaves no half-closed connection behind.
    var isListening: Bool {
        guard let visitor = try? connect() else { return false }
        visitor.reset()
        return true
    }

    var bans: String { folder.text("bans.log") }
    var connections: String { folder.text("connections.log") }

    /// Waits for a word of the service's on stderr.
    @discardableResult
    func waitFor(notice: String, count: Int = 1) throws -> String {
        try eventually("'\(notice)' is said \(count) times, not:\n\(child.err)") {
            let lines = child.err.split(separator: "\n").filter { $0.contains(": ") && $0.contains(" \(notice) ") }
            if lines.count >= count { return lines.last.map(String.init) }
            guard child.process.isRunning else { throw TooLate(description: "it has ended:\n\(child.err)") }
            return nil
        }
    }

    /// Waits for a line of the ban log that holds all of these texts.
    @discardableResult
    func waitFor(ban texts: String...) throws -> String {
        try eventually("a line of the ban log with \(texts), not:\n\(bans)") { Self.line(of: bans, texts) }
    }

    /// Waits for a line of the connection log that holds all of these texts.
    @discardableResult
    func waitFor(connection texts: String...) throws -> String {
        try eventually("a line of the connection log with \(texts), not:\n\(connections)") {
            Self.line(of: connections, texts)
        }
    }

    private static func line(of text: String, _ texts: [String]) -> String? {
        text.split(separator: "\n").first { line in texts.allSatisfy { line.contains($0) } }.map(String.init)
    }

    /// Ends it by signal and gives how it ended.
    func stop() throws -> Int32 {
        child.signal(SIGTERM)
        return try child.exitCode()
    }
}

/// All tests with real processes: one after the other, because each has some of its own.
@Suite("End to end", .serialized)
enum EndToEnd {}
