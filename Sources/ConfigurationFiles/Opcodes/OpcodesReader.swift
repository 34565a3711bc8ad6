import WireBytes

/// The maps of a protocol, and how one of them is chosen.
struct Opcodes {
    /// A version of the protocol, which a packet names by a number.
    struct Version {
        let number: UInt64
        /// `nil` after a report.
        let map: OpcodeMap?
    }

    /// What says which version a connection has.
    struct Selector {
        let packet: Located<String>
        let field: Located<String>
        /// Which of the versions holds for every other number; `nil` for none.
        let otherwise: Int?
    }

    /// Where `opcodes` stands.
    let place: Place
    /// The one map of a protocol without versions.
    let map: OpcodeMap?
    /// Empty for a protocol with one map.
    let versions: [Version]
    let selector: Selector?
    /// What the names of the packets of each side begin with, where `packets` does not have them.
    let prefixes: PerDirection<String>

    /// The map of a version of the descriptor, of which the first is without a number.
    func map(ofVersion version: Int) -> OpcodeMap? { version == 0 ? map : versions[version - 1].map }

    /// How many versions the descriptor has.
    var versionCount: Int { versions.count + 1 }

    /// What a connection's version is called; empty for none.
    var versionNames: [String] { [""] + versions.map { "\($0.number)" } }

    /// Who sends a packet that only a map names.
    func direction(of name: String) -> Direction? {
        Direction.allCases.first { name.hasPrefix(prefixes[$0]) }
    }
}

/// Reads `opcodes` of a protocol.
struct OpcodesReader {
    let diagnostics: DiagnosticBag
    /// Where the protocol's file stands; maps are named from there.
    let folder: String

    /// Versions with a number.
    static let versionCountMax = 16

    private static let shape = Shape("'opcodes'", keys: ["map", "version", "maps", "otherwise", "prefix"])
    private static let selectorShape = Shape("'version'", keys: ["packet", "field"])
    private static let prefixShape = Shape("'prefix'", keys: ["client", "server"])

    func opcodes(_ node: Node) -> Opcodes? {
        let usual = PerDirection(inbound: "C_", outbound: "S_")
        if case .scalar = node.content {
            guard let path = Kind<String>.path.read(node, diagnostics), let map = map(path, node.place) else {
                return nil
            }
            return Opcodes(place: node.place, map: map, versions: [], selector: nil, prefixes: usual)
        }
        guard let fields = Fields(node, Self.shape, diagnostics) else { return nil }
        let prefixes = prefixes(fields, usual)
        guard let key = fields.exactlyOne(of: ["map", "maps"]) else { return nil }
        if key == "map" {
            for other in ["version", "otherwise"] where fields.has(other) {
                diagnostics.error(.conflict, at: fields.keyPlace(other), "'\(other)' goes with 'maps' only")
            }
            guard let path = fields.optional("map", Kind<String>.path.located),
                let map = map(path.value, path.place)
            else { return nil }
            return Opcodes(place: node.place, map: map, versions: [], selector: nil, prefixes: prefixes)
        }
        let versions = versions(fields)
        let selector = selector(fields, versions ?? [])
        guard let versions, let selector else { return nil }
        return Opcodes(place: node.place, map: nil, versions: versions, selector: selector, prefixes: prefixes)
    }

    private func map(_ path: String, _ place: Place) -> OpcodeMap? {
        OpcodeMapReader(diagnostics: diagnostics).read(FilePath.join(folder, path), mention: place)
    }

    private func versions(_ fields: Fields) -> [Opcodes.Version]? {
        guard let node = fields["maps"] else { return nil }
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            diagnostics.error(
                .wrongType, at: node.place, "expected a map for each version, found \(node.found)",
                help: "write maps: { 366226: maps/one.map, 367081: maps/other.map }")
            return nil
        }
        guard entries.count <= Self.versionCountMax else {
            diagnostics.error(
                .tooMany, at: entries[Self.versionCountMax].keyPlace,
                "a protocol has at most \(Self.versionCountMax) versions")
            return nil
        }
        var versions: [Opcodes.Version] = []
        for entry in entries {
            guard let number = NumberText.decimalOrHex(entry.key) else {
                diagnostics.error(
                    .badValue, at: entry.keyPlace,
                    "expected the number of a version, found '\(Node.shortened(entry.key))'")
                return nil
            }
            guard !versions.contains(where: { $0.number == number }) else {
                diagnostics.error(.duplicateName, at: entry.keyPlace, "the version \(number) is given twice")
                return nil
            }
            let path = Kind<String>.path.read(entry.value, diagnostics)
            versions.append(
                Opcodes.Version(number: number, map: path.flatMap { map($0, entry.value.place) }))
        }
        return versions.allSatisfy({ $0.map != nil }) ? versions : nil
    }

    private func selector(_ fields: Fields, _ versions: [Opcodes.Version]) -> Opcodes.Selector? {
        let otherwise = fields.optional("otherwise", Kind<UInt64>.number.located)
        var chosen: Int?
        if let otherwise, !versions.isEmpty {
            chosen = versions.firstIndex { $0.number == otherwise.value }
            if chosen == nil {
                diagnostics.error(
                    .badValue, at: otherwise.place, "'maps' has no version \(otherwise.value)",
                    help: "it has \(versions.map { "\($0.number)" }.joined(separator: ", "))")
                return nil
            }
        }
        let expected = Kind<Fields>(expected: "{ packet: C_VERSION, field: version }") { node, diagnostics in
            Fields(node, Self.selectorShape, diagnostics)
        }
        guard let inner = fields.required("version", expected) else { return nil }
        let packet = inner.required("packet", Kind<String>.name.located)
        let field = inner.required("field", Kind<String>.name.located)
        guard let packet, let field else { return nil }
        return Opcodes.Selector(packet: packet, field: field, otherwise: chosen)
    }

    private func prefixes(_ fields: Fields, _ usual: PerDirection<String>) -> PerDirection<String> {
        guard let node = fields["prefix"], let sides = Fields(node, Self.prefixShape, diagnostics) else { return usual }
        var prefixes = usual
        for direction in Direction.allCases {
            if let text = sides.optional(direction.sender, .name) { prefixes[direction] = text }
        }
        let (client, server) = (prefixes.inbound, prefixes.outbound)
        if client.hasPrefix(server) || server.hasPrefix(client) {
            diagnostics.error(
                .conflict, at: node.place, "a name that begins with '\(client)' and with '\(server)' could be either's")
        }
        return prefixes
    }
}
