import GameProtocol
import PacketFields
import RuleEngine
import WireBytes

/// Groups the packets of a side by the rules that look at them.
struct PacketExplainer {
    /// `nil` for a listener without a protocol.
    let descriptor: Descriptor?
    let definitions: [RuleDefinition]
    /// The service's lists, in the order of their numbers.
    let lists: [String]

    func side(_ direction: Direction) -> ExplainedSide {
        var order: [[Int]] = []
        var members: [[Int]: [PacketIndex]] = [:]
        for packet in 0..<(descriptor?.packets[direction].count ?? 1) {
            let rules = self.rules(of: PacketIndex(packet), direction)
            if members[rules] == nil { order.append(rules) }
            members[rules, default: []].append(PacketIndex(packet))
        }
        // What has no name comes behind what has.
        for rules in order {
            guard var packets = members[rules], packets.first == 0 else { continue }
            packets.append(packets.removeFirst())
            members[rules] = packets
        }
        var forms: [String: Set<Known>] = [:]
        for packet in 0..<(descriptor?.packets[direction].count ?? 1) {
            forms[name(PacketIndex(packet), direction), default: []].insert(known(PacketIndex(packet), direction))
        }
        let groups = order.map { rules in
            ExplainedGroup(
                packets: alike(members[rules] ?? [], direction, forms: forms), rules: rules,
                hasOwnRules: rules.contains { names(definitions[$0], direction) })
        }
        // What no rule names comes last: it is the rest.
        return ExplainedSide(
            sender: direction.sender, groups: groups.filter(\.hasOwnRules) + groups.filter { !$0.hasOwnRules })
    }

    private func names(_ definition: RuleDefinition, _ direction: Direction) -> Bool {
        if case .only = definition.packets[direction] { true } else { false }
    }

    /// The rules that look at a packet, in order.
    private func rules(of packet: PacketIndex, _ direction: Direction) -> [Int] {
        definitions.indices.filter { index in
            switch definitions[index].packets[direction] {
            case nil: false
            case .all: true
            case .only(let packets): packets.contains(packet)
            }
        }
    }

    /// What is known of a packet beside its rules.
    private struct Known: Hashable {
        let size: String
        let phases: String
        let layout: [Fact]
    }

    /// Packets about which the same is known stand together.
    ///
    /// - Parameter forms: what is known of all packets of a name, in whichever version.
    private func alike(
        _ packets: [PacketIndex], _ direction: Direction, forms: [String: Set<Known>]
    ) -> [ExplainedGroup.Packets] {
        var order: [Known] = []
        var members: [Known: [PacketIndex]] = [:]
        for packet in packets {
            let known = known(packet, direction)
            if members[known] == nil { order.append(known) }
            members[known, default: []].append(packet)
        }
        return order.map { known in
            let entries = members[known] ?? []
            var names: [String] = []
            var versions: [String: [String]] = [:]
            for packet in entries {
                let name = name(packet, direction)
                if !names.contains(name) { names.append(name) }
                // What differs between versions says which they are.
                guard forms[name]?.count ?? 0 > 1, let version = version(packet, direction) else { continue }
                versions[name, default: []].append(version)
            }
            return ExplainedGroup.Packets(
                names: names.map { name in versions[name].map { "\(name) of \($0.joined(separator: "/"))" } ?? name },
                opcodes: entries.compactMap { entry($0, direction).map { Notation.identity($0.identity) } },
                size: known.size, phases: known.phases, layout: known.layout)
        }
    }

    private func known(_ packet: PacketIndex, _ direction: Direction) -> Known {
        let entry = entry(packet, direction)
        var layout = entry?.layout.map { Notation.layout($0) } ?? []
        if let inflation = entry?.inflation { layout.append(Fact("inflate", Notation.inflation(inflation))) }
        if entry?.isSecret == true { layout.append(Fact("secret", "nothing of it is kept as evidence")) }
        return Known(size: entry.map { size(of: $0) } ?? "any", phases: phases(of: packet, direction), layout: layout)
    }

    private func entry(_ packet: PacketIndex, _ direction: Direction) -> PacketTable.Entry? {
        packet == 0 ? nil : descriptor?.packets[direction].entries[Int(packet) - 1]
    }

    private func name(_ packet: PacketIndex, _ direction: Direction) -> String {
        entry(packet, direction)?.name ?? (descriptor == nil ? "all bytes" : "packets without a name")
    }

    /// What the version is called whose packet this is; `nil` for none.
    private func version(_ packet: PacketIndex, _ direction: Direction) -> String? {
        guard let entry = entry(packet, direction), entry.version > 0 else { return nil }
        return descriptor?.versionNames[entry.version]
    }

    private func size(of entry: PacketTable.Entry) -> String {
        if case .length(let length) = entry.identity { return "\(length)" }
        let own = entry.lengthField.map { "its own length, \(Notation.length($0)), " } ?? ""
        return own + (entry.byteCounts.map { Notation.sizes($0) } ?? "any")
    }

    /// The phases that accept a packet.
    private func phases(of packet: PacketIndex, _ direction: Direction) -> String {
        guard let descriptor else { return "all" }
        let version = packet == 0 ? 0 : descriptor.packets[direction].entries[Int(packet) - 1].version
        let framed = descriptor.phases.filter { $0.version == version && $0.isFramed(direction) }
        let accepting = framed.filter { $0.accept[direction]?.contains(packet) ?? true }
        if accepting.count == framed.count { return "all" }
        return accepting.isEmpty ? "none" : accepting.map(\.name).joined(separator: ", ")
    }

    // MARK: Rules

    func rule(_ definition: RuleDefinition) -> ExplainedRule {
        let fields = Direction.allCases.flatMap { direction in
            definition.fields[direction].sorted { $0.key < $1.key }.map(\.value)
        }.first
        var changes: [Fact] = []
        if let fields { changes = fields.edits.map { Notation.edit($0, fields.layout) } }
        return ExplainedRule(
            id: definition.id, name: definition.name, asks: asks(definition, fields),
            action: Notation.action(definition.action), changes: changes,
            reply: definition.reply.map { Notation.shortened(Notation.hex($0)) }, score: definition.score,
            isShadow: definition.isShadow,
            isGeneral: Direction.allCases.contains { definition.packets[$0] == .all })
    }

    /// All that must hold, in the order in which it is asked.
    private func asks(_ definition: RuleDefinition, _ fields: FieldRule?) -> [Fact] {
        var asks: [Fact] = []
        if let descriptor, !definition.phases.isEmpty {
            var names: [String] = []
            for name in definition.phases.map({ descriptor.phases[$0].name }) where !names.contains(name) {
                names.append(name)
            }
            asks.append(Fact("phase", names.joined(separator: ", ")))
        }
        let sizes = { (ranges: [ClosedRange<Int>]) in ranges.map { Notation.sizes($0) }.joined(separator: ", ") }
        if !definition.byteCounts.isEmpty { asks.append(Fact("size", sizes(definition.byteCounts))) }
        if !definition.byteCountsNot.isEmpty { asks.append(Fact("size not", sizes(definition.byteCountsNot))) }
        asks += Notation.origin(definition.origin, lists: lists)
        if let fields {
            asks += fields.conditions.map { Notation.condition($0, fields.layout) }
            asks += fields.conditionsNot.map { Notation.condition($0, fields.layout) }
                .map { Fact($0.name + " not", $0.value) }
        }
        asks += definition.signature.map { Fact("bytes", Notation.pattern($0)) }
        if let notAfter = definition.notAfter {
            asks.append(Fact("not after", "\(names(notAfter)) within \(Shown.duration(notAfter.withinNS))"))
        }
        if let repeats = definition.repeats {
            asks.append(Fact("repeats", "\(repeats.count) equal packets within \(Shown.duration(repeats.withinNS))"))
        }
        if let limit = definition.limit { asks.append(Fact("limit", Notation.limit(limit))) }
        return asks
    }

    private func names(_ notAfter: NotAfter) -> String {
        var names: [String] = []
        for direction in Direction.allCases {
            for packet in notAfter.packets[direction] {
                let name = descriptor?.packets[direction].name(of: packet) ?? "\(packet)"
                if names.last != name { names.append(name) }
            }
        }
        return names.joined(separator: ", ")
    }
}
