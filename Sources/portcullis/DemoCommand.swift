import ArgumentParser
import Demonstration
import Glibc

/// The command `portcullis demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a small game world under attack, guarded by the shipped rules.",
        discussion: """
            Everything runs on loopback addresses of this machine. Ends with Ctrl-C or after --seconds, with 0 if \
            every player was untouched and every attacker was banned.
            """)

    /// At most a day.
    private static let mostSeconds = 86_400
    private static let secondsText = "\(Demonstration.leastSeconds) to \(mostSeconds)"

    @Option(help: "End by itself after so many seconds, \(Self.secondsText).")
    var seconds: Int?

    @Option(help: "The folder with protocols/ and policies/; found by itself in a checkout.")
    var rules: String?

    @Flag(help: "Keep the logs when it ends.")
    var keep = false

    func validate() throws {
        if let seconds, !(Demonstration.leastSeconds...Self.mostSeconds).contains(seconds) {
            throw ValidationError("--seconds takes \(Self.secondsText), not \(seconds)")
        }
    }

    func run() throws {
        let demonstration = Demonstration(
            seconds: seconds, isTerminal: isatty(1) == 1, rulesFolder: rules, keepsLogs: keep)
        let code = demonstration.run()
        guard code == 0 else {
            throw Failure(code: Failure.Code(rawValue: code) ?? .operation, message: "")
        }
    }
}
