import GameProtocol
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("protocols as they are loaded")
struct ProtocolLoadingTests {
    private static func read(_ text: String) throws -> Descriptor {
        let diagnostics = DiagnosticBag()
        let node = DocumentReader.parse(path: "g.yaml", bytes: Array(text.utf8), diagnostics)
        let file = node.flatMap { ProtocolReader(diagnostics: diagnostics).read($0, expectedName: nil) }
        let text = DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted)
        #expect(text == "")
        return try #require(file).descriptor
    }

    private static func lane(_ frame: String, opcode: String = "u8@2", packets: String = "") throws -> Lane {
        let descriptor = try read(
            """
            version: 1
            protocol: g
            phases:
              - name: a
                frame: \(frame)
                opcode: \(opcode)
            packets: { client: { \(packets) } }
            """)
        return try #require(descriptor.phases.first?.lanes?.inbound)
    }

    private static let u16le = IntegerField(offset: 0, byteCount: 2, isLittleEndian: true)
    private static let u16be = IntegerField(offset: 0, byteCount: 2, isLittleEndian: false)

    @Test("a length counts the packet, the payload, or what an adjustment says")
    func lengths() throws {
        let packet = try Self.lane("{ length: u16le@0, counts: packet }").frame
        #expect(packet.frame == .length(LengthField(field: Self.u16le, adjust: 0), escapes: []))
        #expect(packet.byteCountMin == 2)
        #expect(packet.byteCountMax == 65_535)
        let payload = try Self.lane("{ length: u16be@0, counts: payload, min: 3, max: 10KiB, also: [2] }").frame
        #expect(payload.frame == .length(LengthField(field: Self.u16be, adjust: 2), escapes: []))
        #expect(payload.byteCountMin == 3)
        #expect(payload.byteCountMax == 10_240)
        #expect(payload.also == [2])
        let adjusted = try Self.lane("{ length: u8@1, adjust: -3, min: 4 }").frame
        #expect(
            adjusted.frame
                == .length(
                    LengthField(field: IntegerField(offset: 1, byteCount: 1, isLittleEndian: false), adjust: -3),
                    escapes: []))
        #expect(adjusted.byteCountMax == 252)
    }

    @Test("a length may be masked, combined and rounded")
    func decorated() throws {
        let silkroad = try Self.lane(
            "{ length: u16le@0, mask: 0x7fff, adjust: 6, align: { when: 0x8000, to: 8 } }"
        ).frame
        #expect(
            silkroad.frame
                == .length(
                    LengthField(
                        field: Self.u16le, mask: 0x7FFF, adjust: 6,
                        align: .init(flag: 0x8000, multiple: 8, exemptByteCount: 2)), escapes: []))
        #expect(silkroad.byteCountMax == 32_767 + 6 + 7)
        let maple = try Self.lane("{ length: u16le@0, xor: u16le@2, adjust: 4 }").frame
        #expect(
            maple.frame
                == .length(
                    LengthField(
                        field: Self.u16le, xor: IntegerField(offset: 2, byteCount: 2, isLittleEndian: true),
                        adjust: 4), escapes: []))
        #expect(maple.byteCountMin == 4)
    }

    @Test("a length may mean something else at some values")
    func escaped() throws {
        let freeciv = try Self.lane(
            """
            { length: u16be@0, counts: packet, min: 3, max: 1MiB,
              escapes: [{ equals: 0xffff, length: u32be@2, counts: packet }, { at_least: 16385, adjust: -16385 }] }
            """
        ).frame
        let wide = IntegerField(offset: 2, byteCount: 4, isLittleEndian: false)
        #expect(
            freeciv.frame
                == .length(
                    LengthField(field: Self.u16be, adjust: 0),
                    escapes: [
                        LengthEscape(condition: .equals(0xFFFF), length: LengthField(field: wide, adjust: 0)),
                        LengthEscape(
                            condition: .atLeast(16_385), length: LengthField(field: Self.u16be, adjust: -16_385)),
                    ]))
    }

    @Test("a frame may be a varint, a table, marked, delimited, or chosen by its first bytes")
    func otherForms() throws {
        let varint = try Self.lane("{ length: varint(3)@0, counts: payload, max: 2MiB }", opcode: "varint@after-length")
        #expect(varint.frame.frame == .varint(offset: 0, byteCountMax: 3, countsPacket: false, adjust: 0))
        #expect(varint.opcode == OpcodeRule(form: .varintAfterLength))
        let table = try Self.lane(
            "{ table: true }", opcode: "u8@0",
            packets: "A: { opcode: 1, size: 7 }, B: { opcode: 2, size: { length: u16be@1, counts: packet } }")
        #expect(table.frame.frame == .table)
        let marked = try Self.lane("{ starts: \"aa 55\", length: u16le@2, adjust: 6, ends: \"55 aa\" }", opcode: "u8@4")
        #expect(
            marked.frame.frame
                == .marked(
                    starts: HexPattern([0xAA, 0x55]),
                    length: LengthField(field: IntegerField(offset: 2, byteCount: 2, isLittleEndian: true), adjust: 6),
                    ends: HexPattern([0x55, 0xAA])))
        #expect(marked.frame.byteCountMin == 6)
        let line = try Self.lane("{ until: \"0a 00\", max: 4KiB }", opcode: "word@0")
        #expect(line.frame == FrameRule(frame: .delimited(until: [10, 0]), byteCountMin: 2, byteCountMax: 4_096))
        let mu = try Self.lane(
            """
            { select: u8@0, cases: { 0xc1: { length: u8@1, counts: packet },
              0xc2: { length: u16be@1, counts: packet } } }
            """, opcode: "u8@after-length")
        guard case .select(let field, let cases, _, _, _) = mu.frame.frame else {
            Issue.record("expected a select")
            return
        }
        #expect(field == IntegerField(offset: 0, byteCount: 1, isLittleEndian: false))
        #expect(cases.keys.sorted() == [0xC1, 0xC2])
        #expect(mu.frame.byteCountMin == 2)
        #expect(mu.frame.byteCountMax == 65_535)
    }

    @Test("packets are known by number, sub-number, word or bare length")
    func identities() throws {
        let descriptor = try Self.read(
            """
            version: 1
            protocol: g
            phases:
              - name: a
                frame: { length: u16le@0, counts: packet, min: 3, also: [2] }
                opcode: { at: u8@2, mask: 0xff, shift: 0, sub: { when: [0xd0], opcode: u16le@3 } }
              - name: b
                frame: { server: { until: "0a", max: 64 } }
                opcode: { server: word@0 }
            packets:
              client:
                KEEPALIVE: { length: 2 }
                PLAIN: { opcode: 7, size: 3..9 }
                DEEP: { opcode: 0xd0, sub: 5 }
                ALSO_DEEP: { opcode: 0xd0, sub: 6 }
              server:
                NUMBER: { opcode: 7 }
                word:
                other: { opcode: "WORD" }
            """.replacing("  - name: b", with: "    next_on: { packet: PLAIN }\n  - name: b"))
        let client = descriptor.packets.inbound.entries
        #expect(
            client.map(\.identity) == [
                .length(2), .number(7, sub: nil), .number(0xD0, sub: 5), .number(0xD0, sub: 6),
            ])
        #expect(client[1].byteCounts == 3...9)
        #expect(
            descriptor.packets.outbound.entries.map(\.identity) == [
                .number(7, sub: nil), .word(Array("word".utf8)), .word(Array("WORD".utf8)),
            ])
        #expect(descriptor.phases[1].lanes?.inbound.frame == descriptor.phases[0].lanes?.inbound.frame)
        #expect(descriptor.phases[1].lanes?.outbound.opcode == OpcodeRule(form: .word(offset: 0)))
        #expect(descriptor.phases[0].transitions.map(\.phase) == [1])
    }

    @Test("a phase has a deadline, a preamble, what it accepts, and where it leads")
    func phases() throws {
        let descriptor = try Self.read(
            """
            version: 1
            protocol: g
            phases:
              - name: keys
                deadline: 10s
                preamble:
                  - { from: server, bytes: 4, equals: "01 00 ?? 00" }
                  - { from: client, bytes: 128, as: c1 }
                  - { from: client, either: [{ starts: "ef", bytes: 21 }, { until: "0a", max: 64 }] }
              - name: login
                frame: { length: u16le@0, counts: packet, min: 4 }
                opcode: u16le@2
                accept: { client: [A] }
                next_on:
                  - { packet: OK, other_side_after: A }
                  - { packet: [SECRET], goto: hidden }
              - name: world
              - name: hidden
                opaque: true
            packets:
              client: { A: { opcode: 1 }, B: { opcode: 2 } }
              server: { OK: { opcode: 3 }, SECRET: { opcode: 4 } }
            """)
        #expect(descriptor.phases.map(\.name) == ["keys", "login", "world", "hidden"])
        #expect(descriptor.captureByteCountMax == 128)
        let keys = descriptor.phases[0]
        #expect(keys.deadlineNS == 10_000_000_000)
        #expect(keys.lanes == nil)
        #expect(keys.preamble.map(\.direction) == [.outbound, .inbound, .inbound])
        #expect(keys.preamble[0].alternatives[0].starts == HexPattern([1, 0, 0, 0], masks: [255, 255, 0, 255]))
        #expect(keys.preamble[1].capture == "c1")
        #expect(keys.preamble[2].alternatives.map(\.extent) == [.bytes(21), .until([10], most: 64)])
        let login = descriptor.phases[1]
        #expect(login.accept.inbound?.contains(1) == true)
        #expect(login.accept.inbound?.contains(2) == false)
        #expect(login.accept.inbound?.contains(0) == false)
        #expect(login.accept.outbound == nil)
        #expect(login.transitions.map(\.phase) == [2, 3])
        #expect(login.transitions.map(\.otherSideAfter) == [1, nil])
        #expect(descriptor.phases[2].lanes != nil)
        #expect(descriptor.phases[3].isOpaque)
        #expect(descriptor.phases[3].lanes == nil)
    }

    @Test("sixty-four phases are read, and one more is refused", arguments: [64, 65])
    func phaseLimit(count: Int) throws {
        var text = "version: 1\nprotocol: x\nphases:\n"
        for number in 0..<count {
            text += "  - name: p\(number)\n    preamble: [{ from: client, bytes: 1 }]\n"
        }
        text = String(text.dropLast(1)) + "\n    frame: { length: u8@0, counts: packet }\n"
        let result = try ScratchFolder.check("x.yaml", text)
        #expect(result.contains("error[C037]: a protocol has at most 64 phases") == (count > 64))
        #expect(result.isEmpty == (count <= 64))
    }
}
