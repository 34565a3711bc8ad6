import WireBytes

/// Reads what is expected: `drop by 1005`, `90 pass`, `would close`, `log "WouldDrop"`, `server receives nothing`.
enum ExpectationParser {
    private static let words =
        Expectation.Verdict.allCases.map(\.rawValue) + [
            "would", "nothing", "refused", "end", "no", "server", "client", "phase", "account", "score",
        ]

    static func parse(_ line: inout ScenarioLine, at place: ScenarioPlace) throws(ScenarioMistake) -> Expectation {
        Expectation(kind: try kind(&line), place: place)
    }

    private static func kind(_ line: inout ScenarioLine) throws(ScenarioMistake) -> Expectation.Kind {
        let first = try line.require("what is expected")
        if let count = Int(first.text), first.quoted == nil {
            guard count >= 0 else { throw ScenarioMistake(first.place, "nothing happens \(count) times") }
            return try verdict(&line, try line.require("what happens"), count: count)
        }
        switch first.text {
        case "nothing": return .nothing
        case "refused": return .refused(reason: line.take()?.text)
        case "end": return .end(reason: line.take()?.text)
        case "no":
            if line.take("account") { return .account(nil) }
            _ = try line.require("'log' or 'account'", among: ["log", "account"])
            return .log(text: try quoted(&line), isAbsent: true)
        case "log" where line.peek?.isQuotedAlone == true:
            return .log(text: try quoted(&line), isAbsent: false)
        case "server", "client":
            _ = try line.require("'receives'", among: ["receives"])
            let direction: Direction = first.text == "server" ? .inbound : .outbound
            if line.take("nothing") { return .receives(direction, nil) }
            let kind = try line.require("'hex', 'text' or 'nothing'", among: ["hex", "text", "nothing"])
            return .receives(direction, try StepParser.bytes(kind.text, &line))
        case "phase": return .phase(try line.require("the name of a phase").text)
        case "account":
            let word = try line.require("the name of an account")
            return .account(word.quoted.map { String(decoding: $0, as: UTF8.self) } ?? word.text)
        case "score":
            let word = try line.require("a number")
            guard let score = Double(word.text), score.isFinite, score >= 0 else {
                throw ScenarioMistake(word.place, "'\(word.shown)' is no score")
            }
            return .score(score)
        default: return try verdict(&line, first, count: nil)
        }
    }

    private static func verdict(
        _ line: inout ScenarioLine, _ first: ScenarioLine.Word, count: Int?
    ) throws(ScenarioMistake) -> Expectation.Kind {
        let wouldOnly = first.text == "would"
        let word = wouldOnly ? try line.require("what would happen") : first
        guard let verdict = Expectation.Verdict(rawValue: word.text), word.quoted == nil else {
            throw ScenarioMistake(
                word.place, "'\(word.shown)' is nothing that can be expected",
                help: Suggestion.among(words, word.text))
        }
        guard line.take("by") else { return .verdict(verdict, wouldOnly: wouldOnly, count: count, rule: nil) }
        guard verdict != .pass || wouldOnly else {
            throw ScenarioMistake(word.place, "what passes does so by no rule")
        }
        let rule = try line.require("a rule's id or name")
        return .verdict(verdict, wouldOnly: wouldOnly, count: count, rule: rule.text)
    }

    private static func quoted(_ line: inout ScenarioLine) throws(ScenarioMistake) -> String {
        let word = try line.require("a text in quotes")
        guard word.isQuotedAlone, let bytes = word.quoted, !bytes.isEmpty else {
            throw ScenarioMistake(word.place, "the text stands in quotes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
