import Testing

@Suite("what is wrong with packets")
struct PacketDiagnosticsTests {
    @Test("two packets with one opcode are reported at the second")
    func overlap() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, min: 4 }
                    opcode: u8@2
                packets:
                  client:
                    A: { opcode: 7 }
                    B: { opcode: 0x07 }

                """)
                    == """
                    x.yaml:10:5: error[C032]: 'B' has the same opcode 7 as 'A'
                       10 |     B: { opcode: 0x07 }
                          |     ^
                       help: 'A' stands at 9:5

                    """)
    }

    @Test("an opcode that does not fit is refused with the largest")
    func wide() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, min: 4 }
                    opcode: u8@2
                packets:
                  client:
                    A: { opcode: 256 }

                """)
                    == """
                    x.yaml:9:18: error[C036]: no opcode of this protocol can be 256
                        9 |     A: { opcode: 256 }
                          |                  ^~~
                       help: the largest is 255 (0xff), after mask and shift

                    """)
    }

    @Test("a packet of a table frame needs its size")
    func tableSize() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { table: true }
                    opcode: u8@0
                packets:
                  client:
                    A: { opcode: 7 }

                """)
                    == """
                    x.yaml:9:8: error[C035]: a packet of a table frame needs its 'size'
                        9 |     A: { opcode: 7 }
                          |        ^~~~~~~~~~~~~
                       help: write size: 7, or size: { length: u16le@2, counts: packet }

                    """)
    }

    @Test("a packet of a table frame needs one size")
    func tableRange() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { table: true }
                    opcode: u8@0
                packets:
                  client:
                    A: { opcode: 7, size: 3..9 }

                """)
                    == """
                    x.yaml:9:27: error[C035]: a table frame needs one exact size, not a range
                        9 |     A: { opcode: 7, size: 3..9 }
                          |                           ^~~~
                       help: write size: 7, or size: { length: u16le@2, counts: packet }

                    """)
    }

    @Test("a size that no frame has is refused")
    func impossible() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, min: 4 }
                    opcode: u8@2
                packets:
                  client:
                    A: { opcode: 7, size: 3 }

                """)
                    == """
                    x.yaml:9:27: error[C038]: no frame of the client has packets of 3 bytes
                        9 |     A: { opcode: 7, size: 3 }
                          |                           ^
                       help: a frame has 4 to 65535

                    """)
    }

    @Test("a name with a space is refused")
    func name() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, min: 4 }
                    opcode: u8@2
                packets:
                  client:
                    A B: { opcode: 7 }

                """)
                    == """
                    x.yaml:9:5: error[C013]: expected a name, found 'A B'
                        9 |     A B: { opcode: 7 }
                          |     ^~~
                       help: a name has letters, digits, _, - and . and at most 64 of them

                    """)
    }

    @Test("a packet of the other side is not accepted from this one")
    func otherSide() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet }
                    opcode: u8@2
                    accept: { client: [B] }
                packets: { client: { A: { opcode: 1 } }, server: { B: { opcode: 1 } } }

                """)
                    == """
                    x.yaml:7:24: error[C020]: 'B' is no packet of the client in x
                        7 |     accept: { client: [B] }
                          |                        ^
                       help: the server sends a packet of that name

                    """)
    }
}
