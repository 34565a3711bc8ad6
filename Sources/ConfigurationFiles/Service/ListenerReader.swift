import Settings
import WireBytes

/// Reads the listeners.
struct ListenerReader {
    let diagnostics: DiagnosticBag
    let pools: [Located<PoolSettings>]
    /// The names of pools that listeners lead to.
    private(set) var usedPools: Set<String> = []
    /// A pool for each address that stands in place of a pool's name.
    private(set) var addedPools: [PoolSettings] = []
    private(set) var attacks: UnderAttackReader

    private static let shape = Shape(
        "a listener",
        keys: [
            "name", "bind", "proxy_protocol", "protocol", "policies", "to", "mode", "timeouts", "limits", "country",
            "asn", "under_attack", "gate",
        ],
        later: ["secure", "websocket", "admission", "require"])
    private static let timeoutShape = Shape(
        "'timeouts'", keys: ["proxy_header", "packet", "idle", "stalled", "half_closed", "drain", "delay"])
    private static let limitShape = Shape("'limits'", keys: ["open", "backlog"])

    init(diagnostics: DiagnosticBag, pools: [Located<PoolSettings>], attacks: UnderAttackReader) {
        self.attacks = attacks
        self.diagnostics = diagnostics
        self.pools = pools
    }

    mutating func listeners(_ service: Fields) -> [ListenerStatement] {
        guard let node = service["listeners"] else {
            _ = service.required("listeners", Kind<Bool>(expected: "a list of listeners") { _, _ in nil })
            return []
        }
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            diagnostics.error(.wrongType, at: node.place, "expected a list of listeners, found \(node.found)")
            return []
        }
        guard items.count <= ServiceReader.listenerCountMax else {
            diagnostics.error(
                .tooMany, at: items[ServiceReader.listenerCountMax].place,
                "there are at most \(ServiceReader.listenerCountMax) listeners")
            return []
        }
        var names: [String: Place] = [:]
        var binds: [Endpoint: Place] = [:]
        var listeners: [ListenerStatement] = []
        for item in items {
            guard let fields = Fields(item, Self.shape, diagnostics) else { continue }
            let name = fields.required("name", Kind<String>.name.located)
            let bind = fields.required("bind", Kind<Endpoint>.endpoint.located)
            if let name { refuseTwice(name.value, "the name '\(name.value)'", name.place, &names) }
            if let bind { refuseTwice(bind.value, "the address \(bind.value)", bind.place, &binds) }
            listeners.append(listener(fields, name: name?.value, bind: bind?.value))
        }
        return listeners
    }

    private func refuseTwice<Key: Hashable>(
        _ key: Key, _ shown: String, _ place: Place, _ seen: inout [Key: Place]
    ) {
        if let first = seen[key] {
            diagnostics.error(
                .duplicateName, at: place, "two listeners have \(shown)",
                help: "the first one stands at \(first.line):\(first.column)")
        }
        seen[key] = seen[key] ?? place
    }

    /// What is missing was said, and nothing is compiled then; a stand-in lets the protocol and the policies of this
    /// listener be checked in the same go.
    private mutating func listener(_ fields: Fields, name: String?, bind: Endpoint?) -> ListenerStatement {
        let sources = proxySources(fields)
        let protocolName = fields.optional("protocol", Kind<String>.name.located)
        let policies = fields.optional("policies", Kind<String>.name.located.oneOrMore) ?? []
        var seen: Set<String> = []
        for policy in policies where !seen.insert(policy.value).inserted {
            diagnostics.error(.duplicateName, at: policy.place, "the policy '\(policy.value)' is listed twice")
        }
        let pool = pool(fields)
        let isShadow = fields.optional("mode", .shadowMode) ?? false
        let timeouts = timeouts(fields)
        let limits = limits(fields)
        let gate = GateReader(diagnostics: diagnostics).statement(fields)
        let origins = OriginReader(diagnostics: diagnostics)
        let country = fields["country"].flatMap { origins.countryGate($0) }
        let asn = fields["asn"].flatMap { origins.asnGate($0) }
        let nowhere = Endpoint(IPAddress(high: 0, low: 0), port: 0)
        var settings = ListenerSettings(
            name: name ?? "", bind: bind ?? nowhere, proxySources: sources, pool: pool ?? "", timeouts: timeouts,
            limits: limits)
        settings.country = country
        settings.asn = asn
        settings.underAttack = attacks.settings(fields, openMost: limits.open)
        settings.gate = gate?.settings
        return ListenerStatement(
            settings: settings, protocolName: protocolName, policies: policies, isShadow: isShadow,
            place: fields.place, gate: gate)
    }

    private func proxySources(_ fields: Fields) -> [IPNetwork]? {
        guard let node = fields["proxy_protocol"] else { return nil }
        let shape = Shape("'proxy_protocol'", keys: ["from"])
        guard let proxy = Fields(node, shape, diagnostics) else { return nil }
        return proxy.required("from", .list(.network))
    }

    /// The name of a pool, or an address that becomes a pool of its own.
    private mutating func pool(_ fields: Fields) -> String? {
        guard let text = fields.required("to", .anyText) else { return nil }
        if text.contains(":") {
            guard let server = fields.optional("to", .endpoint) else { return nil }
            let name = "\(server)"
            if usedPools.insert(name).inserted { addedPools.append(PoolSettings(name: name, servers: [server])) }
            return name
        }
        usedPools.insert(text)
        if pools.contains(where: { $0.value.name == text }) { return text }
        let nearest = NearestName.of(text, in: pools.map(\.value.name))
        // The pool that was meant is not unused.
        if let nearest { usedPools.insert(nearest) }
        diagnostics.error(
            .unknownPool, at: fields["to"]?.place ?? fields.place, "there is no pool '\(Node.shortened(text))'",
            help: "'to' is the name of a pool, or one address with its port",
            suggestion: nearest)
        return nil
    }

    private func timeouts(_ listener: Fields) -> ListenerSettings.Timeouts {
        var timeouts = ListenerSettings.Timeouts()
        guard let node = listener["timeouts"], let fields = Fields(node, Self.timeoutShape, diagnostics) else {
            return timeouts
        }
        fields.fill(&timeouts.proxyHeaderNS, "proxy_header", .duration())
        fields.fill(&timeouts.packetNS, "packet", .duration())
        fields.fill(&timeouts.idleNS, "idle", .duration())
        fields.fill(&timeouts.stalledNS, "stalled", .duration())
        fields.fill(&timeouts.halfClosedNS, "half_closed", .duration())
        fields.fill(&timeouts.drainNS, "drain", .duration())
        fields.fill(&timeouts.delayNS, "delay", .duration())
        return timeouts
    }

    private func limits(_ listener: Fields) -> ListenerSettings.Limits {
        var limits = ListenerSettings.Limits()
        guard let node = listener["limits"], let fields = Fields(node, Self.limitShape, diagnostics) else {
            return limits
        }
        fields.fill(&limits.open, "open", .count(in: 1...10_000_000))
        fields.fill(&limits.backlogByteCount, "backlog", .size(in: 4_096...1 << 26))
        return limits
    }
}
