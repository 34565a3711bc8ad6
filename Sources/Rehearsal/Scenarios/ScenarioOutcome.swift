import Events
import Inspection
import WireBytes

/// What came of a step.
struct StepOutcome {
    /// What became of one packet, or of a step that sends none.
    struct Part {
        var fate = Fate.passed
        var findings: [FindingRecord] = []
        var bans: [BanRecord] = []
    }

    enum Fate: Equatable {
        case passed
        /// It is not whole, or it is not its turn yet.
        case waiting
        case dropped
        case delayed
        case rewritten
        case closed
        case banned
        /// The connection was over before.
        case gone

        var words: String {
            switch self {
            case .passed: "passed"
            case .waiting: "still waits"
            case .dropped: "was dropped"
            case .delayed: "was delayed"
            case .rewritten: "was rewritten"
            case .closed: "was closed"
            case .banned: "was banned"
            case .gone: "came after the end"
            }
        }
    }

    /// One for each packet; one for a step that sends none.
    var parts: [Part] = []
    /// How the connection that it was about ended.
    var end: (record: ConnectionRecord, byPolicy: Bool)?
    /// The connection was not let in.
    var refusal: ConnectionRecord?
    /// The lines that the logs would have.
    var lines: [String] = []
    /// What each side received.
    var received = PerDirection<[UInt8]>(both: [])
    var phaseName: String?
    var account: String?
    var score = 0.0

    var findings: [FindingRecord] { parts.flatMap(\.findings) }

    /// What a person must know to understand it.
    var summary: String {
        if let refusal { return "it was not let in: \(refusal.termination.reason.rawValue)" }
        var groups: [(fate: String, count: Int)] = []
        for part in parts {
            let text = part.fate.words + Self.rules(part)
            if let index = groups.firstIndex(where: { $0.fate == text }) {
                groups[index].count += 1
            } else {
                groups.append((text, 1))
            }
        }
        let isOne = parts.count == 1
        var text = groups.prefix(6).map { isOne ? "it \($0.fate)" : Self.count($0.count, $0.fate) }
            .joined(separator: ", ")
        if let end, end.byPolicy { text += "; the connection ended: \(end.record.termination.reason.rawValue)" }
        return text
    }

    private static func count(_ count: Int, _ fate: String) -> String {
        count > 1 && fate.hasPrefix("was ") ? "\(count) were" + fate.dropFirst(3) : "\(count) \(fate)"
    }

    private static func rules(_ part: Part) -> String {
        guard !part.findings.isEmpty else { return "" }
        let names = part.findings.map {
            "\($0.isShadow ? "would " : "")\($0.action) by \($0.ruleID) \($0.ruleName)"
                + ($0.detail.map { " (\($0))" } ?? "")
        }
        return " (" + names.joined(separator: ", ") + ")"
    }
}
