import Captures
import TestSupport
import Testing
import WireBytes

@Suite("Captures: streams put together")
struct AssemblyTests {
    @Test("segments in any order, sent twice and overlapping, give the bytes once and in order; numbers may wrap")
    func reordering() throws {
        let pieces: [(UInt32, String)] = [
            (0, "abc"), (3, "def"), (2, "cdefg"), (6, "gh"), (8, "ij"), (0, "abc"), (8, "i"),
        ]
        var generator = SplitMix64(seed: 11)
        for start: UInt32 in [5, .max - 3] {
            for _ in 0..<100 {
                var writer = CaptureWriter()
                writer.handshake(client: start &- 1, server: .max)
                for (offset, payload) in pieces.shuffled(using: &generator) {
                    writer.segment(.inbound, start &+ offset, payload)
                }
                writer.segment(.outbound, 0, "ok", ack: start &+ 10)
                #expect(try ReadCapture(writer).story() == ["open", ">abcdefghij", "<ok", "end"])
            }
        }
    }

    @Test("of bytes that were sent twice with different contents the first copy counts")
    func firstCopy() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 4, "DEF")
        writer.segment(.inbound, 9, "I")
        // Over a piece that waits, and the gaps before and behind it.
        writer.segment(.inbound, 2, "bcdefgh")
        writer.segment(.inbound, 1, "Axxxxxxxxxx")
        writer.segment(.inbound, 3, "zzz")
        let capture = try ReadCapture(writer)
        #expect(capture.story() == ["open", ">AbcDEFghIxx", "end"])
        #expect(capture.counts.repeated == 1)
        #expect(capture.counts.early == 3)
    }

    @Test("what the receiver never acknowledged and never came ends the stream, and says how much is missing")
    func hole() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "abc")
        writer.segment(.inbound, 8, "hij")
        writer.segment(.outbound, 1, "ok")
        let capture = try ReadCapture(writer)
        #expect(capture.story() == ["open", ">abc", "<ok", "lost>4", "end"])
        #expect(capture.counts.lostStreams == 1 && capture.counts.abandonedStreams == 0)
        // Three bytes, and what keeping them took.
        #expect(capture.counts.skippedBytes > 0)
    }

    @Test("what the receiver acknowledged and the capture lacks is given up after a second")
    func acknowledgedHole() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "abc")
        writer.segment(.outbound, 1, "ok", ack: 8)
        writer.timeNS += 990_000_000
        writer.segment(.outbound, 3, "more", ack: 8)
        writer.timeNS += 10_000_000
        writer.segment(.outbound, 7, "!", ack: 8)
        writer.segment(.inbound, 8, "hij")
        let capture = try ReadCapture(writer)
        // What the server answered is told after the loss: it may answer what was lost.
        #expect(capture.story() == ["open", ">abc", "lost>4", "<okmore!", "end"])
        #expect(capture.counts.skippedBytes == 3)
        let times = capture.events.map(\.timeNS)
        #expect(times == times.sorted())
    }

    @Test("an answer that was captured before its question is told after it")
    func lateQuestion() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.outbound, 1, "answer", ack: 9)
        writer.segment(.outbound, 7, flags: [.fin, .ack], ack: 9)
        writer.segment(.inbound, 1, "question", ack: 1)
        #expect(try ReadCapture(writer).story() == ["open", ">question", "<answer", "fin<", "end"])
    }

    @Test("bytes that a snapped frame leaves out are missing")
    func snapped() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "hello world", keeping: 5)
        writer.segment(.inbound, 12, "next")
        let capture = try ReadCapture(writer)
        #expect(capture.story() == ["open", ">hello", "lost>6", "end"])
        #expect(capture.counts.snapped == 1)
    }

    @Test("a FIN counts when all before it has come, in whatever order")
    func earlyFinish() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 4, "d", flags: [.fin, .ack])
        writer.segment(.outbound, 1, flags: [.fin, .ack])
        writer.segment(.inbound, 1, "abc")
        #expect(try ReadCapture(writer).story() == ["open", "fin<", ">abcd", "fin>", "end finished"])
        var lossy = CaptureWriter()
        lossy.handshake()
        lossy.segment(.inbound, 4, "d", flags: [.fin, .ack])
        lossy.segment(.outbound, 1, flags: [.fin, .ack])
        #expect(try ReadCapture(lossy).story() == ["open", "fin<", "lost>3", "end"])
    }

    @Test("4,096 pieces may wait for a missing byte, one more and the stream is given up")
    func waitingBound() throws {
        for (count, isKept) in [(4_096, true), (4_097, false)] {
            var writer = CaptureWriter(link: .raw)
            writer.handshake()
            for index in 0..<count { writer.segment(.inbound, 2 + UInt32(index), "x") }
            writer.segment(.inbound, 1, "x")
            let capture = try ReadCapture(writer)
            #expect(capture.counts.abandonedStreams == (isKept ? 0 : 1))
            #expect(
                capture.story() == ["open"] + (isKept ? [">" + String(repeating: "x", count: count + 1)] : ["lost>1"])
                    + ["end"])
        }
    }

    @Test("all that waits in all connections together is bounded by 64 MiB")
    func totalBound() throws {
        let payload = String(repeating: "x", count: 60_000)
        var writer = CaptureWriter(link: .raw)
        // Ten connections with seven megabytes each: the tenth is too much.
        for connection in 0..<10 {
            writer.clientPort = 40_000 + UInt16(connection)
            writer.handshake()
            for index in 0..<120 { writer.segment(.inbound, 2 + UInt32(index) * 60_000, payload) }
        }
        let capture = try ReadCapture(writer)
        #expect(capture.counts.abandonedStreams == 1)
        #expect(capture.counts.lostStreams == 10)
        #expect(capture.story(10) == ["open", "lost>1", "end"])
    }

    @Test("an old gap that nobody acknowledged is given up after two minutes")
    func oldGap() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 2, "b")
        writer.timeNS += 119_000_000_000
        writer.segment(.inbound, 3, "c")
        writer.timeNS += 1_000_000_000
        writer.segment(.inbound, 4, "d")
        writer.segment(.inbound, 1, "a")
        #expect(try ReadCapture(writer).story() == ["open", "lost>1", "end"])
    }
}
