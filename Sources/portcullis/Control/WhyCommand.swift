import ArgumentParser
import ControlPlane

/// The command `portcullis why SUBJECT`.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explain how an address, network or account stands, and why.",
        discussion: """
            Banned, allowed, listed, scored or clear: by what, since when, until when, by whom, what happened before, \
            and what was seen. Exit code 0 whatever the answer is; `-o raw` prints it as one word.
            """)

    @Argument(help: "As for `ban`.")
    var subject: String

    @OptionGroup var control: ControlOptions

    func run() throws {
        let name = try ControlArgument.subject(subject)
        let reply = try control.ask {
            try $0.request("GET", "/v1/why/" + ControlPath.escaped(name), as: WhyReply.self)
        }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.verdict.rawValue)
        case .human: try control.show(WhyScreen(reply, style: .ofStdout).text)
        }
    }
}
