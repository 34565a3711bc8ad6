import StreamCiphers
import TestSupport
import Testing

@Suite("TERA's cipher and one that was written apart from it")
struct ReferenceTests {
    @Test("both give the published answers", arguments: [TeraVector.rising, .zero])
    func vectors(_ vector: TeraVector) {
        var streams = TeraKeys(vector.keys).streams
        let zeros = [UInt8](repeating: 0, count: 64)
        #expect(streams.client.apply(zeros) == vector.inbound)
        #expect(streams.server.apply(zeros) == vector.outbound)
    }

    @Test("both give the same streams for any keys", arguments: UInt64(0)..<8)
    func randomKeys(_ seed: UInt64) throws {
        let keys = TeraKeys(seed: seed)
        var streams = keys.streams
        var pair = try #require(CipherScheme.tera.makePair(keys: keys.keys))
        let zeros = [UInt8](repeating: 0, count: 3_000)
        #expect(pair.inbound.keystream(zeros.count) == streams.client.apply(zeros))
        #expect(pair.outbound.keystream(zeros.count) == streams.server.apply(zeros))
    }
}
