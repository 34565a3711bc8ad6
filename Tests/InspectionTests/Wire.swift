import Inspection
import RuleEngine
import WireBytes

let second: UInt64 = 1_000_000_000

/// One session, the rules it runs by, its clock, and all that came of it.
final class Wire {
    /// What may be compared between two ways of sending the same bytes.
    struct Outcome: Equatable {
        var forwarded: PerDirection<[UInt8]>
        var findings: [Finding]
        var end: SessionEnd?
        var packets: PerDirection<UInt64>
        var dropped: PerDirection<UInt64>
    }

    private(set) var ruleset: Ruleset
    private var session: SessionRunner
    private var keys: BucketKeys
    var nowNS: UInt64
    private(set) var events: [SessionEvent] = []
    /// Bytes that came, as the session should have counted them.
    private(set) var sentCounts = PerDirection<Int>(both: 0)

    init(
        _ ruleset: Ruleset, address: String = "192.0.2.1", isExempt: Bool = false, shared: SharedBuckets? = nil,
        nowNS: UInt64 = second
    ) {
        keys = BucketKeys(
            address: IPNetwork(address), network: IPNetwork(address), listener: 0, isExempt: isExempt)
        let buckets = BucketSet(
            policy: ruleset.policy, keys: keys, shared: shared ?? SharedBuckets(capacity: 64), nowNS: nowNS)
        self.ruleset = ruleset
        self.nowNS = nowNS
        session = SessionRunner(
            ruleset: ruleset, buckets: buckets,
            limits: SessionLimits(packetNS: 10 * second, idleNS: 600 * second, delayNS: 5 * second), nowNS: nowNS,
            collects: true)
    }

    var limits: SessionLimits {
        get { session.limits }
        set { session.limits = newValue }
    }

    var forwarded: PerDirection<[UInt8]> { session.delivered }
    var unread: PerDirection<[UInt8]> { session.unread }
    var isWaiting: PerDirection<Bool> { session.isWaiting }
    var end: SessionEnd? { session.end }

    var findings: [Finding] {
        events.compactMap {
            if case .finding(let finding) = $0 { return finding }
            return nil
        }
    }

    var outcome: Outcome {
        Outcome(
            forwarded: forwarded, findings: findings, end: end, packets: session.packetCounts,
            dropped: session.droppedCounts)
    }

    /// Names of the rules that fired, in order.
    var fired: [String] { findings.map { ruleset.policy.rules[Int($0.rule)].name } }

    /// Whether a rule asked for a ban.
    var bans: Bool {
        findings.contains {
            if case .ban = $0.action { return !$0.isShadow }
            return false
        }
    }

    /// The rule that ended the session.
    var endingRule: String? { end?.rule.map { ruleset.policy.rules[Int($0)].name } }

    var account: String? { session.account?.text }
    var claimedAccount: String? { session.claimedAccount?.text }
    var hasLoggedIn: Bool { session.hasLoggedIn }
    func takeNews() -> SessionNews { session.takeNews() }
    var stage: Termination.Stage { session.stage(ruleset: ruleset) }
    var packetCounts: PerDirection<UInt64> { session.packetCounts }
    var droppedCounts: PerDirection<UInt64> { session.droppedCounts }
    var byteCounts: PerDirection<UInt64> { session.byteCounts }
    func isMidPacket(_ direction: Direction) -> Bool { session.isMidPacket(direction) }
    func detail(of violation: Violation) -> String? { session.detail(of: violation) }
    var phaseName: String { session.phaseName(ruleset: ruleset) }
    func captured(_ name: String) -> [UInt8]? { session.captured(name) }

    func text(_ direction: Direction) -> String { String(decoding: forwarded[direction], as: UTF8.self) }

    /// Bytes arrive.
    func send(_ bytes: [UInt8], _ direction: Direction = .inbound) {
        guard end == nil, !bytes.isEmpty else { return }
        sentCounts[direction] += bytes.count
        session.receive(bytes, direction, nowNS: nowNS, ruleset: ruleset, events: &events)
    }

    func send(_ text: String, _ direction: Direction = .inbound) { send(Array(text.utf8), direction) }

    /// The whole of some bytes, in these pieces.
    func send(pieces: [[UInt8]], _ direction: Direction = .inbound) {
        for piece in pieces { send(piece, direction) }
    }

    /// Time goes by; a held packet is released when it is due, and deadlines are looked at.
    func wait(_ durationNS: UInt64) {
        nowNS += durationNS
        session.pass(nowNS: nowNS, ruleset: ruleset, events: &events)
    }

    var deadlineNS: UInt64 { session.deadlineNS(ruleset: ruleset) }

    /// The same connection under other rules.
    func reload(_ next: Ruleset) -> Bool { following(next) == .follows }

    /// What becomes of the connection when its rules are replaced.
    func following(_ next: Ruleset, isExempt: Bool = false) -> Session.Following {
        keys.isExempt = isExempt
        let following = session.follow(from: ruleset, to: next, keys: keys, nowNS: nowNS)
        if following == .follows { ruleset = next }
        return following
    }
}

extension String {
    var utf8Bytes: [UInt8] { Array(utf8) }
}
