import Testing

@Suite("what is wrong with compressed parts, and with what a protocol suggests")
struct InflationReaderTests {
    private func check(_ phase: String, packets: String = "C: { opcode: 1 }", more: String = "") throws -> String {
        try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases:
              - { name: a, \(phase) }
            packets: { client: { \(packets) } }
            \(more)

            """)
    }

    private static let frame = "frame: { length: u16le@0, counts: packet, max: 4KiB }, opcode: u8@2"

    @Test("all forms of a good one are taken")
    func good() throws {
        for inflate in [
            "zlib", "none", "{ with: gzip, at: 4 }", "{ with: deflate, at: after-length, size: varint, max: 64KiB }",
            "{ client: zlib, server: none }",
        ] {
            #expect(try check(Self.frame + ", inflate: \(inflate)") == "", "\(inflate)")
        }
        #expect(try check(Self.frame, more: "inflate_max: 1MiB\nunknown: { client: drop }") == "")
    }

    @Test("a packet that waits until it is whole has at most 64 KiB")
    func tooLong() throws {
        #expect(
            try check("frame: { length: u32le@0, counts: packet, max: 65537 }, opcode: u8@4, inflate: zlib").contains(
                "x.yaml:4:86: error[C030]: a compressed packet waits until it is whole, so it has at most 65536 bytes, "
                    + "not 65537"))
        #expect(
            try check("frame: { length: u32le@0, counts: packet, max: 65536 }, opcode: u8@4, inflate: zlib") == "")
        #expect(
            try check(
                "frame: { length: u32le@0, counts: packet, max: 65537 }, opcode: u8@4",
                packets: "C: { opcode: 1, inflate: zlib }"
            ).contains("so it has at most 65536 bytes"))
    }

    @Test("what cannot be inflated or checked is refused with its place")
    func refused() throws {
        #expect(
            try check("frame: { table: true }, opcode: u8@0, inflate: zlib", packets: "C: { opcode: 1, size: 3 }")
                .contains("a table frame finds sizes by opcode"))
        #expect(try check(Self.frame + ", inflate: zip").contains("expected one of zlib, gzip, deflate"))
        #expect(
            try check(Self.frame + ", inflate: { with: zlib, at: -3 }").contains("expected an offset, or after-length"))
        #expect(try check(Self.frame + ", inflate: { at: 3 }").contains("needs the key 'with'"))
        #expect(
            try check(Self.frame + ", inflate: zlib", packets: "C: { opcode: 1, counter: { at: u8@3 } }")
                .contains("'counter' cannot be checked in a packet that is inflated"))
        #expect(
            try check(Self.frame + ", inflate: zlib", packets: "C: { opcode: 1, inflate: zlib }")
                .contains("so this one cannot have a part of its own"))
        #expect(
            try check("opaque: true, inflate: zlib", packets: "").contains("'inflate' does not go with 'opaque'"))
        #expect(try check(Self.frame, more: "inflate_max: 17MiB").contains("are outside 1 to 16777216"))
    }

    @Test("what a protocol suggests for packets without a name holds until a policy says otherwise")
    func suggests() throws {
        #expect(
            try check(
                "frame: { table: true }, opcode: u8@0", packets: "C: { opcode: 1, size: 3 }", more: "unknown: drop"
            )
            .contains("so none is ever unknown"))
        #expect(try check(Self.frame, more: "unknown: delay").contains("is no answer to the violation 'unknown'"))
    }

    @Test("a rule cannot rewrite what goes on as it came")
    func rewrite() throws {
        let folder = try ScratchFolder()
        try folder.write(
            "protocols/x.yaml",
            """
            version: 1
            protocol: x
            phases:
              - { name: a, \(Self.frame) }
            packets: { client: { C: { opcode: 1, inflate: zlib, fields: { name: "text(u8)@4" } } } }

            """)
        try folder.write(
            "policies/p.yaml",
            """
            version: 1
            policy: p
            protocol: x
            rules:
              - { id: 100, name: a, packet: C, action: { rewrite: { name: { truncate: 3 } } } }

            """)
        #expect(folder.check("policies/p.yaml").contains("so it cannot be rewritten"))
    }
}
