import GameProtocol
import RuleEngine
import WireBytes

/// The protocols and policies of one load, each read once.
final class FileLibrary {
    let diagnostics: DiagnosticBag
    private var games: [String: ProtocolFile?] = [:]
    private var policies: [String: PolicyFile?] = [:]
    /// Where each rule id stands, over all files.
    private var ruleIDs: [UInt32: Place] = [:]

    init(_ diagnostics: DiagnosticBag) {
        self.diagnostics = diagnostics
    }

    /// Whether a file has been read.
    func knows(_ path: String) -> Bool {
        let key = FilePath.canonical(path)
        return games[key] != nil || policies[key] != nil
    }

    /// A protocol by the name that `mention` gives it.
    func game(_ name: Located<String>, in folder: String) -> ProtocolFile? {
        let path = FilePath.join(folder, name.value + ".yaml")
        guard exists(path, "protocol", name, in: folder) else { return nil }
        return game(path, expectedName: name.value, mention: name.place)
    }

    func game(_ path: String, expectedName: String?, mention: Place?, node: Node? = nil) -> ProtocolFile? {
        let key = FilePath.canonical(path)
        if let known = games[key] { return known }
        let read = node ?? DocumentReader.read(path, mention: mention, diagnostics)
        let game = read.flatMap {
            ProtocolReader(diagnostics: diagnostics).read($0, expectedName: expectedName)
        }
        games[key] = .some(game)
        return game
    }

    /// A policy by the name that `mention` gives it.
    func policy(_ name: Located<String>, in folder: String) -> PolicyFile? {
        let path = FilePath.join(folder, name.value + ".yaml")
        guard exists(path, "policy", name, in: folder) else { return nil }
        return policy(path, expectedName: name.value, mention: name.place)
    }

    func policy(_ path: String, expectedName: String?, mention: Place?, node: Node? = nil) -> PolicyFile? {
        let key = FilePath.canonical(path)
        if let known = policies[key] { return known }
        let read = node ?? DocumentReader.read(path, mention: mention, diagnostics)
        let policy = read.flatMap { PolicyReader(diagnostics: diagnostics).read($0, expectedName: expectedName) }
        policies[key] = .some(policy)
        if let policy { checkIDs(policy) }
        return policy
    }

    private func exists(_ path: String, _ kind: String, _ name: Located<String>, in folder: String) -> Bool {
        if FilePath.exists(path) { return true }
        let known = FilePath.names(in: folder)
        diagnostics.error(
            .unknownFile, at: name.place, "there is no \(kind) '\(name.value)'", help: "it would stand in \(path)",
            suggestion: NearestName.of(name.value, in: known))
        return false
    }

    private func checkIDs(_ policy: PolicyFile) {
        for rule in policy.rules where rule.id >= 100 {
            if let first = ruleIDs[rule.id] {
                let file = first.source.path == rule.place.source.path ? "" : first.source.path + ":"
                diagnostics.error(
                    .duplicateRuleID, at: rule.place, "the rule id \(rule.id) is given twice",
                    help: "the first one stands at \(file)\(first.line):\(first.column)")
            } else {
                ruleIDs[rule.id] = rule.place
            }
        }
    }
}
