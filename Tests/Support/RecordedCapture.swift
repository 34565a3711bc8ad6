import Captures
public import WireBytes

/// Bytes that one end of a conversation sent, in the order in which they could be read.
public struct RecordedChunk: Sendable {
    /// Whether the client or the server sent them.
    public let direction: Direction
    /// When, since 1970.
    public let timeNS: UInt64
    /// What was sent; never empty.
    public let bytes: [UInt8]
}

/// The one connection of a recording in `Tests/Fixtures`, read as a whole.
///
/// For tests that want the bytes of a real game; a recording with a second connection or a hole is refused.
public struct RecordedCapture: Sendable {
    /// Why a recording is none of ours.
    public struct Unexpected: Error, CustomStringConvertible {
        /// In words.
        public let description: String
    }

    /// The port from which the client dialled.
    public let clientPort: UInt16
    /// What was sent, oldest first.
    public let chunks: [RecordedChunk]

    /// - Parameter game: the name of the file, without `.pcap`.
    public init(_ game: String) throws {
        var reader = try CaptureReader(path: "\(PackageFiles.root)/Tests/Fixtures/\(game).pcap")
        var events: [CaptureEvent] = []
        while try reader.read(into: &events) {}
        reader.finish(into: &events)
        var port: UInt16?
        var chunks: [RecordedChunk] = []
        for event in events {
            switch event.kind {
            case .opened(let ends):
                guard port == nil, !ends.isMidStream else { throw Unexpected(description: "a second conversation") }
                port = ends.client.port
            case .bytes(let direction, let bytes):
                chunks.append(RecordedChunk(direction: direction, timeNS: event.timeNS, bytes: bytes))
            case .lost(let direction, let byteCount):
                throw Unexpected(description: "\(byteCount) bytes of the \(direction.sender) are missing")
            case .finished, .ended: break
            }
        }
        guard let port else { throw Unexpected(description: "no conversation") }
        clientPort = port
        self.chunks = chunks
    }

    /// All bytes of one direction.
    public func bytes(_ direction: Direction) -> [UInt8] {
        chunks.filter { $0.direction == direction }.flatMap(\.bytes)
    }
}
