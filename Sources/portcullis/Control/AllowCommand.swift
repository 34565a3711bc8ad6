import ArgumentParser
import ControlPlane

/// The command `portcullis allow`.
struct AllowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Show or change who is never banned.",
        discussion: """
            Who is allowed is not scored, banned, or limited by address; rules about packets hold. What the service's \
            file allows is removed there.
            """,
        subcommands: [AllowListCommand.self, AllowAddCommand.self, AllowRemoveCommand.self],
        defaultSubcommand: AllowListCommand.self)
}

/// The command `portcullis allow list`.
struct AllowListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the allowlist.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        let reply = try control.ask { try $0.request("GET", "/v1/allow", as: AllowListReply.self) }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.entries.map(\.subject).joined(separator: "\n"))
        case .human:
            let lines = reply.entries.map(Self.line)
            try control.show(lines.isEmpty ? "nobody is allowed" : lines.joined(separator: "\n"))
        }
    }

    private static func line(_ entry: AllowItem) -> String {
        let end = entry.isConfigured ? "in the file" : entry.until.map { Moment.relative($0) } ?? "for ever"
        return Column.line([(entry.subject, 24), (end, 14), (entry.who ?? "-", 12), (entry.comment, 0)])
    }
}

/// The command `portcullis allow add NETWORK`.
struct AllowAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Never ban an address or network; a ban that it has is lifted.",
        discussion: "Who is allowed already gets the end and comment of this entry.")

    @Argument(help: "An address or a network.")
    var network: String

    @Option(
        name: [.customLong("for"), .customLong("expires")],
        help: ArgumentHelp("How long, as 12h or 30d; until it is removed when left out.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var comment: String?

    @OptionGroup var control: ControlOptions

    func run() throws {
        let network = try ControlArgument.subject(network)
        let order = AllowBody(duration: try ControlArgument.duration(duration), comment: comment)
        let entry = try control.ask {
            try $0.request("PUT", "/v1/allow/" + ControlPath.escaped(network), order, as: AllowItem.self)
        }
        switch control.output {
        case .json: try control.show(json: entry)
        case .raw: try control.show(entry.subject)
        case .human:
            let end = entry.until.map { "until \(Moment.clock($0)) (\(Moment.relative($0)))" } ?? "until it is removed"
            try control.show("\(entry.subject): allowed \(end)")
        }
    }
}

/// The command `portcullis allow remove NETWORK`.
struct AllowRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove an address or network from the allowlist.",
        discussion:
            "What is not there stays so: exit code 0. What the service's file allows is removed there: exit code 1.")

    @Argument(help: "As it was added.")
    var network: String

    @OptionGroup var control: ControlOptions

    func run() throws {
        let network = try ControlArgument.subject(network)
        let reply = try control.ask {
            try $0.request("DELETE", "/v1/allow/" + ControlPath.escaped(network), as: DisallowReply.self)
        }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.removed ? network : "")
        case .human: try control.show("\(network): \(reply.removed ? "no longer allowed" : "was not allowed")")
        }
    }
}
