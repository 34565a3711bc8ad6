import GameProtocol
import PacketFields
import Testing
import WireBytes

@testable import ConfigurationFiles

@Suite("Fields of packets as they are loaded")
struct FieldLoadingTests {
    private static func layout(
        _ entry: String, opcode: String = "u16le@2", frame: String = "{ length: u16le@0, counts: packet, min: 4 }"
    ) throws -> PacketLayout {
        let diagnostics = DiagnosticBag()
        let text = """
            version: 1
            protocol: g
            phases:
              - name: a
                frame: \(frame)
                opcode: \(opcode)
            packets: { client: { A: { opcode: \(opcode.hasPrefix("word") ? "A" : "1"), \(entry) } } }
            """
        let node = DocumentReader.parse(path: "g.yaml", bytes: Array(text.utf8), diagnostics)
        let file = node.flatMap { ProtocolReader(diagnostics: diagnostics).read($0, expectedName: nil) }
        let problems = DiagnosticRenderer(sources: diagnostics.sources).render(diagnostics.sorted)
        #expect(problems == "")
        return try #require(file?.descriptor.packets.inbound.entries.first?.layout)
    }

    private static func field(_ line: String) throws -> Field {
        try #require(try layout("fields: { \(line) }").fields.last)
    }

    private static func place(_ offset: Int, _ byteCount: Int, little: Bool = true) -> IntegerPlace {
        IntegerPlace(offset: offset, byteCount: byteCount, isLittleEndian: little)
    }

    @Test(
        "every type is read",
        arguments: [
            ("u8", .integer(byteCount: 1, isLittleEndian: false, isSigned: false)),
            ("i16be", .integer(byteCount: 2, isLittleEndian: false, isSigned: true)),
            ("u24le", .integer(byteCount: 3, isLittleEndian: true, isSigned: false)),
            ("i64le", .integer(byteCount: 8, isLittleEndian: true, isSigned: true)),
            ("f32le", .float(byteCount: 4, isLittleEndian: true)),
            ("f64be", .float(byteCount: 8, isLittleEndian: false)), ("varint", .varint),
            ("utf8z", .terminated(.utf8)), ("utf16lez", .terminated(.utf16le)), ("latin1z", .terminated(.latin1)),
            ("bytes(16)", .bytes(.fixed(16))), ("bytes(rest)", .bytes(.rest(less: 0))),
            ("bytes(rest-2)", .bytes(.rest(less: 2))),
            ("bytes(u16be)", .bytes(.prefixed(byteCount: 2, isLittleEndian: false, unitByteCount: 1))),
            ("bytes(varint)", .bytes(.prefixedByVarint(unitByteCount: 1))),
            (
                "bytes(u16le@4)",
                .bytes(.counted(IntegerPlace(offset: 4, byteCount: 2, isLittleEndian: true), unitByteCount: 1))
            ),
            ("text(24)", .text(.fixed(24), .utf8, isNULEnded: false)),
            ("text(24, latin1, nul)", .text(.fixed(24), .latin1, isNULEnded: true)),
            (
                "text(u16be, nul)",
                .text(.prefixed(byteCount: 2, isLittleEndian: false, unitByteCount: 1), .utf8, isNULEnded: true)
            ),
            ("text(varint, utf16le, units)", .text(.prefixedByVarint(unitByteCount: 2), .utf16le, isNULEnded: false)),
        ] as [(String, FieldKind)])
    func types(text: String, kind: FieldKind) throws {
        #expect(try Self.field("f: '\(text)@6'").kind == kind)
    }

    @Test(
        "every origin is read",
        arguments: [
            ("4", .start(4)), ("-4", .end(-4)),
            ("[u16le@4]", .indirect(IntegerPlace(offset: 4, byteCount: 2, isLittleEndian: true), plus: 0)),
            ("[u16be@4]+8", .indirect(IntegerPlace(offset: 4, byteCount: 2, isLittleEndian: false), plus: 8)),
            ("[u8@-4]-1", .indirect(IntegerPlace(offset: -4, byteCount: 1, isLittleEndian: false), plus: -1)),
            ("after-opcode", .start(4)),
        ] as [(String, FieldOrigin)])
    func origins(text: String, origin: FieldOrigin) throws {
        #expect(try Self.field("f: 'u8@\(text)'").origin == origin)
    }

    @Test("a field follows an earlier one, and the opcode of any form")
    func after() throws {
        #expect(try Self.field("a: utf8z@4, b: u8@after(a)").origin == .after(0))
        let varint = "{ length: varint(3)@0, counts: payload, max: 64KiB }"
        #expect(
            try Self.layout("fields: { f: u8@after-opcode }", opcode: "varint@after-length", frame: varint).fields[0]
                .origin == .afterVarints(at: 0, count: 2))
        #expect(
            try Self.layout("fields: { f: u8@after-opcode }", opcode: "word@2").fields[0].origin == .afterWord(at: 2))
        #expect(
            try Self.layout("fields: { f: u8@after-opcode }", opcode: "u8@after-length").fields[0].origin == .start(3))
        #expect(
            try Self.layout(
                "sub: 7, fields: { f: u8@after-opcode }", opcode: "{ at: u8@2, sub: { when: [1], opcode: u16le@3 } }"
            ).fields[0].origin == .start(5))
    }

    @Test("an array is linked, or its elements stand side by side")
    func arrays() throws {
        let linked = try Self.layout(
            "arrays: { m: { count: u16le@4, first: u16le@6, links: here-next, min_element: 8 } }")
        #expect(
            linked.arrays == [
                ArrayLayout(
                    name: "m", count: .place(Self.place(4, 2)),
                    elements: .linked(first: Self.place(6, 2), byteCountMin: 8))
            ])
        let short = try Self.layout("arrays: { m: { count: u16le@4, first: u16le@6, links: here-next } }")
        #expect(short.arrays[0].elements == .linked(first: Self.place(6, 2), byteCountMin: 4))
        let contiguous = try Self.layout(
            "fields: { n: varint@4 }, arrays: { m: { count: n, first: after(n), element: 12 }, "
                + "k: { count: u8@4, first: 5, element: 1 }, l: { count: u8@4, first: u16le@6, element: 2 } }")
        #expect(contiguous.arrays[0].count == .field(0))
        #expect(
            contiguous.arrays.map(\.elements) == [
                .contiguous(first: .after(0), byteCount: 12), .contiguous(first: .start(5), byteCount: 1),
                .contiguous(first: .indirect(Self.place(6, 2), plus: 0), byteCount: 2),
            ])
    }

    @Test("a counter and a checksum have their places, and their defaults")
    func checks() throws {
        #expect(
            try Self.layout("counter: { at: u32be@-6, first: 1 }").counter
                == CounterField(place: Self.place(-6, 4, little: false), first: 1))
        #expect(try Self.layout("counter: { at: u8@4 }").counter?.first == 0)
        let adler = try Self.layout("checksum: { at: u32le@4, hash: adler32, over: 8..-2 }").checksum
        #expect(adler == ChecksumField(place: Self.place(4, 4), algorithm: .adler32, start: 8, end: -2))
        let sum = try Self.layout("checksum: { at: u8@-1, hash: sum }").checksum
        #expect(sum == ChecksumField(place: Self.place(-1, 1, little: false), algorithm: .sum, start: 0, end: 0))
        let tera = try Self.layout("checksum: { at: u32le@8, hash: tera-integrity, seed: -5 }").checksum
        #expect(tera?.algorithm == .teraIntegrity(seed: -5))
    }
}
