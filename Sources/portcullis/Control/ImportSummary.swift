import ControlPlane
import Reputation

/// What became of a file's bans.
struct ImportSummary: Encodable {
    /// Somebody who was not banned.
    struct Refusal: Encodable {
        var line: Int
        var subject: String
        var message: String
    }

    /// Entries of the file that are none for us.
    struct Skip: Encodable {
        var reason: String
        var count: Int
        var line: Int
    }

    private static let refusalCountMax = 20

    let format: String
    private(set) var added = 0
    private(set) var changed = 0
    private(set) var unchanged = 0
    private(set) var refusedCount = 0
    private(set) var refused: [Refusal] = []
    let skipped: [Skip]
    let mistakeCount: Int

    private enum CodingKeys: String, CodingKey {
        case format, added, changed, unchanged
        case refusedCount = "refused_count"
        case refused, skipped
        case mistakeCount = "mistakes"
    }

    init(_ reading: BanImportReading) {
        format = reading.format.rawValue
        skipped = reading.skips.map { Skip(reason: $0.reason, count: $0.count, line: $0.firstLine) }
        mistakeCount = reading.mistakeCount
    }

    mutating func add(_ reply: ImportReply, lines: [Int]) {
        added += reply.added
        changed += reply.changed
        unchanged += reply.unchanged
        refusedCount += reply.refused.count
        for refusal in reply.refused where refused.count < Self.refusalCountMax {
            let line = lines.indices.contains(refusal.index) ? lines[refusal.index] : 0
            refused.append(Refusal(line: line, subject: refusal.subject, message: refusal.message))
        }
    }

    /// For people.
    var sentence: String {
        var text = "\(format): \(added) added, \(changed) changed, \(unchanged) as they were"
        if refusedCount > 0 { text += ", \(refusedCount) left out" }
        for skip in skipped { text += "\nskipped \(skip.count), first on line \(skip.line): \(skip.reason)" }
        if mistakeCount > 0 { text += "\n\(mistakeCount.counted("line")) could not be read" }
        return text
    }
}
