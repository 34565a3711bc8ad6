import Inspection
import Testing
import WireBytes

@Suite("Preambles")
struct PreambleTests {
    private static func game(_ steps: String) -> String {
        """
        phases:
          - name: hello
            deadline: 10s
            preamble:
        \(steps)
          - name: play
            frame: { length: u8@0, counts: packet, min: 2, max: 20 }
            opcode: u8@1
        packets: { client: { A: { opcode: 1 } }, server: { X: { opcode: 1 } } }
        """
    }

    private static let turns = game(
        """
              - { from: server, bytes: 4, equals: "01 00 00 00" }
              - { from: client, bytes: 3, as: c1 }
              - { from: server, bytes: 2, as: s1 }
        """)

    @Test("bytes that come before their turn wait, and go on in order when it comes")
    func early() throws {
        let wire = Wire(try Rules.make(Self.turns))
        wire.send([7, 8, 9, 3, 1, 5])
        #expect(wire.forwarded.inbound.isEmpty)
        #expect(wire.isWaiting.inbound)
        wire.send([1, 0, 0, 0], .outbound)
        #expect(wire.forwarded.inbound == [7, 8, 9])
        wire.send([4, 5], .outbound)
        #expect(wire.forwarded.inbound == [7, 8, 9, 3, 1, 5])
        #expect(wire.captured("c1") == [7, 8, 9])
        #expect(wire.captured("s1") == [4, 5])
        #expect(wire.captured("c2") == nil)
        #expect(wire.stage == .established)
        #expect(wire.end == nil)
    }

    @Test("bytes that wait for their turn are not timed as a packet, the phase's deadline holds")
    func waitingIsNotSlow() throws {
        let wire = Wire(try Rules.make(Self.turns))
        wire.limits.packetNS = second
        wire.send([7, 8, 9])
        wire.wait(5 * second)
        #expect(wire.end == nil)
        wire.wait(5 * second)
        #expect(wire.end?.reason == .phaseTimeout)
    }

    @Test("other bytes than the preamble's end the session before any of them goes on")
    func wrongBytes() throws {
        let wire = Wire(try Rules.make(Self.turns, "violations: { preamble: { action: close, score: 7 } }"))
        wire.send([1, 0, 0], .outbound)
        #expect(wire.end == nil)
        wire.send([9], .outbound)
        #expect(wire.endingRule == "preamble")
        // What the server sends is never the client's fault.
        #expect(wire.end?.cause == .server)
        #expect(wire.findings.map(\.score) == [0])
        #expect(wire.forwarded.outbound.isEmpty)
    }

    @Test("the first alternative that fits is taken, and bytes that fit none are refused at once")
    func alternatives() throws {
        let ruleset = try Rules.make(
            Self.game(
                """
                      - from: client
                        as: hello
                        either:
                          - { starts: "10", bytes: 2 }
                          - { starts: "20 30", until: "00", max: 8 }
                """), "violations: { preamble: { action: { ban: 1h } } }")
        let short = Wire(ruleset)
        short.send([0x10, 0xAA, 2, 1])
        #expect(short.captured("hello") == [0x10, 0xAA])
        #expect(short.packetCounts.inbound == 1)
        let long = Wire(ruleset)
        for byte in [0x20, 0x30, 0x41, 0x42, 0, 2, 1] as [UInt8] { long.send([byte]) }
        #expect(long.captured("hello") == [0x20, 0x30, 0x41, 0x42, 0])
        #expect(long.packetCounts.inbound == 1)
        #expect(long.end == nil)
        let neither = Wire(ruleset)
        neither.send([0x20])
        #expect(neither.end == nil)
        neither.send([0x31])
        #expect(neither.bans)
        #expect(neither.forwarded.inbound.isEmpty)
    }

    @Test("a delimiter may come as the last byte that is allowed, and not one later")
    func delimiterBounds() throws {
        let ruleset = try Rules.make(Self.game("      - { from: client, until: \"00\", max: 4 }"))
        for length in 1...6 {
            let wire = Wire(ruleset)
            wire.send([UInt8](repeating: 1, count: length - 1) + [0])
            #expect((wire.end == nil) == (length <= 4), "\(length) bytes")
            #expect(wire.forwarded.inbound.count == (length <= 4 ? length : 0))
        }
    }

    @Test("in shadow other bytes than the preamble's go on, and so does everything behind them")
    func shadow() throws {
        let wire = Wire(try Rules.make(Self.turns, mode: "shadow"))
        wire.send([9, 9], .outbound)
        wire.send([1, 2, 3])
        wire.send([4], .outbound)
        #expect(wire.fired == ["preamble"])
        #expect(wire.findings.allSatisfy { $0.isShadow && $0.score == 0 })
        #expect(wire.end == nil)
        #expect(wire.forwarded == PerDirection(inbound: [1, 2, 3], outbound: [9, 9, 4]))
    }

    @Test("in a phase that goes on with packets, none are cut behind a preamble that was wrong in shadow")
    func shadowBeforePackets() throws {
        let game = """
            phases:
              - name: only
                preamble: [{ from: client, equals: "aa bb" }]
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
            packets: { client: { A: { opcode: 1 } }, server: { X: { opcode: 1 } } }
            """
        let wrong = Wire(try Rules.make(game, mode: "shadow"))
        wrong.send([1, 2, 3])
        wrong.send([0, 0])
        wrong.send([0, 0, 0], .outbound)
        #expect(wrong.fired == ["preamble"])
        #expect(wrong.forwarded == PerDirection(inbound: [1, 2, 3, 0, 0], outbound: [0, 0, 0]))
        #expect(wrong.packetCounts == PerDirection(both: 0))
        let right = Wire(try Rules.make(game))
        right.send([0xAA])
        #expect(right.stage == .handshake)
        right.send([0xBB])
        #expect(right.stage == .established)
        right.send([2, 1])
        #expect(right.packetCounts.inbound == 1)
    }
}
