import WireBytes

/// The decisions that `cscli decisions list` prints with `-o json` or `-o raw`.
///
/// Bans of addresses and ranges become bans. Other scopes (countries, autonomous systems), other types (captcha) and
/// decisions that were only simulated are skipped and counted.
///
/// Source: what cscli 1.4.6 of Debian 12 prints.
enum CrowdSecExport {
    /// A decision as either form tells it.
    private struct Decision {
        var scope: String
        var value: String
        var type: String
        var duration: String
        var scenario: String
        var origin: String
        var isSimulated: Bool
        var line: Int
    }

    static func read(_ bytes: [UInt8], nowWallUS: Int64) -> BanImportReading {
        var reading = BanImportReading(format: .crowdsec)
        let first = TextLines(bytes).first { !$0.text.isEmpty }?.text ?? ""
        if isHeader(first) {
            readRaw(bytes, nowWallUS, &reading)
        } else if !first.isEmpty {
            readJSON(bytes, nowWallUS, &reading)
        }
        return reading
    }

    // MARK: -o json

    private static func readJSON(_ bytes: [UInt8], _ nowWallUS: Int64, _ reading: inout BanImportReading) {
        let value: JSONValue
        do throws(JSONMistake) {
            value = try JSONReader.read(bytes)
        } catch {
            return reading.note(BanImportMistake(line: error.line, error.text))
        }
        // Without any decision it prints null.
        if value == .null { return }
        guard case .array(let alerts) = value else {
            return reading.note(BanImportMistake(line: 1, "expected an array of alerts, found \(value.kind)"))
        }
        for alert in alerts {
            guard case .object(_, let line) = alert else {
                reading.note(BanImportMistake(line: 1, "expected an alert, which is an object, found \(alert.kind)"))
                continue
            }
            // An alert holds its decisions; an export of bare decisions holds them itself.
            switch alert["decisions"] {
            case .array(let decisions): for decision in decisions { note(decision, line, nowWallUS, &reading) }
            case nil where alert["scope"] != nil: note(alert, line, nowWallUS, &reading)
            case nil, .null: reading.skip("an alert without decisions", line: line)
            case .some(let other):
                reading.note(
                    BanImportMistake(line: line, "\"decisions\": expected an array, found \(other.kind)"))
            }
        }
    }

    private static func note(
        _ value: JSONValue, _ alertLine: Int, _ nowWallUS: Int64, _ reading: inout BanImportReading
    ) {
        guard case .object(_, let line) = value else {
            let found = value.kind
            return reading.note(BanImportMistake(line: alertLine, "expected a decision, found \(found)"))
        }
        do throws(BanImportMistake) {
            let fields = ImportFields(value, line: line)
            func required(_ name: String) throws(BanImportMistake) -> String {
                guard let text = try fields.text(name) else {
                    throw BanImportMistake(line: line, "a decision needs \"\(name)\"")
                }
                return text
            }
            let decision = Decision(
                scope: try required("scope"), value: try required("value"), type: try required("type"),
                duration: try required("duration"), scenario: try fields.text("scenario") ?? "",
                origin: try fields.text("origin") ?? "", isSimulated: value["simulated"] == .bool(true), line: line)
            try take(decision, nowWallUS, &reading)
        } catch {
            reading.note(error)
        }
    }

    // MARK: -o raw

    private static let columns = (ip: "ip", action: "action", expiration: "expiration")

    /// Whether a line is the first of `-o raw`.
    static func isHeader(_ line: some StringProtocol) -> Bool {
        guard let names = CSVLine(line)?.fields else { return false }
        return [columns.ip, columns.action, columns.expiration].allSatisfy { names.contains($0) }
    }

    private static func readRaw(_ bytes: [UInt8], _ nowWallUS: Int64, _ reading: inout BanImportReading) {
        var places: [String: Int] = [:]
        for line in TextLines(bytes) where !line.text.isEmpty {
            guard let row = CSVLine(line.text) else {
                reading.note(BanImportMistake(line: line.number, "expected '\"' at the end of a quoted field"))
                continue
            }
            if places.isEmpty {
                for (place, name) in row.fields.enumerated() { places[name] = place }
                continue
            }
            do throws(BanImportMistake) {
                try take(try decision(row.fields, places, line: line.number), nowWallUS, &reading)
            } catch {
                reading.note(error)
            }
        }
    }

    private static func decision(
        _ fields: [String], _ places: [String: Int], line: Int
    ) throws(BanImportMistake) -> Decision {
        func field(_ name: String) throws(BanImportMistake) -> String {
            guard let place = places[name] else { return "" }
            guard place < fields.count else {
                throw BanImportMistake(line: line, "expected \(places.count) fields, found \(fields.count)")
            }
            return fields[place]
        }
        // It reads `Ip:192.0.2.1`.
        let named = try field(columns.ip)
        guard let colon = named.firstIndex(of: ":") else {
            throw BanImportMistake(line: line, "expected a scope and a value as in Ip:192.0.2.1")
        }
        return Decision(
            scope: String(named[..<colon]), value: String(named[named.index(after: colon)...]),
            type: try field(columns.action), duration: try field(columns.expiration), scenario: try field("reason"),
            origin: try field("source"), isSimulated: try field("simulated") == "true", line: line)
    }

    // MARK: What becomes of a decision

    private static func take(
        _ decision: Decision, _ nowWallUS: Int64, _ reading: inout BanImportReading
    ) throws(BanImportMistake) {
        let line = decision.line
        guard decision.type.lowercased() == "ban" else {
            return reading.skip("the type is \(shortened(decision.type)), not ban", line: line)
        }
        guard !decision.isSimulated else { return reading.skip("only simulated", line: line) }
        switch decision.scope.lowercased() {
        case "ip", "range": break
        default: return reading.skip("the scope is \(shortened(decision.scope)), not Ip or Range", line: line)
        }
        guard let remaining = GoDuration.microseconds(decision.duration) else {
            throw BanImportMistake(
                line: line, "expected a duration such as 3h59m59s, found '\(shortened(decision.duration))'")
        }
        guard remaining > 0 else { return reading.skip("its time is over", line: line) }
        let (until, overflow) = nowWallUS.addingReportingOverflow(remaining)
        reading.take(
            BanImport(
                subject: try ImportFields.subject(decision.value, line: line),
                untilWallUS: overflow ? .max : until, reason: decision.scenario, origin: decision.origin, line: line),
            nowWallUS: nowWallUS)
    }
}

/// Durations as Go writes them: `3h59m59.5s`, `-2m0s`, `150ms`; also with days.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// Microseconds, cut off; `nil` for what is none.
    static func microseconds(_ text: String) -> Int64? {
        var scan = TextScan(text)
        let isNegative = scan.takes("-")
        if !isNegative { _ = scan.takes("+") }
        var total: Int64 = 0
        var count = 0
        // Go writes a zero without a unit, too.
        if text == "0" { return 0 }
        while !scan.isAtEnd {
            guard let whole = scan.number() else { return nil }
            var (fraction, scale) = (Int64(0), Int64(1))
            if scan.takes(".") {
                while let digit = scan.digit() {
                    guard scale < 1_000_000_000 else { continue }
                    (fraction, scale) = (fraction * 10 + digit, scale * 10)
                }
            }
            guard let unit = units.first(where: { scan.takes($0.name) }) else { return nil }
            let (product, isTooLong) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
            // A fraction of a day has at most nine digits: 10^9 times 86 400 · 10^9 would not fit, so nanoseconds of it
            // are counted by their full width.
            let part = fraction.multipliedFullWidth(by: unit.nanoseconds)
            let partNS = scale.dividingFullWidth(part).quotient
            let (sum, isTooLate) = total.addingReportingOverflow(product)
            let (all, isOver) = sum.addingReportingOverflow(partNS)
            guard !isTooLong, !isTooLate, !isOver else { return isNegative ? -.max : .max }
            total = all
            count += 1
        }
        guard count > 0 else { return nil }
        return (isNegative ? -total : total) / 1_000
    }
}

/// A line of comma-separated values (RFC 4180) whose fields hold no line feed.
struct CSVLine {
    let fields: [String]

    /// `nil` when a quoted field has no end.
    init?(_ line: some StringProtocol, separator: Unicode.Scalar = ",") {
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        var wasQuote = false
        for scalar in line.unicodeScalars {
            if isQuoted {
                if scalar == "\"" { (isQuoted, wasQuote) = (false, true) } else { field.append(scalar) }
                continue
            }
            if scalar == "\"" {
                // Twice within quotes stands for one.
                if wasQuote { field.append(scalar) }
                isQuoted = true
            } else if scalar == separator {
                fields.append(String(field))
                field = String.UnicodeScalarView()
            } else {
                field.append(scalar)
            }
            wasQuote = false
        }
        guard !isQuoted else { return nil }
        fields.append(String(field))
        self.fields = fields
    }
}
