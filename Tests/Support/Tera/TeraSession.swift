/// The keys of a TERA connection, and what becomes of them.
public struct TeraKeys {
    /// The client's first key, the server's first, the client's second, the server's second.
    public let keys: [[UInt8]]
    /// The four bytes that the server sends first.
    public static let magic: [UInt8] = [1, 0, 0, 0]

    /// Four keys of 128 bytes.
    public init(_ keys: [[UInt8]]) {
        precondition(keys.map(\.count) == [128, 128, 128, 128], "keys of \(keys.map(\.count)) bytes")
        self.keys = keys
        streams = Self.streams(keys)
    }

    /// Keys that differ with the seed.
    public init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.init((0..<4).map { _ in random.bytes(128) })
    }

    /// The keystreams of the client's and of the server's bytes, since patch 45.
    public let streams: (client: TeraKeystream, server: TeraKeystream)

    private static func streams(_ keys: [[UInt8]]) -> (client: TeraKeystream, server: TeraKeystream) {
        func right(_ key: [UInt8], _ count: Int) -> [UInt8] { (0..<128).map { key[($0 + 128 - count) % 128] } }
        func left(_ key: [UInt8], _ count: Int) -> [UInt8] { (0..<128).map { key[($0 + count) % 128] } }
        let (turnedServer, turnedClient) = (right(keys[1], 67), left(keys[2], 29))
        let clientKey = (0..<128).map { keys[0][$0] ^ turnedServer[$0] ^ turnedClient[$0] }
        var client = TeraKeystream(key: clientKey)
        let serverKey = client.apply(right(keys[3], 41))
        return (client, TeraKeystream(key: serverKey))
    }
}

/// One end of a TERA connection: seals what it sends, opens what comes, and cuts it into packets.
public struct TeraEnd {
    private var sending: TeraKeystream
    private var receiving: TeraKeystream
    private var unread: [UInt8] = []

    /// The client's end, or the server's.
    public init(_ keys: TeraKeys, isClient: Bool) {
        let streams = keys.streams
        (sending, receiving) = isClient ? (streams.client, streams.server) : (streams.server, streams.client)
    }

    /// The bytes of some packets as they go on the wire.
    public mutating func seal(_ packets: [TeraPacket]) -> [UInt8] { sending.apply(packets.flatMap(\.bytes)) }

    /// The packets that are whole with these bytes; `nil` when they are no packets, because the ends are out of step.
    public mutating func open(_ bytes: [UInt8]) -> [TeraPacket]? {
        unread += receiving.apply(bytes)
        var packets: [TeraPacket] = []
        while unread.count >= 4 {
            let size = Int(unread[0]) | Int(unread[1]) << 8
            guard size >= 4 else { return nil }
            guard unread.count >= size else { break }
            packets.append(TeraPacket(bytes: Array(unread[..<size])))
            unread.removeFirst(size)
        }
        return packets
    }

    /// Bytes that are no whole packet yet.
    public var unfinishedByteCount: Int { unread.count }
}
