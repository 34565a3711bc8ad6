import GameProtocol
public import RuleEngine
public import WireBytes

/// What a session did with the bytes it was given, in order.
public enum SessionEvent: Equatable, Sendable, BitwiseCopyable {
    /// A rule or violation fired.
    case finding(Finding)
    /// So many bytes went on to the other side.
    case forwarded(Direction, byteCount: Int)
    /// So many bytes went nowhere.
    case discarded(Direction, byteCount: Int)
    /// So many bytes went nowhere, and others in their place, before they were enciphered.
    case replaced(Direction, byteCount: Int, by: Int)
    /// A packet, and all behind it, waits until this monotonic time in nanoseconds.
    case held(Direction, untilNS: UInt64)
    /// The connection is over.
    case ended(SessionEnd)
}

/// One session without sockets: keeps what is unread, passes on what may pass, and says what happened.
///
/// What the worker does around a session, for whoever has bytes and times but no connection: recorded traffic, tests of
/// rules, tests of sessions.
public struct SessionRunner: ~Copyable {
    /// Bounds of the session.
    public var limits: SessionLimits
    /// Whether a finding, and what was learned of who plays, stops it until `proceed`.
    ///
    /// For who keeps scores: a ban that a packet brings about, or whose account it tells, holds for that packet, too,
    /// and ends the session before anything is done with it. What was learned must be taken before it goes on.
    public var pausesAtFindings = false
    /// Whether it waits for `proceed` or `stop`.
    public var isPaused: Bool { pending != nil }
    /// How the session ended; `nil` while it goes on.
    public internal(set) var end: SessionEnd?
    /// What each side received from the other, where it is kept.
    public internal(set) var delivered = PerDirection<[UInt8]>(both: [])

    var session: Session
    let collects: Bool
    /// Bytes that came and are not judged yet, as they came.
    public internal(set) var unread = PerDirection<[UInt8]>(both: [])
    /// How many bytes must be unread before the session is asked again; 0 asks at once.
    var neededByteCounts = PerDirection<Int>(both: 1)
    /// Which directions wait for the other side in a preamble.
    public internal(set) var isWaiting = PerDirection(both: false)
    var heldUntilNS = PerDirection<UInt64?>(both: nil)
    var findings: [Finding] = []
    /// What is to be done after a pause.
    var pending: Pending?

    struct Pending {
        let direction: Direction
        let action: Action
        /// Of the bytes that it is about, which the session is past.
        let cipher: CipherLane?
        let clear: [UInt8]
    }

    /// A session that begins now.
    ///
    /// - Parameters:
    ///   - buckets: the connection's limits.
    ///   - collects: whether `delivered` keeps what goes on; without, a long recording takes no memory.
    public init(
        ruleset: Ruleset, buckets: consuming BucketSet, limits: SessionLimits, nowNS: UInt64, collects: Bool
    ) {
        session = Session(ruleset: ruleset, buckets: buckets, nowNS: nowNS)
        self.limits = limits
        self.collects = collects
    }

    /// Judges the connection itself, as when it opens.
    public mutating func open(ruleset: Ruleset, nowNS: UInt64, events: inout [SessionEvent]) -> Judgement {
        let judgement = session.open(ruleset: ruleset, nowNS: nowNS, findings: &findings)
        report(to: &events)
        return judgement
    }

    /// Bytes arrive from one side.
    ///
    /// - Parameters:
    ///   - nowNS: monotonic nanoseconds, never smaller than in the call before.
    ///   - ruleset: what guards the connection.
    ///   - events: what happened is appended.
    public mutating func receive(
        _ bytes: [UInt8], _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, events: inout [SessionEvent]
    ) {
        guard end == nil, !bytes.isEmpty else { return }
        unread[direction] += bytes
        settle(direction, nowNS: nowNS, ruleset: ruleset, events: &events)
    }

    /// When `pass` must be called next, in monotonic nanoseconds.
    public func deadlineNS(ruleset: Ruleset) -> UInt64 {
        session.deadlineNS(ruleset: ruleset, limits: limits, isPaused: PerDirection(both: false))
    }

    /// Time went by: releases what was held until now, and looks at the deadlines.
    public mutating func pass(nowNS: UInt64, ruleset: Ruleset, events: inout [SessionEvent]) {
        for direction in Direction.allCases {
            guard end == nil, let untilNS = heldUntilNS[direction], untilNS <= nowNS else { continue }
            heldUntilNS[direction] = nil
            settle(direction, nowNS: nowNS, ruleset: ruleset, events: &events)
        }
        guard end == nil, deadlineNS(ruleset: ruleset) <= nowNS else { return }
        let ended = session.deadlineReached(
            nowNS: nowNS, ruleset: ruleset, limits: limits, isPaused: PerDirection(both: false), findings: &findings)
        let hasFindings = report(to: &events)
        guard let ended else { return }
        if hasFindings, pausesAtFindings {
            pending = Pending(direction: .inbound, action: .end(ended), cipher: nil, clear: [])
        } else {
            finish(ended, &events)
        }
    }

    /// Goes on after a pause.
    public mutating func proceed(nowNS: UInt64, ruleset: Ruleset, events: inout [SessionEvent]) {
        guard end == nil, let pending else { return }
        if case .end(let how) = pending.action {
            self.pending = nil
            return finish(how, &events)
        }
        settle(pending.direction, nowNS: nowNS, ruleset: ruleset, events: &events)
    }

    /// Ends it from outside: its address was banned, say.
    public mutating func stop(_ how: SessionEnd) {
        pending = nil
        end = how
    }

    /// Whether a packet of this direction, and all behind it, is held.
    public func isHeld(_ direction: Direction) -> Bool { heldUntilNS[direction] != nil }
    /// Packets that were passed on, per direction.
    public var packetCounts: PerDirection<UInt64> { session.packetCounts }
    /// Packets that were dropped, per direction.
    public var droppedCounts: PerDirection<UInt64> { session.droppedCounts }
    /// Bytes that were passed on or dropped, per direction.
    public var byteCounts: PerDirection<UInt64> { session.byteCounts }
    /// Whether a packet of this direction was forwarded in part and has not ended.
    public func isMidPacket(_ direction: Direction) -> Bool { session.isMidPacket(direction) }
    /// The index of the phase that cuts the next packet of a direction.
    public func phase(_ direction: Direction) -> Int { session.phaseOfNextPacket(direction) }
    /// The name of the phase the connection is in.
    public func phaseName(ruleset: Ruleset) -> String { ruleset.descriptor.phases[session.phase].name }
    /// What exactly was wrong when a violation was told last; `nil` where its name says all.
    public func detail(of violation: Violation) -> String? { session.detail(of: violation) }
    /// The bytes a preamble captured under a name; `nil` until they have come.
    public func captured(_ name: String) -> [UInt8]? { session.captured(name) }
    /// The account of the player; `nil` while it is not known.
    public var account: AccountName? { session.account }
    /// The name that the client gave last and that no login has confirmed yet.
    public var claimedAccount: AccountName? { session.claimedAccount }
    /// Whether a login has succeeded.
    public var hasLoggedIn: Bool { session.hasLoggedIn }
    /// What was learned of who plays since this was asked last.
    public mutating func takeNews() -> SessionNews { session.takeNews() }
    /// Where in its life the session is, for the termination code.
    public func stage(ruleset: Ruleset) -> Termination.Stage { session.stage(ruleset: ruleset) }

    /// Goes on under another ruleset, as after a reload; the same must be passed from then on where it follows.
    public mutating func follow(
        from old: Ruleset, to new: Ruleset, keys: BucketKeys, nowNS: UInt64
    ) -> Session.Following {
        session.follow(from: old, to: new, keys: keys, nowNS: nowNS)
    }
}
