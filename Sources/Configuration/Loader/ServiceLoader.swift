import GameProtocol
import Inspection
import RuleEngine
import Settings
import WireBytes

/// Compiles what guards the listeners of one service's file.
struct ServiceLoader {
    let library: FileLibrary
    let path: String
    let isShadow: Bool

    private var diagnostics: DiagnosticBag { library.diagnostics }

    init(library: FileLibrary, path: String, isShadow: Bool) {
        self.library = library
        self.path = path
        self.isShadow = isShadow
    }

    func load(_ node: Node) -> LoadedConfiguration? {
        guard let service = ServiceReader(diagnostics: library.diagnostics).read(node) else { return nil }
        let folder = FilePath.folder(of: path)
        let protocols = FilePath.join(folder, service.protocolsFolder)
        let policies = FilePath.join(folder, service.policiesFolder)
        let drafts = service.listeners.map { draft($0, protocols: protocols, policies: policies) }
        // Compiling may take for granted that all names are resolved.
        guard !diagnostics.hasErrors else { return nil }
        return LoadedConfiguration(settings: service.settings, listeners: drafts.map { $0.compiled() })
    }

    private func draft(_ listener: ListenerStatement, protocols: String, policies: String) -> RulesetDraft {
        let game = listener.protocolName.flatMap { library.game($0, in: protocols) }
        var draft = RulesetDraft(listener: listener, game: game, isShadow: isShadow || listener.isShadow)
        for name in listener.policies {
            guard let policy = library.policy(name, in: policies) else { continue }
            if let wanted = policy.protocolName, wanted.value != listener.protocolName?.value {
                let has = listener.protocolName.map { "the listener's is '\($0.value)'" } ?? "the listener has none"
                diagnostics.error(
                    .otherProtocol, at: name.place,
                    "the policy '\(policy.name)' is for the protocol '\(wanted.value)', and \(has)")
                continue
            }
            // Without its protocol nothing in it can be looked up; that the protocol is missing was said.
            if listener.protocolName != nil, game == nil { continue }
            draft.definitions += PolicyResolver(diagnostics: diagnostics, file: policy, game: game).definitions()
            draft.violations.override(with: policy.violations)
        }
        draft.checkSize(diagnostics)
        return draft
    }
}

/// What guards one listener, before it is compiled.
struct RulesetDraft {
    let listener: ListenerStatement
    let game: ProtocolFile?
    let isShadow: Bool
    var definitions: [RuleDefinition] = []
    var violations: [Violation: ViolationResponse] = [:]

    /// Rules of one listener; a rule's place is kept in 16 bits.
    static let ruleCountMax = 30_000

    func checkSize(_ diagnostics: DiagnosticBag) {
        if definitions.count > Self.ruleCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "the policies of '\(listener.settings.name)' have more than "
                    + "\(Self.ruleCountMax) rules")
        }
    }

    func compiled() -> LoadedConfiguration.Listener {
        let counts =
            game.map {
                PerDirection(
                    inbound: $0.descriptor.packets.inbound.count, outbound: $0.descriptor.packets.outbound.count)
            } ?? PerDirection(both: 1)
        let policy = Policy(definitions, violations: violations, packetCounts: counts, isShadow: isShadow)
        return LoadedConfiguration.Listener(
            settings: listener.settings, ruleset: Ruleset(descriptor: game?.descriptor, policy: policy),
            protocolName: game?.descriptor.name, policyNames: listener.policies.map(\.value), isShadow: isShadow)
    }
}
