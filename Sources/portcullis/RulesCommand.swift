import ArgumentParser
import Rehearsal

/// The commands `portcullis rules …`.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Work with rules before they run.", subcommands: [RulesTestCommand.self])
}

/// The command `portcullis rules test FILE…`.
struct RulesTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run scenario files: what clients and servers send, and what the rules must do about it.",
        discussion: """
            FILE is a scenario file, or a folder whose .test files are all taken. Exits with 0 when everything went \
            as expected, 1 when not, and 3 when a file is wrong.
            """)

    @Argument(help: "Scenario files, or folders of them.")
    var files: [String]

    @Flag(help: "Name every scenario, not only those that failed.")
    var verbose = false

    func run() throws {
        var lines: [String] = []
        var (scenarioCount, failedCount, fileCount, wrongCount) = (0, 0, 0, 0)
        for path in files.flatMap({ ScenarioTest.files(below: $0) }) {
            let outcome = ScenarioTest.run(path)
            fileCount += 1
            if !outcome.configurationErrors.isEmpty { Terminal.printError(outcome.configurationErrors) }
            for mistake in outcome.mistakes { Terminal.printError(text(path, mistake, "error")) }
            guard outcome.isValid else {
                wrongCount += 1
                continue
            }
            for (name, failure) in outcome.scenarios {
                scenarioCount += 1
                if let failure {
                    failedCount += 1
                    lines.append(text(path, failure, "failed", "\"\(name)\": "))
                } else if verbose {
                    lines.append("\(path): ok: \"\(name)\"")
                }
            }
        }
        let counts = "\(scenarioCount - failedCount) passed, \(failedCount) failed"
        lines.append("\(scenarioCount.counted("scenario")) in \(fileCount.counted("file")): \(counts)")
        guard Terminal.print(lines.joined(separator: "\n")) else {
            throw Failure(code: .operation, message: "the result cannot be written to stdout")
        }
        guard wrongCount == 0 else {
            throw Failure(code: .configuration, message: "\(wrongCount.counted("file")) could not be run")
        }
        // No scenario is no proof.
        guard failedCount == 0, scenarioCount > 0 else { throw Failure(code: .operation, message: "") }
    }

    private func text(_ path: String, _ mistake: ScenarioMistake, _ kind: String, _ scenario: String = "") -> String {
        let place = mistake.line > 0 ? "\(path):\(mistake.line):\(mistake.column)" : path
        return "\(place): \(kind): \(scenario)\(mistake.message)" + (mistake.help.map { "\n  help: \($0)" } ?? "")
    }
}
