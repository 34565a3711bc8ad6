import WireBytes

/// Reads the TCP connections of a capture, as they come.
///
/// How to use it: call `read` until it says that the capture is over or throws, then `finish`. What a capture holds is
/// whatever anybody sent to the network: nothing in it is an error but the file's own form.
///
/// Shape: connections that are open, and the bytes that came ahead of missing ones; both are bounded, and what goes
/// beyond is counted. Source: the file formats are libpcap's business; RFC 791, 8200 and 9293 for what they hold.
///
/// Cost: a hash lookup for each segment, one array for what can be read.
public struct CaptureReader: ~Copyable {
    private var file: CaptureFile
    private var table: ConversationTable

    /// What the capture held so far.
    public var counts: CaptureCounts { table.counts }

    /// Opens a capture: pcap or pcapng; Ethernet with or without tags, Linux cooked, raw IP or loopback.
    ///
    /// - Parameters:
    ///   - path: the file; `-` is stdin.
    ///   - serverPorts: only connections to these are read; empty reads all.
    public init(path: String, serverPorts: Set<UInt16> = []) throws(CaptureError) {
        try self.init(
            path: path, serverPorts: serverPorts, conversationCountMax: ConversationTable.usualConversationCountMax)
    }

    init(path: String, serverPorts: Set<UInt16>, conversationCountMax: Int) throws(CaptureError) {
        file = try CaptureFile(path: path)
        table = ConversationTable(serverPorts: serverPorts, conversationCountMax: conversationCountMax)
    }

    /// Reads the next frame.
    ///
    /// - Parameter events: what it brought about is appended; often nothing.
    /// - Returns: whether there was one.
    /// - Throws: `CaptureError.broken` where the file breaks off; what was read before stands.
    public mutating func read(into events: inout [CaptureEvent]) throws(CaptureError) -> Bool {
        guard let timeNS = try file.advance(frameCount: table.counts.frames) else { return false }
        file.hand(timeNS: timeNS, to: &table, events: &events)
        return true
    }

    /// Ends the connections that are still open.
    public mutating func finish(into events: inout [CaptureEvent]) {
        table.finish(events: &events)
    }
}
