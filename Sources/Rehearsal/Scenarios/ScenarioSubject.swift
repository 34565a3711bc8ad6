import ConfigurationFiles
import GameProtocol
import Inspection
import RuleEngine
import Settings
import WireBytes

/// What a scenario file tests, read.
struct ScenarioSubject {
    let configuration: LoadedConfiguration
    let listener: Int

    /// `nil` where the outcome says why.
    init?(_ subject: ScenarioFile.Subject, path: String, outcome: inout ScenarioTest.Outcome) {
        let folder = FilePath.folder(of: path)
        let result: LoadResult
        let place: ScenarioPlace
        var listenerName: String?
        switch subject {
        case .service(let file, let name, let where_):
            (listenerName, place) = (name, where_)
            result = ConfigurationLoader.load(FilePath.join(folder, file))
        case .policies(let protocolName, let policies, let where_):
            place = where_
            guard let rules = Self.rulesFolder(above: folder) else {
                outcome.mistakes = [
                    ScenarioMistake(
                        place, "no folder with 'protocols' and 'policies' in it stands above this file",
                        help: "name a service's file instead: service FILE")
                ]
                return nil
            }
            // No file has this name, so what is said of it is about names that the scenario file gives.
            let own = FilePath.join(rules, "(scenarios)")
            result = ConfigurationLoader.load(text: Self.service(protocolName, policies), path: own)
            let mistakes = result.diagnostics.filter { $0.file == own && $0.severity == .error }
            guard mistakes.isEmpty else {
                outcome.mistakes = mistakes.map {
                    ScenarioMistake(
                        place, $0.message, help: $0.suggestion.map { "did you mean '\($0)'?" } ?? $0.help)
                }
                return nil
            }
        }
        guard let configuration = result.configuration else {
            outcome.configurationErrors = result.text
            return nil
        }
        self.configuration = configuration.withoutCiphers
        let names = configuration.listeners.map(\.settings.name)
        if let listenerName {
            guard let index = names.firstIndex(of: listenerName) else {
                let help = Suggestion.among(names, listenerName)
                outcome.mistakes = [ScenarioMistake(place, "there is no listener '\(listenerName)'", help: help)]
                return nil
            }
            listener = index
        } else {
            guard names.count == 1 else {
                outcome.mistakes = [
                    ScenarioMistake(place, "there are several listeners", help: "say which: listener \(names[0])")
                ]
                return nil
            }
            listener = 0
        }
    }

    /// The nearest folder, from here upwards, that has both.
    private static func rulesFolder(above folder: String) -> String? {
        var folder = folder
        for _ in 0..<8 {
            if FilePath.isDirectory(folder + "/protocols"), FilePath.isDirectory(folder + "/policies") { return folder }
            folder += "/.."
        }
        return nil
    }

    /// A service with one listener, and what is left out as everywhere.
    private static func service(_ protocolName: String?, _ policies: [String]) -> String {
        let game = protocolName.map { ", protocol: \"\($0)\"" } ?? ""
        let list = policies.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            version: 1
            listeners:
              - { name: test, bind: "127.0.0.1:7000", to: "127.0.0.1:7001"\(game), policies: [\(list)] }

            """
    }

    /// Names in expectations that nothing has.
    func mistakes(in file: ScenarioFile) -> [ScenarioMistake] {
        let ruleset = configuration.listeners[listener].ruleset
        var rules: Set<String> = []
        for rule in ruleset.policy.rules {
            rules.insert(rule.name)
            rules.insert("\(rule.id)")
        }
        let phases = Set(ruleset.descriptor.phases.map(\.name))
        let reasons = Set(Termination.Reason.allCases.map(\.rawValue))
        var mistakes: [ScenarioMistake] = []
        func check(_ name: String?, _ known: Set<String>, _ what: String, _ place: ScenarioPlace) {
            guard let name, !known.contains(name) else { return }
            let help = Suggestion.among(known.sorted(), name)
            mistakes.append(ScenarioMistake(place, "there is no \(what) '\(name)'", help: help))
        }
        for expectation in file.scenarios.flatMap(\.steps).flatMap(\.expectations) {
            switch expectation.kind {
            case .verdict(_, _, _, let rule): check(rule, rules, "rule", expectation.place)
            case .phase(let name): check(name, phases, "phase", expectation.place)
            case .end(let reason), .refused(let reason): check(reason, reasons, "reason", expectation.place)
            case .nothing, .log, .receives, .account, .score: break
            }
        }
        return mistakes
    }
}
