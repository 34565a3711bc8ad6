public import WireBytes

/// Bytes that one end of a conversation sent, in the order in which they could be read.
public struct CapturedChunk: Sendable {
    /// Whether the client or the server sent them.
    public let direction: Direction
    /// When, since 1970.
    public let timeMicroseconds: UInt64
    /// What was sent; never empty.
    public let bytes: [UInt8]
}

/// Both streams of one TCP connection.
public struct CapturedConversation: Sendable {
    /// The port from which the client dialled.
    public let clientPort: UInt16
    /// The port on which the server listened.
    public let serverPort: UInt16
    /// What was sent, oldest first.
    public internal(set) var chunks: [CapturedChunk] = []
    /// Which ends said that they will send no more.
    public internal(set) var finished = PerDirection(both: false)
    /// Whether the connection was reset.
    public internal(set) var wasReset = false

    /// All bytes of one direction.
    public func bytes(_ direction: Direction) -> [UInt8] {
        chunks.filter { $0.direction == direction }.flatMap(\.bytes)
    }
}
