public import WireBytes

/// The rules of one listener, compiled.
///
/// Shape: flat tables indexed by direction and packet; a packet that no rule names costs one lookup. Immutable.
public final class Policy: Sendable {
    /// What there is to say about a rule once it has fired.
    public struct Rule: Sendable {
        /// The id operators gave it; a violation's own.
        public let id: UInt32
        /// Its name.
        public let name: String
        /// The fields it changes; empty where it changes none.
        public let changes: String
    }

    /// Most rules of one listener, violations included.
    public static let ruleCountMax = Int(RuleIndex.max)

    /// Most packets of a direction for which a limit that spans connections may have a bucket each while its rule
    /// names no packets: they are all pinned when a connection opens.
    public static let sharedPacketCountMax = 256

    /// Most rules of one listener that delay.
    public static let delayCountMax = 64

    /// Violations first, then the rules in order.
    public let rules: [Rule]

    /// All checks: packet by packet in order, and last those of an opening connection.
    let checks: [Check]
    /// More of each check, at the same index.
    let details: [CheckDetail]
    let extras: [CheckExtra]
    let fieldRules: [FieldRule]
    let flatConditions: FlatConditions
    let sizes: [SizeRange]
    let signatures: SignatureTable
    /// What each list that is searched for signatures asks the filters.
    let filterScopes: [FilterScope]
    let filters: SignatureFilters
    let slots: SlotTable
    let origins: OriginTable
    let memories: MemoryTable
    /// What rules ask of where a client is from; empty where none does, and then nobody need find out.
    public var originSources: Origin.Sources { origins.sources }

    /// Most different conditions of one listener on where clients are from; those that are judged when a connection
    /// opens are others than those on packets.
    public static let originCountMax = OriginTable.countMax

    /// What the client is told before a rule ends its connection, by the rule's index.
    let replies: [RuleIndex: [UInt8]]
    /// Where each packet's checks stand.
    let lists: PerDirection<[CheckList]>
    let opening: CheckList
    /// The checks of bytes that are not cut into packets.
    let uncut: PerDirection<CheckList>
    /// What follows from each violation, by its index in `rules`.
    let responses: [ViolationResponse]
    /// Whether even violations are only logged.
    let isShadow: Bool

    /// Compiles rules.
    ///
    /// `ConfigurationFiles` has diagnosed what would trap here: more than `ruleCountMax` rules, an id used twice,
    /// `delay` without a limit, `drop` or `delay` when a connection opens, a packet or a phase that does not exist.
    ///
    /// - Parameters:
    ///   - definitions: the rules of all the listener's policies, in order.
    ///   - violations: what the policies say of them; what is missing keeps its default.
    ///   - packetCounts: how many packet indices each direction has, the unknown one included.
    ///   - isShadow: whether the whole listener is in shadow, violations included.
    public convenience init(
        _ definitions: [RuleDefinition], violations: [Violation: ViolationResponse],
        packetCounts: PerDirection<Int>, isShadow: Bool = false
    ) {
        self.init(
            definitions, violations: violations, packetCounts: packetCounts, isShadow: isShadow,
            filteredCountMin: nil)
    }

    /// As above, with the least number of signatures for which a filter is asked, where not the default counts: with
    /// `Int.max`, all are verified one by one.
    init(
        _ definitions: [RuleDefinition], violations: [Violation: ViolationResponse],
        packetCounts: PerDirection<Int>, isShadow: Bool, filteredCountMin: Int?
    ) {
        let ruleCount = Violation.allCases.count + definitions.count
        precondition(ruleCount <= Self.ruleCountMax, "\(ruleCount) rules, and at most \(Self.ruleCountMax) fit")
        let delayCount = definitions.count { $0.action == .delay }
        precondition(delayCount <= Self.delayCountMax, "\(delayCount) rules delay, most are \(Self.delayCountMax)")
        var ids: Set<UInt32> = []
        for definition in definitions {
            precondition(ids.insert(definition.id).inserted, "rule id \(definition.id) is used twice")
        }
        var responses: [ViolationResponse] = []
        for violation in Violation.allCases {
            let response = violations[violation] ?? ViolationResponse(action: violation.defaultAction)
            precondition(
                Direction.allCases.allSatisfy { response.action[$0] != .delay && response.action[$0] != .rewrite },
                "\(violation.name) delays without a limit that says how long, or rewrites without saying what")
            responses.append(response)
        }
        rules =
            Violation.allCases.map { Rule(id: $0.rawValue, name: $0.name, changes: "") }
            + definitions.map { Rule(id: $0.id, name: $0.name, changes: $0.changes) }
        self.responses = responses
        self.isShadow = isShadow
        let compiler = PolicyCompiler(
            definitions, packetCounts: packetCounts, isShadow: isShadow, filteredCountMin: filteredCountMin)
        checks = compiler.checks
        details = compiler.details
        extras = compiler.extras
        fieldRules = compiler.fieldRules
        flatConditions = compiler.flatConditions
        sizes = compiler.sizes
        signatures = compiler.signatures
        filterScopes = compiler.filterScopes
        filters = compiler.filters
        slots = compiler.slots
        origins = compiler.origins
        memories = compiler.memories
        var replies: [RuleIndex: [UInt8]] = [:]
        for (index, definition) in definitions.enumerated() where definition.reply != nil {
            replies[RuleIndex(responses.count + index)] = definition.reply
        }
        self.replies = replies
        lists = compiler.lists
        opening = compiler.opening
        uncut = compiler.uncut
    }

    /// How many of a packet's first bytes must be at hand before `judge`; 0 when its header is enough, `Int.max` when
    /// all of it is.
    public func inspectedByteCount(of packet: UInt16, _ direction: Direction) -> Int {
        rules(of: packet, direction).inspectedByteCount
    }

    /// Bytes that the buckets of one connection take at most, beside the connection itself.
    public var bucketByteCountMax: Int {
        let count = slots.local.count + memories.wordCount + 2 * slots.shared.count + (origins.isEmpty ? 0 : 1)
        // One word more says how many there are.
        return count == 0 ? 0 : 8 * (1 + count)
    }

    /// What the client is told before a rule ends its connection; `nil` for nothing.
    public func reply(of rule: RuleIndex) -> [UInt8]? { replies[rule] }

    /// What follows from a violation.
    public func respond(
        to violation: Violation, _ facts: PacketFacts, findings: inout [Finding]
    ) -> Judgement {
        // Raw values count from 1 in the order of `allCases`.
        let rule = RuleIndex(violation.rawValue - 1)
        let response = responses[Int(rule)]
        var action = facts.direction == .inbound ? response.action.inbound : response.action.outbound
        // What the server does wrong is not the client's fault.
        if facts.direction == .outbound, case .ban = action { action = .close }
        let score = isShadow || facts.direction == .outbound ? 0 : response.score
        if action != .pass || score != 0 {
            findings.append(
                Finding(rule: rule, action: action, isShadow: isShadow, score: score, packet: facts))
        }
        if isShadow { return .forward }
        switch action {
        case .pass, .log, .rewrite, .delay: return .forward
        case .drop: return .drop(rule)
        case .close: return .close(rule)
        case .ban: return .ban(rule)
        }
    }

    /// Whether a violation passes and nobody hears of it.
    public func isSilent(about violation: Violation, _ direction: Direction) -> Bool {
        let response = responses[Int(violation.index)]
        let isScored = response.score != 0 && !isShadow && direction == .inbound
        return response.action[direction] == .pass && !isScored
    }

    /// Whether a violation is only looked at: nothing is dropped or closed for it.
    public func looksOn(at violation: Violation, _ direction: Direction) -> Bool {
        switch responses[Int(violation.index)].action[direction] {
        case .pass, .log, .rewrite, .delay: true
        case .drop, .close, .ban: isShadow
        }
    }

    /// The rules that look at a packet.
    public func rules(of packet: UInt16, _ direction: Direction) -> PacketRules {
        let index = Int(packet)
        if direction == .inbound {
            precondition(index < lists.inbound.count, "packet \(packet) of \(lists.inbound.count)")
            return PacketRules(list: lists.inbound[index])
        }
        precondition(index < lists.outbound.count, "packet \(packet) of \(lists.outbound.count)")
        return PacketRules(list: lists.outbound[index])
    }
}

/// The rules that look at one packet, found once for all that is asked about them.
public struct PacketRules: Sendable, BitwiseCopyable {
    let list: CheckList

    /// How many of the packet's first bytes must be at hand before `judge`; 0 when its header is enough, `Int.max` when
    /// all of it is.
    public var inspectedByteCount: Int { list.inspectedByteCount }

    /// Whether a rule may change the packet: then it is judged by `judgeRewriting`.
    public var rewrites: Bool { list.rewrites }
}
