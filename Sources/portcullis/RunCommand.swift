import ArgumentParser
import CLinux
import ConfigurationFiles
import Glibc

/// The command `portcullis run FILE`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the firewall in the foreground.",
        discussion: """
            SIGHUP reloads the file: checked as a whole, swapped at once, reaching open connections at their next \
            packet; a bad file changes nothing. SIGUSR1 reopens the logs. SIGTERM and SIGINT stop listening and let \
            connections finish; a second one ends at once.
            """)

    @Argument(help: "The service's file, for example rules/portcullis.yaml.")
    var file: String

    @Option(help: "Worker threads; as many as this process may use cores when left out.")
    var workers: Int?

    @Flag(help: "Rules only say what they would have done, on every listener.")
    var shadow = false

    func validate() throws {
        guard let workers else { return }
        guard (1...256).contains(workers) else {
            throw ValidationError("--workers takes 1 to 256, not \(workers)")
        }
    }

    func run() throws {
        // Before any thread starts, so that all of them leave these signals to the descriptor.
        let signals = try Signals.blocking([SIGTERM, SIGINT, SIGHUP, SIGUSR1])
        _ = clinux_raise_descriptor_limit()
        let daemon = try Daemon(
            file: file, workerCount: workers ?? max(1, Int(clinux_core_count())), isShadow: shadow)
        daemon.serve(until: signals)
    }
}
