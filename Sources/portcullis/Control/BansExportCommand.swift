import ArgumentParser
import ControlPlane
import Reputation
import Settings

/// The command `portcullis bans export`.
struct BansExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the bans in force, one JSON object a line.",
        discussion: "`bans import` reads them. With `-o raw`, subjects alone.")

    @OptionGroup var filter: BanFilter
    @OptionGroup var control: ControlOptions

    func run() throws {
        try control.ask { client in
            try filter.pages(client) { bans in
                if control.output == .raw { return try control.show(bans.map(\.subject).joined(separator: "\n")) }
                var text: [UInt8] = []
                for ban in bans { try Self.exported(ban).appendExportLine(to: &text) }
                try control.show(String(decoding: text, as: UTF8.self))
            }
        }
    }

    private static func exported(_ ban: BanItem) throws -> BanImport {
        let subject = try SubjectText.subject(ban.subject)
        return BanImport(
            subject: subject, untilWallUS: ban.until?.wallUS ?? .max, startedWallUS: ban.since.wallUS,
            kind: ban.kind == "soft" ? .soft : .hard, reason: ban.reason, origin: ban.origin)
    }
}
