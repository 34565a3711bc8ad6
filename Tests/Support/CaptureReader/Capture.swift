import WireBytes

/// The TCP conversations of a pcap file.
///
/// A reader for our own recordings: whole packets on Ethernet, Linux cooked (both versions) or raw IP, IPv4 without
/// fragments and IPv6 without extension headers. Whatever else it meets, it refuses.
///
/// **Throws** when the file is broken or beyond the bounds; there is no half-read capture.
public struct Capture: Sendable {
    /// The most conversations in one file.
    public static let conversationCountMax = 4096

    /// In the order in which they began.
    public let conversations: [CapturedConversation]

    /// - Parameter bytes: the whole file.
    public init(parsing bytes: [UInt8]) throws(CaptureError) {
        let file = try CaptureFile(parsing: bytes)
        var assembly = Assembly()
        for record in file.records {
            guard let segment = try TCPSegment(frame: record.frame, linkType: file.linkType) else { continue }
            try assembly.receive(segment, timeMicroseconds: record.timeMicroseconds)
        }
        conversations = try assembly.finish()
    }
}

/// Who speaks to whom, whichever way a segment went.
private struct Pair: Hashable {
    let client: CaptureEndpoint
    let server: CaptureEndpoint
}

private struct Assembly {
    private struct Open {
        var conversation: CapturedConversation
        var streams = PerDirection(both: StreamAssembler())
        var firstSequence: UInt32?
    }

    private var conversations: [Open] = []
    private var latest: [Pair: Int] = [:]

    mutating func receive(_ segment: TCPSegment, timeMicroseconds: UInt64) throws(CaptureError) {
        let (index, direction) = try conversation(of: segment)
        if segment.synchronizes {
            conversations[index].streams[direction].begin(at: segment.sequence &+ 1)
        }
        let ready = try conversations[index].streams[direction].receive(
            segment.payload,
            at: segment.synchronizes ? segment.sequence &+ 1 : segment.sequence)
        if !ready.isEmpty {
            conversations[index].conversation.chunks.append(
                CapturedChunk(direction: direction, timeMicroseconds: timeMicroseconds, bytes: ready))
        }
        if segment.finishes { conversations[index].conversation.finished[direction] = true }
        if segment.resets { conversations[index].conversation.wasReset = true }
    }

    func finish() throws(CaptureError) -> [CapturedConversation] {
        for open in conversations {
            for direction in Direction.allCases where open.streams[direction].isIncomplete {
                throw .missingBytes(afterByteCount: open.streams[direction].deliveredByteCount)
            }
        }
        return conversations.map(\.conversation)
    }

    /// A SYN with a number of its own opens a conversation; without one, whoever speaks first is the client.
    private mutating func conversation(of segment: TCPSegment) throws(CaptureError) -> (Int, Direction) {
        let forward = Pair(client: segment.source, server: segment.target)
        let opens = segment.synchronizes && !segment.acknowledges
        if let index = latest[forward], !opens || conversations[index].firstSequence == segment.sequence {
            return (index, .inbound)
        }
        if !opens, let index = latest[Pair(client: segment.target, server: segment.source)] {
            return (index, .outbound)
        }
        guard conversations.count < Capture.conversationCountMax else { throw .tooManyConversations }
        let conversation = CapturedConversation(clientPort: segment.source.port, serverPort: segment.target.port)
        conversations.append(Open(conversation: conversation, firstSequence: opens ? segment.sequence : nil))
        latest[forward] = conversations.count - 1
        return (conversations.count - 1, .inbound)
    }
}
