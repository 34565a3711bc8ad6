/// What was there to see when a ban was decided, as JSON.
public struct EvidenceItem: Codable, Sendable, Equatable {
    /// When.
    public var at: Timestamp
    /// Name of the listener.
    public var listener: String
    /// The connection, as logs write it.
    public var connection: String
    /// The client's address and port.
    public var client: String?
    /// The phase that the connection was in.
    public var phase: String
    /// The packet's name; `null` where it was none.
    public var packet: String?
    /// The packet's opcode.
    public var opcode: UInt64
    /// Bytes of the whole packet.
    public var byteCount: Int
    /// Its first bytes in hex, `--` for one that is never kept: `0c00--`.
    public var excerpt: String
    /// What exactly was wrong.
    public var detail: String?
    /// How long the connection had been open.
    public var ageSeconds: Double
    /// What it had sent, and what had been sent to it.
    public var inbound: Counters
    /// The other way.
    public var outbound: Counters
    /// How the score came about, newest last.
    public var trail: [PointItem]

    /// What one direction had done.
    public struct Counters: Codable, Sendable, Equatable {
        /// Bytes that were passed on.
        public var bytes: UInt64
        /// Packets that were passed on.
        public var packets: UInt64
        /// Packets that were dropped.
        public var dropped: UInt64
    }

    enum CodingKeys: String, CodingKey {
        case at, listener, connection, client, phase, packet, opcode
        case byteCount = "bytes"
        case excerpt, detail
        case ageSeconds = "age_seconds"
        case inbound, outbound, trail
    }

    /// The excerpt, byte by byte; `nil` for one that is never kept.
    public var excerptBytes: [UInt8?] {
        var bytes: [UInt8?] = []
        var rest = excerpt.utf8[...]
        while rest.count >= 2 {
            bytes.append(UInt8(String(Substring(rest.prefix(2))), radix: 16))
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// Bytes as ``excerpt`` has them.
    static func excerpt(_ bytes: [UInt8], redacted: [Range<Int>]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if redacted.contains(where: { $0.contains(index) }) {
                text += "--"
            } else {
                if byte < 16 { text += "0" }
                text += String(byte, radix: 16)
            }
        }
        return text
    }
}
