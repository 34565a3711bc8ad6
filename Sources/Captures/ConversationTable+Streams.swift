import WireBytes

/// What a segment means for the two streams of its connection.
extension ConversationTable {
    /// Bytes of all connections that may wait for missing ones, with what keeping them takes.
    static let waitingCostMax = 64 << 20
    /// A capture can hold what the receiver acknowledged a little later than that acknowledgement; after so long it
    /// never will.
    static let gapNS: UInt64 = 1_000_000_000
    /// After so long nobody sends again what was lost on the way.
    static let waitNS: UInt64 = 120_000_000_000

    mutating func receive(_ segment: Segment, in frame: RawSpan, _ index: Int, _ events: inout [CaptureEvent]) {
        let direction: Direction = segment.source == conversations[index].client ? .inbound : .outbound
        let costBefore = conversations[index].waitingCost
        // First, because what is answered here comes before the answer.
        if segment.acknowledges, !conversations[index].isLost[direction.opposite] {
            conversations[index].streams[direction.opposite].acknowledge(segment.acknowledged)
        }
        if conversations[index].isLost[direction] {
            counts.skippedBytes += UInt64(segment.payload.count)
            if segment.finishes { conversations[index].hasFinished[direction] = true }
        } else {
            take(segment, frame.extracting(segment.payload), direction, index, &events)
        }
        settleGaps(index, direction, costBefore: costBefore, &events)
        waitingCost += conversations[index].waitingCost - costBefore
        if segment.resets {
            end(index, .reset(direction), &events)
        } else if conversations[index].hasFinished == PerDirection(both: true) {
            end(index, .finished, &events)
        }
    }

    private mutating func take(
        _ segment: Segment, _ payload: RawSpan, _ direction: Direction, _ index: Int, _ events: inout [CaptureEvent]
    ) {
        let wasAhead = conversations[index].streams[direction].isAcknowledgedAhead
        var ready: [UInt8] = []
        switch conversations[index].streams[direction].receive(payload, at: segment.payloadSequence, ready: &ready) {
        case .early: counts.early += 1
        case .repeated: counts.repeated += 1
        case .nothing, .inOrder, .overlapping: break
        }
        if segment.finishes { conversations[index].streams[direction].finish(at: segment.endSequence) }
        let waits = !wasAhead && conversations[index].streams[direction.opposite].isAcknowledgedAhead
        if !ready.isEmpty {
            if waits { conversations[index].heldByteCount += ready.count }
            emit(index, .bytes(direction, ready), waits: waits, &events)
        }
        if conversations[index].streams[direction].isFinished, !conversations[index].hasFinished[direction] {
            conversations[index].hasFinished[direction] = true
            emit(index, .finished(direction), waits: waits, &events)
        }
    }

    /// Decides which missing bytes will never come.
    private mutating func settleGaps(
        _ index: Int, _ direction: Direction, costBefore: Int, _ events: inout [CaptureEvent]
    ) {
        let isAhead = Direction.allCases.contains {
            !conversations[index].isLost[$0] && conversations[index].streams[$0].isAcknowledgedAhead
        }
        let waits = Direction.allCases.contains {
            !conversations[index].isLost[$0] && conversations[index].streams[$0].hasGap
        }
        conversations[index].gapSinceNS = isAhead ? conversations[index].gapSinceNS ?? nowNS : nil
        conversations[index].waitsSinceNS = waits ? conversations[index].waitsSinceNS ?? nowNS : nil
        guard waits else { return release(index, &events) }

        let isOld = conversations[index].gapSinceNS.map { nowNS - $0 >= Self.gapNS } ?? false
        let isVeryOld = conversations[index].waitsSinceNS.map { nowNS - $0 >= Self.waitNS } ?? false
        let cost = conversations[index].waitingCost
        let isTooMuch =
            conversations[index].streams[direction].isOverfull
            || conversations[index].heldByteCount > StreamAssembly.waitingByteCountMax
            || waitingCost + cost - costBefore > Self.waitingCostMax && cost > costBefore
        for lost in Direction.allCases where !conversations[index].isLost[lost] {
            let stream = conversations[index].streams[lost]
            guard stream.hasGap, isVeryOld || isTooMuch || isOld && stream.isAcknowledgedAhead else { continue }
            if isTooMuch { counts.abandonedStreams += 1 }
            lose(index, lost, &events)
        }
        if !isAhead || isOld || isVeryOld || isTooMuch { release(index, &events) }
    }

    /// Gives a direction up: bytes are missing in it for good.
    mutating func lose(_ index: Int, _ direction: Direction, _ events: inout [CaptureEvent]) {
        let missing = conversations[index].streams[direction].missingByteCount
        let before = conversations[index].streams[direction].waitingCost
        counts.lostStreams += 1
        counts.skippedBytes += UInt64(before)
        conversations[index].streams[direction].abandon()
        conversations[index].isLost[direction] = true
        if conversations[index].streams[direction].hasFinish { conversations[index].hasFinished[direction] = true }
        emit(index, .lost(direction, byteCount: missing), &events)
    }

    /// Lets out what waited for missing bytes of the other direction.
    mutating func release(_ index: Int, _ events: inout [CaptureEvent]) {
        guard !conversations[index].held.isEmpty else { return }
        for event in conversations[index].held {
            events.append(CaptureEvent(connection: event.connection, timeNS: nowNS, kind: event.kind))
        }
        conversations[index].held = []
        conversations[index].heldByteCount = 0
    }

    mutating func emit(
        _ index: Int, _ kind: CaptureEvent.Kind, waits: Bool = false, _ events: inout [CaptureEvent]
    ) {
        let event = CaptureEvent(connection: conversations[index].number, timeNS: nowNS, kind: kind)
        if waits {
            conversations[index].held.append(event)
        } else {
            events.append(event)
        }
    }
}
