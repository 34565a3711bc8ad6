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
    /// Whether a finding stops it until `proceed`.
    ///
    /// For who keeps scores: a ban that a packet brings about holds for that packet, too, and ends the session before
    /// anything is done with it.
    public var pausesAtFindings = false
    /// Whether it waits for `proceed` or `stop`.
    public var isPaused: Bool { pending != nil }
    /// How the session ended; `nil` while it goes on.
    public private(set) var end: SessionEnd?
    /// What each side received from the other, where it is kept.
    public private(set) var delivered = PerDirection<[UInt8]>(both: [])

    private var session: Session
    private let collects: Bool
    private var unread = PerDirection<[UInt8]>(both: [])
    /// How many bytes must be unread before the session is asked again; 0 asks at once.
    private var neededByteCounts = PerDirection<Int>(both: 1)
    /// Which directions wait for the other side.
    private var isWaiting = PerDirection(both: false)
    private var heldUntilNS = PerDirection<UInt64?>(both: nil)
    private var findings: [Finding] = []
    /// What is to be done after a pause.
    private var pending: (direction: Direction, action: Action)?

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
            pending = (.inbound, .end(ended))
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

    /// Packets that were passed on, per direction.
    public var packetCounts: PerDirection<UInt64> { session.packetCounts }
    /// Packets that were dropped, per direction.
    public var droppedCounts: PerDirection<UInt64> { session.droppedCounts }
    /// Bytes that were passed on or dropped, per direction.
    public var byteCounts: PerDirection<UInt64> { session.byteCounts }
    /// Where in its life the connection is.
    public func stage(ruleset: Ruleset) -> Termination.Stage { session.stage(ruleset: ruleset) }
    /// Bytes that came and are not judged yet.
    public func unreadByteCount(_ direction: Direction) -> Int { unread[direction].count }
    /// Whether a packet of this direction was forwarded in part and has not ended.
    public func isMidPacket(_ direction: Direction) -> Bool { session.isMidPacket(direction) }
    /// The name of the phase the connection is in.
    public func phaseName(ruleset: Ruleset) -> String { ruleset.descriptor.phases[session.phase].name }
    /// Why the last bytes that could not be cut could not be.
    public var framingViolation: String? { session.framingViolation?.description }

    private mutating func settle(
        _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, events: inout [SessionEvent]
    ) {
        guard
            heldUntilNS[direction] == nil && unread[direction].count >= neededByteCounts[direction] || pending != nil
        else { return }
        isWaiting[direction] = false
        neededByteCounts[direction] = 1
        let bytes = unread[direction]
        var settled = 0
        // After a pause, what went on before it may be what the other side waits for.
        var mayWake = pending != nil
        judging: while end == nil, settled < bytes.count {
            // Safe: any bits are a byte, and the array lives as long as the span.
            let rest = unsafe bytes.span.bytes.extracting(droppingFirst: settled)
            let action: Action
            if let pending {
                action = pending.action
                self.pending = nil
            } else {
                action = session.receive(
                    rest, direction, nowNS: nowNS, ruleset: ruleset,
                    limits: limits, findings: &findings)
                if report(to: &events), pausesAtFindings {
                    pending = (direction, action)
                    break judging
                }
            }
            switch action {
            case .forward(let byteCount):
                if collects { delivered[direction] += bytes[settled..<settled + byteCount] }
                settled += byteCount
                mayWake = true
                events.append(.forwarded(direction, byteCount: byteCount))
            case .discard(let byteCount):
                settled += byteCount
                events.append(.discarded(direction, byteCount: byteCount))
            case .needs(let byteCount):
                neededByteCounts[direction] = byteCount
                break judging
            case .waits:
                isWaiting[direction] = true
                break judging
            case .hold(let untilNS):
                heldUntilNS[direction] = untilNS
                events.append(.held(direction, untilNS: untilNS))
                break judging
            case .end(let how): finish(how, &events)
            }
        }
        unread[direction].removeFirst(settled)
        if mayWake, end == nil, !isPaused, isWaiting[direction.opposite] {
            settle(direction.opposite, nowNS: nowNS, ruleset: ruleset, events: &events)
        }
    }

    private mutating func finish(_ how: SessionEnd, _ events: inout [SessionEvent]) {
        end = how
        events.append(.ended(how))
    }

    /// - Returns: whether there was anything.
    @discardableResult
    private mutating func report(to events: inout [SessionEvent]) -> Bool {
        guard !findings.isEmpty else { return false }
        for finding in findings { events.append(.finding(finding)) }
        findings.removeAll(keepingCapacity: true)
        return true
    }
}
