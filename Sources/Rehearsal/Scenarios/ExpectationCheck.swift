import Events
import Inspection
import Reputation
import WireBytes

/// Holds what came of a step against what was expected of it.
enum ExpectationCheck {
    /// - Returns: what is wrong, in a sentence; `nil` when nothing is.
    static func failure(_ expectation: Expectation, _ outcome: StepOutcome) -> String? {
        switch expectation.kind {
        case .verdict(let verdict, let wouldOnly, let count, let rule):
            return check(verdict, wouldOnly, count, rule, outcome)
        case .nothing:
            let isQuiet = outcome.findings.isEmpty && unexpected(outcome) == nil
            return isQuiet ? nil : "expected nothing, but \(outcome.summary)"
        case .refused(let reason):
            guard let refusal = outcome.refusal else { return "expected it to be refused, but it was let in" }
            let found = refusal.termination.reason.rawValue
            return reason == nil || reason == found ? nil : "expected it to be refused as \(reason ?? ""), but \(found)"
        case .end(let reason):
            guard let end = outcome.end else { return "expected an end, but \(outcome.summary)" }
            let found = end.record.termination.reason.rawValue
            return reason == nil || reason == found ? nil : "expected the end \(reason ?? ""), but it is \(found)"
        case .log(let text, let isAbsent):
            let has = outcome.lines.contains { $0.contains(text) }
            if has != isAbsent { return nil }
            let lines = outcome.lines.isEmpty ? "no line" : outcome.lines.joined(separator: "\n    ")
            return isAbsent
                ? "expected no line with \"\(text)\", but there is:\n    \(lines)"
                : "expected a line with \"\(text)\", but there is:\n    \(lines)"
        case .receives(let direction, let bytes):
            let found = outcome.received[direction]
            guard found != bytes ?? [] else { return nil }
            let side = direction == .inbound ? "server" : "client"
            return "expected the \(side) to receive \(shown(bytes ?? [])), but it received \(shown(found))"
        case .phase(let name):
            guard outcome.phaseName != name else { return nil }
            return "expected the phase \(name), but it is \(outcome.phaseName ?? "over")"
        case .account(let name):
            guard outcome.account != name else { return nil }
            let found = outcome.account.map { "it is '\($0)'" } ?? "none is known"
            return "expected \(name.map { "the account '\($0)'" } ?? "no account"), but \(found)"
        case .score(let score):
            // Time that went by has taken a little.
            guard abs(outcome.score - score) > 0.0005 else { return nil }
            return "expected the score \(Words.points(score)), but it is \(Words.points(outcome.score))"
        }
    }

    /// What a step without expectations may not bring about.
    static func unexpected(_ outcome: StepOutcome) -> String? {
        if let refusal = outcome.refusal { return "it was not let in: \(refusal.termination.reason.rawValue)" }
        let isEnforced = outcome.findings.contains { !$0.isShadow && $0.action != "pass" && $0.action != "log" }
        let isUntouched = outcome.parts.allSatisfy { $0.fate == .passed || $0.fate == .waiting }
        return isEnforced || !isUntouched || outcome.end?.byPolicy == true ? outcome.summary : nil
    }

    private static func check(
        _ verdict: Expectation.Verdict, _ wouldOnly: Bool, _ count: Int?, _ rule: String?, _ outcome: StepOutcome
    ) -> String? {
        let found: Int
        let isEnough: Bool
        if wouldOnly || verdict == .log {
            let action = verdict.rawValue
            found = outcome.findings.count { $0.isShadow == wouldOnly && $0.action == action && names(rule, $0) }
            isEnough = found > 0
        } else {
            found = outcome.parts.count { $0.fate == fate(of: verdict) && (rule == nil || names(rule, $0, verdict)) }
            isEnough = verdict == .close || verdict == .ban ? found > 0 : found == outcome.parts.count
        }
        if let count { if found == count { return nil } } else if isEnough { return nil }
        let times = count.map { "\($0) " } ?? ""
        let by = rule.map { " by \($0)" } ?? ""
        return "expected \(times)\(wouldOnly ? "would " : "")\(verdict.rawValue)\(by), but \(outcome.summary)"
    }

    private static func fate(of verdict: Expectation.Verdict) -> StepOutcome.Fate {
        switch verdict {
        case .pass, .log: .passed
        case .drop: .dropped
        case .delay: .delayed
        case .rewrite: .rewritten
        case .close: .closed
        case .ban: .banned
        }
    }

    private static func names(_ rule: String?, _ finding: FindingRecord) -> Bool {
        rule == nil || finding.ruleName == rule || "\(finding.ruleID)" == rule
    }

    /// Whether a rule did this to a packet; a ban also where it gave the last points.
    private static func names(_ rule: String?, _ part: StepOutcome.Part, _ verdict: Expectation.Verdict) -> Bool {
        if part.findings.contains(where: { !$0.isShadow && $0.action == verdict.rawValue && names(rule, $0) }) {
            return true
        }
        return verdict == .ban
            && part.bans.contains { $0.ban.cause.ruleName == rule || "\($0.ban.cause.ruleID)" == rule }
    }

    /// As text where it is one, else as hex; not more than a line.
    private static func shown(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "nothing" }
        let shown = bytes.prefix(64)
        let more = bytes.count > shown.count ? " … (\(bytes.count) bytes)" : ""
        if shown.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            return "\"\(String(decoding: shown, as: UTF8.self))\"\(more)"
        }
        let digits = shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "hex \"\(digits.joined(separator: " "))\"\(more)"
    }
}
