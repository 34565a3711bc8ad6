import Testing
import WireBytes

/// What a `*.decode.txt` beside a recording says about it.
struct DecodedRecording {
    struct Packet: Equatable {
        let offset: Int
        let byteCount: Int
        let name: String
    }

    struct Tally: Equatable {
        var packetCount = 0
        var byteCount = 0
    }

    struct Stream {
        var byteCount = 0
        var packetCount = 0
        var leastByteCount = 0
        var mostByteCount = 0
        var first: [Packet] = []
        var histogram: [String: Tally] = [:]
    }

    private(set) var clientPort: UInt16 = 0
    private(set) var streams: [Direction: Stream] = [:]

    init(_ text: String) throws {
        var direction = Direction.inbound
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words.first {
            case "==":
                clientPort = try #require(value(after: "port", in: words).flatMap { UInt16($0) })
            case "s2c:", "c2s:":
                direction = words.first == "c2s:" ? .inbound : .outbound
                streams[direction] = try Self.stream(words)
            case "first":
                streams[direction]?.first = try Self.firstPackets(line)
            case "ops":
                streams[direction]?.histogram = try Self.histogram(words.dropFirst())
            default:
                Issue.record("a line that is not understood: \(line)")
            }
        }
    }

    static func histogram(_ packets: [Packet]) -> [String: Tally] {
        var tallies: [String: Tally] = [:]
        for packet in packets {
            tallies[packet.name, default: Tally()].packetCount += 1
            tallies[packet.name, default: Tally()].byteCount += packet.byteCount
        }
        return tallies
    }

    /// From `s2c: bytes 104767 … frames 867 … min/p50/p95/max 8/19/536/8066 …`.
    private static func stream(_ words: [Substring]) throws -> Stream {
        var stream = Stream()
        stream.byteCount = try #require(value(after: "bytes", in: words).flatMap { Int($0) })
        stream.packetCount = try #require(value(after: "frames", in: words).flatMap { Int($0) })
        let sizes = try #require(value(after: "min/p50/p95/max", in: words)).split(separator: "/").compactMap {
            Int($0)
        }
        try #require(sizes.count == 4)
        (stream.leastByteCount, stream.mostByteCount) = (sizes[0], sizes[3])
        return stream
    }

    /// From `first [(0, 37, 'version'), (37, 128, 'setup'), …]`.
    private static func firstPackets(_ line: Substring) throws -> [Packet] {
        let packets = try line.split(separator: "(").dropFirst().map { entry in
            let parts = entry.split(whereSeparator: { ",' )]".contains($0) })
            try #require(parts.count == 3)
            return Packet(
                offset: try #require(Int(parts[0])), byteCount: try #require(Int(parts[1])), name: String(parts[2]))
        }
        try #require(!packets.isEmpty)
        return packets
    }

    /// From `tick:193(2123B) comc:113(1469B) …`.
    private static func histogram(_ words: ArraySlice<Substring>) throws -> [String: Tally] {
        var tallies: [String: Tally] = [:]
        for word in words {
            let parts = word.split(whereSeparator: { ":()B".contains($0) })
            try #require(parts.count == 3)
            tallies[String(parts[0])] = Tally(
                packetCount: try #require(Int(parts[1])), byteCount: try #require(Int(parts[2])))
        }
        try #require(!tallies.isEmpty)
        return tallies
    }
}

private func value(after key: Substring, in words: [Substring]) -> Substring? {
    guard let index = words.firstIndex(of: key), index + 1 < words.count else { return nil }
    return words[index + 1]
}
