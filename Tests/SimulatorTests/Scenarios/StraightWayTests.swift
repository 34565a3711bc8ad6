import GameProtocol
import RuleEngine
import TestSupport
import Testing
import WireBytes

@testable import Inspection

/// The straight way of a session against the general one, on random protocols, rules and traffic.
@Suite("The straight way")
struct StraightWayTests {
    @Test("takes no packet that the general way would treat otherwise", arguments: UInt64(0)..<4)
    func agrees(part: UInt64) {
        var straightCount = 0
        for seed in part * 150..<(part + 1) * 150 {
            var run = StraightRun(seed: seed)
            run.go()
            #expect(run.difference == nil, "seed \(seed)")
            straightCount += run.straightCount
        }
        // Otherwise nothing was compared.
        #expect(straightCount > 500)
    }
}

/// One session that takes the straight way where it may, and one that never does.
private struct StraightRun: ~Copyable {
    private var random: SplitMix64
    private let rulesets: [Ruleset]
    private var current = 0
    private var nowNS = Self.startNS
    private var free: Session
    private var general: Session
    private var findings = (free: [Finding](), general: [Finding]())
    private var unread = PerDirection<[UInt8]>(both: [])
    /// The deadline that a relay has entered, which asks only when `takeNewDeadlines` says so.
    private var enteredNS = UInt64.max
    private let limits = SessionLimits(packetNS: 3_000_000_000, idleNS: 30_000_000_000, delayNS: 2_000_000_000)
    private static let startNS: UInt64 = 1_000_000_000
    private static let keys = BucketKeys(address: nil, network: nil, listener: 0, isExempt: false)
    /// Calls with the straight way open.
    private(set) var straightCount = 0
    /// The first thing in which the two were not the same.
    private(set) var difference: String?

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let descriptor = StraightWorld.descriptor(&random)
        let rulesets = [StraightWorld.ruleset(descriptor, &random), StraightWorld.ruleset(descriptor, &random)]
        free = Self.session(rulesets[0])
        general = Self.session(rulesets[0])
        self.rulesets = rulesets
        self.random = random
    }

    private static func session(_ ruleset: Ruleset) -> Session {
        let buckets = BucketSet(
            policy: ruleset.policy, keys: keys, shared: SharedBuckets(capacity: 64, hashSeed: 1), nowNS: startNS)
        return Session(ruleset: ruleset, buckets: buckets, nowNS: startNS)
    }

    mutating func go() {
        compare("at first")
        for _ in 0..<100 where difference == nil {
            switch random.below(20) {
            case 0: nowNS += UInt64(random.below(4)) * 1_000_000_000
            case 1: guard follow() else { return }
            case 2, 3: guard reachDeadline() else { return }
            default: guard receive() else { return }
            }
        }
    }

    private mutating func follow() -> Bool {
        let next = random.below(2)
        let (old, new) = (rulesets[current], rulesets[next])
        let following = free.follow(from: old, to: new, keys: Self.keys, nowNS: nowNS)
        note(following == general.follow(from: old, to: new, keys: Self.keys, nowNS: nowNS), "following")
        if following == .follows { current = next }
        if following != .ends { compare("after a reload") }
        return following != .ends
    }

    private mutating func reachDeadline() -> Bool {
        let paused = PerDirection(both: false)
        let end = free.deadlineReached(
            nowNS: nowNS, ruleset: rulesets[current], limits: limits, isPaused: paused, findings: &findings.free)
        let other = general.deadlineReached(
            nowNS: nowNS, ruleset: rulesets[current], limits: limits, isPaused: paused, findings: &findings.general)
        note(end == other, "end by a deadline")
        guard end == nil else { return false }
        if enteredNS <= nowNS {
            enteredNS = free.deadlineNS(ruleset: rulesets[current], limits: limits, isPaused: paused)
        }
        compare("after a deadline")
        return true
    }

    private mutating func receive() -> Bool {
        nowNS += UInt64(random.below(300)) * 1_000_000
        let direction: Direction = random.chance(1, in: 2) ? .inbound : .outbound
        for _ in 0..<random.below(4) { unread[direction] += StraightWorld.packet(&random) }
        if unread[direction].count > 3, random.chance(1, in: 60) { unread[direction] = [1, 0, 7] }
        while !unread[direction].isEmpty, difference == nil {
            let count = random.chance(1, in: 3) ? 1 + random.below(unread[direction].count) : unread[direction].count
            let bytes = Array(unread[direction].prefix(count))
            if free.hasStraightWay[direction] { straightCount += 1 }
            general.hasStraightWay = PerDirection(both: false)
            let action = free.receive(
                bytes.span.bytes, direction, nowNS: nowNS, ruleset: rulesets[current], limits: limits,
                findings: &findings.free)
            let other = general.receive(
                bytes.span.bytes, direction, nowNS: nowNS, ruleset: rulesets[current], limits: limits,
                findings: &findings.general)
            note(action == other, "actions \(action) and \(other)")
            compare("after bytes")
            switch action {
            case .forward(let byteCount), .discard(let byteCount), .replace(let byteCount):
                unread[direction].removeFirst(byteCount)
            case .end: return false
            case .needs, .waits, .hold: return true
            }
        }
        return true
    }

    private mutating func compare(_ when: String) {
        let paused = PerDirection(both: false)
        let deadlineNS = free.deadlineNS(ruleset: rulesets[current], limits: limits, isPaused: paused)
        let otherNS = general.deadlineNS(ruleset: rulesets[current], limits: limits, isPaused: paused)
        note(deadlineNS == otherNS, "deadlines \(when)")
        if free.takeNewDeadlines() {
            enteredNS = min(enteredNS, deadlineNS)
        } else {
            note(deadlineNS >= enteredNS, "a deadline came forward unsaid \(when)")
        }
        note(free.byteCounts == general.byteCounts && free.packetCounts == general.packetCounts, "counts \(when)")
        note(free.droppedCounts == general.droppedCounts && free.phase == general.phase, "drops or phase \(when)")
        note(findings.free == findings.general, "findings \(when)")
    }

    private mutating func note(_ isSame: Bool, _ what: String) {
        if !isSame, difference == nil { difference = what }
    }
}

/// Random protocols, rules and packets of the simulator's game.
private enum StraightWorld {
    static func packet(_ random: inout SplitMix64) -> [UInt8] {
        let opcode = UInt8(random.chance(1, in: 12) ? 99 : 1 + random.below(11))
        let byteCount = random.chance(1, in: 3) ? 8 : 3 + random.below(40)
        let packet = Game.packet(opcode, byteCount: byteCount, fill: random.chance(1, in: 2) ? 0x55 : 1)
        // Now and then one is cut off, and what follows it is taken for the rest of it.
        return random.chance(1, in: 40) ? Array(packet.prefix(1 + random.below(packet.count))) : packet
    }

    static func descriptor(_ random: inout SplitMix64) -> Descriptor {
        let base = Game.descriptor()
        let phaseCount = 1 + random.below(4)
        let phases = (0..<phaseCount).map { number in
            phase(number, of: phaseCount, lanes: base.phases[0].lanes, &random)
        }
        return Descriptor(name: "game", phases: phases, packets: base.packets)
    }

    private static func phase(
        _ number: Int, of phaseCount: Int, lanes: PerDirection<Lane>?, _ random: inout SplitMix64
    ) -> Phase {
        var transitions: [Transition] = []
        for _ in 0..<random.below(3) where number + 1 < phaseCount || random.chance(1, in: 3) {
            transitions.append(
                Transition(
                    direction: random.chance(1, in: 2) ? .outbound : .inbound, packet: UInt16(1 + random.below(11)),
                    phase: random.below(phaseCount),
                    otherSideAfter: random.chance(1, in: 3) ? UInt16(1 + random.below(11)) : nil))
        }
        let step = PreambleStep(
            direction: random.chance(1, in: 2) ? .outbound : .inbound,
            alternatives: [.init(starts: HexPattern([8]), extent: .bytes(8))],
            capture: random.chance(1, in: 2) ? "key" : nil)
        return Phase(
            name: "phase \(number)",
            deadlineNS: random.chance(1, in: 2) ? UInt64(1 + random.below(20)) * 1_000_000_000 : nil,
            preamble: random.chance(1, in: 12) ? [step] : [], lanes: lanes, isOpaque: false,
            accept: PerDirection(inbound: accepted(&random), outbound: accepted(&random)), transitions: transitions)
    }

    private static func accepted(_ random: inout SplitMix64) -> PacketSet? {
        if random.chance(1, in: 2) { return nil }
        var packets: [UInt16] = random.chance(1, in: 2) ? [0] : []
        for packet in UInt16(1)...11 where !random.chance(1, in: 4) { packets.append(packet) }
        return PacketSet(packets)
    }

    static func ruleset(_ descriptor: Descriptor, _ random: inout SplitMix64) -> Ruleset {
        let rules = (0..<random.below(8)).map { rule(UInt32(1_000 + $0), descriptor.phases.count, &random) }
        var violations: [Violation: ViolationResponse] = [:]
        let actions: [RuleAction] = [.pass, .log, .pass, .drop, .close]
        for violation in Violation.allCases {
            // Hardly ever one that closes, or the runs would be short.
            let inbound = actions[random.below(random.chance(1, in: 4) ? 5 : 4)]
            violations[violation] = ViolationResponse(
                action: PerDirection(inbound: inbound, outbound: actions[random.below(4)]))
        }
        return Game.ruleset(rules, descriptor: descriptor, violations: violations, isShadow: random.chance(1, in: 4))
    }

    private static func rule(_ id: UInt32, _ phaseCount: Int, _ random: inout SplitMix64) -> RuleDefinition {
        let action: RuleAction = [.log, .pass, .drop, .delay, .log, .delay][random.below(6)]
        let limit = Limit(
            count: random.chance(1, in: 2) ? .packets : .bytes, scope: .connection, amount: 4,
            periodNS: 1_000_000_000, burst: 4)
        return RuleDefinition(
            id: id, name: "rule \(id)",
            packets: PerDirection(
                inbound: random.chance(1, in: 3) ? nil : .only([UInt16(random.below(12))]),
                outbound: random.chance(1, in: 3) ? nil : .all),
            byteCounts: random.chance(1, in: 3) ? [3...10, 15...30] : [],
            phases: random.chance(1, in: 3) ? [random.below(phaseCount)] : [],
            signature: random.chance(1, in: 3) ? [BytePattern(pattern: HexPattern([0x55, 0x55]))] : [],
            limit: action == .delay || random.chance(1, in: 2) ? limit : nil, action: action,
            isShadow: random.chance(1, in: 5))
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}
