import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("At the limit and one beyond")
struct BoundsTests {
    @Test("the least and the greatest length pass, one less and one more are framing violations", arguments: 0...24)
    func lengths(size: UInt8) throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        let packet = [size, 2] + [UInt8](repeating: 0xEE, count: max(0, Int(size) - 2))
        wire.send([2, 2] + packet)
        if (2...20).contains(size) {
            #expect(wire.end == nil)
            #expect(wire.forwarded.inbound == [2, 2] + packet)
        } else {
            #expect(wire.forwarded.inbound == [2, 2])
            #expect(wire.endingRule == "framing")
            #expect(wire.end?.cause == .violation)
        }
    }

    @Test("a packet at its size's bounds passes, beyond it is dropped, both ways", arguments: 2...8)
    func sizes(size: UInt8) throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        let bodies = [UInt8](repeating: 9, count: Int(size) - 2)
        wire.send([size, 1] + bodies)
        wire.send([size, 2] + bodies, .outbound)
        let expected = size <= 6 ? Int(size) : 0
        for direction in Direction.allCases {
            #expect(wire.forwarded[direction].count == expected)
            #expect(wire.droppedCounts[direction] == (size <= 6 ? 0 : 1))
        }
        #expect(wire.fired == (size <= 6 ? [] : ["size", "size"]))
        // The stream goes on behind what was dropped.
        wire.send([2, 2])
        #expect(wire.forwarded.inbound.suffix(2) == [2, 2])
    }

    @Test("a line of exactly the most bytes passes, one byte more has no delimiter in time")
    func delimiter() throws {
        let ruleset = try Rules.make(Rules.lines, "unknown: pass")
        for length in [31, 32, 33] {
            let wire = Wire(ruleset)
            let line = String(repeating: "x", count: length - 1) + "\n"
            wire.send(line)
            #expect(wire.forwarded.inbound.count == (length <= 32 ? length : 0))
            #expect(wire.endingRule == (length <= 32 ? nil : "framing"))
        }
    }

    @Test("the burst passes at once, the packet after it is dropped, and one comes back with time")
    func burst() throws {
        let policy = """
            rules:
              - { id: 100, name: flood, limit: { rate: 2/s, burst: 5 }, action: drop, score: 0.5 }
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        for sent in 1...8 {
            wire.send([2, 2])
            #expect(wire.packetCounts.inbound == UInt64(min(sent, 5)))
        }
        #expect(wire.droppedCounts.inbound == 3)
        #expect(wire.findings.map(\.score) == [0.5, 0.5, 0.5])
        wire.wait(second / 2 - 1)
        wire.send([2, 2])
        #expect(wire.packetCounts.inbound == 5)
        wire.wait(1)
        wire.send([2, 2])
        #expect(wire.packetCounts.inbound == 6)
    }

    @Test("a delayed packet goes on exactly when its bytes have come back, and all behind it wait")
    func delay() throws {
        let policy = """
            rules:
              - id: 100
                name: shape
                limit: { count: bytes, rate: 10B/s, burst: 10B }
                action: delay
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        let ten: [UInt8] = [10, 2] + [UInt8](repeating: 1, count: 8)
        wire.send(ten + ten + [2, 2])
        #expect(wire.forwarded.inbound == ten)
        wire.wait(second - 1)
        #expect(wire.forwarded.inbound == ten)
        wire.wait(1)
        #expect(wire.forwarded.inbound == ten + ten)
        #expect(wire.unread.inbound == [2, 2])
        wire.wait(second / 5)
        #expect(wire.forwarded.inbound == ten + ten + [2, 2])
        #expect(wire.end == nil)
    }

    @Test("a packet may be held for as long as the listener says, and not a nanosecond longer")
    func longestDelay() throws {
        let policy = """
            rules:
              - { id: 100, name: shape, limit: { rate: 1/s, burst: 1 }, action: delay }
            """
        let ruleset = try Rules.make(Rules.numbers, policy)
        let longest = Wire(ruleset)
        longest.limits.delayNS = second
        longest.send([2, 2, 2, 2])
        #expect(longest.end == nil)
        let tooLong = Wire(ruleset)
        tooLong.limits.delayNS = second - 1
        tooLong.send([2, 2, 2, 2])
        #expect(tooLong.end?.reason == .delayTooLong)
        #expect(tooLong.forwarded.inbound == [2, 2])
    }

    @Test("a limit per address counts all its sessions together")
    func address() throws {
        let policy = """
            rules:
              - { id: 100, name: guesses, packet: A, limit: { per: address, rate: 1/m, burst: 4 }, action: close }
            """
        let ruleset = try Rules.make(Rules.numbers, policy)
        let shared = SharedBuckets(capacity: 64)
        let first = Wire(ruleset, shared: shared)
        let second = Wire(ruleset, shared: shared)
        let stranger = Wire(ruleset, address: "192.0.2.2", shared: shared)
        for _ in 0..<2 {
            first.send([2, 1])
            second.send([2, 1])
        }
        #expect(first.end == nil && second.end == nil)
        second.send([2, 1])
        #expect(second.endingRule == "guesses")
        #expect(second.end == SessionEnd(cause: .rule, reason: .rule, rule: second.end?.rule))
        stranger.send([2, 1, 2, 1, 2, 1, 2, 1])
        #expect(stranger.end == nil)
    }

    @Test(
        "a packet that is too long to be looked at goes on in pieces where that is only logged, one that is not waits")
    func tooLongToKeep() throws {
        let game = """
            phases:
              - name: play
                frame: { length: u32le@0, counts: packet, min: 5, max: 16MiB }
                opcode: u8@4
            packets:
              client: { SAY: { opcode: 1, size: 6..600, fields: { text: utf8z@5 } } }
              server: { X: { opcode: 1 } }
            """
        let ruleset = try Rules.make(game, mode: "shadow")
        for (size, fired) in [(65_536, ["size"]), (65_537, ["size", "malformed"])] {
            let packet =
                (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + [1]
                + [UInt8](
                    repeating: 0x41, count: size - 6) + [0]
            let wire = Wire(ruleset)
            wire.send(Array(packet.dropLast()))
            #expect(wire.unread.inbound.count == (size == 65_536 ? size - 1 : 0))
            wire.send([0] + [5, 0, 0, 0, 9])
            #expect(wire.forwarded.inbound == packet + [5, 0, 0, 0, 9])
            #expect(wire.fired == fired + ["unknown"])
        }
    }
}
