import ControlPlane
import Reputation
import Settings

/// A ban as a file tells it.
struct BanImport {
    var subject: Subject
    /// The greatest number for one that ends when it is lifted, `nil` where the file does not say.
    var untilWallUS: Int64?
    var startedWallUS: Int64?
    var kind: BanKind?
    var reason = ""
    var origin = ""
    /// From 1.
    var line = 0

    /// Appends a line of an export.
    func appendExportLine(to text: inout [UInt8]) throws(ControlError) {
        let line = ExportLine(
            subject: "\(subject)", started: startedWallUS.map { Timestamp(wallUS: $0) },
            until: untilWallUS == .max ? "lifted" : untilWallUS.map { Timestamp(wallUS: $0).text },
            kind: kind?.rawValue, origin: origin.isEmpty ? nil : origin, reason: reason.isEmpty ? nil : reason)
        text += try ControlJSON.bytes(line)
        text.append(UInt8(ascii: "\n"))
    }
}

/// A line of an export.
private struct ExportLine: Codable {
    var subject: String
    var started: Timestamp?
    var until: String?
    var kind: String?
    var origin: String?
    var reason: String?
}

/// Whose file it is.
enum BanImportFormat: String {
    case portcullis
    case plain
}

/// What became of reading a file.
struct BanImportReading {
    struct Skip {
        var reason: String
        var count: Int
        var firstLine: Int
    }

    struct Mistake {
        var line: Int
        var text: String
    }

    static let byteCountMax = 256 << 20
    static let mistakeCountMax = 20

    var format: BanImportFormat
    var entries: [BanImport] = []
    var skips: [Skip] = []
    var mistakes: [Mistake] = []
    var mistakeCount = 0

    fileprivate mutating func skipEnded(_ line: Int) {
        if skips.isEmpty { skips.append(Skip(reason: "its time is over", count: 0, firstLine: line)) }
        skips[0].count += 1
    }
}

/// Reads bans from a file: our own export, or one subject a line.
enum BanImportReader {
    static func read(_ bytes: [UInt8], format: BanImportFormat? = nil, nowWallUS: Int64) -> BanImportReading {
        let first = bytes.first { $0 > 0x20 }
        var reading = BanImportReading(format: format ?? (first == UInt8(ascii: "{") ? .portcullis : .plain))
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = line.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)[0]
            let part = Array((reading.format == .plain ? text : line).filter { $0 > 0x20 || reading.format != .plain })
            guard part.contains(where: { $0 > 0x20 }) else { continue }
            do throws(ControlError) {
                var ban = try reading.format == .plain ? plain(part) : own(part)
                ban.line = index + 1
                if let until = ban.untilWallUS, until <= nowWallUS {
                    reading.skipEnded(index + 1)
                } else {
                    reading.entries.append(ban)
                }
            } catch {
                reading.mistakeCount += 1
                guard reading.mistakes.count < BanImportReading.mistakeCountMax else { continue }
                reading.mistakes.append(BanImportReading.Mistake(line: index + 1, text: error.message))
            }
        }
        return reading
    }

    private static func plain(_ bytes: [UInt8]) throws(ControlError) -> BanImport {
        BanImport(subject: try SubjectText.subject(String(decoding: bytes, as: UTF8.self)))
    }

    private static func own(_ bytes: [UInt8]) throws(ControlError) -> BanImport {
        let line = try ControlJSON.value(ExportLine.self, bytes)
        var ban = BanImport(subject: try SubjectText.subject(line.subject))
        if let until = line.until {
            guard let end = until == "lifted" ? Int64.max : Timestamp(until)?.wallUS else {
                throw ControlError(.badRequest, "'until' is a time, or lifted")
            }
            ban.untilWallUS = end
        }
        ban.startedWallUS = line.started?.wallUS
        if let kind = line.kind {
            guard let known = BanKind(rawValue: kind) else { throw ControlError(.badRequest, "'kind' is hard or soft") }
            ban.kind = known
        }
        ban.reason = line.reason ?? ""
        ban.origin = line.origin ?? ""
        return ban
    }
}
