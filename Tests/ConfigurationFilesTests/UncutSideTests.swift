import Testing

@Suite("what is wrong with sides that are not cut, and with forms chosen by a number")
struct UncutSideTests {
    @Test("a side that is not cut has no packets to accept or to wait for, and is not cut again")
    func uncutSide() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { client: { length: u8@0, counts: packet }, server: none }
                    opcode: u8@1
                    accept: { server: S }
                    next_on: [{ packet: C, goto: b }, { packet: S, goto: c }]
                  - name: b
                    frame: { server: { length: u8@0, counts: packet } }
                  - { name: c, opaque: true }
                packets: { client: { C: { opcode: 1 } }, server: { S: { opcode: 1 } } }

                """)
                    == """
                    x.yaml:7:15: error[C016]: what the server sends is not cut in this phase, so nothing \
                    of it can be accepted
                        7 |     accept: { server: S }
                          |               ^~~~~~
                    x.yaml:8:25: error[C016]: where the packets of the server begin in 'b' cannot be known, \
                    because they are not cut in 'a'
                        8 |     next_on: [{ packet: C, goto: b }, { packet: S, goto: c }]
                          |                         ^
                       help: give 'b' frame: { server: none }, too
                    x.yaml:8:49: error[C016]: what the server sends is not cut in this phase, so this \
                    packet is never seen
                        8 |     next_on: [{ packet: C, goto: b }, { packet: S, goto: c }]
                          |                                                 ^

                    """)
        #expect(
            try ScratchFolder.check(
                "x.yaml", "version: 1\nprotocol: x\nphases: [{ name: a, frame: { client: none, server: none } }]\n")
                    == """
                    x.yaml:3:21: error[C016]: neither side is cut
                        3 | phases: [{ name: a, frame: { client: none, server: none } }]
                          |                     ^~~~~
                       help: write opaque: true instead

                    """)
    }

    @Test("a cipher of a part of packets needs packets on both sides")
    func cipherOfOneSide() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame: { client: { length: u8@0, counts: packet }, server: none }
                    cipher: { name: xor, key: "01 02", applies: payload }

                """)
                    == """
                    x.yaml:6:49: error[C016]: one side of this phase is not cut and has no packets
                        6 |     cipher: { name: xor, key: "01 02", applies: payload }
                          |                                                 ^~~~~~~

                    """)
    }

    @Test("a case that the masked number can never be is refused")
    func impossibleCase() throws {
        #expect(
            try ScratchFolder.check(
                "x.yaml",
                """
                version: 1
                protocol: x
                phases:
                  - name: a
                    frame:
                      select: u16be@0
                      mask: 0x30
                      shift: 4
                      cases: { 3: { length: u8@2, counts: packet }, 4: { length: u8@2, counts: packet } }

                """)
                    == """
                    x.yaml:9:53: error[C014]: 'select' is never 4, after mask and shift
                        9 |       cases: { 3: { length: u8@2, counts: packet }, 4: { length: u8@2, counts: packet } }
                          |                                                     ^
                       help: the largest is 3 (0x3)

                    """)
    }
}
