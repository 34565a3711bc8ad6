import WireBytes

/// Turns segments into what happened to the connections they belong to.
struct ConversationTable {
    /// Connections that are kept track of at once, unless a test asks for fewer.
    static let usualConversationCountMax = 131_072

    /// The ports that servers listen on; empty takes every connection.
    let serverPorts: Set<UInt16>
    private let conversationCountMax: Int
    var counts = CaptureCounts()
    var conversations: [Conversation] = []
    /// What waits in all of them together.
    var waitingCost = 0
    var nowNS: UInt64 = 0
    private var indices: [EndpointPair: Int] = [:]
    private var handshakes = HandshakeTable()
    private var endedCount = 0
    private var lastNumber: UInt64 = 0

    init(serverPorts: Set<UInt16>, conversationCountMax: Int = usualConversationCountMax) {
        self.serverPorts = serverPorts
        self.conversationCountMax = conversationCountMax
    }

    /// Takes the next frame of the capture.
    mutating func receive(_ frame: RawSpan, link: LinkLayer, timeNS: UInt64, events: inout [CaptureEvent]) {
        counts.frames += 1
        counts.bytes += UInt64(frame.byteCount)
        nowNS = max(nowNS, timeNS)
        switch FrameContent(frame, link: link) {
        case .segment(let segment, let isSnapped):
            if isSnapped { counts.snapped += 1 }
            receive(segment, in: frame, &events)
        case .other: counts.otherFrames += 1
        case .fragment: counts.fragments += 1
        case .malformed: counts.malformed += 1
        }
    }

    private mutating func receive(_ segment: Segment, in frame: RawSpan, _ events: inout [CaptureEvent]) {
        guard serverPorts.isEmpty || isServer(segment.source) || isServer(segment.target) else {
            countOther(segment)
            return
        }
        let pair = EndpointPair(segment.source, segment.target)
        if let index = indices[pair] {
            guard isNewAttempt(segment, conversations[index]) else {
                guard !conversations[index].hasEnded else { return }
                return receive(segment, in: frame, index, &events)
            }
            end(index, .replaced, &events)
            indices[pair] = nil
        }
        guard let index = open(segment, pair, &events) else { return }
        receive(segment, in: frame, index, &events)
    }

    /// The capture is over.
    mutating func finish(events: inout [CaptureEvent]) {
        for index in conversations.indices where !conversations[index].hasEnded {
            end(index, .captureEnded, &events)
        }
        counts.unansweredHandshakes += UInt64(handshakes.count) + handshakes.pushedOutCount
        handshakes = HandshakeTable()
    }

    private mutating func countOther(_ segment: Segment) {
        counts.otherPorts += 1
        counts.segmentsByOtherPort[min(segment.source.port, segment.target.port), default: 0] += 1
    }

    private func isServer(_ endpoint: Endpoint) -> Bool { serverPorts.contains(endpoint.port) }

    /// A SYN that is not the one that the connection began with.
    private func isNewAttempt(_ segment: Segment, _ conversation: Conversation) -> Bool {
        guard segment.synchronizes, !segment.acknowledges else { return false }
        return segment.source != conversation.client || segment.sequence != conversation.clientSequence
    }

    /// Opens a connection with its first segment behind the handshake.
    ///
    /// - Returns: its place; `nil` while it is not open, and when nobody asked for it.
    private mutating func open(_ segment: Segment, _ pair: EndpointPair, _ events: inout [CaptureEvent]) -> Int? {
        if segment.resets {
            if handshakes.remove(pair) != nil { counts.unansweredHandshakes += 1 }
            return nil
        }
        if segment.synchronizes {
            guard note(segment, pair), segment.wireByteCount > 0 else { return nil }
        }
        if let handshake = handshakes[pair] {
            // Only what comes from the client completes it, or bytes that the server could not send before.
            guard segment.source == handshake.client || segment.wireByteCount > 0 else { return nil }
        } else {
            // Of a connection without a beginning only bytes are of use; a last acknowledgement is no new one.
            guard segment.wireByteCount > 0 else { return nil }
        }
        guard makeRoom() else {
            counts.untracked += 1
            return nil
        }
        let handshake = handshakes.remove(pair)
        let client = handshake?.client ?? (isFromClient(segment) ? segment.source : segment.target)
        let server = client == segment.source ? segment.target : segment.source
        guard serverPorts.isEmpty || isServer(server) else {
            countOther(segment)
            return nil
        }
        lastNumber += 1
        var conversation = Conversation(
            number: lastNumber, client: client, server: server, clientSequence: handshake?.clientSequence)
        if let sequence = handshake?.clientSequence {
            conversation.streams.inbound.begin(at: sequence &+ 1)
            let isFirst = segment.source == client && segment.sequence == sequence &+ 1 && segment.acknowledges
            if handshake?.serverSequence == nil, isFirst {
                conversation.streams.outbound.begin(at: segment.acknowledged)
            }
        }
        if let sequence = handshake?.serverSequence { conversation.streams.outbound.begin(at: sequence &+ 1) }
        conversations.append(conversation)
        indices[pair] = conversations.count - 1
        let ends = CapturedConnection(client: client, server: server, isMidStream: handshake == nil)
        events.append(CaptureEvent(connection: lastNumber, timeNS: nowNS, kind: .opened(ends)))
        return conversations.count - 1
    }

    /// Keeps what a SYN says.
    ///
    /// - Returns: whether it is one of a connection that was asked for.
    private mutating func note(_ segment: Segment, _ pair: EndpointPair) -> Bool {
        let (client, server) =
            segment.acknowledges ? (segment.target, segment.source) : (segment.source, segment.target)
        guard serverPorts.isEmpty || isServer(server) else {
            countOther(segment)
            return false
        }
        var handshake = handshakes[pair] ?? Handshake(client: client)
        if handshake.client != client { handshake = Handshake(client: client) }
        if segment.acknowledges {
            handshake.serverSequence = segment.sequence
            handshake.clientSequence = segment.acknowledged &- 1
        } else {
            if handshake.clientSequence != segment.sequence { handshake.serverSequence = nil }
            handshake.clientSequence = segment.sequence
        }
        handshakes.set(pair, handshake)
        return true
    }

    /// Without a handshake the port tells: the one that was asked for, else the lower.
    private func isFromClient(_ segment: Segment) -> Bool {
        if isServer(segment.source) != isServer(segment.target) { return isServer(segment.target) }
        return segment.source.port >= segment.target.port
    }

    /// Forgets connections that have ended, once they are many.
    private mutating func makeRoom() -> Bool {
        guard conversations.count >= conversationCountMax else { return true }
        guard endedCount * 4 >= conversations.count else { return false }
        conversations.removeAll { $0.hasEnded }
        endedCount = 0
        indices.removeAll(keepingCapacity: true)
        for (index, conversation) in conversations.enumerated() {
            indices[EndpointPair(conversation.client, conversation.server)] = index
        }
        return true
    }

    /// Nothing follows on a connection.
    mutating func end(_ index: Int, _ how: CaptureEnd, _ events: inout [CaptureEvent]) {
        guard !conversations[index].hasEnded else { return }
        waitingCost -= conversations[index].waitingCost
        for direction in Direction.allCases
        where conversations[index].streams[direction].hasGap && !conversations[index].isLost[direction] {
            lose(index, direction, &events)
        }
        release(index, &events)
        conversations[index].hasEnded = true
        endedCount += 1
        emit(index, .ended(how), &events)
    }
}
