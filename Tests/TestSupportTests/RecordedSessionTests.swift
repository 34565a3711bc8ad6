import TestSupport
import Testing
import WireBytes

/// Holds the two recordings against what another program decoded from them (`*.decode.txt`).
@Suite("Recorded sessions")
struct RecordedSessionTests {
    /// How the test itself cuts a recording into packets, knowing nothing of the project's framer.
    struct Game: Sendable, CustomTestStringConvertible {
        let name: String
        let inboundByteCount: Int
        let outboundByteCount: Int
        let cut: @Sendable (ArraySlice<UInt8>) -> (byteCount: Int, name: String)?

        var testDescription: String { name }
    }

    static let games = [
        // A big-endian length of what follows it, then a word.
        Game(name: "crossfire", inboundByteCount: 5186, outboundByteCount: 104_767) { bytes in
            guard bytes.count >= 2 else { return nil }
            let byteCount = 2 + Int(bytes[bytes.startIndex]) << 8 + Int(bytes[bytes.startIndex + 1])
            let body = bytes.prefix(byteCount).dropFirst(2)
            return (byteCount, String(decoding: body.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
        },
        // A little-endian length of the whole packet, then one byte.
        Game(name: "openttd", inboundByteCount: 516, outboundByteCount: 113_097) { bytes in
            guard bytes.count >= 3 else { return nil }
            let byteCount = Int(bytes[bytes.startIndex]) + Int(bytes[bytes.startIndex + 1]) << 8
            return (byteCount, String(bytes[bytes.startIndex + 2]))
        },
    ]

    @Test("a recording gives the bytes, packets and names that were decoded from it", arguments: games)
    func recording(game: Game) throws {
        let conversation = try RecordedCapture(game.name)
        let decoded = try DecodedRecording(PackageFiles.text("Tests/Fixtures/\(game.name).decode.txt"))

        #expect(conversation.clientPort == decoded.clientPort)
        #expect(conversation.bytes(.inbound).count == game.inboundByteCount)
        #expect(conversation.bytes(.outbound).count == game.outboundByteCount)
        for direction in Direction.allCases {
            let stream = conversation.bytes(direction)
            let expected = try #require(decoded.streams[direction])
            #expect(stream.count == expected.byteCount)

            var rest = stream[...]
            var packets: [DecodedRecording.Packet] = []
            while let (byteCount, name) = game.cut(rest), byteCount >= 2, byteCount <= rest.count {
                packets.append(.init(offset: stream.count - rest.count, byteCount: byteCount, name: name))
                rest = rest.dropFirst(byteCount)
            }
            #expect(rest.isEmpty)
            #expect(packets.count == expected.packetCount)
            #expect(packets.map(\.byteCount).min() == expected.leastByteCount)
            #expect(packets.map(\.byteCount).max() == expected.mostByteCount)
            #expect(Array(packets.prefix(expected.first.count)) == expected.first)
            #expect(DecodedRecording.histogram(packets) == expected.histogram)
        }
    }
}
