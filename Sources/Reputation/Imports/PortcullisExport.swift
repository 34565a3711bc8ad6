import Settings
import WireBytes

/// Our own export: a JSON object a line.
enum PortcullisExport {
    static func read(_ bytes: [UInt8], nowWallUS: Int64) -> BanImportReading {
        var reading = BanImportReading(format: .portcullis)
        for line in TextLines(bytes) where !line.text.isEmpty {
            do throws(BanImportMistake) {
                reading.take(try entry(line), nowWallUS: nowWallUS)
            } catch {
                reading.note(error)
            }
        }
        return reading
    }

    private static func entry(_ line: TextLines.Line) throws(BanImportMistake) -> BanImport {
        let value: JSONValue
        do throws(JSONMistake) {
            value = try JSONReader.read(Array(line.text.utf8), line: line.number)
        } catch {
            throw BanImportMistake(line: line.number, error.text)
        }
        let fields = ImportFields(value, line: line.number)
        guard let subject = try fields.text("subject") else {
            throw BanImportMistake(line: line.number, "expected an object with \"subject\"")
        }
        var entry = BanImport(subject: try fields.subject(subject), line: line.number)
        entry.startedWallUS = try fields.time("started")
        entry.untilWallUS = try fields.text("until") == "lifted" ? .max : try fields.time("until")
        if let kind = try fields.text("kind") {
            switch kind {
            case "hard": entry.kind = .hard
            case "soft": entry.kind = .soft
            default: throw BanImportMistake(line: line.number, "\"kind\": expected hard or soft, found '\(kind)'")
            }
        }
        entry.reason = try fields.text("reason") ?? ""
        entry.origin = try fields.text("origin") ?? ""
        return entry
    }
}

extension BanImport {
    /// Appends the line of our own export that tells this ban, with its line feed.
    ///
    /// What ``BanImportReader`` reads of it is this very value but for the line, as long as its times lie from 1970 to
    /// the year 9999.
    public func appendExportLine(to text: inout [UInt8]) {
        var line = "{\"subject\":"
        JSONWriting.append(subject.description, to: &line)
        if let startedWallUS { line += ",\"started\":\"\(TimeText.text(startedWallUS))\"" }
        if let untilWallUS {
            line += ",\"until\":\"\(untilWallUS == .max ? "lifted" : TimeText.text(untilWallUS))\""
        }
        if let kind { line += ",\"kind\":\"\(kind == .hard ? "hard" : "soft")\"" }
        if !origin.isEmpty {
            line += ",\"origin\":"
            JSONWriting.append(origin, to: &line)
        }
        if !reason.isEmpty {
            line += ",\"reason\":"
            JSONWriting.append(reason, to: &line)
        }
        text.append(contentsOf: (line + "}\n").utf8)
    }
}

/// The texts of JSON that are written here.
private enum JSONWriting {
    static func append(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            default:
                guard scalar.value < 0x20 || scalar.value == 0x7F else {
                    line.unicodeScalars.append(scalar)
                    continue
                }
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        line += "\""
    }
}

/// The members of an object that tells a ban.
struct ImportFields {
    let value: JSONValue
    let line: Int

    init(_ value: JSONValue, line: Int) {
        self.value = value
        self.line = line
    }

    /// A text; `nil` where there is none, or null.
    func text(_ name: String) throws(BanImportMistake) -> String? {
        switch value[name] {
        case nil, .null: return nil
        case .text(let text): return text
        case .some(let other): throw BanImportMistake(line: line, "\"\(name)\": expected a text, found \(other.kind)")
        }
    }

    /// A time; `nil` where there is none.
    func time(_ name: String) throws(BanImportMistake) -> Int64? {
        guard let text = try text(name) else { return nil }
        if let time = TimeText.parse(text) { return time }
        throw BanImportMistake(
            line: line, "\"\(name)\": expected a time such as 2026-05-01T12:00:00Z, found '\(shortened(text))'")
    }

    /// Whom a text names.
    func subject(_ text: String) throws(BanImportMistake) -> Subject { try Self.subject(text, line: line) }

    static func subject(_ text: String, line: Int) throws(BanImportMistake) -> Subject {
        do throws(AddressSyntaxError) {
            if let subject = try Subject(parsing: text) { return subject }
        } catch {
            throw BanImportMistake(line: line, "'\(shortened(text))': \(error)")
        }
        throw BanImportMistake(
            line: line,
            "'\(shortened(text))': an account's name has 1 to \(AccountName.byteCountMax) bytes, none of them a "
                + "control character")
    }
}

/// A text of somebody else's, as a message shows it.
func shortened(_ text: some StringProtocol) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(60) {
        shown.append(scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "?" : scalar)
    }
    return text.unicodeScalars.count > 60 ? String(shown) + "…" : String(shown)
}
