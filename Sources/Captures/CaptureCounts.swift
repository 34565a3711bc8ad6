/// What a capture held, beside the connections that were read from it.
public struct CaptureCounts: Equatable, Sendable {
    /// Frames that were read.
    public internal(set) var frames: UInt64 = 0
    /// Bytes of them that were captured.
    public internal(set) var bytes: UInt64 = 0
    /// Frames without TCP.
    public internal(set) var otherFrames: UInt64 = 0
    /// TCP between ports that nobody asked for.
    public internal(set) var otherPorts: UInt64 = 0
    /// The same by the lower of the two ports, which is the server's as a rule.
    public internal(set) var segmentsByOtherPort: [UInt16: UInt64] = [:]
    /// Fragments of IP packets; what they carry is missing in its stream.
    public internal(set) var fragments: UInt64 = 0
    /// Frames whose headers contradict themselves.
    public internal(set) var malformed: UInt64 = 0
    /// Frames of which the capture holds only the beginning (`snaplen`).
    public internal(set) var snapped: UInt64 = 0
    /// Segments with nothing new: sent again.
    public internal(set) var repeated: UInt64 = 0
    /// Segments that came before one that belongs in front of them.
    public internal(set) var early: UInt64 = 0
    /// Streams in which bytes are missing.
    public internal(set) var lostStreams: UInt64 = 0
    /// Of them, those that were given up because too many bytes waited for what was missing.
    public internal(set) var abandonedStreams: UInt64 = 0
    /// Bytes that came behind missing ones.
    public internal(set) var skippedBytes: UInt64 = 0
    /// Handshakes that nothing followed.
    public internal(set) var unansweredHandshakes: UInt64 = 0
    /// Segments of connections for which there was no place any more.
    public internal(set) var untracked: UInt64 = 0

    /// Nothing read yet.
    public init() {}
}
