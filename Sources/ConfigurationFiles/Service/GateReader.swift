import GameProtocol
import PacketFields
import Settings
import WireBytes

/// A listener's gate as it is written, before it is known who opens it.
struct GateStatement {
    let settings: GateSettings
    /// Where it says who opens it, and for whom.
    let openedByPlace: Place
    let byPlace: Place
}

/// Reads gates, and checks that they can open.
struct GateReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape("'gate'", keys: ["opened_by", "by", "for"])

    func statement(_ listener: Fields) -> GateStatement? {
        guard let node = listener["gate"], let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        guard let openedBy = fields.required("opened_by", Kind<String>.name.located) else { return nil }
        var gate = GateSettings(openedBy: openedBy.value)
        fields.fill(&gate.by, "by", .choice(["address": .address, "account": .account]))
        fields.fill(&gate.forNS, "for", .duration())
        return GateStatement(
            settings: gate, openedByPlace: openedBy.place, byPlace: fields["by"]?.place ?? fields.place)
    }

    /// Says which gates never open.
    ///
    /// - Parameter drafts: all listeners with their protocols, in the order of the file.
    func check(_ drafts: [RulesetDraft]) {
        for draft in drafts {
            guard let gate = draft.listener.gate else { continue }
            check(gate, of: draft, drafts)
        }
    }

    private func check(_ gate: GateStatement, of draft: RulesetDraft, _ drafts: [RulesetDraft]) {
        let openedBy = gate.settings.openedBy
        guard openedBy != draft.listener.settings.name else {
            diagnostics.error(
                .conflict, at: gate.openedByPlace, "a gate cannot be opened by its own listener",
                help: "'opened_by' names the listener on which players log in first")
            return
        }
        guard let opener = drafts.first(where: { $0.listener.settings.name == openedBy }) else {
            let names = drafts.map(\.listener.settings.name).filter { $0 != draft.listener.settings.name }
            diagnostics.error(
                .unknownListener, at: gate.openedByPlace, "there is no listener '\(Node.shortened(openedBy))'",
                suggestion: NearestName.of(openedBy, in: names))
            return
        }
        guard tellsLogin(opener, gate) else { return }
        if gate.settings.by == .account { checkAccounts(gate, draft, opener) }
    }

    /// Whether the listener that opens a gate knows that a login has succeeded; what is wrong with its protocol is said
    /// elsewhere.
    private func tellsLogin(_ opener: RulesetDraft, _ gate: GateStatement) -> Bool {
        let name = opener.listener.settings.name
        guard let protocolName = opener.listener.protocolName else {
            diagnostics.error(
                .conflict, at: gate.openedByPlace, "'\(name)' has no protocol, so nobody knows who logs in there",
                help: "give it a protocol with 'login'")
            return false
        }
        guard let game = opener.game else { return false }
        if game.descriptor.logins.isEmpty {
            diagnostics.error(
                .conflict, at: gate.openedByPlace,
                "the protocol of '\(name)', '\(protocolName.value)', has no 'login', so this gate would never open",
                help: "login: { success: PACKET } names the server's packet with which a login succeeds")
            return false
        }
        return true
    }

    private func checkAccounts(_ gate: GateStatement, _ draft: RulesetDraft, _ opener: RulesetDraft) {
        for side in [opener, draft] {
            guard let name = side.listener.protocolName else {
                diagnostics.error(
                    .conflict, at: gate.byPlace,
                    "'\(side.listener.settings.name)' has no protocol, so nobody knows whose account it is")
                return
            }
            guard let game = side.game else { return }
            guard game.descriptor.tellsAccount else {
                diagnostics.error(
                    .conflict, at: gate.byPlace, "no packet of '\(name.value)' tells an account",
                    help: "mark the field that holds it with 'account: true'")
                return
            }
        }
        guard let game = draft.game, game.descriptor.logins.isEmpty, game.descriptor.phases.count == 1 else { return }
        diagnostics.error(
            .conflict, at: gate.byPlace,
            "'\(game.descriptor.name)' has one phase and no 'login', so nothing would wait for the account",
            help: "give the handshake a phase of its own, or say with 'login' when it has succeeded")
    }
}

extension Descriptor {
    /// Whether a packet of either side says whose account it is.
    fileprivate var tellsAccount: Bool {
        Direction.allCases.contains { direction in
            packets[direction].entries.contains { $0.layout?.accountField != nil }
        }
    }
}
