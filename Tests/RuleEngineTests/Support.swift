import WireBytes

@testable import RuleEngine

/// A small generator, so that every seed is the same traffic everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

let second: UInt64 = 1_000_000_000

/// The index of the nth rule, behind the violations.
func index(_ nth: Int) -> RuleIndex { RuleIndex(Violation.allCases.count + nth) }

extension RuleDefinition {
    /// A rule for all that the client sends, unless told otherwise.
    static func rule(
        _ id: UInt32, packets: [UInt16]? = nil, from: Direction? = .inbound, sizes: [ClosedRange<Int>] = [],
        notSizes: [ClosedRange<Int>] = [], phases: [Int] = [], bytes: [BytePattern] = [], limit: Limit? = nil,
        action: RuleAction = .log, score: Double = 0, isShadow: Bool = false
    ) -> RuleDefinition {
        let choice = packets.map { PacketChoice.only($0) } ?? .all
        return RuleDefinition(
            id: id, name: "rule-\(id)",
            packets: PerDirection(
                inbound: from == .outbound ? nil : choice, outbound: from == .inbound ? nil : choice),
            byteCounts: sizes, byteCountsNot: notSizes, phases: phases, signature: bytes, limit: limit,
            action: action, score: score, isShadow: isShadow)
    }
}

extension Limit {
    /// So many a second.
    static func perSecond(
        _ amount: UInt64, burst: UInt64, _ scope: Scope = .connection, count: Count = .packets,
        perPacket: Bool = false
    ) -> Limit {
        Limit(
            count: count, scope: scope, perPacket: perPacket, amount: amount, periodNS: second, burst: burst)
    }
}

func makePolicy(
    _ rules: [RuleDefinition], violations: [Violation: ViolationResponse] = [:], packets: Int = 8,
    isShadow: Bool = false
) -> Policy {
    Policy(rules, violations: violations, packetCounts: PerDirection(both: packets), isShadow: isShadow)
}

func makeKeys(
    _ address: UInt32? = 0x0A00_0001, listener: UInt16 = 0, isExempt: Bool = false
) -> BucketKeys {
    BucketKeys(
        address: address.map { IPNetwork(holding: IPAddress(ipv4: $0), prefixLength: 128) },
        network: address.map { IPNetwork(holding: IPAddress(ipv4: $0), prefixLength: 120) },
        listener: listener, isExempt: isExempt)
}

/// One connection under one policy.
struct Line: ~Copyable {
    var policy: Policy
    var buckets: BucketSet
    var findings: [Finding] = []
    private let keys: BucketKeys

    init(
        _ policy: Policy, keys: BucketKeys = makeKeys(), shared: SharedBuckets = SharedBuckets(capacity: 64),
        at nowNS: UInt64 = 0
    ) {
        self.policy = policy
        self.keys = keys
        buckets = BucketSet(policy: policy, keys: keys, shared: shared, nowNS: nowNS)
    }

    init(_ rules: [RuleDefinition]) { self.init(makePolicy(rules)) }

    mutating func send(
        _ packet: UInt16 = 1, size: Int = 10, phase: UInt8 = 0, from direction: Direction = .inbound,
        bytes: [UInt8] = [], at nowNS: UInt64 = 0
    ) -> Judgement {
        let facts = PacketFacts(direction: direction, packet: packet, phase: phase, byteCount: size, opcode: 7)
        return policy.judge(facts, bytes: bytes.span.bytes, buckets: &buckets, nowNS: nowNS, findings: &findings)
    }

    mutating func note(_ packet: UInt16, _ direction: Direction = .inbound, at nowNS: UInt64) {
        policy.note(packet, direction, buckets: &buckets, nowNS: nowNS)
    }

    mutating func open(at nowNS: UInt64 = 0) -> Judgement {
        policy.judgeOpening(buckets: &buckets, nowNS: nowNS, findings: &findings)
    }

    /// How many of `count` packets in a row are forwarded.
    mutating func forwarded(_ count: Int, packet: UInt16 = 1, size: Int = 10, at nowNS: UInt64 = 0) -> Int {
        var forwarded = 0
        for _ in 0..<count where send(packet, size: size, at: nowNS) == .forward { forwarded += 1 }
        return forwarded
    }

    mutating func reload(_ policy: Policy, at nowNS: UInt64 = 0) {
        buckets.carry(from: self.policy, to: policy, keys: keys, nowNS: nowNS)
        self.policy = policy
    }

    mutating func fired() -> [RuleIndex] {
        let fired = findings.map(\.rule)
        findings = []
        return fired
    }
}
