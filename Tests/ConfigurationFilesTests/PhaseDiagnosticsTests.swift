import Testing

@Suite("what is wrong with frames and phases")
struct PhaseDiagnosticsTests {
    @Test("a frame must say what its length counts")
    func counts() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0 }

                """)
                    == """
                    x.yaml:5:12: error[C011]: a frame needs one of the keys counts, adjust
                        5 |     frame: { length: u16le@0 }
                          |            ^~~~~~~~~~~~~~~~~~~

                    """)
    }

    @Test("what excludes each other is reported at the second")
    func excluding() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, adjust: 2 }

                """)
                    == """
                    x.yaml:5:47: error[C016]: 'adjust' does not go with 'counts'
                        5 |     frame: { length: u16le@0, counts: packet, adjust: 2 }
                          |                                               ^~~~~~
                       help: give one of counts, adjust

                    """)
    }

    @Test("a least above the most is refused")
    func minMax() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet, min: 100, max: 50 }

                """)
                    == """
                    x.yaml:5:62: error[C030]: 'min' is 100, 'max' is 50
                        5 |     frame: { length: u16le@0, counts: packet, min: 100, max: 50 }
                          |                                                              ^~

                    """)
    }

    @Test("a length outside the least packet is refused")
    func outside() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@6, counts: packet, min: 4 }

                """)
                    == """
                    x.yaml:5:52: error[C031]: the least packet has 4 bytes, but its header ends after 8
                        5 |     frame: { length: u16le@6, counts: packet, min: 4 }
                          |                                                    ^

                    """)
    }

    @Test("a length of four bytes needs a most")
    func needsMax() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u32le@0, counts: packet }

                """)
                    == """
                    x.yaml:5:12: error[C011]: a frame needs the key 'max'
                        5 |     frame: { length: u32le@0, counts: packet }
                          |            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                       help: max: a number of bytes such as 512 or 4KiB

                    """)
    }

    @Test("a misspelled field is explained")
    func field() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16@0, counts: packet }

                """)
                    == """
                    x.yaml:5:22: error[C013]: expected a length such as u16le@0 or varint(3)@0, found 'u16@0'
                        5 |     frame: { length: u16@0, counts: packet }
                          |                      ^~~~~
                       help: write TYPE@OFFSET with u8, u16le, u16be, u24le, u24be, u32le, u32be, u64le or u64be

                    """)
    }

    @Test("a delimiter needs a most")
    func delimiter() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { until: "0a" }

                """)
                    == """
                    x.yaml:5:12: error[C011]: a delimited frame needs the key 'max'
                        5 |     frame: { until: "0a" }
                          |            ^~~~~~~~~~~~~~~
                       help: max: a number of bytes such as 512 or 4KiB

                    """)
    }

    @Test("a key of another form of frame is refused")
    func otherForm() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { until: "0a", max: 4KiB, counts: packet }

                """)
                    == """
                    x.yaml:5:38: error[C010]: a delimited frame has no key 'counts'
                        5 |     frame: { until: "0a", max: 4KiB, counts: packet }
                          |                                      ^~~~~~
                       help: its keys are until, min, max, also

                    """)
    }

    @Test("a phase that nothing leads to is reported")
    func unreachable() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { length: u16le@0, counts: packet }
                  - name: b

                """)
                    == """
                    x.yaml:6:11: error[C033]: nothing leads to the phase 'b'
                        6 |   - name: b
                          |           ^
                       help: an earlier phase needs 'next_on'

                    """)
    }

    @Test("a phase that does not say how its bytes are cut is reported")
    func noFrame() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a

                """)
                    == """
                    x.yaml:4:11: error[C034]: the phase 'a' does not say how its bytes are cut
                        4 |   - name: a
                          |           ^
                       help: give it 'frame', 'preamble' or 'opaque: true', or put it behind a phase with a frame

                    """)
    }

    @Test("a preamble that nothing follows is reported")
    func onlyPreamble() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    preamble: [{ from: client, bytes: 4 }]

                """)
                    == """
                    x.yaml:4:11: error[C034]: nothing says what follows the preamble of 'a'
                        4 |   - name: a
                          |           ^
                       help: give it 'frame', or add a phase behind it

                    """)
    }

    @Test("a preamble whose bytes do not fit its count is refused")
    func preambleCount() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    preamble: [{ from: client, bytes: 4, equals: "01 02" }]
                    opaque: true

                """)
                    == """
                    x.yaml:5:50: error[C016]: 'equals' has 2 bytes, 'bytes' is 4
                        5 |     preamble: [{ from: client, bytes: 4, equals: "01 02" }]
                          |                                                  ^~~~~~~

                    """)
    }

    @Test("a transition to an unknown phase is answered with the nearest")
    func goto() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: login
                    frame: { length: u16le@0, counts: packet }
                    opcode: u8@2
                    next_on: { packet: A, goto: wrld }
                  - name: world
                packets: { client: { A: { opcode: 1 } } }

                """)
                    == """
                    x.yaml:7:33: error[C021]: there is no phase 'wrld'
                        7 |     next_on: { packet: A, goto: wrld }
                          |                                 ^~~~ did you mean 'world'?

                    """)
    }

    @Test("a transition on a name of both sides must say whose")
    func ambiguous() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: login
                    frame: { length: u16le@0, counts: packet }
                    opcode: u8@2
                    next_on: { packet: A }
                  - name: world
                packets: { client: { A: { opcode: 1 } }, server: { A: { opcode: 1 } } }

                """)
                    == """
                    x.yaml:7:24: error[C025]: both sides send a packet 'A'
                        7 |     next_on: { packet: A }
                          |                        ^
                       help: add from: client or from: server

                    """)
    }

    @Test("a table frame needs an opcode")
    func tableOpcode() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { table: true }

                """)
                    == """
                    x.yaml:5:5: error[C016]: a table frame needs an opcode to look sizes up by
                        5 |     frame: { table: true }
                          |     ^~~~~

                    """)
    }

    @Test("a frame for one side only is reported")
    func oneSide() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { client: { length: u16le@0, counts: packet } }

                """)
                    == """
                    x.yaml:5:5: error[C034]: there is no frame for what the server sends
                        5 |     frame: { client: { length: u16le@0, counts: packet } }
                          |     ^~~~~

                    """)
    }

    @Test("a phase that waits for a packet which it does not accept has no exit")
    func withoutExit() throws {
        let text = """
            version: 1
            protocol: x
            phases:
              - name: login
                frame: { length: u16le@0, counts: packet }
                opcode: u16le@2
                accept: { client: [A] }
                next_on: { packet: B }
              - name: world
            packets: { client: { A: { opcode: 1 }, B: { opcode: 2 } } }

            """
        #expect(
            try ScratchFolder.check("x.yaml", text)
                == """
                x.yaml:8:24: error[C070]: the phase 'login' does not accept 'B', so it never leads on
                    8 |     next_on: { packet: B }
                      |                        ^
                   help: add it to 'accept', or wait for another packet

                """)
        #expect(try ScratchFolder.check("x.yaml", text.replacing("[A]", with: "[A, B]")) == "")
        #expect(try ScratchFolder.check("x.yaml", text.replacing("{ client: [A] }", with: "{ client: B }")) == "")
    }
}
