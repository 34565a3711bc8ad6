import ArgumentParser
import Glibc

/// The command line: the daemon and what belongs to it.
@main
struct Portcullis: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portcullis",
        abstract: "A firewall for the traffic of online games.",
        discussion: """
            Exit codes: 0 ok, 1 the operation failed, 2 wrong usage, 3 the configuration is invalid, \
            4 no running program answers, 5 it is valid but has warnings and --strict was given.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Service", subcommands: [RunCommand.self, DemoCommand.self, VersionCommand.self]),
            CommandGroup(
                name: "File",
                subcommands: [
                    CheckCommand.self, RulesCommand.self, ReplayCommand.self, ManualCommand.self, SchemaCommand.self,
                ]),
            CommandGroup(
                name: "Control",
                subcommands: [
                    StatusCommand.self, WhyCommand.self, BanCommand.self, UnbanCommand.self, BansCommand.self,
                    AllowCommand.self, UnderAttackCommand.self,
                ]),
        ])

    /// Parses, runs, and turns every outcome into one of our exit codes.
    static func main() {
        // A peer or a pager that goes away is an error of that write, not the end of the program.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            if !failure.message.isEmpty { Terminal.printError(failure.message) }
            Glibc.exit(failure.code.rawValue)
        } catch {
            guard exitCode(for: error) == .success else {
                Terminal.printError(fullMessage(for: error))
                Glibc.exit(Failure.Code.usage.rawValue)
            }
            print(fullMessage(for: error))
        }
    }
}

/// Why a command did not succeed; how the program exits.
struct Failure: Error {
    /// A contract with scripts and service managers; documented in the manual.
    enum Code: Int32 {
        case operation = 1
        case usage = 2
        case configuration = 3
        case unreachable = 4
        case warnings = 5
    }

    let code: Code
    /// For stderr; empty when everything was said.
    let message: String
}

/// What this program calls itself.
enum Version {
    static let text = "0.1.0"
}

/// The command `portcullis version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version and what it was built with.")

    func run() {
        print("portcullis \(Version.text) (Swift 6, \(Self.architecture), epoll)")
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "aarch64"
        #else
            "other"
        #endif
    }
}
