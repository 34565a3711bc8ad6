import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Counters and checksums that packets carry")
struct CounterTests {
    /// A length, an opcode, a counter of one byte, a sum of one byte, and a text.
    private static let game = """
        phases:
          - name: play
            frame: { length: u8@0, counts: packet, min: 2, max: 60 }
            opcode: u8@1
        packets:
          client:
            SAY:
              opcode: 7
              size: 5..40
              counter: { at: u8@2, first: 1 }
              checksum: { at: u8@3, hash: xor, over: 4.. }
              fields: { text: "text(u8)@4" }
            MOVE: { opcode: 8 }
        """
    private static let policy = """
        violations: { counter: log, checksum: drop, size: drop, malformed: drop }
        rules:
          - { id: 100, name: shout, packet: SAY, where: { text: "HEY" }, action: drop }
          - { id: 101, name: short, packet: SAY, action: { rewrite: { text: { truncate: 4 } } } }
        """

    private func say(_ text: String, _ counter: UInt8, sum: UInt8? = nil) -> [UInt8] {
        let body = [UInt8(text.utf8.count)] + text.utf8
        return [UInt8(body.count + 4), 7, counter, sum ?? body.reduce(0, ^)] + body
    }

    private static let move: [UInt8] = [3, 8, 1]

    @Test("packets that count right pass as they came, and others of the game are not asked")
    func inOrder() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        let sent = say("a", 1) + Self.move + say("b", 2) + say("c", 3)
        for byte in sent { wire.send([byte]) }
        #expect(wire.forwarded.inbound == sent)
        #expect(wire.fired.isEmpty)
    }

    @Test("a jump, a repetition and a wrong start are the violation counter, each told once")
    func jumps() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(say("a", 3))
        #expect(wire.detail(of: .counter) == "the counter is 3, and 1 would come next")
        wire.send(say("b", 4) + say("c", 4) + say("d", 5) + say("e", 9) + say("f", 10))
        #expect(wire.fired == ["counter", "counter", "counter"])
        // What the sender counts wrong stays wrong: the server may judge it.
        #expect(
            wire.forwarded.inbound
                == say("a", 3) + say("b", 4) + say("c", 4) + say("d", 5) + say("e", 9) + say("f", 10))
    }

    @Test("without a policy's word a jump closes")
    func closes() throws {
        let wire = Wire(try Rules.make(Self.game, "rules: []"))
        wire.send(say("a", 1) + say("b", 3) + say("c", 4))
        #expect(wire.forwarded.inbound == say("a", 1))
        #expect(wire.endingRule == "counter")
    }

    @Test("behind a packet that was dropped the server's count goes on without a gap")
    func renumbered() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(say("a", 1) + say("HEY", 2) + say("b", 3) + Self.move + say("HEY", 4) + say("c", 5))
        #expect(wire.fired == ["shout", "shout"])
        #expect(wire.forwarded.inbound == say("a", 1) + say("b", 2) + Self.move + say("c", 3))
    }

    @Test("so it does behind one that was dropped for its size, and behind one with a wrong sum")
    func droppedUnseen() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        let large = say(String(repeating: "x", count: 50), 2)
        wire.send(say("a", 1) + large + say("b", 3) + say("c", 4, sum: 0xEE) + say("d", 5))
        #expect(wire.fired == ["size", "checksum"])
        #expect(wire.forwarded.inbound == say("a", 1) + say("b", 2) + say("d", 3))
    }

    @Test("the largest number is followed by 0")
    func wraps() throws {
        let game = Self.game.replacing("first: 1", with: "first: 254")
        let wire = Wire(try Rules.make(game, Self.policy))
        wire.send(say("a", 254) + say("HEY", 255) + say("b", 0) + say("c", 1))
        #expect(wire.fired == ["shout"])
        #expect(wire.forwarded.inbound == say("a", 254) + say("b", 255) + say("c", 0))
    }

    @Test("a packet that was rewritten has the right length, count and sum")
    func rewritten() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(say("HEY", 1) + say("too long", 2) + say("fits", 3))
        #expect(wire.fired == ["shout", "short"])
        #expect(wire.forwarded.inbound == say("too ", 1) + say("fits", 2))
    }

    @Test("a text that reaches outside is malformed and no count is lost over it")
    func malformed() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var broken = say("abc", 2)
        broken[4] = 9
        wire.send(say("a", 1) + broken)
        #expect(wire.fired == ["malformed"])
        #expect(wire.detail(of: .malformed) == "'text' reaches outside the packet")
        wire.send(say("b", 3))
        #expect(wire.fired == ["malformed"])
        #expect(wire.forwarded.inbound == say("a", 1) + say("b", 2))
    }

    @Test("a reload keeps both counts where they stand")
    func reload() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(say("a", 1) + say("HEY", 2))
        let renamed = Self.game.replacing("    SAY:", with: "    OTHER: { opcode: 9 }\n    SAY:")
        #expect(wire.reload(try Rules.make(renamed, Self.policy)))
        wire.send(say("b", 3))
        #expect(wire.fired == ["shout"])
        #expect(wire.forwarded.inbound == say("a", 1) + say("b", 2))
    }

    @Test("in shadow nothing is dropped, and so nothing renumbered")
    func shadow() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy, mode: "shadow"))
        let sent = say("a", 1) + say("HEY", 2) + say("b", 9, sum: 1) + say("much too long", 4)
        wire.send(sent)
        #expect(wire.forwarded.inbound == sent)
        #expect(wire.fired == ["shout", "checksum", "counter", "counter", "short"])
    }
}
