import Inspection
import Testing
import WireBytes

@Suite("Bytes that are not cut")
struct OpaqueTests {
    @Test("without a protocol all bytes pass, and limits on packets do not hold")
    func passes() throws {
        let policy = "rules: [{ id: 100, name: flood, limit: { rate: 1/s, burst: 1 }, action: drop }]"
        let wire = Wire(try Rules.make(nil, policy))
        for _ in 0..<5 { wire.send([1, 2, 3]) }
        wire.send([9], .outbound)
        #expect(wire.forwarded.inbound.count == 15)
        #expect(wire.byteCounts == PerDirection(inbound: 15, outbound: 1))
        #expect(wire.packetCounts == PerDirection(both: 0))
        #expect(wire.fired == [])
        #expect(wire.stage == .established)
    }

    @Test("a limit on bytes delays them, and a drop ends the session, because a stream with a hole is none")
    func limits() throws {
        let delaying = "{ count: bytes, rate: 4B/s, burst: 4B }, action: delay"
        let slow = Wire(try Rules.make(nil, "rules: [{ id: 100, name: shape, limit: \(delaying) }]"))
        slow.send([1, 2, 3, 4])
        slow.send([5, 6])
        #expect(slow.forwarded.inbound == [1, 2, 3, 4])
        slow.wait(second / 2)
        #expect(slow.forwarded.inbound == [1, 2, 3, 4, 5, 6])
        let dropping = "{ count: bytes, rate: 4B/s, burst: 4B }, action: drop"
        let over = Wire(try Rules.make(nil, "rules: [{ id: 100, name: most, limit: \(dropping) }]"))
        over.send([1, 2, 3, 4])
        #expect(over.end == nil)
        over.send([5])
        #expect(over.endingRule == "most")
        #expect(over.forwarded.inbound == [1, 2, 3, 4])
    }

    @Test("an opaque phase passes what its packets' phase would have refused")
    func phase() throws {
        let game = """
            phases:
              - name: login
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
                next_on: { packet: SECRET }
              - { name: sealed, opaque: true }
            packets: { client: { SECRET: { opcode: 1 } }, server: { X: { opcode: 1 } } }
            """
        let wire = Wire(try Rules.make(game))
        wire.send([2, 1, 0, 0, 0xFF])
        wire.send([0, 0], .outbound)
        #expect(wire.end == nil)
        #expect(wire.forwarded == PerDirection(inbound: [2, 1, 0, 0, 0xFF], outbound: [0, 0]))
        #expect(wire.packetCounts.inbound == 1)
    }
}
