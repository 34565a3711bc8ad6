import ArgumentParser
import CLinux
import ControlPlane
import Glibc
import Reputation
import Settings

/// The command `portcullis bans import FILE`.
struct BansImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take bans from a file.",
        discussion: """
            Reads what `bans export` writes; what `cscli decisions list` prints with -o json or -o raw; what \
            `fail2ban-client get JAIL banip` prints, also --with-time; and lists of addresses, networks and ranges. A \
            ban that is in force takes the end, kind and reason of the file. Who is on the allowlist is left out and \
            named. When a line cannot be read nothing is taken, exit code 1, unless --partial is given.
            """)

    @Argument(help: "Its path; - is stdin.")
    var path: String

    @Option(
        help: ArgumentHelp("Whose: portcullis, crowdsec, fail2ban, plain; found out when left out.", valueName: "name"))
    var format: Format?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long, where the file does not say; until they are lifted when left out.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Why, where the file does not say.", valueName: "text"))
    var reason: String?

    @Flag(help: "Refuse new connections only, where the file does not say.")
    var soft = false

    @Flag(help: "Take the lines that can be read, and name the others.")
    var partial = false

    @OptionGroup var control: ControlOptions

    /// Whose file it is.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case portcullis
        case crowdsec
        case fail2ban
        case plain
    }

    /// Entries of one request: some megabytes at most.
    private static let batchCount = 5_000

    func run() throws {
        let duration = try ControlArgument.duration(duration)
        let nowUS = clinux_wall_us()
        let reading = BanImportReader.read(
            try InputFile.bytes(path, most: BanImportReading.byteCountMax),
            format: format.flatMap { BanImportFormat(rawValue: $0.rawValue) }, nowWallUS: nowUS)
        for mistake in reading.mistakes { Terminal.printError("\(path):\(mistake.line): \(mistake.text)") }
        if reading.mistakeCount > 0, !partial {
            throw Failure(
                code: .operation,
                message: "\(path): \(reading.mistakeCount.counted("line")) cannot be read; nothing was taken")
        }
        let standardUntil = duration.map {
            nowUS.addingReportingOverflow(Int64(clamping: $0.nanoseconds / 1_000)).partialValue
        }
        var summary = ImportSummary(reading)
        try control.ask { client in
            for start in stride(from: 0, to: reading.entries.count, by: Self.batchCount) {
                let batch = reading.entries[start..<min(start + Self.batchCount, reading.entries.count)]
                let body = ImportBody(
                    entries: batch.map { entry($0, standardUntil, isOwn: reading.format == .portcullis) })
                summary.add(
                    try client.request("POST", "/v1/bans/import", body, as: ImportReply.self),
                    lines: batch.map(\.line))
            }
        }
        try show(summary)
    }

    private func entry(_ ban: BanImport, _ standardUntil: Int64?, isOwn: Bool) -> ImportEntry {
        let until = ban.untilWallUS ?? standardUntil ?? .max
        let reason = ban.reason.isEmpty ? self.reason ?? (isOwn ? "" : ban.origin) : ban.reason
        return ImportEntry(
            subject: "\(ban.subject)", until: until == .max ? nil : Timestamp(wallUS: until),
            kind: (ban.kind ?? (soft ? .soft : .hard)) == .soft ? .soft : .hard, reason: ReasonText.fitting(reason))
    }

    private func show(_ summary: ImportSummary) throws {
        if control.output != .json {
            for refusal in summary.refused {
                Terminal.printError("\(path):\(refusal.line): \(refusal.subject): \(refusal.message)")
            }
            let left = summary.refusedCount - summary.refused.count
            if left > 0 { Terminal.printError("and \(left) more") }
        }
        switch control.output {
        case .json: try control.show(json: summary)
        case .raw: try control.show("\(summary.added + summary.changed)")
        case .human: try control.show(summary.sentence)
        }
    }
}

/// Reasons of other programs as ours may be.
enum ReasonText {
    private static let byteCountMax = 200

    /// Without control characters, and cut where it is too long.
    static func fitting(_ text: String) -> String {
        var result = ""
        var byteCount = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            let shown: Unicode.Scalar = isControl ? "?" : scalar
            byteCount += UTF8.width(shown)
            if byteCount > byteCountMax { break }
            result.unicodeScalars.append(shown)
        }
        return result
    }
}
