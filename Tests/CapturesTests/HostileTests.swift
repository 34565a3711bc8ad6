import Captures
import TestSupport
import Testing
import WireBytes

@Suite("Captures: hostile files")
struct HostileTests {
    private func sample(_ form: CaptureWriter.Form) -> [UInt8] {
        var writer = CaptureWriter(form: form)
        writer.handshake()
        for index in 0..<6 {
            writer.segment(.inbound, 1 + UInt32(index) * 5, "hello", ack: 1 + UInt32(index) * 2)
            writer.segment(.outbound, 1 + UInt32(index) * 2, "ok", ack: 6 + UInt32(index) * 5)
        }
        writer.segment(.inbound, 31, flags: [.fin, .ack], ack: 13)
        writer.segment(.outbound, 13, flags: [.fin, .ack], ack: 32)
        return writer.file()
    }

    @Test("2,000 files with changed bytes never trap, and tell each connection from its opening to its end")
    func mutations() throws {
        var generator = SplitMix64(seed: 12)
        let samples = CaptureWriter.Form.allCases.map(sample)
        var changedCount = 0
        for round in 0..<2_000 {
            var file = samples[round % samples.count]
            let plain = try ReadCapture(samples[round % samples.count]).story()
            for _ in 0...(round % 6) {
                file[Int.random(in: file.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if generator.chance(1, in: 8) { file.removeLast(Int.random(in: 1..<file.count, using: &generator)) }
            let capture = try ReadCapture(file)
            if capture.story() != plain { changedCount += 1 }
            var open: Set<UInt64> = []
            var ended: Set<UInt64> = []
            for event in capture.events {
                switch event.kind {
                case .opened: #expect(open.insert(event.connection).inserted)
                case .ended: #expect(ended.insert(event.connection).inserted)
                case .bytes(_, let bytes): #expect(!bytes.isEmpty)
                case .lost, .finished: break
                }
                #expect(open.contains(event.connection))
            }
            #expect(open == ended)
        }
        #expect(changedCount > 500 && changedCount < 2_000, "\(changedCount)")
    }

    @Test("random bytes behind a good beginning never trap")
    func randomBytes() throws {
        var generator = SplitMix64(seed: 13)
        for form in CaptureWriter.Form.allCases {
            let head = CaptureWriter(form: form).file()
            for _ in 0..<100 {
                _ = try ReadCapture(head + generator.bytes(Int.random(in: 0...400, using: &generator)))
                _ = try ReadCapture(Array(head.prefix(4)) + generator.bytes(60))
            }
        }
    }
}
