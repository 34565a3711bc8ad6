import TestSupport
import Testing
import WireBytes

@Suite("Capture")
struct CaptureTests {
    private func conversation(_ builder: CaptureBuilder) throws -> CapturedConversation {
        let conversations = try Capture(parsing: builder.file()).conversations
        return try #require(conversations.count == 1 ? conversations.first : nil)
    }

    private func text(_ conversation: CapturedConversation, _ direction: Direction) -> String {
        String(decoding: conversation.bytes(direction), as: UTF8.self)
    }

    /// A whole conversation: both handshakes, a word each way, both ends.
    private func fill(_ builder: inout CaptureBuilder) {
        builder.segment(sequence: 100, flags: 2)
        builder.segment(fromClient: false, sequence: 900, flags: 18)
        builder.segment(sequence: 101, "hello")
        builder.segment(fromClient: false, sequence: 901, "welcome")
        builder.segment(sequence: 106, flags: 17)
        builder.segment(fromClient: false, sequence: 908, flags: 17)
    }

    @Test(
        "every link type, both byte orders and both units of time read the same",
        arguments: CaptureBuilder.Link.allCases)
    func linkTypes(link: CaptureBuilder.Link) throws {
        for variant in 0..<8 {
            var builder = CaptureBuilder(
                link: link, bigEndian: variant & 1 != 0, nanoseconds: variant & 2 != 0, version6: variant & 4 != 0)
            fill(&builder)
            let conversation = try conversation(builder)
            #expect(text(conversation, .inbound) == "hello")
            #expect(text(conversation, .outbound) == "welcome")
            #expect(conversation.clientPort == CaptureBuilder.client)
            #expect(conversation.serverPort == CaptureBuilder.server)
            #expect(conversation.finished == PerDirection(both: true))
            #expect(!conversation.wasReset)
            #expect(conversation.chunks.map(\.direction) == [.inbound, .outbound])
            #expect(conversation.chunks.map(\.timeMicroseconds) == [2_000_005, 3_000_005])
        }
    }

    @Test("segments in any order, sent twice and overlapping, give the bytes once and in order")
    func reordering() throws {
        let pieces: [(UInt32, String)] = [
            (0, "abc"), (3, "def"), (2, "cdefg"), (6, "gh"), (8, "ij"), (0, "abc"), (8, "i"),
        ]
        var generator = SplitMix64(seed: 11)
        for start: UInt32 in [5, .max - 3] {
            for _ in 0..<200 {
                var builder = CaptureBuilder()
                builder.segment(sequence: start &- 1, flags: 2)
                for (offset, payload) in pieces.shuffled(using: &generator) {
                    builder.segment(sequence: start &+ offset, payload)
                }
                #expect(text(try conversation(builder), .inbound) == "abcdefghij")
            }
        }
    }

    @Test("a missing piece is an error that says how many bytes came before it")
    func gap() {
        var builder = CaptureBuilder()
        builder.segment(sequence: 0, flags: 2)
        builder.segment(sequence: 1, "abc")
        builder.segment(sequence: 5, "ef")
        #expect(throws: CaptureError.missingBytes(afterByteCount: 3)) { try Capture(parsing: builder.file()) }
    }

    @Test("a capture that begins in the middle takes whoever speaks first as the client")
    func middle() throws {
        var builder = CaptureBuilder()
        builder.segment(sequence: 77, "one")
        builder.segment(fromClient: false, sequence: 88, flags: 20, "two")
        let conversation = try conversation(builder)
        #expect(text(conversation, .inbound) == "one")
        #expect(text(conversation, .outbound) == "two")
        #expect(conversation.wasReset)
        #expect(conversation.finished == PerDirection(both: false))
    }

    @Test("the same ports again are a second conversation, a repeated SYN is not")
    func reusedPorts() throws {
        var builder = CaptureBuilder()
        fill(&builder)
        builder.segment(sequence: 5000, flags: 2)
        builder.segment(sequence: 5000, flags: 2)
        builder.segment(sequence: 5001, "again")
        let conversations = try Capture(parsing: builder.file()).conversations
        #expect(conversations.map { text($0, .inbound) } == ["hello", "again"])
    }

    @Test("padding behind a short packet is not payload")
    func padding() throws {
        var plain = CaptureBuilder(link: .raw)
        fill(&plain)
        var padded = CaptureBuilder()
        for record in plain.records { padded.frame(record + [0, 0, 0, 0, 0, 0]) }
        #expect(text(try conversation(padded), .inbound) == "hello")
    }

    @Test("frames that hold no TCP are passed over")
    func otherProtocols() throws {
        var builder = CaptureBuilder()
        var udp: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0]
        udp += [UInt8](repeating: 1, count: 8)
        builder.frame(udp)
        fill(&builder)
        #expect(text(try conversation(builder), .inbound) == "hello")
    }

    @Test("a fragment, an odd version and an unknown link are refused by name")
    func refusals() {
        var fragment = CaptureBuilder(link: .raw)
        fragment.frame([0x45, 0, 0, 20, 0, 0, 0x20, 0, 64, 6, 0, 0] + [UInt8](repeating: 1, count: 8))
        #expect(throws: CaptureError.unsupported("an IPv4 fragment")) { try Capture(parsing: fragment.file()) }

        var version = CaptureBuilder(link: .raw)
        version.frame([0x75])
        #expect(throws: CaptureError.malformed("IP version 7")) { try Capture(parsing: version.file()) }

        var link = CaptureBuilder(link: .raw)
        link.frame([0x45])
        var bytes = link.file()
        bytes[20] = 105
        #expect(throws: CaptureError.unknownLinkType(105)) { try Capture(parsing: bytes) }
    }

    @Test("a file cut anywhere is an error or fewer records, never a trap")
    func truncation() {
        var builder = CaptureBuilder()
        fill(&builder)
        let file = builder.file()
        var whole = 0
        for count in file.indices {
            if (try? Capture(parsing: Array(file.prefix(count)))) != nil { whole += 1 }
        }
        // The header alone, and then one more for each record but the last.
        #expect(whole == builder.records.count)
    }

    @Test("changed and random bytes never trap")
    func randomBytes() {
        var builder = CaptureBuilder()
        fill(&builder)
        let file = builder.file()
        var generator = SplitMix64(seed: 12)
        var refused = 0
        for round in 0..<3000 {
            var bytes = file
            for _ in 0...(round % 4) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? Capture(parsing: bytes)) == nil { refused += 1 }
            let count = Int.random(in: 0...60, using: &generator)
            _ = try? Capture(parsing: Array(file.prefix(4)) + generator.bytes(count))
        }
        #expect(refused > 0 && refused < 3000, "refused \(refused)")
    }
}
