import Testing

@Suite("What is wrong with fields")
struct FieldDiagnosticsTests {
    private func check(_ entry: String, opcode: String = "u16le@2") throws -> [String] {
        try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases:
              - name: a
                frame: { length: u16le@0, counts: packet, min: 4, max: 64 }
                opcode: \(opcode)
            packets:
              client:
                A:
                  opcode: 1
                  size: 4..32
                  \(entry)

            """
        ).split(separator: "\n").filter { $0.contains("error[") }.map { String($0.dropFirst("x.yaml:".count)) }
    }

    @Test(
        "a field that is no field is refused in its place",
        arguments: [
            ("f: u17@4", "12:20: error[C013]: 'u17' is no type of a field"),
            ("f: u8", "12:20: error[C013]: 'u8' does not say where the field begins"),
            ("f: u8@x", "12:20: error[C013]: 'u8@x' does not say where the field begins"),
            ("f: 'u8@[u16le]'", "12:20: error[C013]: 'u8@[u16le]' does not say where the field begins"),
            ("f: 'bytes(0)@4'", "12:20: error[C013]: 'bytes(0)' is no type of a field"),
            ("f: 'text(u8, units)@4'", "12:20: error[C013]: 'text(u8, units)' is no type of a field"),
            ("f: 'text(5, utf16le)@4'", "12:20: error[C013]: 'text(5, utf16le)' is no type of a field"),
            ("size: u8@4", "12:17: error[C019]: 'size' means something else in conditions"),
            ("a.b: u8@4", "12:17: error[C019]: 'a.b' cannot be the name of a field"),
            ("f: u8@4, f: u8@5", "12:26: error[C006]: 'f' is given twice"),
        ])
    func badFields(line: String, expected: String) throws {
        #expect(try check("fields: { \(line) }") == [expected])
    }

    @Test(
        "a field that no packet can hold is refused, and one that just fits is not",
        arguments: [
            ("u8@31", nil), ("u8@32", "the field 'f' needs 33 bytes, and 'A' has at most 32"),
            ("u32le@-4", nil), ("u32le@-3", "the field 'f' reaches beyond the end of every packet"),
            ("u8@-32", nil), ("u8@-33", "the field 'f' needs 33 bytes, and 'A' has at most 32"),
            ("utf16lez@[u16le@28]", nil),
            ("utf16lez@[u16le@29]", "the field 'f' needs 33 bytes, and 'A' has at most 32"),
            ("bytes(u16le@30)@4", nil), ("bytes(u16le@31)@4", "the field 'f' needs 33 bytes, and 'A' has at most 32"),
            ("bytes(28)@4", nil), ("bytes(29)@4", "the field 'f' needs 33 bytes, and 'A' has at most 32"),
        ] as [(String, String?)])
    func impossible(line: String, expected: String?) throws {
        #expect(try check("fields: { f: '\(line)' }") == (expected.map { ["12:20: error[C061]: \($0)"] } ?? []))
    }

    @Test("a field follows one that stands before it, and no other")
    func after() throws {
        #expect(
            try check("fields: { a: u8@after(b), b: u8@4 }")
                == ["12:20: error[C060]: the field 'b' stands later, or is wrong itself"])
        #expect(
            try check("fields: { a: u8@after(a) }")
                == ["12:20: error[C060]: the field 'a' stands later, or is wrong itself"])
        #expect(
            try check("fields: { name: utf8z@4, b: u8@after(nam) }") == ["12:35: error[C060]: 'A' has no field 'nam'"])
    }

    @Test("the place behind the opcode is refused where phases differ in it")
    func afterOpcode() throws {
        let text = try ScratchFolder.check(
            "x.yaml",
            """
            version: 1
            protocol: x
            phases:
              - name: a
                frame: { length: u16le@0, counts: packet, min: 4 }
                opcode: u8@2
                next_on: { packet: A }
              - name: b
                opcode: u16le@2
            packets: { client: { A: { opcode: 1, fields: { f: u8@after-opcode } } } }

            """)
        #expect(text.contains("x.yaml:10:51: error[C061]: the opcode does not end in one place in all phases"))
    }

    @Test(
        "an array that cannot be is refused in its place",
        arguments: [
            ("m: { first: 5, element: 2 }", "12:20: error[C011]: an array needs the key 'count'"),
            ("m: { count: u8@4, first: 5 }", "12:20: error[C011]: an array needs the key 'element'"),
            (
                "m: { count: u8@4, first: 5, element: 2, min_element: 2 }",
                "12:57: error[C016]: 'min_element' goes with 'links'"
            ),
            (
                "m: { count: u8@4, first: u16le@6, links: here-next, element: 4 }",
                "12:69: error[C016]: 'element' does not go with 'links'"
            ),
            (
                "m: { count: u8@4, first: u16le@6, links: here-next, min_element: 3 }",
                "12:82: error[C014]: the two links of an element have 4 bytes already"
            ),
            (
                "m: { count: u8@4, first: u16le@6, links: next }",
                "12:58: error[C013]: expected one of here-next, found 'next'"
            ),
            ("m: { count: n, first: 5, element: 2 }", "12:29: error[C060]: 'n' is neither a place nor a field"),
            (
                "m: { count: u8@32, first: 5, element: 2 }",
                "12:29: error[C061]: there is no such place in a packet of 32 bytes, the most that 'A' has"
            ),
            (
                "m: { count: u8@4, first: after(x), element: 2 }", "12:42: error[C060]: 'A' has no field 'x'"
            ),
            ("m: { count: u8@4, first: 33, element: 2 }", "12:42: error[C061]: 'A' has at most 32 bytes"),
            ("m: { count: u8@4, first: 5, element: 0 }", "12:54: error[C014]: 0 is outside 1 to 65535"),
        ])
    func badArrays(line: String, expected: String) throws {
        #expect(try check("arrays: { \(line) }") == [expected])
    }

    @Test("an array neither shares its name with a field nor is counted by one that is no unsigned number")
    func arrayNames() throws {
        #expect(
            try check("fields: { m: u8@4 }\n      arrays: { m: { count: u8@4, first: 5, element: 2 } }")
                == ["13:17: error[C024]: a field has the name 'm' already"])
        #expect(
            try check("fields: { n: i8@4 }\n      arrays: { m: { count: n, first: 5, element: 2 } }")
                == ["13:29: error[C061]: the field 'n' counts nothing: it is no unsigned whole number"])
    }

    @Test(
        "a counter or checksum that cannot be is refused in its place",
        arguments: [
            ("counter: { first: 1 }", "12:16: error[C011]: a counter needs the key 'at'"),
            ("counter: { at: u8@4, first: 256 }", "12:35: error[C014]: a counter there is at most 255"),
            (
                "counter: { at: u32le@29 }",
                "12:22: error[C061]: there is no such place in a packet of 32 bytes, the most that 'A' has"
            ),
            ("checksum: { at: u32le@4 }", "12:17: error[C011]: a checksum needs the key 'hash'"),
            (
                "checksum: { at: u32le@4, hash: md5 }",
                "12:38: error[C013]: expected one of adler32, crc32, xor, sum, tera-integrity, found 'md5'"
            ),
            (
                "checksum: { at: u32le@4, hash: sum, over: 4..8 }",
                "12:49: error[C013]: expected a part of the packet such as 4.., found '4..8'"
            ),
            (
                "checksum: { at: u32le@4, hash: sum, seed: 1 }",
                "12:43: error[C016]: 'seed' goes with tera-integrity only"
            ),
            (
                "checksum: { at: u32le@4, hash: tera-integrity }",
                "12:23: error[C061]: tera-integrity stands at u32le@8"
            ),
            (
                "checksum: { at: u32le@8, hash: tera-integrity, over: 4.. }",
                "12:54: error[C016]: tera-integrity is over the whole packet but its own bytes"
            ),
        ])
    func badChecks(line: String, expected: String) throws {
        #expect(try check(line) == [expected])
    }

    @Test("64 fields and 16 arrays are read, and not one more")
    func bounds() throws {
        let fields = { (count: Int) in (0..<count).map { "f\($0): u8@4" }.joined(separator: ", ") }
        #expect(try check("fields: { \(fields(64)) }") == [])
        #expect(
            try check("fields: { \(fields(65)) }").first?.hasSuffix("error[C037]: a packet has at most 64 fields")
                == true)
        let arrays = { (count: Int) in
            (0..<count).map { "a\($0): { count: u8@4, first: 5, element: 1 }" }.joined(separator: ", ")
        }
        #expect(try check("arrays: { \(arrays(16)) }") == [])
        #expect(
            try check("arrays: { \(arrays(17)) }").first?.hasSuffix("error[C037]: a packet has at most 16 arrays")
                == true)
    }

    @Test("a packet whose fields move is small enough to be looked at whole, and one with fixed fields may be any")
    func large() throws {
        let check = { (size: Int, field: String) in
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u32le@0, counts: packet, min: 5, max: 1MiB }
                    opcode: u8@4
                packets: { client: { A: { opcode: 1, size: 5..\(size), fields: { f: \(field) } } } }

                """)
        }
        #expect(try check(65_536, "utf8z@5") == "")
        #expect(
            try check(65_537, "utf8z@5").contains(
                "x.yaml:7:25: error[C061]: 'A' can have 65537 bytes, and at most 65536 are looked at"))
        #expect(try check(65_537, "u8@5") == "")
        #expect(try check(65_536, "u8@5 }, counter: { at: u8@6") == "")
        #expect(
            try check(65_537, "u8@5 }, counter: { at: u8@6").contains(
                "x.yaml:7:25: error[C061]: 'A' can have 65537 bytes, and at most 65536 are looked at"))
    }

    @Test("so is a packet that leads to another phase by what it holds")
    func largeLeading() throws {
        let check = { (size: Int, condition: String) in
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u32le@0, counts: packet, min: 5, max: 1MiB }
                    opcode: u8@4
                    next_on: { packet: A\(condition) }
                  - { name: b }
                packets: { client: { A: { opcode: 1, size: 6..\(size), fields: { f: u8@5 } } } }

                """)
        }
        #expect(try check(65_536, ", where: { f: 1 }") == "")
        #expect(
            try check(65_537, ", where: { f: 1 }").contains(
                "x.yaml:7:27: error[C061]: 'A' can have 65537 bytes, and at most 65536 are looked at"))
        #expect(try check(65_537, ", where_not: { f: 1 }").contains("error[C061]"))
        #expect(try check(65_537, "") == "")
    }

    @Test("a counter or checksum over the length, the opcode or each other can never be right")
    func overlaps() throws {
        #expect(
            try check("counter: { at: u16le@3 }")
                == ["12:7: error[C061]: the counter lies over the packet's opcode"])
        #expect(
            try check("checksum: { at: u8@1, hash: xor, over: 4.. }")
                == ["12:7: error[C061]: the checksum lies over the packet's length"])
        #expect(
            try check("counter: { at: u16le@4 }\n      checksum: { at: u8@5, hash: xor, over: 6.. }")
                == ["13:7: error[C061]: the checksum lies over the counter"])
        #expect(try check("counter: { at: u16le@4 }\n      checksum: { at: u8@6, hash: xor, over: 7.. }") == [])
        #expect(try check("counter: { at: u16le@4 }\n      checksum: { at: u8@-1, hash: xor, over: 4.. }") == [])
    }
}
