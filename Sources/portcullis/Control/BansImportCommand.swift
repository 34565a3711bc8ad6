import ArgumentParser
import ControlPlane
import Glibc

/// The command `portcullis bans import FILE`.
struct BansImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take bans from a file.",
        discussion: """
            Reads what `bans export` writes, and lists with one address or network a line. A ban that is in force \
            already takes the end, kind and reason of the file. Nothing is sent while a line cannot be read: exit code \
            1.
            """)

    @Argument(help: "Its path; - is stdin.")
    var path: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long, where the file does not say; until they are lifted when left out.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Why, where the file does not say.", valueName: "text"))
    var reason: String?

    @OptionGroup var control: ControlOptions

    func run() throws {
        throw Failure(code: .operation, message: "imports are not there yet")
    }
}
