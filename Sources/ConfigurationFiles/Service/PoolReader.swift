import Settings
import WireBytes

/// Reads the pools of game servers.
struct PoolReader {
    let diagnostics: DiagnosticBag

    private static let shape = Shape(
        "a pool", keys: ["servers", "send_proxy", "connect", "connect_timeout"], later: ["health", "balance"])

    func pools(_ node: Node?) -> [Located<PoolSettings>] {
        guard let node, !node.isEmpty else { return [] }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(.wrongType, at: node.place, "expected a mapping of pools, found \(node.found)")
            return []
        }
        return entries.compactMap { entry in
            let key = Node(content: .scalar(Node.Scalar(text: entry.key, isPlain: true)), place: entry.keyPlace)
            let name = Kind<String>.name.read(key, diagnostics)
            return pool(entry.value, name: name ?? entry.key).map { Located(value: $0, place: entry.keyPlace) }
        }
    }

    private func pool(_ node: Node, name: String) -> PoolSettings? {
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let servers = fields.required("servers", .list(.endpoint))
        let sendProxy: Kind<PoolSettings.ProxyHeader> = .choice(["none": .none, "v1": .v1, "v2": .v2])
        let dial: Kind<PoolSettings.Dial> = .choice(["accept": .accept, "first-packet": .firstPacket])
        // A pool that cannot be read still counts as defined, so that listeners do not complain about its name.
        var pool = PoolSettings(name: name, servers: servers ?? [Endpoint(IPAddress(ipv4: 0), port: 0)])
        if let node = fields["send_proxy"], let value = sendProxy.read(node, diagnostics) { pool.sendProxy = value }
        fields.fill(&pool.dial, "connect", dial)
        fields.fill(&pool.connectTimeoutNS, "connect_timeout", .duration())
        return pool
    }
}
