import Captures
import TestSupport
import Testing
import WireBytes

@Suite("Captures: connections told apart")
struct ConnectionTests {
    @Test("a connection opens with the third segment of its handshake, and a SYN alone opens none")
    func handshakes() throws {
        var writer = CaptureWriter()
        writer.segment(.inbound, 0, flags: .syn)
        writer.segment(.outbound, 0, flags: [.syn, .ack], ack: 1)
        #expect(try ReadCapture(writer).events.isEmpty)
        #expect(try ReadCapture(writer).counts.unansweredHandshakes == 1)
        writer.segment(.inbound, 1, ack: 1)
        #expect(try ReadCapture(writer).story() == ["open", "end"])
        #expect(try ReadCapture(writer).counts.unansweredHandshakes == 0)
    }

    @Test("a handshake that is refused opens nothing")
    func refused() throws {
        var writer = CaptureWriter()
        writer.segment(.inbound, 0, flags: .syn)
        writer.segment(.outbound, 0, flags: [.rst, .ack], ack: 1)
        #expect(try ReadCapture(writer).events.isEmpty)
        #expect(try ReadCapture(writer).counts.unansweredHandshakes == 1)
    }

    @Test("a SYN with bytes opens with them")
    func fastOpen() throws {
        var writer = CaptureWriter()
        writer.segment(.inbound, 0, "hello", flags: .syn)
        writer.segment(.outbound, 0, flags: [.syn, .ack], ack: 6)
        writer.segment(.outbound, 1, "welcome", ack: 6)
        #expect(try ReadCapture(writer).story() == ["open", ">hello", "<welcome", "end"])
    }

    @Test("either half of the handshake is enough to know the first byte", arguments: [0, 1])
    func halfHandshake(missing: Int) throws {
        var writer = CaptureWriter()
        writer.handshake(client: 99, server: 199)
        writer.segment(.inbound, 103, "cd", ack: 200)
        writer.segment(.inbound, 100, "abc", ack: 200)
        writer.segment(.outbound, 202, "3", ack: 105)
        writer.segment(.outbound, 200, "12", ack: 105)
        writer.reorder { $0.remove(at: missing) }
        let capture = try ReadCapture(writer)
        #expect(capture.story() == ["open", ">abccd", "<123", "end"])
        #expect(capture.opened.first?.client.port == 40_000)
    }

    @Test("a connection that was open before the capture is said to be, and its ends are told by the port")
    func midStream() throws {
        var writer = CaptureWriter()
        writer.segment(.outbound, 88, "two", ack: 77)
        writer.segment(.inbound, 77, "one", ack: 91)
        let lower = try ReadCapture(writer)
        #expect(lower.story() == ["open mid", "<two", ">one", "end"])
        #expect(lower.opened.first?.server.port == 7_000)
        // The port that is asked for beats the lower one.
        let asked = try ReadCapture(writer, serverPorts: [40_000])
        #expect(asked.story() == ["open mid", ">two", "<one", "end"])
        #expect(asked.opened.first?.server.port == 40_000)
    }

    @Test("acknowledgements alone are no connection")
    func acknowledgements() throws {
        var writer = CaptureWriter()
        writer.segment(.inbound, 77, ack: 91)
        writer.segment(.outbound, 91, flags: [.fin, .ack], ack: 77)
        #expect(try ReadCapture(writer).events.isEmpty)
    }

    @Test("only connections to the ports that were asked for are read")
    func ports() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "game")
        writer.serverPort = 22
        writer.handshake()
        writer.segment(.inbound, 1, "shell")
        let capture = try ReadCapture(writer, serverPorts: [7_000])
        #expect(capture.opened.count == 1)
        #expect(capture.story() == ["open", ">game", "end"])
        #expect(capture.counts.otherPorts == 4)
        #expect(try ReadCapture(writer).opened.count == 2)
    }

    @Test("the same ports again are a second connection, a repeated SYN is not")
    func reusedPorts() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "hello")
        writer.segment(.inbound, 0, flags: .syn)
        writer.handshake(client: 5_000, server: 6_000)
        writer.segment(.inbound, 5_001, "again")
        writer.segment(.outbound, 6_001, flags: .rst)
        writer.segment(.inbound, 5_006, "too late")
        let capture = try ReadCapture(writer)
        #expect(capture.story(1) == ["open", ">hello", "end replaced"])
        #expect(capture.story(2) == ["open", ">again", "end reset<"])
        #expect(capture.opened.count == 2)
    }

    @Test("a reset ends with what was captured, and what was missing is told")
    func reset() throws {
        var writer = CaptureWriter()
        writer.handshake()
        writer.segment(.inbound, 1, "ab")
        writer.segment(.inbound, 4, "d")
        writer.segment(.inbound, 5, flags: .rst)
        #expect(try ReadCapture(writer).story() == ["open", ">ab", "lost>1", "end reset>"])
    }

    @Test("a flood of SYNs takes bounded memory and opens nothing, and who gets through is seen")
    func flood() throws {
        var writer = CaptureWriter(link: .raw)
        writer.clientPort = 39_999
        writer.segment(.inbound, 0, flags: .syn)
        for index in 0..<66_000 {
            writer.clientPort = UInt16(truncatingIfNeeded: index)
            writer.serverPort = 7_000 + UInt16(index / 60_000)
            writer.segment(.inbound, UInt32(index), flags: .syn)
        }
        writer.handshake()
        writer.segment(.inbound, 1, "hello")
        let capture = try ReadCapture(writer)
        #expect(capture.opened.count == 1)
        #expect(capture.story() == ["open", ">hello", "end"])
        #expect(capture.counts.unansweredHandshakes >= 65_535)
    }

    @Test("no more connections are followed at once than may be, and those that have ended make room")
    func trackedBound() throws {
        var writer = CaptureWriter()
        for port in UInt16(1)...8 {
            writer.clientPort = 30_000 + port
            writer.handshake()
        }
        let full = try ReadCapture(writer.file(), conversationCountMax: 8)
        #expect(full.opened.count == 8 && full.counts.untracked == 0)
        writer.clientPort = 30_009
        writer.handshake()
        writer.segment(.inbound, 1, "a")
        let over = try ReadCapture(writer.file(), conversationCountMax: 8)
        #expect(over.opened.count == 8 && over.counts.untracked == 2)
        // A quarter of them has ended.
        for port in UInt16(1)...2 {
            writer.clientPort = 30_000 + port
            writer.segment(.inbound, 1, flags: .rst)
        }
        writer.clientPort = 30_010
        writer.handshake()
        writer.clientPort = 30_003
        writer.segment(.inbound, 1, "still")
        let again = try ReadCapture(writer.file(), conversationCountMax: 8)
        #expect(again.opened.count == 9 && again.counts.untracked == 2)
        #expect(again.story(3) == ["open", ">still", "end"])
    }

    @Test("many connections at once keep their bytes apart")
    func many() throws {
        var writer = CaptureWriter()
        var order: [(UInt16, Int)] = []
        for port in UInt16(1)...50 { order += (0..<8).map { (30_000 + port, $0) } }
        for port in UInt16(1)...50 {
            writer.clientPort = 30_000 + port
            writer.handshake()
        }
        var generator = SplitMix64(seed: 5)
        for (port, index) in order.shuffled(using: &generator) {
            writer.clientPort = port
            writer.segment(.inbound, 1 + UInt32(index) * 2, "\(index)\(port % 10)")
        }
        let capture = try ReadCapture(writer)
        for (number, ends) in capture.opened.enumerated() {
            let text = (0..<8).map { "\($0)\(ends.client.port % 10)" }.joined()
            #expect(capture.story(UInt64(number + 1)) == ["open", ">" + text, "end"])
        }
    }
}
