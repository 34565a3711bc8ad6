import ArgumentParser
import Configuration

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

    func run() throws {
        let result = ConfigurationLoader.check(path)
        if !result.text.isEmpty { Terminal.printError(result.text) }
        if !result.isValid {
            throw Failure(code: .configuration, message: "\(path): \(result.errorSummary)")
        }
        if strict, result.warningCount > 0 {
            throw Failure(code: .warnings, message: "\(path): \(result.warningCount.counted("warning"))")
        }
        guard Terminal.print("\(path): ok") else {
            throw Failure(code: .operation, message: "the result cannot be written to stdout")
        }
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
