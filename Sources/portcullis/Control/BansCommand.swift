import ArgumentParser
import ControlPlane

/// The command `portcullis bans`.
struct BansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bans",
        abstract: "Show, export or import bans.",
        subcommands: [BansListCommand.self, BansExportCommand.self, BansImportCommand.self],
        defaultSubcommand: BansListCommand.self)
}

/// Which bans are meant.
struct BanFilter: ParsableArguments {
    @Option(help: "Only bans by: rule, ladder, network, operator, import or list.")
    var origin: String?

    @Option(help: "Only bans of this kind: hard or soft.")
    var kind: String?

    @Option(help: ArgumentHelp("Only bans within this network.", valueName: "network"))
    var within: String?

    /// Gives every page of them to `body`.
    func pages(_ client: ControlClient, most: Int = .max, _ body: ([BanItem]) throws -> Void) throws {
        var after: String?
        var left = most
        repeat {
            var target = "/v1/bans?limit=\(min(left, 5_000))"
            let parts = [("after", after), ("origin", origin), ("kind", kind), ("within", within)]
            for (name, value) in parts { if let value { target += "&\(name)=\(ControlPath.escaped(value))" } }
            let page = try client.request("GET", target, as: BanPage.self)
            try body(page.bans)
            left -= page.bans.count
            after = page.next
        } while after != nil && left > 0
    }
}

/// The command `portcullis bans list`.
struct BansListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the bans in force, in the order of addresses.")

    @OptionGroup var filter: BanFilter

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit: Int?

    @OptionGroup var control: ControlOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is 1 or more") }
    }

    func run() throws {
        var count = 0
        var isBegun = false
        try control.ask { client in
            try filter.pages(client, most: limit ?? .max) { bans in
                // Not before somebody has answered: half of a JSON text is none.
                if !isBegun, control.output == .json { try control.show("[") }
                isBegun = true
                try show(bans, isFirst: count == 0)
                count += bans.count
            }
        }
        if control.output == .json { try control.show("]") }
        if control.output == .human { try control.show(count == 0 ? "nobody is banned" : count.counted("ban")) }
    }

    private func show(_ bans: [BanItem], isFirst: Bool) throws {
        switch control.output {
        case .raw: try control.show(bans.map(\.subject).joined(separator: "\n"))
        case .human: try control.show(bans.map(Self.line).joined(separator: "\n"))
        case .json:
            for (index, ban) in bans.enumerated() {
                let comma = isFirst && index == 0 ? "" : ","
                try control.show(comma + String(decoding: ControlJSON.bytes(ban), as: UTF8.self))
            }
        }
    }

    private static func line(_ ban: BanItem) -> String {
        let left = ban.remainingSeconds.map { Moment.span(Int64(clamping: $0)) } ?? "for ever"
        let by = ban.who.map { "\(ban.origin) \($0)" } ?? (ban.ruleID == 0 ? ban.origin : "\(ban.origin) \(ban.ruleID)")
        return Column.line([(ban.subject, 24), (ban.kind, 4), (left, 11), (by, 16), (ban.reason, 0)])
    }
}

/// Cells that stand below each other.
enum Column {
    /// Pads each cell to its width; the last one is as long as it is.
    static func line(_ cells: [(text: String, width: Int)]) -> String {
        var line = ""
        for (text, width) in cells {
            if !line.isEmpty { line += "  " }
            line += text + String(repeating: " ", count: max(0, width - text.count))
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
