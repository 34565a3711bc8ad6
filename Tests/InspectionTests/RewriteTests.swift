import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Packets that rules change, in a session")
struct RewriteTests {
    /// A length of a byte, an opcode, and a text or a number.
    private static let game = """
        phases:
          - name: play
            frame: { length: u8@0, counts: packet, min: 2, max: 20 }
            opcode: u8@1
        packets:
          client:
            SAY: { opcode: 1, size: 3..16, fields: { text: utf8z@2 } }
            BUY: { opcode: 2, size: 4, fields: { amount: u8@2, what: u8@3 } }
          server:
            SAID: { opcode: 1, fields: { text: utf8z@2 } }
        """

    private static let rules = """
        rules:
          - id: 100
            name: short
            packet: [SAY, SAID]
            action: { rewrite: { text: { truncate: 4 } } }
            score: 1
          - { id: 101, name: few, packet: BUY, where: { what: 7 }, action: { rewrite: { amount: { clamp: 0..9 } } } }
        """

    private static func say(_ text: String) -> [UInt8] { [UInt8(text.utf8.count + 3), 1] + Array(text.utf8) + [0] }

    @Test("the packet's length follows, and the packets around it stay, in any pieces and both directions")
    func split() throws {
        let ruleset = try Rules.make(Self.game, Self.rules)
        let bytes =
            Self.say("abc") + Self.say("abcdefgh") + [4, 2, 10, 7] + [4, 2, 10, 8] + Self.say("vwxyz") + [4, 2, 9, 7]
        let expected =
            Self.say("abc") + Self.say("abcd") + [4, 2, 9, 7] + [4, 2, 10, 8] + Self.say("vwxy") + [4, 2, 9, 7]
        for size in 1...bytes.count {
            let wire = Wire(ruleset)
            wire.send(pieces: stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0...].prefix(size)) })
            #expect(wire.forwarded.inbound == expected)
            #expect(wire.fired == ["short", "few", "short"])
            #expect(wire.packetCounts.inbound == 6)
            wire.send(Self.say("12345") + Self.say("1"), .outbound)
            #expect(wire.forwarded.outbound == Self.say("1234") + Self.say("1"))
        }
    }

    @Test("what is dropped after all leaves nothing behind")
    func dropped() throws {
        let rules = Self.rules + "\n  - { id: 102, name: no, packet: SAY, where: { text: abcd }, action: drop }"
        let wire = Wire(try Rules.make(Self.game, rules))
        wire.send(Self.say("abcde") + Self.say("xy") + [4, 2, 10, 7])
        #expect(wire.forwarded.inbound == Self.say("xy") + [4, 2, 9, 7])
        #expect(wire.fired == ["short", "no", "few"])
        #expect(wire.droppedCounts.inbound == 1)
    }

    @Test("a packet that waits goes on as it was changed")
    func held() throws {
        let slow = "\n  - { id: 102, name: slow, packet: SAY, limit: { rate: 1/s, burst: 1 }, action: delay }"
        let wire = Wire(try Rules.make(Self.game, Self.rules + slow))
        wire.send(Self.say("abcde") + Self.say("vwxyz") + Self.say("q"))
        #expect(wire.forwarded.inbound == Self.say("abcd"))
        wire.wait(second)
        #expect(wire.forwarded.inbound == Self.say("abcd") + Self.say("vwxy"))
        wire.wait(second)
        #expect(wire.forwarded.inbound == Self.say("abcd") + Self.say("vwxy") + Self.say("q"))
    }

    @Test("a packet whose new size its entry or its frame cannot say is dropped")
    func refused() throws {
        for (size, frame, isDropped) in [("3..16", 20, false), ("8..16", 20, true), ("3..90", 9, true)] {
            let game = Self.game.replacing("size: 3..16", with: "size: \(size)").replacing(
                "max: 20", with: "max: \(frame)")
            let text = size == "3..90" ? "longer than" : "abcd"
            let rules = "rules: [{ id: 100, name: set, packet: SAY, action: { rewrite: { text: { set: \(text) } } } }]"
            let wire = Wire(try Rules.make(game, rules))
            wire.send(Self.say("abcde"))
            #expect(wire.forwarded.inbound == (isDropped ? [] : Self.say("abcd")))
            #expect(wire.findings.last?.action == (isDropped ? .drop : .rewrite))
            #expect(wire.droppedCounts.inbound == (isDropped ? 1 : 0))
        }
    }

    @Test("in shadow the bytes go on as they came")
    func shadow() throws {
        let wire = Wire(try Rules.make(Self.game, Self.rules, mode: "shadow"))
        let bytes = Self.say("abcdefgh") + [4, 2, 10, 7]
        wire.send(bytes)
        #expect(wire.forwarded.inbound == bytes)
        #expect(wire.fired == ["short", "few"])
        #expect(wire.findings.allSatisfy { $0.isShadow && $0.action == .rewrite })
    }

    @Test("a length that is a varint may take fewer bytes than before")
    func varint() throws {
        let game = """
            phases:
              - name: play
                frame: { length: varint(3)@0, counts: payload, max: 400 }
                opcode: varint@after-length
            packets: { client: { SAY: { opcode: 1, fields: { text: "text(varint)@after-opcode" } } } }
            """
        let rules = "rules: [{ id: 100, name: short, packet: SAY, action: { rewrite: { text: { truncate: 4 } } } }]"
        let wire = Wire(try Rules.make(game, rules))
        let text = [UInt8](repeating: 0x61, count: 200)
        wire.send([0xCB, 0x01, 0x01, 0xC8, 0x01] + text)
        #expect(wire.forwarded.inbound == [0x06, 0x01, 0x04] + text.prefix(4))
    }

    @Test("what leads to another phase is what the receiver reads, at once and after a delay")
    func leadsOn() throws {
        let game = """
            phases:
              - name: first
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
                next_on: { packet: GO, where: { step: 1 } }
              - name: second
            packets: { client: { GO: { opcode: 1, size: 3, fields: { step: u8@2 } } }, server: { X: { opcode: 1 } } }
            """
        for (limit, isHeld) in [
            ("", false),
            ("\n  - { id: 101, packet: GO, name: slow, limit: { rate: 1/s, burst: 1 }, action: delay }", true),
        ] {
            let rules = """
                rules:
                  - { id: 100, packet: GO, name: fewer, action: { rewrite: { step: { clamp: 1..5 } } } }
                """
            let wire = Wire(try Rules.make(game, rules + limit))
            if isHeld { wire.send([3, 1, 2]) }
            wire.send([3, 1, 0])
            #expect(wire.phaseName == (isHeld ? "first" : "second"))
            wire.wait(second)
            #expect(wire.phaseName == "second")
            #expect(wire.forwarded.inbound.suffix(3) == [3, 1, 1])

            let other = Wire(try Rules.make(game, rules.replacing("1..5", with: "2..5") + limit))
            other.send([3, 1, 1] + [3, 1, 1])
            other.wait(second)
            #expect(other.phaseName == "first")
        }
    }
}
