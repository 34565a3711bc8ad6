import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Reload in the middle of a session")
struct ReloadTests {
    private static let flood = "rules: [{ id: 100, name: flood, limit: { rate: 1/m, burst: 3 }, action: drop }]"

    @Test("a limit that stays keeps what was used, and a smaller burst cuts it")
    func buckets() throws {
        let wire = Wire(try Rules.make(Rules.numbers, Self.flood))
        wire.send([2, 2, 2, 2])
        #expect(wire.reload(try Rules.make(Rules.numbers, Self.flood)))
        wire.send([2, 2, 2, 2])
        #expect(wire.packetCounts.inbound == 3)
        #expect(wire.fired == ["flood"])
    }

    @Test("a new rule holds from the next packet on")
    func newRule() throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        wire.send([2, 2])
        #expect(wire.reload(try Rules.make(Rules.numbers, "rules: [{ id: 1000, name: no, packet: B, action: drop }]")))
        wire.send([2, 2, 2, 1])
        #expect(wire.forwarded.inbound == [2, 2, 2, 1])
        #expect(wire.fired == ["no"])
    }

    /// The packets in another order and with one more, so that every index differs.
    private static let reordered = """
        phases:
          - name: intro
            frame: { length: u8@0, counts: packet, min: 2, max: 20 }
            opcode: u8@1
            next_on: { packet: NEW }
          - name: play
        packets:
          client:
            NEW: { opcode: 9 }
            B: { opcode: 2 }
            A: { opcode: 1, size: 2..6 }
          server:
            Y: { opcode: 2, size: 2..6 }
            X: { opcode: 1 }
        """

    @Test("phases and packets are followed by name, in the middle of a packet too")
    func renumbered() throws {
        let policy = "rules: [{ id: 100, name: look, packet: A, bytes: [{ hex: \"de ad\" }], action: drop }]"
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        // The header of A is judged and its body awaited.
        wire.send([6, 1, 0xDE])
        #expect(wire.reload(try Rules.make(Self.reordered, policy)))
        wire.send([0xAD, 0, 0, 2, 2])
        #expect(wire.fired == ["look"])
        #expect(wire.forwarded.inbound == [2, 2])
        // The session stays in the phase of that name, which is the second now.
        #expect(wire.stage == .established)
    }

    @Test("a session whose framing changed keeps its old rules")
    func otherFraming() throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        wire.send([4, 2])
        let wider = Rules.numbers.replacing("max: 20", with: "max: 21")
        #expect(!wire.reload(try Rules.make(wider)))
        #expect(!wire.reload(try Rules.make(Rules.lines)))
        #expect(!wire.reload(try Rules.make(nil)))
        wire.send([1, 1, 2, 2])
        #expect(wire.forwarded.inbound == [4, 2, 1, 1, 2, 2])
        #expect(wire.end == nil)
    }

    @Test("a packet that is held is released as it was judged")
    func heldPacket() throws {
        let policy = "rules: [{ id: 100, name: shape, limit: { rate: 1/s, burst: 1 }, action: delay }]"
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        wire.send([2, 2, 2, 2, 2, 2])
        #expect(wire.reload(try Rules.make(Self.reordered)))
        wire.wait(second)
        // Nothing delays what follows.
        #expect(wire.forwarded.inbound == [2, 2, 2, 2, 2, 2])
    }

    @Test("a direction that is on its way into a phase arrives in the phase of that name")
    func underway() throws {
        func game(_ first: String) -> String {
            """
            phases:
            \(first)
              - name: narrow
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
                next_on: { packet: WELCOME, other_side_after: READY }
              - name: wide
                frame: { length: u16be@0, counts: packet, min: 3, max: 20 }
                opcode: u8@2
            packets:
              client: { READY: { opcode: 3 }, PLAY: { opcode: 2 } }
              server: { WELCOME: { opcode: 1 } }
            """
        }
        let intro = """
              - name: intro
                frame: { length: u8@0, counts: packet, min: 1, max: 9 }
                opcode: u8@1
                next_on: { packet: PLAY }
            """
        let wire = Wire(try Rules.make(game("")))
        wire.send([2, 1], .outbound)
        #expect(wire.reload(try Rules.make(game(intro))))
        wire.send([2, 2, 2, 3, 0, 3, 2])
        #expect(wire.end == nil)
        #expect(wire.packetCounts.inbound == 3)
        #expect(wire.stage == .established)
    }
}
