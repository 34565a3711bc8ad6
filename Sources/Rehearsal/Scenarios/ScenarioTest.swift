import ConfigurationFiles
import RuleEngine
import WireBytes

/// Runs the scenarios of a file, and says which of them went as expected.
public enum ScenarioTest {
    /// What came of a file.
    public struct Outcome: Sendable {
        /// The file.
        public let path: String
        /// What is wrong in the file itself; nothing was run then.
        public internal(set) var mistakes: [ScenarioMistake] = []
        /// What is wrong in the files that it tests, as `check` says it.
        public internal(set) var configurationErrors = ""
        /// Each scenario in order: its name, and why it failed.
        public internal(set) var scenarios: [(name: String, failure: ScenarioMistake?)] = []

        /// Whether the file could be run.
        public var isValid: Bool { mistakes.isEmpty && configurationErrors.isEmpty }
        /// Whether every scenario went as expected.
        public var isPassed: Bool { isValid && scenarios.allSatisfy { $0.failure == nil } }
    }

    /// - Parameter path: a file, or a folder of which all `.test` files are taken, also those of folders in it.
    public static func files(below path: String) -> [String] {
        guard FilePath.isDirectory(path) else { return [path] }
        return files(below: path, depth: 0)
    }

    private static func files(below folder: String, depth: Int) -> [String] {
        guard depth < 16 else { return [] }
        return FilePath.entries(of: folder).flatMap { name -> [String] in
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if FilePath.isDirectory(path) { return files(below: path, depth: depth + 1) }
            return name.hasSuffix(".test") ? [path] : []
        }
    }

    /// Reads a file and runs it.
    public static func run(_ path: String) -> Outcome {
        var outcome = Outcome(path: path)
        let top = ScenarioPlace(line: 0, column: 0)
        let text: String
        do {
            let bytes = try SourceFile.readBytes(path, most: ScenarioParser.byteCountMax)
            guard let valid = String(validating: bytes, as: UTF8.self) else {
                outcome.mistakes = [ScenarioMistake(top, "this is no UTF-8 text")]
                return outcome
            }
            text = valid
        } catch {
            outcome.mistakes = [ScenarioMistake(top, error.message)]
            return outcome
        }
        var parser = ScenarioParser()
        guard let file = parser.parse(text) else {
            outcome.mistakes = parser.mistakes
            return outcome
        }
        guard let subject = ScenarioSubject(file.subject, path: path, outcome: &outcome) else { return outcome }
        outcome.mistakes = subject.mistakes(in: file)
        guard outcome.mistakes.isEmpty else { return outcome }
        for scenario in file.scenarios {
            let (mistake, failure) = run(scenario, subject)
            if let mistake { outcome.mistakes.append(mistake) }
            outcome.scenarios.append((scenario.name, failure))
        }
        return outcome
    }

    /// - Returns: a mistake of the file that shows only now, or why the scenario failed: its first step that went
    ///   another way.
    private static func run(
        _ scenario: Scenario, _ subject: ScenarioSubject
    ) -> (mistake: ScenarioMistake?, failure: ScenarioMistake?) {
        var run = ScenarioRun(subject.configuration, listener: subject.listener)
        for step in scenario.steps {
            let outcome: StepOutcome
            do throws(ScenarioRun.Obstacle) {
                outcome = try run.run(step)
            } catch {
                switch error {
                case .mistake(let mistake): return (mistake, nil)
                case .failure(let text): return (nil, ScenarioMistake(step.place, text))
                }
            }
            for expectation in step.expectations {
                if let failure = ExpectationCheck.failure(expectation, outcome) {
                    return (nil, ScenarioMistake(expectation.place, failure))
                }
            }
            if step.expectations.isEmpty, let failure = ExpectationCheck.unexpected(outcome) {
                return (nil, ScenarioMistake(step.place, "expected nothing to be done, but \(failure)"))
            }
        }
        return (nil, nil)
    }
}
