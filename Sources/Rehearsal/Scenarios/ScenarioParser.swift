import WireBytes

/// Reads a scenario file; everything that is wrong in it is told.
struct ScenarioParser {
    /// Bytes of a scenario file.
    static let byteCountMax = 1 << 20
    /// Scenarios of a file, and steps of a scenario.
    static let scenarioCountMax = 1_000
    static let stepCountMax = 1_000
    /// Mistakes that are told.
    static let mistakeCountMax = 50

    private(set) var mistakes: [ScenarioMistake] = []
    private var scenarios: [Scenario] = []
    private var service: (path: String, place: ScenarioPlace)?
    private var listener: (name: String, place: ScenarioPlace)?
    private var protocolName: (name: String, place: ScenarioPlace)?
    private var policies: (names: [String], place: ScenarioPlace)?

    /// - Returns: `nil` where `mistakes` say why.
    mutating func parse(_ text: String) -> ScenarioFile? {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard mistakes.count < Self.mistakeCountMax else { break }
            do throws(ScenarioMistake) {
                var line = try ScenarioLine(line, number: index + 1)
                guard !line.isEmpty else { continue }
                try parse(&line)
                try line.finish()
            } catch {
                mistakes.append(error)
            }
        }
        let subject = subject()
        guard mistakes.isEmpty, let subject else { return nil }
        return ScenarioFile(subject: subject, scenarios: scenarios)
    }

    private mutating func subject() -> ScenarioFile.Subject? {
        let top = ScenarioPlace(line: 1, column: 1)
        if let service {
            if let other = protocolName?.place ?? policies?.place {
                mistakes.append(
                    ScenarioMistake(other, "a file tests a service, or a protocol and policies, and not both"))
            }
            return .service(path: service.path, listener: listener?.name, listener?.place ?? service.place)
        }
        if let listener { mistakes.append(ScenarioMistake(listener.place, "'listener' needs 'service' before it")) }
        guard protocolName != nil || policies != nil else {
            mistakes.append(
                ScenarioMistake(
                    top, "this file does not say what it tests",
                    help: "it begins with 'service FILE', or with 'protocol NAME' and 'policies NAME …'"))
            return nil
        }
        return .policies(
            protocolName: protocolName?.name, policies: policies?.names ?? [],
            policies?.place ?? protocolName?.place ?? top)
    }

    private static let heads = ["service", "listener", "protocol", "policies"]
    private static let steps = [
        "scenario", "from", "connect", "as", "client", "server", "after", "expect",
    ]

    private mutating func parse(_ line: inout ScenarioLine) throws(ScenarioMistake) {
        guard let first = line.peek else { return }
        if first.quoted == nil, Self.heads.contains(first.text) { return try parseHead(&line) }
        if line.take("scenario") {
            let name = try line.require("the scenario's name in quotes")
            guard name.isQuotedAlone, let text = name.quoted, !text.isEmpty else {
                throw ScenarioMistake(name.place, "a scenario's name stands in quotes")
            }
            let shown = String(decoding: text, as: UTF8.self)
            guard !scenarios.contains(where: { $0.name == shown }) else {
                throw ScenarioMistake(name.place, "there is a scenario of this name already")
            }
            guard scenarios.count < Self.scenarioCountMax else {
                throw ScenarioMistake(first.place, "a file has at most \(Self.scenarioCountMax) scenarios")
            }
            scenarios.append(Scenario(name: shown, place: first.place))
            return
        }
        guard !scenarios.isEmpty else {
            throw ScenarioMistake(
                first.place, "'\(first.shown)' stands before the first scenario",
                help: Suggestion.among(Self.heads + ["scenario"], first.text))
        }
        if line.take("expect") {
            let expectation = try ExpectationParser.parse(&line, at: first.place)
            guard scenarios[scenarios.count - 1].steps.last != nil else {
                throw ScenarioMistake(first.place, "nothing has happened of which something could be expected")
            }
            let last = scenarios[scenarios.count - 1].steps.count - 1
            scenarios[scenarios.count - 1].steps[last].expectations.append(expectation)
            return
        }
        guard scenarios[scenarios.count - 1].steps.count < Self.stepCountMax else {
            throw ScenarioMistake(first.place, "a scenario has at most \(Self.stepCountMax) steps")
        }
        let kind = try StepParser.parse(&line, known: Self.steps)
        scenarios[scenarios.count - 1].steps.append(ScenarioStep(kind: kind, place: first.place))
    }

    private mutating func parseHead(_ line: inout ScenarioLine) throws(ScenarioMistake) {
        guard let key = line.take() else { return }
        guard scenarios.isEmpty else {
            throw ScenarioMistake(key.place, "'\(key.text)' stands before the first scenario, for all of them")
        }
        var names: [String] = []
        while let word = line.take() {
            names.append(word.quoted.map { String(decoding: $0, as: UTF8.self) } ?? word.text)
        }
        let isKnown =
            switch key.text {
            case "service": service != nil
            case "listener": listener != nil
            case "protocol": protocolName != nil
            default: policies != nil
            }
        guard !isKnown else { throw ScenarioMistake(key.place, "'\(key.text)' is there already") }
        if key.text == "policies" {
            // Commas are for the eye.
            names = names.flatMap { $0.split(separator: ",").map(String.init) }
            guard !names.isEmpty else { throw ScenarioMistake(line.endPlace, "expected names of policies here") }
            policies = (names, key.place)
            return
        }
        guard names.count == 1, let name = names.first else {
            throw ScenarioMistake(key.place, "'\(key.text)' takes one name")
        }
        switch key.text {
        case "service": service = (name, key.place)
        case "listener": listener = (name, key.place)
        default: protocolName = (name, key.place)
        }
    }
}
