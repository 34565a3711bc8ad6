import GameProtocol
public import RuleEngine
public import WireBytes

/// Both streams of one player, and everything that is judged about them.
///
/// Sans-IO: bytes and time come in as arguments, an `Action` comes out, and what the rules found is appended to a list.
/// The same value runs under epoll and under the simulator.
///
/// How to use it: call `receive` with all unread bytes of a direction, do what the action says, and call again with
/// the rest until it answers `needs`, `waits`, `hold` or `end`. After every event ask `takeNewDeadlines`, and where it
/// says so `deadlineNS`; when that time has come call `deadlineReached`.
///
/// Shape: plain values and the connection's own buckets; no memory beyond that but a `RareState`, where there is one.
public struct Session: ~Copyable {
    var streams = PerDirection(both: Stream())
    var buckets: BucketSet
    var phaseEnteredNS: UInt64
    var lastActivityNS: UInt64
    /// Bytes that were passed on or dropped, per direction; what still waits or ends the connection is not among them.
    public internal(set) var byteCounts = PerDirection<UInt64>(both: 0)
    /// Packets that were passed on, per direction.
    public internal(set) var packetCounts = PerDirection<UInt64>(both: 0)
    /// Packets that were dropped, per direction.
    public internal(set) var droppedCounts = PerDirection<UInt64>(both: 0)
    /// Empty, or the one there is: see `rare`.
    var rareStates: [RareState] = []
    /// The step of the phase's preamble that comes next.
    var preambleStep: UInt32 = 0
    private(set) var phaseNumber: UInt8 = 0
    /// Set when a shadowed or logging rule let the phase's deadline pass.
    var isPhaseDeadlineWaived = false
    /// Whether the client has sent anything whole in this phase.
    var hasClientSpoken = false
    /// Whether a deadline may have come forward since the relay asked last.
    var hasNewDeadlines = true
    /// In which direction the next packet may take the straight way; `findStraightWays` says when.
    var hasStraightWay = PerDirection(both: false)
    /// What was learned of who plays since `takeNews` was asked last.
    @usableFromInline var news: SessionNews = []
    /// Whether a login has succeeded on this connection.
    public internal(set) var hasLoggedIn = false
    /// Whether a direction is enciphered now: then `cipher` says how, and `receive` is given clear text.
    public internal(set) var hasCiphers = false
    /// Changes whenever a direction begins or ends to be enciphered: what stands behind the bytes that were settled
    /// last must be made clear anew.
    public internal(set) var cipherEpoch: UInt8 = 0

    /// The phase the connection is in: it says what is accepted and until when it may last.
    var phase: Int {
        get { Int(phaseNumber) }
        set { phaseNumber = UInt8(newValue) }
    }

    /// What exactly was wrong when a violation was told last; `nil` where its name says all.
    public func detail(of violation: Violation) -> String? {
        // As in `cipher`: nothing else is copied.
        rareStates.isEmpty ? nil : rareStates[0].violationDetails[violation]
    }

    /// A session whose connection was just let in.
    ///
    /// - Parameters:
    ///   - ruleset: what guards it; the same one, or one it has followed to, must be passed to every later call.
    ///   - buckets: the connection's limits.
    ///   - nowNS: monotonic nanoseconds.
    public init(ruleset: Ruleset, buckets: consuming BucketSet, nowNS: UInt64) {
        self.buckets = buckets
        phaseEnteredNS = nowNS
        lastActivityNS = nowNS
        followPhase(ruleset: ruleset)
        findStraightWays(ruleset: ruleset)
    }

    /// Judges the connection itself: limits on new and on open connections.
    public mutating func open(ruleset: Ruleset, nowNS: UInt64, findings: inout [Finding]) -> Judgement {
        ruleset.policy.judgeOpening(buckets: &buckets, nowNS: nowNS, findings: &findings)
    }

    /// Takes the unread bytes of one direction, and says what to do with the first of them.
    ///
    /// - Parameters:
    ///   - bytes: all unread bytes, oldest first; at least one.
    ///   - direction: which way they travel.
    ///   - nowNS: monotonic nanoseconds, never smaller than in the call before.
    ///   - ruleset: what guards the connection.
    ///   - limits: how long a packet may be held.
    ///   - findings: the rules that fired are appended.
    public mutating func receive(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits,
        findings: inout [Finding]
    ) -> Action {
        precondition(bytes.byteCount > 0, "there is nothing to judge")
        lastActivityNS = nowNS
        if hasStraightWay[direction],
            let action = receiveStraight(
                bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        {
            return action
        }
        hasNewDeadlines = true
        let action = receiveInState(
            bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        followPhase(ruleset: ruleset)
        findStraightWays(ruleset: ruleset)
        return action
    }

    /// The way of all bytes but whole, ordinary packets.
    @inline(never)
    private mutating func receiveInState(
        _ bytes: RawSpan, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, limits: borrowing SessionLimits,
        findings: inout [Finding]
    ) -> Action {
        switch streams[direction].state {
        case .boundary:
            let stream = streams[direction]
            let phase = ruleset.phases[stream.phase]
            if stream.phase == self.phase, preambleStep < phase.preambleCount, !stream.isUncut {
                guard !streams[direction.opposite].isUncut else {
                    // The other side's steps are not told apart any more, so nobody would ever end the preamble.
                    stopCutting()
                    return receiveUncut(
                        bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
                }
                return receivePreamble(bytes, direction, nowNS: nowNS, ruleset: ruleset, findings: &findings)
            }
            guard phase.isFramed[direction], !stream.isUncut else {
                return receiveUncut(
                    bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            }
            return receivePacket(bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        case .inspecting(let cut):
            return inspect(
                cut, bytes, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
        case .held(let judged):
            let hold = rare.holds[direction]
            guard nowNS >= hold.untilNS else { return .hold(untilNS: hold.untilNS) }
            releaseClocks(direction, heldSinceNS: hold.sinceNS, nowNS: nowNS)
            guard isCut(direction, ruleset: ruleset) else {
                return pass(
                    remaining: judged.byteCount, packet: 0, available: bytes.byteCount, direction, nowNS: nowNS,
                    ruleset: ruleset)
            }
            return forward(judged, bytes, direction, nowNS: nowNS, ruleset: ruleset)
        case .passing(let remaining, let packet):
            return pass(
                remaining: remaining, packet: packet, available: bytes.byteCount, direction, nowNS: nowNS,
                ruleset: ruleset)
        case .swallowing(let remaining):
            return swallow(remaining: remaining, available: bytes.byteCount, direction)
        }
    }

    /// Whether the bytes of a direction are packets now.
    func isCut(_ direction: Direction, ruleset: Ruleset) -> Bool {
        !streams[direction].isUncut && ruleset.phases[streams[direction].phase].isFramed[direction]
    }

    /// Whether a packet of this direction was forwarded in part and has not ended.
    public func isMidPacket(_ direction: Direction) -> Bool {
        if case .passing = streams[direction].state { return true }
        return false
    }

    /// Whether a packet of this direction is being dropped and has not ended.
    public func isDropping(_ direction: Direction) -> Bool {
        if case .swallowing = streams[direction].state { return true }
        return false
    }

    /// The index of the phase that cuts the next packet of a direction.
    func phaseOfNextPacket(_ direction: Direction) -> Int { streams[direction].phaseOfNextPacket }

    /// Where in its life the connection is, for the termination code.
    public func stage(ruleset: Ruleset) -> Termination.Stage {
        let isLast = ruleset.descriptor.isLast(phase) && preambleStep >= ruleset.phases[phase].preambleCount
        return isLast ? .established : .handshake
    }

    /// The bytes a preamble captured under a name; `nil` until they have come.
    public func captured(_ name: String) -> [UInt8]? {
        rareStates.first?.captures.first { $0.name == name }?.bytes
    }
}

/// Bounds that the listener sets on its sessions.
public struct SessionLimits: Sendable, BitwiseCopyable {
    /// From a packet's first byte to its last.
    public var packetNS: UInt64
    /// Without a byte either way.
    public var idleNS: UInt64
    /// The longest a `delay` may hold a packet.
    public var delayNS: UInt64

    /// Puts the parts together.
    public init(packetNS: UInt64, idleNS: UInt64, delayNS: UInt64) {
        self.packetNS = packetNS
        self.idleNS = idleNS
        self.delayNS = delayNS
    }
}
