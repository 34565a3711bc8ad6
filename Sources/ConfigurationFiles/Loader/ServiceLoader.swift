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
        let drafts = drafts(service)
        let folder = FilePath.folder(of: path)
        let watched = WatchedFiles(service.replaceableFiles(in: folder))
        let lists = ListLoader(diagnostics: diagnostics).load(service.lists, in: folder)
        let atlas = GeoLoader(diagnostics: diagnostics).load(service.geo, in: folder)
        // Compiling may take for granted that all names are resolved.
        guard !diagnostics.hasErrors else { return nil }
        return LoadedConfiguration(
            settings: service.settings, listeners: drafts.map { $0.compiled() }, lists: lists, atlas: atlas,
            atlasFiles: service.geo.settings.files(in: folder), watched: watched,
            listPaths: ListRefresh.paths(of: service.settings.reputation.lists, in: folder))
    }

    /// What the file means, instead of what the program works with.
    func explain(_ node: Node) -> Explanation? {
        guard let service = ServiceReader(diagnostics: library.diagnostics).read(node) else { return nil }
        let drafts = drafts(service)
        guard !diagnostics.hasErrors else { return nil }
        let settings = service.settings
        return Explanation(
            listeners: drafts.map {
                ListenerExplainer(draft: $0, pools: settings.pools, reputation: settings.reputation).explained
            }, service: ServiceExplainer(settings: settings).facts)
    }

    private func drafts(_ service: ServiceFile) -> [RulesetDraft] {
        let folder = FilePath.folder(of: path)
        let protocols = FilePath.join(folder, service.protocolsFolder)
        let policies = FilePath.join(folder, service.policiesFolder)
        let drafts = service.listeners.map { listener in
            let draft = draft(listener, service, protocols: protocols, policies: policies)
            warnOfUnknown(listener, service.geo.settings)
            return draft
        }
        GateReader(diagnostics: diagnostics).check(drafts)
        return drafts
    }

    /// A gate that nothing can answer lets everybody pass.
    private func warnOfUnknown(_ listener: ListenerStatement, _ geo: GeoSettings) {
        let settings = listener.settings
        let asked = (settings.country?.choice.sources ?? []).union(settings.asn?.choice.sources ?? [])
        warnOfUnknown(asked, geo, "'\(settings.name)' asks", at: listener.place)
    }

    private func warnOfUnknown(_ asked: Origin.Sources, _ geo: GeoSettings, _ who: String, at place: Place) {
        let missing = asked.subtracting(geo.sources)
        let keys = [(Origin.Sources.country, "country"), (.asn, "asn"), (.hosting, "hosting")]
        guard let key = keys.first(where: { missing.contains($0.0) })?.1 else { return }
        diagnostics.warning(
            .missingDatabase, at: place, "\(who) for what nothing tells: 'geo' has no '\(key)'",
            help: "add geo: { \(key): FILE }; until then this has no effect")
    }

    private func draft(
        _ listener: ListenerStatement, _ service: ServiceFile, protocols: String, policies: String
    ) -> RulesetDraft {
        let geo = service.geo.settings
        let lists = service.lists.map(\.value.name)
        let game = listener.protocolName.flatMap { library.game($0, in: protocols) }
        var draft = RulesetDraft(listener: listener, game: game, isShadow: isShadow || listener.isShadow)
        if let game { draft.violations.override(with: game.violations) }
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
            draft.definitions += PolicyResolver(
                diagnostics: diagnostics, file: policy, game: game, lists: lists
            ).definitions()
            draft.violations.override(with: policy.violations)
            for rule in policy.rules {
                warnOfUnknown(rule.origin.sources, geo, "the rule \(rule.id) asks", at: rule.place)
            }
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
    /// Checks that the rules of one listener become, a packet's beside the next; 64 bytes each.
    static let checkCountMax = 1_000_000
    /// Buckets, and words of memory, that every connection has for itself; 8 bytes each.
    static let bucketCountMax = 4_096

    func checkSize(_ diagnostics: DiagnosticBag) {
        if definitions.count > Self.ruleCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "the policies of '\(listener.settings.name)' have more than "
                    + "\(Self.ruleCountMax) rules")
        }
        let delayCount = definitions.count { $0.action == .delay }
        if delayCount > Policy.delayCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "\(delayCount) rules of '\(listener.settings.name)' delay, and at most \(Policy.delayCountMax) may")
        }
        let origins = Set(
            definitions.filter { !$0.origin.isEmpty }.map {
                PlacedOrigin(condition: $0.origin, isAtOpen: $0.isJudgedAtOpen)
            })
        if origins.count > Policy.originCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "the rules of '\(listener.settings.name)' ask \(origins.count) different questions about where clients "
                    + "are from, and at most \(Policy.originCountMax) are possible")
        }
        let checkCount = Direction.allCases.reduce(0) { $0 + self.checkCount($1) }
        if checkCount > Self.checkCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "the rules of '\(listener.settings.name)' become \(checkCount) checks, and at most "
                    + "\(Self.checkCountMax) are possible",
                help: "rules that name no packet count once for every packet that another rule names")
        }
        let bucketCount = definitions.reduce(0) { $0 + self.bucketCount($1) }
        if bucketCount > Self.bucketCountMax {
            diagnostics.error(
                .tooMany, at: listener.place,
                "every connection of '\(listener.settings.name)' would have \(bucketCount) buckets, and at most "
                    + "\(Self.bucketCountMax) are possible",
                help: "a limit per: [connection, packet] has one for each packet of its rule, and 'repeats' takes the "
                    + "room of \(Repeats.wordCount)")
        }
    }

    /// What has a bit of its own in each connection.
    private struct PlacedOrigin: Hashable {
        let condition: OriginCondition
        let isAtOpen: Bool
    }

    private func packetCount(_ direction: Direction) -> Int { game?.descriptor.packets[direction].count ?? 1 }

    /// The checks of one direction's packets together.
    private func checkCount(_ direction: Direction) -> Int {
        var namedCount = 0
        var named: Set<PacketIndex> = []
        var everywhereCount = 0
        var isEachItsOwn = false
        for definition in definitions {
            switch definition.packets[direction] {
            case nil: continue
            case .only(let packets):
                namedCount += packets.count
                named.formUnion(packets)
            case .all:
                everywhereCount += 1
                isEachItsOwn = isEachItsOwn || definition.limit?.perPacket == true
            }
        }
        // Packets that no rule names have one list together, unless a limit tells them apart.
        return namedCount + everywhereCount * (isEachItsOwn ? packetCount(direction) : named.count + 1)
    }

    /// The buckets, and words of memory, of one rule that every connection has for itself.
    private func bucketCount(_ definition: RuleDefinition) -> Int {
        limitCount(definition) + (definition.notAfter == nil ? 0 : 1)
            + (definition.repeats == nil ? 0 : Repeats.wordCount * namedCount(of: definition))
    }

    private func limitCount(_ definition: RuleDefinition) -> Int {
        guard let limit = definition.limit, limit.scope == .connection else { return 0 }
        return limit.perPacket ? packetCount(of: definition) : 1
    }

    /// The packets a rule names; 1 for all together.
    private func namedCount(of definition: RuleDefinition) -> Int {
        Direction.allCases.reduce(0) { sum, direction in
            switch definition.packets[direction] {
            case nil: sum
            case .only(let packets): sum + packets.count
            case .all: 1
            }
        }
    }

    /// The packets a rule looks at.
    private func packetCount(of definition: RuleDefinition) -> Int {
        Direction.allCases.reduce(0) { sum, direction in
            switch definition.packets[direction] {
            case nil: sum
            case .only(let packets): sum + packets.count
            case .all: sum + packetCount(direction)
            }
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
