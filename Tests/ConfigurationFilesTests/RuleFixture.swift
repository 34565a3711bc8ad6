/// Protocols that the tests of rules are written against.
enum RuleFixture {
    /// What `check` says about a policy beside these protocols.
    static func check(_ name: String, _ text: String) throws -> String {
        let folder = try ScratchFolder()
        try folder.write("protocols/g.yaml", game)
        try folder.write("protocols/b.yaml", longPackets)
        try folder.write("protocols/t.yaml", table)
        try folder.write("protocols/h.yaml", manyPackets)
        try folder.write("protocols/f.yaml", fields)
        try folder.write("policies/\(name)", text)
        return folder.check("policies/\(name)")
    }

    /// Two packets of the client, one of the server, and one of both.
    static let game = """
        version: 1
        protocol: g
        phases:
          - name: play
            frame: { length: u16le@0, counts: packet, min: 4, max: 1024 }
            opcode: u16le@2
        packets:
          client:
            C_MOVE: { opcode: 10, size: 8..64 }
            C_CHAT: { opcode: 11, size: 8..512 }
            BOTH: { opcode: 12 }
          server:
            S_HELLO: { opcode: 10 }
            BOTH: { opcode: 12 }

        """

    /// Packets with fields.
    static let fields = """
        version: 1
        protocol: f
        phases:
          - name: play
            frame: { length: u16le@0, counts: packet, min: 4, max: 1024 }
            opcode: u16le@2
        packets:
          client:
            RANKING: { opcode: 1, size: 10, fields: { season: i32le@4, class: u16le@8 } }
            MOVE:    { opcode: 2, size: 12, fields: { x: f32le@4, y: f32le@8 } }
            CHAT:    { opcode: 3, fields: { channel: u8@4, message: utf8z@5 } }
            WHISPER: { opcode: 4, fields: { message: utf8z@4 } }
            PLAIN:   { opcode: 5 }
          server:
            CHAT:    { opcode: 3, fields: { message: utf8z@4 } }

        """

    /// A packet longer than what rules look at.
    static let longPackets = """
        version: 1
        protocol: b
        phases:
          - name: a
            frame: { length: u32le@0, counts: packet, max: 1MiB }
            opcode: u8@4
        packets: { client: { BIG: { opcode: 1 }, SMALL: { opcode: 2, size: 5..100 } } }

        """

    /// Packets whose sizes stand in a table.
    static let table = """
        version: 1
        protocol: t
        phases:
          - name: a
            frame: { table: true }
            opcode: u8@0
        packets: { client: { A: { opcode: 1, size: 4 } } }

        """

    /// More packets than can have shared buckets of their own.
    static let manyPackets =
        """
        version: 1
        protocol: h
        phases: [{ name: a, frame: { length: u16le@0, counts: packet }, opcode: u16le@2 }]
        packets:
          client:

        """ + (0..<300).map { "    P\($0): { opcode: \($0) }\n" }.joined()
}
