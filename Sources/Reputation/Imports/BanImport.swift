public import Settings

/// A ban as an export tells it: of another Portcullis, or of another program.
public struct BanImport: Sendable, Equatable {
    /// Whom it shuts out.
    public var subject: Subject
    /// When it ends, in wall-clock microseconds since 1970; `.max` for one that ends when it is lifted, `nil` where the
    /// export does not say.
    public var untilWallUS: Int64?
    /// When it began, likewise.
    public var startedWallUS: Int64?
    /// What becomes of live connections; `nil` where the export does not say.
    public var kind: Ban.Kind?
    /// Why, in the words of whoever decided it; may be empty, and comes from outside.
    public var reason: String
    /// Who decided it there, such as `ladder`, `cscli`, `CAPI` or `fail2ban`; likewise.
    public var origin: String
    /// The line of the export on which it stands, from 1; 0 where there is none.
    public var line: Int

    /// Puts the parts together.
    public init(
        subject: Subject, untilWallUS: Int64? = nil, startedWallUS: Int64? = nil, kind: Ban.Kind? = nil,
        reason: String = "", origin: String = "", line: Int = 0
    ) {
        self.subject = subject
        self.untilWallUS = untilWallUS
        self.startedWallUS = startedWallUS
        self.kind = kind
        self.reason = reason
        self.origin = origin
        self.line = line
    }
}

/// Whose export it is.
public enum BanImportFormat: String, CaseIterable, Sendable {
    /// `portcullis bans export`: a JSON object a line.
    case portcullis
    /// `cscli decisions list`, with `-o json` or `-o raw`.
    case crowdsec
    /// `fail2ban-client get JAIL banip`, also `--with-time`.
    case fail2ban
    /// Any format of lists: addresses, networks, ranges.
    case plain
}

/// A line of an export that is none.
public struct BanImportMistake: Error, Sendable, Equatable {
    /// From 1.
    public var line: Int
    /// What was expected, in words.
    public var text: String

    /// Puts the parts together.
    public init(line: Int, _ text: String) {
        self.line = line
        self.text = text
    }
}

/// What became of reading an export.
public struct BanImportReading: Sendable, Equatable {
    /// Sound entries that were left out, and why.
    public struct Skip: Sendable, Equatable {
        /// In words.
        public var reason: String
        /// How many.
        public var count: Int
        /// Where the first of them stands, from 1.
        public var firstLine: Int

        /// Puts the parts together.
        public init(reason: String, count: Int, firstLine: Int) {
            self.reason = reason
            self.count = count
            self.firstLine = firstLine
        }
    }

    /// Whose export it was taken for.
    public var format: BanImportFormat
    /// In the order of the export.
    public var entries: [BanImport] = []
    /// Entries that were left out, by reason.
    public var skips: [Skip] = []
    /// The first mistakes, in order.
    public var mistakes: [BanImportMistake] = []
    /// All mistakes.
    public var mistakeCount = 0

    /// Most mistakes that are kept.
    public static let mistakeCountMax = 20
    /// Most entries of one export.
    public static let entryCountMax = 5_000_000
    /// Most bytes of one export.
    public static let byteCountMax = 256 << 20

    init(format: BanImportFormat) {
        self.format = format
    }

    mutating func note(_ mistake: BanImportMistake) {
        mistakeCount += 1
        if mistakes.count < Self.mistakeCountMax { mistakes.append(mistake) }
    }

    mutating func skip(_ reason: String, line: Int) {
        if let index = skips.firstIndex(where: { $0.reason == reason }) {
            skips[index].count += 1
        } else if skips.count < Self.mistakeCountMax {
            skips.append(Skip(reason: reason, count: 1, firstLine: line))
        } else {
            skips[skips.count - 1].reason = "for other reasons"
            skips[skips.count - 1].count += 1
        }
    }

    /// Takes an entry, unless it is over already.
    mutating func take(_ entry: BanImport, nowWallUS: Int64) {
        if let until = entry.untilWallUS, until <= nowWallUS { return skip("its time is over", line: entry.line) }
        guard entries.count < Self.entryCountMax else {
            return skip("more than \(Self.entryCountMax) entries", line: entry.line)
        }
        entries.append(entry)
    }
}

/// Reads the bans that other programs export.
///
/// Nothing is lost in silence: every entry becomes a ban, a counted skip with its reason, or a mistake with its line.
public enum BanImportReader {
    /// Reads an export.
    ///
    /// - Parameters:
    ///   - bytes: the whole text, at most ``BanImportReading/byteCountMax``.
    ///   - format: whose it is; `nil` finds out.
    ///   - nowWallUS: what remaining times count from, in wall-clock microseconds; what ended before is skipped.
    ///   - zone: the time zone of times that do not name theirs, which are fail2ban's.
    public static func read(
        _ bytes: [UInt8], format: BanImportFormat? = nil, nowWallUS: Int64, zone: TimeText.Zone = .local
    ) -> BanImportReading {
        let format = format ?? detect(bytes)
        guard bytes.count <= BanImportReading.byteCountMax else {
            var reading = BanImportReading(format: format)
            let most = BanImportReading.byteCountMax >> 20
            reading.note(BanImportMistake(line: 1, "an export has at most \(most) MiB; split it"))
            return reading
        }
        switch format {
        case .portcullis: return PortcullisExport.read(bytes, nowWallUS: nowWallUS)
        case .crowdsec: return CrowdSecExport.read(bytes, nowWallUS: nowWallUS)
        case .fail2ban: return Fail2BanExport.read(bytes, nowWallUS: nowWallUS, zone: zone)
        case .plain: return PlainExport.read(bytes)
        }
    }

    /// Whose export a text is, by how it begins.
    public static func detect(_ bytes: [UInt8]) -> BanImportFormat {
        let lines = TextLines(bytes)
        guard let first = lines.first(where: { !$0.text.isEmpty }) else { return .plain }
        if first.text.hasPrefix("{") { return .portcullis }
        if first.text.hasPrefix("[") || first.text == "null" { return .crowdsec }
        if CrowdSecExport.isHeader(first.text) { return .crowdsec }
        return Fail2BanExport.isLine(first.text) ? .fail2ban : .plain
    }
}
