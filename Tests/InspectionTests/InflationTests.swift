import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Compressed packets")
struct InflationTests {
    /// A length, a varint that says how long the rest becomes (0: it is not compressed), an opcode and a text.
    private static let game = """
        inflate_max: 200B
        phases:
          - name: play
            frame: { length: "varint(2)@0", counts: payload, min: 2, max: 100 }
            opcode: varint@after-length
            inflate: { client: { with: zlib, size: varint }, server: none }
            next_on: { packet: SAY, where: { text: "bye" }, goto: end }
          - name: end
            inflate: none
        packets:
          client:
            SAY: { opcode: 7, fields: { text: "text(u8)@after-opcode" } }
            MOVE: { opcode: 8 }
            OVER: { opcode: 9 }
          server:
            X: { opcode: 1 }
        """
    private static let policy = """
        violations: { inflate: { action: drop, score: 3 }, malformed: drop }
        rules:
          - { id: 100, name: shout, packet: SAY, where: { text: "HEY" }, action: drop }
          - { id: 101, name: curse, packet: SAY, bytes: [{ text: "evil", encoding: ascii }], action: drop }
        """

    private func packet(_ body: [UInt8]) -> [UInt8] { [UInt8(body.count)] + body }
    private func plain(_ text: String) -> [UInt8] { packet([0, 7, UInt8(text.utf8.count)] + text.utf8) }

    /// Opcode 7 and a text of three letters in one stored block, as zlib wraps it.
    private func packed(_ text: String, says size: UInt8? = nil) -> [UInt8] {
        let clear = [7, UInt8(text.utf8.count)] + [UInt8](text.utf8)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in clear {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let count = UInt8(clear.count)
        let block: [UInt8] = [0x78, 0x01, 1, count, 0, ~count, 0xFF] + clear
        let sum = [UInt8(high >> 8), UInt8(high & 0xFF), UInt8(low >> 8), UInt8(low & 0xFF)]
        return packet([size ?? count] + block + sum)
    }

    @Test("rules read what a packet inflates to, and it goes on as it came")
    func reads() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        let sent = [plain("hi"), packed("hi!"), plain("HEY"), packed("HEY"), packed("so evil"), packed("ok?")]
        for byte in sent.joined() { wire.send([byte]) }
        #expect(wire.fired == ["shout", "shout", "curse"])
        #expect(wire.forwarded.inbound == plain("hi") + packed("hi!") + packed("ok?"))
        #expect(wire.packetCounts.inbound == 3)
        #expect(wire.end == nil)
    }

    @Test("what is corrupt, or says that it becomes more than the bound, is the violation inflate")
    func corrupt() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        var broken = packed("hi!")
        broken[broken.count - 1] ^= 1
        wire.send(broken)
        #expect(wire.detail(of: .inflate) == "the compressed part is corrupt")
        wire.send(packed("hi!", says: 201))
        wire.send([4, 0xC9, 0x01, 1, 2])
        #expect(wire.detail(of: .inflate) == "the compressed part would be longer than 200 bytes")
        wire.send(packet([5]))
        wire.send(packed("hi!", says: 4) + packed("hi!", says: 6))
        wire.send(plain("ok"))
        #expect(wire.fired == [String](repeating: "inflate", count: 6))
        #expect(wire.findings.map(\.score) == [Double](repeating: 3, count: 6))
        #expect(wire.forwarded.inbound == plain("ok"))
    }

    @Test("a packet that inflates to nothing has no opcode, and one whose field reaches outside is malformed")
    func malformed() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(packet([0]) + packet([0, 7, 9, 65]) + plain("ok"))
        #expect(wire.fired == ["malformed", "malformed"])
        #expect(wire.forwarded.inbound == plain("ok"))
    }

    @Test("the server's side, which is not compressed here, is read as it is")
    func otherSide() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send([2, 1, 0x78], .outbound)
        #expect(wire.forwarded.outbound == [2, 1, 0x78])
        #expect(wire.packetCounts.outbound == 1)
    }

    @Test("what a packet inflates to may lead to another phase")
    func leadsOn() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy))
        wire.send(packed("hi!"))
        #expect(wire.phaseName == "play")
        wire.send(packed("bye"))
        #expect(wire.phaseName == "end")
        wire.send([2, 9, 0x78])
        #expect(wire.packetCounts.inbound == 3)
    }

    @Test("in shadow a corrupt packet goes on, and so does all behind it")
    func shadow() throws {
        let wire = Wire(try Rules.make(Self.game, Self.policy, mode: "shadow"))
        var broken = packed("hi!")
        broken[broken.count - 1] ^= 1
        wire.send(broken + packed("HEY") + plain("ok"))
        #expect(wire.forwarded.inbound == broken + packed("HEY") + plain("ok"))
        #expect(wire.fired.contains("inflate") && wire.fired.contains("shout"))
    }

    @Test("one packet may have a compressed part of its own")
    func ownPart() throws {
        let game = """
            phases:
              - name: play
                frame: { length: u8@0, counts: payload, max: 60 }
                opcode: u8@1
            packets:
              client:
                NOTE: { opcode: 7, size: 3..60, inflate: { with: zlib, at: 2 }, fields: { letter: u8@4 } }
                MOVE: { opcode: 8 }
            """
        let wire = Wire(
            try Rules.make(
                game,
                "rules: [{ id: 100, name: a, packet: NOTE, where: { letter: 65 }, action: drop }]"
            ))
        // The view: length, opcode, then the 7 and 3 that `packed` puts first, then its letters.
        func note(_ text: String) -> [UInt8] { packet([7] + packed(text).dropFirst(2)) }
        wire.send(note("ABC") + note("BCD") + packet([8, 1]))
        #expect(wire.fired == ["a"])
        #expect(wire.forwarded.inbound == note("BCD") + packet([8, 1]))
    }

    @Test("a direction inflates 16 MiB at once and then 8 MiB a second, however small the packets are")
    func budget() throws {
        let game = """
            inflate_max: 16MiB
            phases:
              - name: play
                frame: { length: u16le@0, counts: packet, max: 32KiB }
                opcode: u8@2
            packets: { client: { BLOB: { opcode: 7, size: 4..32768, inflate: { with: deflate, at: 3 } } } }
            """
        // One letter, and then "the last byte 258 times" as often as it takes for a little over a mebibyte.
        var bits: [Bool] = [true, true, false]
        func put(_ value: Int, _ count: Int) {
            for bit in (0..<count).reversed() { bits.append(value >> bit & 1 == 1) }
        }
        put(0x30 + 0x41, 8)
        for _ in 0..<4_065 {
            put(0xC5, 8)
            put(0, 5)
        }
        put(0, 7)
        while bits.count % 8 != 0 { bits.append(false) }
        var body: [UInt8] = []
        for start in stride(from: 0, to: bits.count, by: 8) {
            body.append((0..<8).reduce(UInt8(0)) { $0 | (bits[start + $1] ? 1 << UInt8($1) : 0) })
        }
        let size = body.count + 3
        let blob = [UInt8(size & 0xFF), UInt8(size >> 8), 7] + body
        let wire = Wire(try Rules.make(game, "violations: { inflate: drop }"))
        for _ in 0..<16 { wire.send(blob) }
        #expect(wire.fired.isEmpty)
        wire.send(blob)
        #expect(wire.fired == ["inflate"])
        #expect(wire.detail(of: .inflate) == "more is compressed than may be inflated in a second")
        wire.wait(second)
        for _ in 0..<9 { wire.send(blob) }
        #expect(wire.fired == ["inflate", "inflate"])
        #expect(wire.packetCounts.inbound == 24)
    }
}
