import GameProtocol
import RuleEngine
import WireBytes

/// What the session says of unread bytes, and doing it.
extension SessionRunner {
    mutating func settle(
        _ direction: Direction, nowNS: UInt64, ruleset: Ruleset, events: inout [SessionEvent]
    ) {
        guard
            heldUntilNS[direction] == nil && unread[direction].count >= neededByteCounts[direction] || pending != nil
        else { return }
        isWaiting[direction] = false
        neededByteCounts[direction] = 1
        var wire = unread[direction]
        unread[direction] = []
        var settled = 0
        // After a pause, what went on before it may be what the other side waits for.
        var mayWake = pending != nil
        // Once more where the bytes behind those that are settled must be made clear in another way.
        while end == nil, settled < wire.count {
            let before = settled
            settled += judge(&wire, from: settled, direction, nowNS: nowNS, ruleset: ruleset, events: &events)
            if settled > before { mayWake = true }
            guard settled > before, !isPaused, !isWaiting[direction], heldUntilNS[direction] == nil,
                neededByteCounts[direction] <= wire.count - settled
            else { break }
        }
        wire.removeFirst(settled)
        unread[direction] = wire
        if mayWake, end == nil, !isPaused, isWaiting[direction.opposite] {
            settle(direction.opposite, nowNS: nowNS, ruleset: ruleset, events: &events)
        }
    }

    /// Judges packets until the bytes are settled, more is needed, or their cipher changes.
    ///
    /// - Returns: how many bytes were settled.
    private mutating func judge(
        _ wire: inout [UInt8], from start: Int, _ direction: Direction, nowNS: UInt64, ruleset: Ruleset,
        events: inout [SessionEvent]
    ) -> Int {
        let paused = pending
        pending = nil
        let cipher = paused?.cipher ?? (paused == nil && session.hasCiphers ? session.cipher(direction) : nil)
        let epoch = session.cipherEpoch
        let clear = paused?.clear ?? cipher.map { opened(Array(wire[start...]), by: $0) } ?? Array(wire[start...])
        var settled = 0
        judging: while end == nil, settled < clear.count, session.cipherEpoch == epoch {
            // Safe: any bits are a byte, and the array lives as long as the span.
            let rest = unsafe clear.span.bytes.extracting(droppingFirst: settled)
            let action: Action
            if let paused {
                // The session is past it; what follows is made clear anew.
                guard settled == 0 else { break judging }
                action = paused.action
            } else {
                action = session.receive(
                    rest, direction, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
                if report(to: &events) || session.hasNews, pausesAtFindings {
                    let waiting = settled == 0 ? clear : Array(clear[settled...])
                    pending = Pending(direction: direction, action: action, cipher: cipher, clear: waiting)
                    break judging
                }
            }
            Self.check(action, rest.byteCount)
            switch action {
            case .forward(let byteCount):
                let range = start + settled..<start + settled + byteCount
                if let cipher { forward(clear[settled..<settled + byteCount], by: cipher, over: &wire, range) }
                if collects { delivered[direction] += wire[range] }
                settled += byteCount
                events.append(.forwarded(direction, byteCount: byteCount))
            case .discard(let byteCount):
                cipher?.diverge()
                settled += byteCount
                events.append(.discarded(direction, byteCount: byteCount))
            case .replace(let byteCount):
                var packet = session.takeReplacement(direction) ?? []
                events.append(.replaced(direction, byteCount: byteCount, by: packet.count))
                cipher?.seal(&packet)
                if collects { delivered[direction] += packet }
                settled += byteCount
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
        if let cipher { unsafe clear.withUnsafeBytes { bytes in unsafe cipher.settle(settled, of: bytes) } }
        return settled
    }

    /// What an action may say of so many unread bytes.
    private static func check(_ action: Action, _ unreadCount: Int) {
        switch action {
        case .forward(let byteCount), .discard(let byteCount), .replace(let byteCount):
            precondition(byteCount > 0 && byteCount <= unreadCount, "\(byteCount) of \(unreadCount) bytes are settled")
        case .needs(let byteCount):
            precondition(byteCount > unreadCount, "\(byteCount) bytes are needed, and \(unreadCount) are there")
        case .waits, .hold, .end: break
        }
    }

    /// A copy of the clear text of unread bytes.
    private func opened(_ wire: [UInt8], by cipher: CipherLane) -> [UInt8] {
        // No room of ours: the lane keeps the text.
        unsafe wire.withUnsafeBytes { bytes in
            unsafe Array(cipher.open(bytes, room: UnsafeMutableRawBufferPointer(start: nil, count: 0)))
        }
    }

    private func forward(
        _ clear: ArraySlice<UInt8>, by cipher: CipherLane, over wire: inout [UInt8], _ range: Range<Int>
    ) {
        unsafe clear.withUnsafeBytes { clear in
            unsafe wire.withUnsafeMutableBytes { wire in
                unsafe cipher.forward(clear, UnsafeMutableRawBufferPointer(rebasing: wire[range]))
            }
        }
    }

    mutating func finish(_ how: SessionEnd, _ events: inout [SessionEvent]) {
        end = how
        events.append(.ended(how))
    }

    /// - Returns: whether there was anything.
    @discardableResult
    mutating func report(to events: inout [SessionEvent]) -> Bool {
        guard !findings.isEmpty else { return false }
        for finding in findings { events.append(.finding(finding)) }
        findings.removeAll(keepingCapacity: true)
        return true
    }
}
