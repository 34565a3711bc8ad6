import GameProtocol
import PacketFields
import RuleEngine
import Settings
import WireBytes

/// Explains what guards one listener.
struct ListenerExplainer {
    let draft: RulesetDraft
    let pools: [PoolSettings]
    let reputation: ReputationSettings

    private var settings: ListenerSettings { draft.listener.settings }

    var explained: ExplainedListener {
        let openingRules = draft.definitions.indices.filter { draft.definitions[$0].isJudgedAtOpen }
        let packets = PacketExplainer(
            descriptor: draft.game?.descriptor, definitions: draft.definitions, lists: reputation.lists.map(\.name))
        return ExplainedListener(
            name: settings.name, facts: facts, opening: opening, timeouts: timeouts,
            phases: draft.game.map { PhaseExplainer(descriptor: $0.descriptor).phases } ?? [],
            checks: Self.checked.map { check($0) }, others: Self.unchecked.map { check($0) },
            sides: Direction.allCases.map { packets.side($0) },
            rules: draft.definitions.map { packets.rule($0) }, openingRules: openingRules, isShadow: draft.isShadow)
    }

    private var facts: [Fact] {
        let pool = pools.first { $0.name == settings.pool }
        return [
            Fact("bind", "\(settings.bind)"), Fact("to", to(pool)),
            Fact(
                "mode", draft.isShadow ? "shadow: rules and violations only say what they would have done" : "enforce"),
            Fact("protocol", draft.game?.descriptor.name ?? "none: the stream is not cut"),
            Fact("policies", list(draft.listener.policies.map(\.value), empty: "none")),
        ] + (login.map { [Fact("login", $0)] } ?? [])
    }

    /// With what a login has succeeded, and who tells the account; `nil` where neither is known.
    private var login: String? {
        guard let descriptor = draft.game?.descriptor else { return nil }
        var packets: [String] = []
        for success in descriptor.logins {
            let entry = descriptor.packets.outbound.entries[Int(success.packet) - 1]
            let asks = success.conditions.map { ($0, "") } + success.conditionsNot.map { ($0, "not ") }
            let facts = asks.compactMap { condition, not in
                entry.layout.map { layout in
                    let fact = Notation.condition(condition, layout)
                    return "\(fact.name) \(not)\(fact.value)"
                }
            }
            let text = entry.name + (facts.isEmpty ? "" : " with " + facts.joined(separator: ", "))
            if !packets.contains(text) { packets.append(text) }
        }
        let success = packets.isEmpty ? "never known to succeed" : "succeeds with " + packets.joined(separator: " or ")
        let tellers = Direction.allCases.flatMap { direction in
            descriptor.packets[direction].entries.filter { $0.layout?.accountField != nil }.map(\.name)
        }
        var names: [String] = []
        for name in tellers where !names.contains(name) { names.append(name) }
        if packets.isEmpty, names.isEmpty { return nil }
        return success + (names.isEmpty ? "" : "; the account is told by " + names.joined(separator: ", "))
    }

    private func to(_ pool: PoolSettings?) -> String {
        guard let pool else { return settings.pool }
        let servers = pool.servers.map { "\($0)" }.joined(separator: ", ")
        return pool.name == servers ? servers : "\(pool.name): \(servers)"
    }

    private var opening: [ExplainedStep] {
        let header =
            settings.proxySources.map {
                "required from \($0.map { "\($0)" }.joined(separator: ", ")) within "
                    + "\(Shown.duration(settings.timeouts.proxyHeaderNS)); anywhere else is refused"
            } ?? "clients connect directly"
        let pool = pools.first { $0.name == settings.pool }
        let dial = pool?.dial == .firstPacket ? "when the client's first packet has passed" : "at once"
        let proxy = pool.map { $0.sendProxy == .none ? "without a PROXY header" : "with PROXY \($0.sendProxy)" } ?? ""
        return [
            ExplainedStep(name: "PROXY header", says: header),
            ExplainedStep(
                name: "allow",
                says: list(
                    reputation.allow.map { "\($0)" }, empty: "nobody is exempt from scores, bans and limits by address")
            ),
            ExplainedStep(name: "bans", says: "a banned address is refused"),
            ExplainedStep(
                name: "lists", says: list(reputation.lists.map { Self.explained($0) }, empty: "none")),
        ] + origin + attackSteps + [
            ExplainedStep(name: "open", says: "more than \(settings.limits.open) on this listener are refused"),
            ExplainedStep(name: "rules", says: ""),
            ExplainedStep(
                name: "server",
                says: "dialled \(dial), \(proxy), \(Shown.duration(pool?.connectTimeoutNS ?? 0)) for each to answer"),
        ]
    }

    /// Gate and limits for attacks, where there are any.
    private var attackSteps: [ExplainedStep] {
        var steps: [ExplainedStep] = []
        if let gate = settings.gate {
            let when = gate.by == .account ? "; its handshake may begin" : ""
            steps.append(
                ExplainedStep(
                    name: "gate",
                    says:
                        "an \(gate.by.rawValue) that has not logged in on \(gate.openedBy) is refused\(when); open for "
                        + "\(Shown.duration(gate.forNS)) after the player's last connection"))
        }
        if let attack = settings.underAttack {
            let thresholds = [
                attack.new.map { "\(Notation.frequency($0)) new" },
                attack.unfinished.map { "\($0) unfinished" },
                attack.failures.map { "\(Notation.frequency($0)) failures" },
            ]
            let limits = [
                attack.limits.open.map { "\($0) open" },
                attack.limits.new.map { "\(Notation.frequency($0)) new" },
                attack.limits.newPerAddress.map { "\(Notation.frequency($0)) new of an address" },
                attack.limits.handshakeNS.map { "\(Shown.duration($0)) for the handshake" },
            ]
            steps.append(
                ExplainedStep(
                    name: "under attack",
                    says: "above \(thresholds.compactMap { $0 }.joined(separator: ", ")), until below "
                        + "\(Shown.number(attack.calm * 100))% for \(Shown.duration(attack.leastNS)): "
                        + "strangers are held to \(attack.limits.name): "
                        + limits.compactMap { $0 }.joined(separator: ", ")))
        }
        return steps
    }

    private var origin: [ExplainedStep] {
        let gates = [
            ("country", settings.country.map { ($0.effect, Notation.countries($0.choice)) }),
            ("asn", settings.asn.map { ($0.effect, Notation.operators($0.choice)) }),
        ]
        return gates.compactMap { name, gate in
            gate.map { ExplainedStep(name: name, says: "\($0 == .allow ? "only" : "all but") \($1) may come in") }
        }
    }

    private var timeouts: [Fact] {
        let timeouts = settings.timeouts
        return [
            Fact("packet", "\(Shown.duration(timeouts.packetNS)) from a packet's first byte to its last"),
            Fact("idle", "\(Shown.duration(timeouts.idleNS)) without a byte either way"),
            Fact("stalled", "\(Shown.duration(timeouts.stalledNS)) while a receiver takes nothing"),
            Fact("half_closed", "\(Shown.duration(timeouts.halfClosedNS)) for one side once the other has ended"),
            Fact("drain", "\(Shown.duration(timeouts.drainNS)) once the service ends"),
            Fact("delay", "\(Shown.duration(timeouts.delayNS)) at most that a rule holds a packet"),
            Fact("backlog", "\(Shown.size(settings.limits.backlogByteCount)) that may wait for one receiver"),
        ]
    }

    /// `blocked (refuse, lists/blocked.txt)`.
    private static func explained(_ list: ListSettings) -> String {
        var words: [String] = []
        if let action = list.action { words.append(action.rawValue) }
        if list.score > 0 { words.append("score \(Shown.number(list.score))") }
        words.append(list.file)
        if let format = list.format { words.append("format \(format.rawValue)") }
        switch list.column {
        case .number(let number): words.append("column \(number)")
        case .name(let name): words.append("column \(name)")
        case nil: break
        }
        return "\(list.name) (\(words.joined(separator: ", ")))"
    }

    private func list(_ items: [String], empty: String) -> String {
        items.isEmpty ? empty : items.joined(separator: ", ")
    }

    // MARK: Violations

    /// In the order in which a packet is asked.
    private static let checked: [Violation] = [
        .preamble, .framing, .inflate, .phase, .unknown, .size, .malformed, .checksum, .counter,
    ]
    private static let unchecked: [Violation] = [.timeout, .proxyHeader]

    private func check(_ violation: Violation) -> ExplainedCheck {
        let response = draft.violations[violation] ?? ViolationResponse(action: violation.defaultAction)
        return ExplainedCheck(
            id: violation.rawValue, name: violation.name, means: violation.means,
            actions: (Notation.action(response.action.inbound), Notation.action(response.action.outbound)),
            score: response.score, canOccur: canOccur(violation))
    }

    /// Whether this listener's protocol asks for it at all.
    private func canOccur(_ violation: Violation) -> Bool {
        if violation == .proxyHeader { return settings.proxySources != nil }
        guard let descriptor = draft.game?.descriptor else { return false }
        let entries = Direction.allCases.flatMap { descriptor.packets[$0].entries }
        let lanes = descriptor.phases.compactMap(\.lanes)
        switch violation {
        case .preamble: return descriptor.phases.contains { !$0.preamble.isEmpty }
        case .inflate: return descriptor.inflatedByteCountMax > 0
        case .phase: return descriptor.phases.contains { $0.accept.inbound != nil || $0.accept.outbound != nil }
        case .size: return entries.contains { $0.byteCounts != nil }
        case .checksum: return entries.contains { $0.layout?.checksum != nil }
        case .counter: return entries.contains { $0.layout?.counter != nil }
        case .unknown: return !lanes.contains { $0.inbound.frame.hasTable || $0.outbound.frame.hasTable }
        case .malformed: return lanes.contains { $0.inbound.opcode != nil || $0.outbound.opcode != nil }
        case .framing, .timeout, .proxyHeader: return true
        }
    }
}

/// Explains the phases of a protocol.
struct PhaseExplainer {
    let descriptor: Descriptor

    /// Phases of other versions differ in opcodes alone.
    var phases: [ExplainedPhase] {
        descriptor.phases.indices.filter { descriptor.phases[$0].version == 0 }.map { index in
            ExplainedPhase(name: descriptor.phases[index].name, facts: facts(descriptor.phases[index], index))
        }
    }

    private func facts(_ phase: Phase, _ index: Int) -> [Fact] {
        var facts = [Fact("deadline", phase.deadlineNS.map { Shown.duration($0) } ?? "none")]
        facts += phase.preamble.map { Fact("preamble", Notation.preamble($0)) }
        if let cipher = phase.cipher { facts.append(Fact("cipher", Notation.cipher(cipher))) }
        if phase.isOpaque { facts.append(Fact("opaque", "bytes are not cut: only bytes and time are limited")) }
        if let lanes = phase.lanes {
            facts += bothSides("frame", lanes.inbound, lanes.outbound) { Notation.frame($0.frame) }
            facts += bothSides("opcode", lanes.inbound, lanes.outbound) { Notation.opcode($0.opcode) }
            if lanes.inbound.inflation != nil || lanes.outbound.inflation != nil {
                facts += bothSides("inflate", lanes.inbound, lanes.outbound) {
                    $0.inflation.map { Notation.inflation($0) } ?? "none"
                }
            }
            for direction in Direction.allCases where phase.isFramed(direction) {
                facts.append(Fact("accepts of the \(direction.sender)", accepted(phase, direction)))
            }
        }
        for (way, packets) in ways(phase) {
            facts.append(Fact("leads on", packets.joined(separator: ", ") + way))
        }
        if let versions = versions(phase, index) { facts.append(Fact("version", versions)) }
        return facts
    }

    private func bothSides(_ name: String, _ client: Lane, _ server: Lane, _ shown: (Lane) -> String) -> [Fact] {
        let (one, other) = (shown(client), shown(server))
        return one == other
            ? [Fact(name, one)] : [Fact("\(name) of the client", one), Fact("\(name) of the server", other)]
    }

    private func accepted(_ phase: Phase, _ direction: Direction) -> String {
        guard let accept = phase.accept[direction] else { return "all" }
        let table = descriptor.packets[direction]
        var names: [String] = []
        for index in 1..<max(1, table.count) where accept.contains(PacketIndex(index)) {
            let name = table.name(of: PacketIndex(index))
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    /// What leads to other phases, in any version; packets that lead to the same one in the same way stand together.
    private func ways(_ phase: Phase) -> [(way: String, packets: [String])] {
        var ways: [(way: String, packets: [String])] = []
        // A packet that only maps give a number leads on in the phases of their versions alone.
        let same = descriptor.phases.indices.filter { descriptor.phases[$0].name == phase.name }
        let transitions = same.flatMap { index in
            descriptor.phases[index].transitions.filter { !descriptor.isOtherVersion($0.phase, of: index) }
        }
        for transition in transitions {
            let way = way(transition)
            let packet = descriptor.packets[transition.direction].name(of: transition.packet)
            if let index = ways.firstIndex(where: { $0.way == way }) {
                if !ways[index].packets.contains(packet) { ways[index].packets.append(packet) }
            } else {
                ways.append((way, [packet]))
            }
        }
        return ways
    }

    /// How a connection gets its version.
    private func versions(_ phase: Phase, _ index: Int) -> String? {
        let choices = phase.transitions.filter { descriptor.isOtherVersion($0.phase, of: index) }
        guard let first = choices.first else { return nil }
        let packet = descriptor.packets[first.direction].name(of: first.packet)
        let names = choices.map { choice in
            let name = descriptor.versionNames[descriptor.phases[choice.phase].version]
            return choice.isUnconditional ? "otherwise \(name)" : name
        }
        return "as \(packet) of the \(first.direction.sender) says: \(names.joined(separator: ", "))"
    }

    private func way(_ transition: Transition) -> String {
        var text = " of the \(transition.direction.sender)"
        let entry = descriptor.packets[transition.direction].entries[Int(transition.packet) - 1]
        if !transition.isUnconditional, let layout = entry.layout {
            let shown = { (conditions: [FieldCondition]) in
                conditions.map { Notation.condition($0, layout) }.map { "\($0.name) is \($0.value)" }
            }
            let all = shown(transition.conditions) + shown(transition.conditionsNot).map { "not " + $0 }
            text += " where \(all.joined(separator: " and "))"
        }
        text += " to \(descriptor.phases[transition.phase].name)"
        if let after = transition.otherSideAfter {
            let other = descriptor.packets[transition.direction.opposite]
            text += ", the other side after \(other.name(of: after))"
        }
        return text
    }
}
