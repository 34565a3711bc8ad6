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

    @Test("where one side is not cut, the other one is, with its phases, sizes and rules")
    func oneSide() throws {
        let game = """
            phases:
              - name: login
                frame: { client: { length: u8@0, counts: packet, min: 2, max: 20 }, server: none }
                opcode: u8@1
                accept: { client: LOGIN }
                next_on: { packet: LOGIN }
              - { name: play }
            packets: { client: { LOGIN: { opcode: 1, size: 3 }, MOVE: { opcode: 2, size: 4 } } }
            """
        let rules = "rules: [{ id: 100, name: most, packet: MOVE, limit: { rate: 1/s, burst: 2 }, action: drop }]"
        let wire = Wire(try Rules.make(game, rules))
        wire.send([0xFF, 0, 1], .outbound)
        wire.send([3, 1, 9])
        wire.send([0xFE], .outbound)
        wire.send([4, 2, 0, 1, 4, 2, 0, 2, 4, 2, 0, 3, 2, 2])
        #expect(wire.forwarded.inbound == [3, 1, 9, 4, 2, 0, 1, 4, 2, 0, 2])
        #expect(wire.forwarded.outbound == [0xFF, 0, 1, 0xFE])
        #expect(wire.fired == ["most", "size"])
        #expect(wire.packetCounts == PerDirection(inbound: 3, outbound: 0))
        #expect(wire.stage == .established)
        let early = Wire(try Rules.make(game, rules))
        early.send([4, 2, 0, 1])
        #expect(early.endingRule == "phase")
        let broken = Wire(try Rules.make(game, rules))
        broken.send([21])
        #expect(broken.endingRule == "framing")
    }

    @Test("packets without opcodes have no name, and the frame and the limits hold for them")
    func noOpcode() throws {
        let game = """
            phases:
              - name: login
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: { client: u8@1, server: none }
                next_on: { packet: LOGIN }
              - { name: play, opcode: none }
            packets: { client: { LOGIN: { opcode: 1, size: 3 } } }
            """
        let rules = """
            unknown: pass
            rules: [{ id: 100, name: most, where: { phase: play }, limit: { rate: 1/s, burst: 2 }, action: drop }]
            """
        let wire = Wire(try Rules.make(game, rules))
        wire.send([2, 1], .outbound)
        // A second packet with the number of LOGIN, of another size than it may have: nobody reads the number.
        wire.send([3, 1, 9, 2, 1, 2, 1, 2, 1])
        #expect(wire.fired == ["most"])
        #expect(wire.packetCounts == PerDirection(inbound: 3, outbound: 1))
        wire.send([1])
        #expect(wire.endingRule == "framing")
    }
}
