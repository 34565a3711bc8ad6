import Testing

@Suite("opcodes where the first bytes choose a frame, and numbers that a phase adds")
struct SelectedFrameTests {
    private static func check(
        _ frame: String, _ packet: String, opcode: String = "varint@after-length"
    ) throws -> String {
        try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases:
              - name: a
                frame: \(frame)
                opcode: \(opcode)
            packets: { client: { P: \(packet) }, server: { Q: { opcode: 0x105 } } }

            """)
    }

    @Test("a field stands behind the opcode where every form that has room for one ends it in the same place")
    func fieldBehindOpcode() throws {
        let rest = "otherwise: { length: varint(3)@0, counts: payload, max: 1027 }"
        let packet = "{ opcode: 0x105, size: 4..64, fields: { name: text(varint)@after-opcode } }"
        let short = "{ select: u8@0, cases: { 0xfe: { length: u8@0, mask: 1, adjust: 1, max: 1 } }, \(rest) }"
        #expect(try Self.check(short, packet) == "")
        let other = "{ select: u8@0, cases: { 0xfe: { length: u8@0, mask: 1, adjust: 9, max: 9 } }, \(rest) }"
        #expect(try Self.check(other, packet).contains("the opcode does not end in one place in all phases"))
    }

    @Test("a varint behind the length needs a form with a varint")
    func varintForm() throws {
        let frame = "{ select: u8@0, cases: { 1: { length: u8@1, counts: packet } } }"
        #expect(
            try Self.check(frame, "{ opcode: 0x105 }")
                .contains("varint@after-length needs a frame with a varint length"))
    }

    @Test("a number that lies below what the phase adds, or beyond it, is no opcode of it")
    func plus() throws {
        let frame = "{ length: u8@0, counts: packet }"
        let opcode = "{ at: u8@1, mask: 0x0f, plus: 0x100 }"
        #expect(try Self.check(frame, "{ opcode: 0x10f }", opcode: opcode) == "")
        for number in ["0xff", "0x110"] {
            let text = try Self.check(frame, "{ opcode: \(number) }", opcode: opcode)
            #expect(text.contains("no opcode of this protocol can be"))
            #expect(text.contains("the largest is 271 (0x10f)"))
        }
        #expect(
            try Self.check(frame, "{}", opcode: "{ at: word@1, plus: 1 }")
                .contains("a word has no mask, shift, plus or sub-opcode"))
    }
}

@Suite("ranges of opcodes")
struct OpcodeRangeTests {
    private static func check(_ packets: String) throws -> String {
        try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases: [{ name: a, frame: { length: u8@0, counts: packet }, opcode: u8@1 }]
            packets: { client: { \(packets) } }

            """)
    }

    @Test("ranges may lie within each other, and have single opcodes in them")
    func nested() throws {
        #expect(try Self.check("A: { opcode: 1..0xff }, B: { opcode: 5..9 }, C: { opcode: 7 }") == "")
    }

    @Test("ranges that cross, that end before they begin, or that no opcode can reach are refused")
    func crossing() throws {
        #expect(
            try Self.check("A: { opcode: 1..6 }, B: { opcode: 5..9 }")
                == """
                x.yaml:4:43: error[C032]: 'B' has some of the opcodes 1..6 of 'A'
                    4 | packets: { client: { A: { opcode: 1..6 }, B: { opcode: 5..9 } } }
                      |                                           ^
                   help: 'A' stands at 4:22

                """)
        #expect(try Self.check("A: { opcode: 1..6 }, B: { opcode: 1..6 }").contains("the same opcodes 1..6 as 'A'"))
        #expect(try Self.check("A: { opcode: 6..1 }").contains("expected a range of opcodes such as 1..499"))
        #expect(try Self.check("A: { opcode: 6..65536 }").contains("the last is at most 65535"))
        #expect(try Self.check("A: { opcode: 6..256 }").contains("no opcode of this protocol can be 6 or 256"))
        #expect(try Self.check("A: { opcode: 6..9, sub: 1 }").contains("a range of opcodes has no sub-opcode"))
    }
}
