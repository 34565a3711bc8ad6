import WireBytes

/// Turns rules into the flat tables of a policy.
///
/// Shape: the checks of each packet stand one behind the other; all packets that no rule names share one list.
struct PolicyCompiler {
    var checks: [Check] = []
    private(set) var details: [CheckDetail] = []
    private(set) var sizes: [SizeRange] = []
    private(set) var signatures = SignatureTable()
    private(set) var slots = SlotTable()
    private(set) var origins = OriginTable()
    var memories = MemoryTable()
    var extras: [CheckExtra] = []
    var fieldRules: [FieldRule] = []
    var flatConditions = FlatConditions()
    private(set) var lists: PerDirection<[CheckList]>
    private(set) var opening = CheckList()
    private(set) var uncut = PerDirection(both: CheckList())
    var filterScopes: [FilterScope] = []
    var filters = SignatureFilters()

    /// What the checks of one rule have in common.
    private struct Shared {
        var firstSize: Int32
        var signature: Int32
        var limit: Int32
        var inspectedByteCount: Int
    }

    let definitions: [RuleDefinition]
    private let isShadow: Bool
    let filteredCountMin: Int?
    private var shared: [Shared] = []
    /// By the signature's number.
    private var signatureKinds: [SignatureFilters.Kind?] = []

    init(_ definitions: [RuleDefinition], packetCounts: PerDirection<Int>, isShadow: Bool, filteredCountMin: Int?) {
        self.definitions = definitions
        self.isShadow = isShadow
        self.filteredCountMin = filteredCountMin
        lists = PerDirection(both: [])
        for definition in definitions { append(definition, packetCounts) }
        for direction in Direction.allCases {
            let (firstCheck, firstScope) = (checks.count, filterScopes.count)
            lists[direction] = compile(direction, packetCounts[direction])
            appendFilters(checks: firstCheck..<checks.count, scopes: firstScope..<filterScopes.count)
        }
        for direction in Direction.allCases {
            let rules = definitions.indices.filter { holdsUncut(definitions[$0], direction) }
            uncut[direction] = append(rules, packet: 0, direction)
        }
        opening.first = Int32(checks.count)
        for (index, definition) in definitions.enumerated() where definition.isJudgedAtOpen {
            appendCheck(index, packetTag: PacketTag.all)
        }
        opening.count = Int32(checks.count) - opening.first
        placeMemories(packetCounts)
    }

    /// Whether a rule limits bytes that belong to no packet.
    private func holdsUncut(_ definition: RuleDefinition, _ direction: Direction) -> Bool {
        definition.packets[direction] == .all && definition.limit?.count == .bytes && definition.byteCounts.isEmpty
            && definition.byteCountsNot.isEmpty && definition.signature.isEmpty && !Self.hasExtra(definition)
    }

    /// Checks a rule against what `ConfigurationFiles` promises, and keeps what its checks share.
    private mutating func append(_ definition: RuleDefinition, _ packetCounts: PerDirection<Int>) {
        let id = definition.id
        if definition.action == .delay {
            precondition(definition.limit != nil, "rule \(id) delays without a limit that says how long")
        }
        if definition.action == .rewrite {
            for direction in Direction.allCases {
                guard let choice = definition.packets[direction] else { continue }
                guard case .only(let packets) = choice else {
                    preconditionFailure("rule \(id) rewrites packets that it does not name")
                }
                for packet in packets {
                    precondition(
                        definition.fields[direction][packet]?.edits.isEmpty == false,
                        "rule \(id) does not say what it rewrites in packet \(packet)")
                }
            }
        }
        if definition.isJudgedAtOpen {
            precondition(
                definition.action != .delay && definition.action != .drop && definition.action != .rewrite,
                "rule \(id) is judged when a connection opens, where there is no packet to \(definition.action)")
        }
        for phase in definition.phases { precondition(phase >= 0 && phase < 64, "rule \(id) names phase \(phase)") }
        if let limit = definition.limit, limit.perPacket, limit.scope != .connection {
            for direction in Direction.allCases where definition.packets[direction] == .all {
                precondition(
                    packetCounts[direction] <= Policy.sharedPacketCountMax,
                    "rule \(id) shares a bucket for each of \(packetCounts[direction]) packets")
            }
        }
        let firstSize = Int32(sizes.count)
        for range in definition.byteCounts + definition.byteCountsNot {
            sizes.append(SizeRange(low: range.lowerBound, high: range.upperBound))
        }
        var limit: Int32 = -1
        if let definitionLimit = definition.limit {
            limit = slots.append(
                LimitPlan(definitionLimit, ruleID: id, isShadow: isShadow || definition.isShadow))
        }
        var signature: Int32 = -1
        if !definition.signature.isEmpty {
            signature = Int32(signatures.places.count)
            signatures.append(definition.signature)
            signatureKinds.append(signatures.kind(Int(signature)))
        }
        shared.append(
            Shared(
                firstSize: firstSize, signature: signature, limit: limit,
                inspectedByteCount: SignatureTable.inspectedByteCount(definition.signature)))
    }

    /// The lists of one direction's packets.
    private mutating func compile(_ direction: Direction, _ packetCount: Int) -> [CheckList] {
        precondition(packetCount <= Int(UInt16.max) + 1, "\(packetCount) packets do not fit an index of 16 bits")
        // The unknown packet is always there.
        let packetCount = max(1, packetCount)
        var rulesByPacket: [Int: [Int]] = [:]
        var everywhere: [Int] = []
        var isEachItsOwn = false
        for (index, definition) in definitions.enumerated() where !definition.isJudgedAtOpen {
            switch definition.packets[direction] {
            case nil: break
            case .all:
                everywhere.append(index)
                isEachItsOwn = isEachItsOwn || definition.limit?.perPacket == true
            case .only(let packets):
                for packet in Set(packets) {
                    precondition(
                        packet < packetCount, "rule \(definition.id) names packet \(packet) of \(packetCount)")
                    rulesByPacket[Int(packet), default: []].append(index)
                }
            }
        }
        var common: CheckList?
        var result: [CheckList] = []
        result.reserveCapacity(packetCount)
        for packet in 0..<packetCount {
            let named = rulesByPacket[packet] ?? []
            let isCommon = named.isEmpty && !isEachItsOwn
            if isCommon, let common {
                result.append(common)
                continue
            }
            let list = append((named + everywhere).sorted(), packet: packet, direction)
            // The packet without a name comes first, and only rules on every packet look at it.
            if packet == 0, direction == .inbound, named.isEmpty { slots.markCommon() }
            if isCommon { common = list }
            result.append(list)
        }
        return result
    }

    private mutating func append(_ rules: [Int], packet: Int, _ direction: Direction) -> CheckList {
        var list = CheckList(first: Int32(checks.count), count: Int32(rules.count))
        var reserveCount: UInt8 = 0
        for rule in rules {
            let isOwn = definitions[rule].limit?.perPacket == true
            let tag = PacketTag.of(UInt16(packet), direction)
            let reserves = definitions[rule].action == .delay && !(isShadow || definitions[rule].isShadow)
            // At most `Policy.delayCountMax` rules of a listener delay.
            if reserves { reserveCount += 1 }
            let extra = extra(of: rule, UInt16(packet), direction)
            appendCheck(
                rule, packetTag: isOwn ? tag : PacketTag.all, extra: extra, reserveNumber: reserves ? reserveCount : 0)
            list.inspectedByteCount = max(
                list.inspectedByteCount, shared[rule].inspectedByteCount,
                definitions[rule].repeats == nil ? 0 : Int.max,
                definitions[rule].fields[direction][UInt16(packet)]?.inspectedByteCount ?? 0)
            list.rewrites = list.rewrites || definitions[rule].action == .rewrite
        }
        appendScope(of: rules, to: &list)
        return list
    }

    static func phases(of definition: RuleDefinition) -> UInt64 {
        definition.phases.isEmpty ? .max : definition.phases.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// The number of a rule's signature, -1 without one.
    func signature(of rule: Int) -> Int32 { shared[rule].signature }

    /// How a filter can look for a rule's signature; nil when none can, or there is none.
    func kind(of rule: Int) -> SignatureFilters.Kind? {
        shared[rule].signature < 0 ? nil : signatureKinds[Int(shared[rule].signature)]
    }

    func inspectedByteCount(of rule: Int) -> Int { shared[rule].inspectedByteCount }

    private mutating func appendCheck(
        _ index: Int, packetTag: UInt32, extra: Int32 = -1, reserveNumber: UInt8 = 0
    ) {
        let definition = definitions[index]
        let common = shared[index]
        let isShadow = isShadow || definition.isShadow
        let matched = definition.byteCounts
        var asks: Check.Questions = []
        // A bound that is no Int32 is looked at in full.
        let isLarge = matched.contains {
            $0.lowerBound > Int(Int32.max) || ($0.upperBound >= Int(Int32.max) && $0.upperBound < .max)
        }
        if matched.count > 1 || isLarge || !definition.byteCountsNot.isEmpty { asks.insert(.sizes) }
        if !definition.signature.isEmpty { asks.insert(.signature) }
        if common.limit >= 0 { asks.insert(.limit) }
        if extra >= 0 { asks.insert(.extra) }
        if reserveNumber > 0 { asks.insert(.reservation) }
        let isFromSomewhere = !definition.origin.isEmpty
        if isFromSomewhere { asks.insert(.origin) }
        let origin =
            isFromSomewhere ? origins.bit(of: definition.origin, isAtOpen: definition.isJudgedAtOpen) : 0
        checks.append(
            Check(
                phases: Self.phases(of: definition), sizeLeast: Int32(clamping: matched.map(\.lowerBound).min() ?? 0),
                sizeMost: Int32(clamping: matched.map(\.upperBound).max() ?? .max), limit: common.limit,
                slot: common.limit < 0 ? .local(0) : slots.slot(limit: common.limit, packetTag: packetTag),
                asks: asks, reserveNumber: reserveNumber, origin: origin))
        details.append(
            CheckDetail(
                firstSize: common.firstSize, sizeCount: Int32(matched.count),
                sizeNotCount: Int32(definition.byteCountsNot.count), signature: common.signature,
                extra: extra,
                outcome: CheckOutcome(
                    rule: RuleIndex(Violation.allCases.count + index), isShadow: isShadow, action: definition.action,
                    score: isShadow ? 0 : definition.score)))
    }
}
