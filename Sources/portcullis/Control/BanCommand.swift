import ArgumentParser
import ControlPlane

/// The command `portcullis ban SUBJECT`.
struct BanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Shut out an address, a network or an account.",
        discussion: """
            Connections that are open end at once, and new ones are refused, on every worker before the command \
            returns. The ban is on disk by then, where the service's file has a state. Somebody who is banned \
            already gets the end, kind and reason of this ban. Who is on the allowlist is not banned: exit code 1.
            """)

    @Argument(help: "203.0.113.7, 203.0.113.0/24, 2001:db8::/48 or account:NAME.")
    var subject: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, as 10m, 1h or 30d; until it is lifted when left out.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Why; stands in the log, and in the answer to `why`.", valueName: "text"))
    var reason: String?

    @Flag(help: "Refuse new connections, and leave those that are open.")
    var soft = false

    @OptionGroup var control: ControlOptions

    func run() throws {
        let subject = try ControlArgument.subject(subject)
        let order = BanBody(
            duration: try ControlArgument.duration(duration), kind: soft ? .soft : .hard, reason: reason)
        let reply = try control.ask {
            try $0.request("PUT", "/v1/bans/" + ControlPath.escaped(subject), order, as: BanReply.self)
        }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.ban.subject)
        case .human:
            let kind = reply.ban.kind == "soft" ? "new connections are refused" : "banned"
            let again = reply.change == "banned" ? "" : reply.change == "changed" ? ", changed" : ", as it was"
            try control.show("\(reply.ban.subject): \(kind) \(Moment.until(reply.ban.until))\(again)")
        }
    }
}

/// The command `portcullis unban SUBJECT`.
struct UnbanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unban",
        abstract: "Lift a ban, or all of them.",
        discussion: """
            Who is not banned stays so: exit code 0. Where a ban on a network still shuts the address out, that is \
            said, with exit code 1.
            """)

    @Argument(help: "As for `ban`.")
    var subject: String?

    @Flag(help: "Lift every ban.")
    var all = false

    @OptionGroup var control: ControlOptions

    func validate() throws {
        if all, subject != nil { throw ValidationError("--all lifts every ban; it goes without a subject") }
        if !all, subject == nil { throw ValidationError("whom to unban is missing; --all lifts every ban") }
    }

    func run() throws {
        guard let subject else { return try runAll() }
        let name = try ControlArgument.subject(subject)
        let reply = try control.ask {
            try $0.request("DELETE", "/v1/bans/" + ControlPath.escaped(name), as: UnbanReply.self)
        }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show(reply.lifted.map(\.subject).joined(separator: "\n"))
        case .human: try control.show(Self.sentence(name, reply))
        }
        if !reply.stillBannedBy.isEmpty { throw Failure(code: .operation, message: "") }
    }

    private func runAll() throws {
        let reply = try control.ask { try $0.request("DELETE", "/v1/bans", as: UnbanAllReply.self) }
        switch control.output {
        case .json: try control.show(json: reply)
        case .raw: try control.show("\(reply.lifted)")
        case .human: try control.show("\(reply.lifted.counted("ban")) lifted")
        }
    }

    private static func sentence(_ name: String, _ reply: UnbanReply) -> String {
        var lines = reply.lifted.prefix(10).map { "\($0.subject): no longer banned" }
        if reply.lifted.count > 10 { lines.append("and \(reply.lifted.count - 10) more") }
        if lines.isEmpty { lines = ["\(name): was not banned"] }
        for ban in reply.stillBannedBy {
            lines.append("\(name): still shut out by the ban of \(ban.subject); lift that one, or allow \(name)")
        }
        return lines.joined(separator: "\n")
    }
}
