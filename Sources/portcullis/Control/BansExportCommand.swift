import ArgumentParser
import ControlPlane

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
                var lines: [String] = []
                for ban in bans {
                    let line = try ControlJSON.bytes(
                        ImportEntry(
                            subject: ban.subject, since: ban.since, until: ban.until,
                            kind: BanSeverity(rawValue: ban.kind), reason: ban.reason))
                    lines.append(String(decoding: line, as: UTF8.self))
                }
                try control.show(lines.joined(separator: "\n"))
            }
        }
    }
}
