import ArgumentParser
import CLinux
import ConfigurationFiles
import DataPlane
import WireBytes

/// The command `portcullis check PATH`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check configuration files, and show everything that is wrong in any of them.",
        discussion: """
            PATH is a service's file with its protocols and policies, one protocol or policy, or a folder of them. \
            Exits with 0 when all is well, 3 when not, and 5 when --strict was given and there are warnings.
            """)

    @Argument(help: "A file or a folder.")
    var path: String

    @Flag(help: "Warnings fail the check, too.")
    var strict = false

    @Flag(help: "Show the most memory that the service at PATH can be made to take, as it would run here.")
    var memory = false

    @Flag(help: "Show what the service at PATH means, with every default: what is checked in which order.")
    var explain = false

    @Option(help: ArgumentHelp("With --explain: only this listener.", valueName: "name"))
    var listener: String?

    @Option(name: .shortAndLong, help: "With --explain: text or json.")
    var output = Output.text

    /// How an explanation is written.
    enum Output: String, ExpressibleByArgument {
        case text
        case json
    }

    func validate() throws {
        guard !explain else { return }
        if listener != nil { throw ValidationError("--listener goes with --explain") }
        if output != .text { throw ValidationError("--output goes with --explain") }
    }

    func run() throws {
        if memory { return try showMemory() }
        if explain { return try showExplanation() }
        let result = ConfigurationLoader.check(path)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        if !result.isValid {
            throw Failure(code: .configuration, message: "\(path): \(result.errorSummary)")
        }
        if strict, result.warningCount > 0 {
            throw Failure(code: .warnings, message: "\(path): \(result.warningCount.counted("warning"))")
        }
        try show("\(path): ok")
    }

    private func showExplanation() throws {
        let (result, explained) = ConfigurationLoader.explain(path)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        guard var explanation = explained else {
            throw Failure(code: .configuration, message: "\(path): \(result.errorSummary)")
        }
        if let listener {
            guard let only = explanation.only(listener) else {
                let names = explanation.listenerNames.joined(separator: ", ")
                throw Failure(code: .usage, message: "\(path): there is no listener '\(listener)', only \(names)")
            }
            explanation = only
        }
        try show(output == .json ? explanation.json : explanation.text(width: Terminal.width))
    }

    private func show(_ text: String) throws {
        guard Terminal.print(text) else {
            throw Failure(code: .operation, message: "the result cannot be written to stdout")
        }
    }

    private func showMemory() throws {
        let result = ConfigurationLoader.load(path)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        guard let configuration = result.configuration else {
            throw Failure(code: .configuration, message: "\(path): \(result.errorSummary)")
        }
        let bound = Daemon.memoryBound(configuration, workerCount: max(1, Int(clinux_core_count())))
        var terms = [
            (bound.openConnections, "connections, as many as `open` allows"),
            (bound.stalledConnections, "what waits in them, if all stall at once: `backlog`"),
            (bound.sharedBuckets, "buckets that connections share"),
            (bound.addresses, "addresses, as many as `remember` allows, each banned many times"),
            (bound.players, "players who are known, and who has a pass of a gate"),
            (bound.lists, "lists of addresses, twice that during a reload"),
            (bound.events, "events that wait for the logs"),
            (bound.workers, "workers"),
        ]
        if bound.atlas > 0 { terms.append((bound.atlas, "databases of countries and operators, twice while replaced")) }
        if bound.kernel > 0 { terms.append((bound.kernel, "the bans in the kernel, while they are compared")) }
        terms.append((bound.total, "at most, beside the program itself and the kernel's sockets"))
        try show(terms.map { "\(Self.mebibytes($0.0)) MiB  \($0.1)" }.joined(separator: "\n"))
    }

    /// Rounded up, and so wide that the terms stand in a column.
    private static func mebibytes(_ byteCount: Int) -> String {
        let text = String((byteCount + 0xF_FFFF) >> 20)
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}

extension LoadResult {
    /// How many errors there are, in words.
    var errorSummary: String { errorCount.counted("error") }
}

extension Int {
    /// This many things of a name.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
