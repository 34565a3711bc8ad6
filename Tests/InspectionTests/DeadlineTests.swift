import Inspection
import Testing
import WireBytes

@Suite("Deadlines")
struct DeadlineTests {
    @Test("a packet that is not whole in time ends the session, and its last byte in time saves it")
    func packet() throws {
        let ruleset = try Rules.make(Rules.numbers, "violations: { timeout: { action: close, score: 5 } }")
        let slow = Wire(ruleset)
        slow.send([5, 2, 1])
        #expect(slow.deadlineNS == slow.nowNS + slow.limits.packetNS)
        slow.wait(10 * second)
        #expect(slow.end?.reason == .packetTimeout)
        #expect(slow.fired == ["timeout"])
        #expect(slow.isMidPacket(.inbound))
        let quick = Wire(ruleset)
        quick.send([5, 2, 1])
        quick.wait(10 * second - 1)
        quick.send([1, 1])
        quick.wait(60 * second)
        #expect(quick.end == nil)
    }

    @Test("a trickle of bytes does not extend the packet's time")
    func trickle() throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        wire.send([20])
        for _ in 0..<9 {
            wire.wait(second)
            wire.send([2])
        }
        #expect(wire.end == nil)
        wire.wait(second)
        #expect(wire.end?.reason == .packetTimeout)
    }

    @Test("the rest of a dropped packet has the same time as one that passes")
    func dropped() throws {
        let wire = Wire(try Rules.make(Rules.numbers, "unknown: drop"))
        wire.send([5, 77])
        #expect(wire.droppedCounts.inbound == 1)
        wire.wait(10 * second)
        #expect(wire.end?.reason == .packetTimeout)
    }

    @Test("a server that is slow is nobody's fault: the session ends, and nobody is scored or banned")
    func server() throws {
        let wire = Wire(try Rules.make(Rules.numbers, "violations: { timeout: { action: ban, score: 5 } }"))
        wire.send([5, 2], .outbound)
        wire.wait(10 * second)
        #expect(wire.end?.reason == .packetTimeout)
        #expect(wire.findings.map(\.score) == [0])
        #expect(wire.findings.map(\.action) == [.close])
    }

    @Test("idleness counts from the last byte of either side")
    func idle() throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        wire.send([2, 2])
        wire.wait(599 * second)
        wire.send([2, 1], .outbound)
        wire.wait(600 * second - 1)
        #expect(wire.end == nil)
        wire.wait(1)
        #expect(wire.end == SessionEnd(cause: .deadline, reason: .idleTimeout))
    }

    @Test("while a packet is held, idleness stands still")
    func held() throws {
        let policy = "rules: [{ id: 100, name: shape, limit: { rate: 1/s, burst: 1 }, action: delay }]"
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        wire.limits.idleNS = second / 2
        wire.send([2, 2, 2, 2])
        #expect(wire.deadlineNS == wire.nowNS + second)
        wire.wait(second - 1)
        #expect(wire.end == nil)
        wire.wait(1)
        #expect(wire.forwarded.inbound == [2, 2, 2, 2])
        wire.wait(second / 2)
        #expect(wire.end?.reason == .idleTimeout)
    }

    @Test("in shadow a deadline is logged once, and the session goes on")
    func shadow() throws {
        let wire = Wire(try Rules.make(Rules.numbers, mode: "shadow"))
        wire.send([5, 2])
        wire.wait(10 * second)
        wire.wait(10 * second)
        #expect(wire.end == nil)
        #expect(wire.fired == ["timeout"])
        wire.send([1, 1, 1])
        #expect(wire.forwarded.inbound == [5, 2, 1, 1, 1])
    }
}
