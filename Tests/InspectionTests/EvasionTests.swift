import Foundation
import Inspection
import Testing
import WireBytes

/// Ways past the rules that were found by reading the source as an attacker would.
@Suite("Ways past the rules")
struct EvasionTests {
    private static let game = """
        phases:
          - name: login
            deadline: 10s
            frame: { length: u8@0, counts: packet, min: 1, max: 20 }
            opcode: u8@1
            accept: { client: [LOGIN, ASK] }
            next_on: { packet: WELCOME }
          - name: world
            accept: { client: [PLAY] }
        packets:
          client:
            LOGIN: { opcode: 1 }
            ASK: { opcode: 2 }
            PLAY: { opcode: 3 }
          server:
            WELCOME: { opcode: 1 }
            NEWS: { opcode: 2 }
        """

    @Test("a packet that is let in because it was in flight is judged by the rules of its own phase")
    func grace() throws {
        let rules = "rules: [{ id: 1000, name: no-asking, packet: ASK, where: { phase: login }, action: close }]"
        let wire = Wire(try Rules.make(Self.game, rules))
        wire.send([2, 1])
        wire.send([2, 1], .outbound)
        wire.send([2, 2])
        #expect(wire.endingRule == "no-asking")
        #expect(wire.forwarded.inbound == [2, 1])
    }

    @Test("a packet too short for its opcode is dropped alone: the next one is cut and judged")
    func malformedDropped() throws {
        let wire = Wire(
            try Rules.make(Self.game, "violations: { malformed: { action: drop }, phase: { action: close } }"))
        wire.send([1])
        #expect(wire.end == nil)
        #expect(wire.droppedCounts.inbound == 1)
        wire.send([2, 3])
        #expect(wire.endingRule == "phase")
        #expect(wire.forwarded.inbound == [])
    }

    @Test("where malformed packets are only logged, they and what follows them are judged all the same")
    func malformedLogged() throws {
        let rules = """
            violations: { malformed: { action: log } }
            rules: [{ id: 1000, name: flood, limit: { rate: 1/s, burst: 2 }, action: close }]
            """
        let wire = Wire(try Rules.make(Rules.numbers.replacingOccurrences(of: "min: 2", with: "min: 1"), rules))
        wire.send([1, 1, 2, 2])
        #expect(wire.endingRule == "flood")
        #expect(wire.forwarded.inbound == [1, 1])
        let accepting = Wire(
            try Rules.make(Self.game, "violations: { malformed: { action: log }, phase: { action: close } }"))
        accepting.send([1])
        #expect(accepting.endingRule == "phase")
    }

    @Test("bytes that shadow let through uncut end the session when a reload enforces the rules")
    func uncutAfterShadow() throws {
        let wire = Wire(try Rules.make(Self.game, mode: "shadow"))
        wire.send([0, 0, 0])
        #expect(wire.end == nil)
        #expect(wire.following(try Rules.make(Self.game, "title: other", mode: "shadow")) == .follows)
        #expect(wire.following(try Rules.make(Self.game)) == .ends)
    }

    @Test("a phase that waits for the server does not cost the client points, one that waits for the client does")
    func whoseTurn() throws {
        let rules = "violations: { timeout: { action: close, score: 5 } }"
        let waiting = Wire(try Rules.make(Self.game, rules))
        waiting.send([2, 1])
        waiting.wait(10 * second)
        #expect(waiting.end?.reason == .phaseTimeout)
        #expect(waiting.findings.map(\.score) == [0])
        let silent = Wire(try Rules.make(Self.game, rules))
        silent.wait(10 * second)
        #expect(silent.end?.reason == .phaseTimeout)
        #expect(silent.findings.map(\.score) == [5])
    }

    @Test("in shadow a server's slow packet ends nothing")
    func slowServerInShadow() throws {
        let wire = Wire(try Rules.make(Rules.numbers, mode: "shadow"))
        wire.send([5, 2], .outbound)
        wire.wait(10 * second)
        #expect(wire.end == nil)
        wire.send([0, 0, 0], .outbound)
        #expect(wire.forwarded.outbound == [5, 2, 0, 0, 0])
    }

    @Test("headers that would be held too long leave no debt behind: the next packet of another passes")
    func noDebt() throws {
        let rules = """
            rules:
              - id: 1000
                name: shape
                limit: { count: bytes, per: listener, rate: 100B/s, burst: 400B }
                action: delay
            """
        let ruleset = try Rules.make(
            "phases: [{ name: play, frame: { length: u16be@0, counts: packet, min: 2, max: 400 } }]", rules)
        let shared = Rules.sharedBuckets()
        // 400 bytes.
        let header: [UInt8] = [0x01, 0x90]
        // The first takes the whole burst, the second is held for four seconds, and no third fits into five.
        for number in 1..<50 {
            let greedy = Wire(ruleset, address: "192.0.2.\(number)", shared: shared)
            greedy.send(header)
            #expect(greedy.end?.reason == (number < 3 ? nil : .delayTooLong))
        }
        let player = Wire(ruleset, address: "192.0.2.60", shared: shared)
        player.send([0, 4, 1, 1])
        #expect(player.end == nil)
        player.wait(5 * second)
        #expect(player.forwarded.inbound == [0, 4, 1, 1])
    }

    @Test("a table whose sizes changed is another framing: the connection keeps its rules")
    func tableSizes() throws {
        func game(_ size: Int) -> String {
            """
            phases: [{ name: play, frame: { table: true }, opcode: u8@0 }]
            packets: { client: { A: { opcode: 1, size: \(size) } }, server: { X: { opcode: 1, size: 2 } } }
            """
        }
        let wire = Wire(try Rules.make(game(4)))
        #expect(wire.following(try Rules.make(game(4))) == .follows)
        #expect(wire.following(try Rules.make(game(5))) == .keeps)
    }

    @Test("a delay behind many other rules gives back what it reserved, too")
    func lateDelay() throws {
        let before = (2_000..<2_070).map { "  - { id: \($0), name: n\($0), where: { size: 2 }, action: log }\n" }
            .joined()
        let rules =
            "rules:\n" + before
            + "  - { id: 1000, name: shape, limit: { count: bytes, per: listener, rate: 100B/s, burst: 400B }, "
            + "action: delay }"
        let ruleset = try Rules.make(
            "phases: [{ name: play, frame: { length: u16be@0, counts: packet, min: 2, max: 400 } }]", rules)
        let shared = Rules.sharedBuckets()
        for number in 1..<50 {
            Wire(ruleset, address: "192.0.2.\(number)", shared: shared).send([0x01, 0x90])
        }
        let player = Wire(ruleset, address: "192.0.2.60", shared: shared)
        player.send([0, 4, 1, 1])
        #expect(player.end == nil)
    }

    @Test("an address that is taken off the allowlist has limits again, on the connection it has")
    func noLongerAllowed() throws {
        let rules =
            "rules: [{ id: 1000, name: few, limit: { per: address, rate: 1/m, burst: 2 }, action: drop }]"
        let wire = Wire(try Rules.make(Rules.numbers, rules), isExempt: true)
        for _ in 0..<5 { wire.send([2, 2]) }
        #expect(wire.droppedCounts.inbound == 0)
        #expect(wire.following(try Rules.make(Rules.numbers, rules), isExempt: false) == .follows)
        for _ in 0..<5 { wire.send([2, 2]) }
        #expect(wire.droppedCounts.inbound == 3)
    }

    @Test("in shadow a side that is not cut any more does not keep the other waiting in a preamble")
    func uncutPreamble() throws {
        let game = """
            phases:
              - name: first
                frame: { length: u8@0, counts: packet, min: 2, max: 20 }
                opcode: u8@1
                next_on: { packet: GO }
              - name: second
                preamble:
                  - { from: client, bytes: 4 }
                  - { from: server, bytes: 4 }
            packets: { server: { GO: { opcode: 1 } } }
            """
        let wire = Wire(try Rules.make(game, mode: "shadow"))
        wire.send([0, 9])
        wire.send([2, 1], .outbound)
        wire.send([1, 2, 3, 4])
        wire.send([5, 6, 7, 8, 3, 2, 9], .outbound)
        #expect(wire.forwarded.outbound == [2, 1, 5, 6, 7, 8, 3, 2, 9])
        #expect(wire.forwarded.inbound == [0, 9, 1, 2, 3, 4])
    }
}
