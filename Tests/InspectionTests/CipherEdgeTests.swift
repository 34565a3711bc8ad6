import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("Enciphered streams, where frames are rare or phases change")
struct CipherEdgeTests {
    private static let key: [UInt8] = [0x11, 0x12, 0x13]

    /// The key is applied to these bytes of each packet.
    private func sealed(_ packets: [[UInt8]], from start: Int = 0) -> [UInt8] {
        var place = 0
        return packets.flatMap { packet in
            packet.indices.map { index in
                guard index >= start else { return packet[index] }
                defer { place += 1 }
                return packet[index] ^ Self.key[place % 3]
            }
        }
    }

    @Test("packets whose opcode tells their size may be enciphered, as a whole or in part, in any pieces")
    func table() throws {
        for (applies, start) in [("stream", 0), ("payload", 1), ("\"from 2\"", 2)] {
            let game = """
                phases:
                  - name: play
                    cipher: { name: xor, key: "11 12 13", applies: \(applies) }
                    frame: { table: true, max: 60 }
                    opcode: u8@0
                packets:
                  client: { A: { opcode: 1, size: 4 }, BAD: { opcode: 2, size: 3 } }
                  server: { X: { opcode: 1, size: 4 } }
                """
            let ruleset = try Rules.make(game, "rules: [{ id: 100, name: bad, packet: BAD, action: drop }]")
            let bytes = sealed([[1, 7, 8, 9], [2, 7, 7], [1, 4, 5, 6], [2, 0, 0], [1, 1, 1, 1]], from: start)
            let good = sealed([[1, 7, 8, 9], [1, 4, 5, 6], [1, 1, 1, 1]], from: start)
            for size in 1...bytes.count {
                let wire = Wire(ruleset)
                wire.send(pieces: stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0...].prefix(size)) })
                #expect(wire.forwarded.inbound == good, "\(applies), pieces of \(size)")
                #expect(wire.fired == ["bad", "bad"])
            }
        }
    }

    @Test("what is inherited for a side that is not cut leaves its bytes as they are")
    func uncutSide() throws {
        let game = """
            phases:
              - name: play
                cipher: { name: xor, key: "11 12 13", applies: "from 2" }
                frame: { length: u8@0, counts: packet, min: 2, max: 40 }
                opcode: u8@1
                next_on: { packet: GO }
              - name: later
                frame: { server: none }
            packets: { client: { A: { opcode: 1 }, GO: { opcode: 9 } }, server: { X: { opcode: 1 } } }
            """
        let wire = Wire(try Rules.make(game))
        wire.send([2, 9])
        wire.send([1, 2, 3, 4, 5], .outbound)
        #expect(wire.forwarded.outbound == [1, 2, 3, 4, 5])
        #expect(wire.end == nil)
    }

    @Test("a line of which a part is enciphered is cut behind its end, however long it is")
    func lines() throws {
        let game = """
            phases:
              - name: play
                cipher: { name: xor, key: "11 12 13", applies: "from 2" }
                frame: { until: "0a", max: 64KiB }
            """
        let wire = Wire(try Rules.make(game))
        let line = [UInt8](repeating: 0x41, count: 60_000) + [0x0A]
        let bytes = sealed([line, line], from: 2)
        wire.send(bytes)
        #expect(wire.forwarded.inbound == bytes)
        #expect(wire.packetCounts.inbound == 2)
    }

    @Test("the cipher begins with its phase, when a reload has just given that the number of the one before")
    func renumberedPhase() throws {
        func game(_ first: String) -> String {
            """
            phases:
            \(first)
              - name: login
                frame: { length: u8@0, counts: packet, min: 2, max: 40 }
                opcode: u8@1
                next_on: { packet: GO }
              - name: world
                cipher: { name: xor, key: "11 12 13" }
            packets:
              client: { BAD: { opcode: 2 }, GO: { opcode: 9 }, ON: { opcode: 8 } }
              server: { X: { opcode: 1 } }
            """
        }
        let policy = "rules: [{ id: 100, name: bad, packet: BAD, action: drop }]"
        let hello = """
              - name: hello
                frame: { length: u8@0, counts: packet, min: 2, max: 40 }
                opcode: u8@1
                next_on: { packet: ON }
            """
        let wire = Wire(try Rules.make(game(hello), policy))
        wire.send([2, 8])
        #expect(wire.phaseName == "login")
        #expect(wire.reload(try Rules.make(game(""), policy)))
        wire.send([2, 9])
        #expect(wire.phaseName == "world")
        wire.send(sealed([[2, 2], [2, 2]]))
        #expect(wire.fired == ["bad", "bad"])
        #expect(wire.end == nil)
    }

    @Test("a phase that is opaque inherits the cipher, so both ends are in step after a drop")
    func opaque() throws {
        let game = """
            phases:
              - name: play
                cipher: { name: xor, key: "11 12 13" }
                frame: { length: u8@0, counts: packet, min: 2, max: 40 }
                opcode: u8@1
                next_on: { packet: GO }
              - { name: rest, opaque: true }
            packets: { client: { BAD: { opcode: 2 }, GO: { opcode: 9 } }, server: { X: { opcode: 1 } } }
            """
        let ruleset = try Rules.make(game, "rules: [{ id: 100, name: bad, packet: BAD, action: drop }]")
        let bytes = sealed([[4, 2, 7, 7], [2, 9], [50, 51], [52, 53]])
        for size in 1...bytes.count {
            let wire = Wire(ruleset)
            wire.send(pieces: stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0...].prefix(size)) })
            #expect(wire.forwarded.inbound == sealed([[2, 9], [50, 51], [52, 53]]))
            #expect(wire.phaseName == "rest")
        }
    }
}
