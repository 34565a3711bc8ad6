import Captures
import TestSupport
import Testing
import WireBytes

@Suite("Captures: files, links and headers")
struct FormatTests {
    /// A whole connection of few bytes.
    private func fill(_ writer: inout CaptureWriter) {
        writer.handshake()
        writer.segment(.inbound, 1, "hello")
        writer.segment(.outbound, 1, "welcome")
        writer.segment(.inbound, 6, flags: [.fin, .ack])
        writer.segment(.outbound, 8, flags: [.fin, .ack])
    }

    private let story = ["open", ">hello", "<welcome", "fin>", "fin<", "end finished"]

    @Test("every kind of file and link and both versions of IP read the same", arguments: CaptureWriter.Form.allCases)
    func forms(form: CaptureWriter.Form) throws {
        for link in CaptureWriter.Link.allCases {
            for version6 in [false, true] {
                var writer = CaptureWriter(link: link, form: form, version6: version6)
                fill(&writer)
                let capture = try ReadCapture(writer)
                #expect(capture.error == nil)
                #expect(capture.story() == story, "\(link) \(version6)")
                let ends = try #require(capture.opened.first)
                let client = version6 ? "[2001::1]:40000" : "192.0.2.1:40000"
                let server = version6 ? "[2001::2]:7000" : "192.0.2.2:7000"
                #expect(ends.client == Endpoint(client) && ends.server == Endpoint(server))
                #expect(capture.events.map(\.timeNS).prefix(2) == [1_002_000_000, 1_003_000_000])
                #expect(capture.counts.frames == 7 && capture.counts.malformed == 0)
            }
        }
    }

    @Test("tags of virtual networks are passed over, up to four of them", arguments: 1...5)
    func tags(count: Int) throws {
        for link in [CaptureWriter.Link.ethernet, .cooked, .cooked2] {
            var writer = CaptureWriter(link: link, tags: [UInt16](repeating: 100, count: count))
            fill(&writer)
            #expect(try ReadCapture(writer).story() == (count <= 4 ? story : []), "\(link)")
        }
    }

    @Test("extension headers of IPv6 are passed over")
    func extensionHeaders() throws {
        let zeros = [UInt8](repeating: 0, count: 6)
        // Hop-by-hop of 8 bytes, routing of 16, destination options, an atomic fragment, authentication of 12.
        var writer = CaptureWriter(version6: true)
        writer.extensions = [
            (0, [0] + zeros), (43, [1] + zeros + [UInt8](repeating: 0, count: 8)), (60, [0] + zeros),
            (44, [0, 0, 0, 1, 2, 3, 4]), (51, [1] + zeros + [0, 0, 0, 0]),
        ]
        fill(&writer)
        #expect(try ReadCapture(writer).story() == story)
    }

    @Test("fragments of both versions are counted, and are no part of a stream")
    func fragments() throws {
        var writer = CaptureWriter(link: .raw, version6: true)
        fill(&writer)
        // More of the packet follows, and a later part of one.
        for part: [UInt8] in [[0, 1], [0, 8]] {
            writer.extensions = [(44, [0] + part + [1, 2, 3, 4])]
            writer.segment(.inbound, 100, "part")
        }
        var packet = writer.ip([UInt8](repeating: 0, count: 20), .inbound)
        packet = [0x45, 0, 0, 40, 0, 0, 0x20, 0, 64, 6, 0, 0] + packet[12..<40]
        writer.frame(packet)
        let capture = try ReadCapture(writer)
        #expect(capture.counts.fragments == 3)
        #expect(capture.story() == story)
    }

    @Test("frames without TCP are counted and passed over")
    func otherFrames() throws {
        var writer = CaptureWriter()
        writer.frame([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0] + [UInt8](repeating: 1, count: 8))
        fill(&writer)
        #expect(try ReadCapture(writer).story() == story)
        #expect(try ReadCapture(writer).counts.otherFrames == 1)
    }

    @Test("padding behind a short packet is not payload; a packet without a length reaches to the frame's end")
    func lengths() throws {
        var plain = CaptureWriter(link: .raw)
        fill(&plain)
        var padded = CaptureWriter()
        for record in plain.records { padded.frame(record.frame + [0, 0, 0, 0, 0, 0]) }
        #expect(try ReadCapture(padded).story() == story)
        var uncut = CaptureWriter()
        for record in plain.records { uncut.frame(Array(record.frame[..<2]) + [0, 0] + record.frame[4...]) }
        #expect(try ReadCapture(uncut).story() == story)
    }

    @Test(
        "headers that contradict themselves are counted, and nothing is read from them",
        arguments: [
            [0x75], [0x44, 0, 0, 40, 0, 0, 0, 0, 64, 6] + [UInt8](repeating: 0, count: 30),
            [0x45, 0, 0, 19, 0, 0, 0, 0, 64, 6],
            // A TCP header of 16 bytes, and one that reaches behind its packet.
            [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6] + [UInt8](repeating: 0, count: 22) + [0x40]
                + [UInt8](repeating: 0, count: 7),
            [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6] + [UInt8](repeating: 0, count: 22) + [0xF0]
                + [UInt8](repeating: 0, count: 7), [0x60, 0, 0, 0, 0, 20, 6],
        ] as [[UInt8]])
    func malformed(packet: [UInt8]) throws {
        var writer = CaptureWriter(link: .raw)
        writer.frame(packet)
        fill(&writer)
        let capture = try ReadCapture(writer)
        #expect(capture.counts.malformed == 1)
        #expect(capture.story() == story)
    }

    @Test("what is no capture, is not there, or has frames of another kind is refused in words")
    func refusals() throws {
        #expect(throws: CaptureError.self) { _ = try CaptureReader(path: "/nonexistent/game.pcap") }
        let noCapture = try ReadCapture(Array("listeners:\n  - name: no capture at all, but long enough\n".utf8))
        guard case .unreadable(let text) = noCapture.error else {
            Issue.record("\(String(describing: noCapture.error))")
            return
        }
        #expect(text.contains("unknown file format"))
        #expect(try ReadCapture([]).error != nil)
        var writer = CaptureWriter(link: .raw)
        fill(&writer)
        var file = writer.file()
        file[20] = 105
        #expect(try ReadCapture(file).error == .unknownLinkType("IEEE802_11"))
    }

    @Test("a file cut anywhere gives what stands before the cut")
    func truncation() throws {
        var writer = CaptureWriter()
        fill(&writer)
        let file = writer.file()
        for count in file.indices {
            let capture = try ReadCapture(Array(file.prefix(count)))
            let lengths = writer.records.map { 16 + $0.frame.count }
            let ends = lengths.indices.map { 24 + lengths[...$0].reduce(0, +) }
            guard count >= 24 else {
                #expect(capture.error != nil && capture.events.isEmpty)
                continue
            }
            #expect(capture.counts.frames == UInt64(ends.count { $0 <= count }))
            #expect((capture.error == nil) == (count == 24 || ends.contains(count)))
        }
    }
}
