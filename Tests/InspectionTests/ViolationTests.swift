import Inspection
import RuleEngine
import Testing
import WireBytes

@Suite("What the descriptor refuses")
struct ViolationTests {
    @Test(
        "a packet without a name is passed, logged, dropped, or ends the session, as the policy says",
        arguments: ["pass", "log", "drop", "close", "ban"])
    func unknown(action: String) throws {
        let wire = Wire(try Rules.make(Rules.numbers, "unknown: { client: \(action) }"))
        wire.send([3, 77, 1, 2, 1])
        let isForwarded = action == "pass" || action == "log"
        #expect(wire.fired == (action == "pass" ? [] : ["unknown"]))
        #expect(wire.forwarded.inbound == (isForwarded ? [3, 77, 1, 2, 1] : action == "drop" ? [2, 1] : []))
        #expect((wire.end != nil) == (action == "close" || action == "ban"))
        #expect(wire.bans == (action == "ban"))
    }

    @Test("without a policy a client's unknown packet is logged and the server's passes")
    func unknownByDefault() throws {
        let wire = Wire(try Rules.make(Rules.numbers))
        wire.send([2, 77])
        wire.send([2, 77], .outbound)
        #expect(wire.fired == ["unknown"])
        #expect(wire.forwarded == PerDirection(inbound: [2, 77], outbound: [2, 77]))
    }

    @Test("rules hold for a packet without a name that goes on")
    func unknownIsJudged() throws {
        let policy = """
            unknown: pass
            rules:
              - { id: 100, name: flood, limit: { rate: 1/s, burst: 1 }, action: drop }
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        wire.send([2, 77, 2, 78])
        #expect(wire.forwarded.inbound == [2, 77])
        #expect(wire.fired == ["flood"])
    }

    @Test("a violation of the server's gives the client no points and does not blame it")
    func serverScores() throws {
        let wire = Wire(try Rules.make(Rules.numbers, "violations: { framing: { action: close, score: 5 } }"))
        wire.send([1, 1], .outbound)
        #expect(wire.findings.map(\.score) == [0])
        #expect(wire.end?.cause == .server)
    }

    @Test("a violation of the client's gives its points and may ban")
    func clientScores() throws {
        let wire = Wire(try Rules.make(Rules.numbers, "violations: { framing: { action: ban, score: 5 } }"))
        wire.send([1, 1])
        #expect(wire.findings.map(\.score) == [5])
        #expect(wire.end == SessionEnd(cause: .violation, reason: .violation, rule: wire.end?.rule))
        #expect(wire.findings.map(\.action) == [.ban(baseNS: nil)])
    }

    @Test("a packet too short for its opcode is malformed, and the log hears why")
    func malformed() throws {
        let game = """
            phases:
              - name: play
                frame: { length: u8@0, counts: packet, min: 2, max: 20, also: [1] }
                opcode: varint@1
            packets: { client: { A: { opcode: 1 } }, server: { X: { opcode: 1 } } }
            """
        let wire = Wire(try Rules.make(game))
        // A size that is allowed besides needs no opcode: it is a packet without a name.
        wire.send([1])
        #expect(wire.fired == ["unknown"])
        wire.send([3, 0x80, 0x80])
        #expect(wire.endingRule == "malformed")
        #expect(wire.detail(of: .malformed) == "ends at a size of 3, before its opcode does")
    }

    @Test("bytes that a ban's packet stands behind are forwarded, it and what follows are not")
    func inTheMiddle() throws {
        let policy = """
            rules:
              - { id: 100, name: cheat, packet: A, bytes: [{ hex: "de ad" }], action: { ban: 1h }, score: 1 }
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        wire.send([3, 1, 7, 4, 1, 0xDE, 0xAD, 2, 2])
        #expect(wire.forwarded.inbound == [3, 1, 7])
        #expect(wire.bans)
        #expect(wire.endingRule == "cheat")
        #expect(wire.findings.map(\.packet.byteCount) == [4])
    }

    @Test("in shadow nothing happens to any packet, and every finding says so")
    func shadow() throws {
        let policy = """
            unknown: drop
            violations: { size: { action: close, score: 5 } }
            rules:
              - { id: 100, name: none, packet: B, action: ban, score: 9 }
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy, mode: "shadow"))
        let bytes: [UInt8] = [2, 2, 7, 1, 0, 0, 0, 0, 0, 2, 77]
        wire.send(bytes)
        #expect(wire.end == nil)
        #expect(wire.forwarded.inbound == bytes)
        #expect(wire.fired == ["none", "size", "unknown"])
        #expect(wire.findings.allSatisfy { $0.isShadow })
        #expect(wire.droppedCounts == PerDirection(both: 0))
    }

    @Test("in shadow bytes that cannot be cut go on, are counted, and are never cut again")
    func shadowFraming() throws {
        let wire = Wire(try Rules.make(Rules.numbers, mode: "shadow"))
        wire.send([2, 2, 1, 9, 9])
        wire.send([2, 1])
        wire.send([2, 2], .outbound)
        #expect(wire.fired == ["framing"])
        #expect(wire.forwarded.inbound == [2, 2, 1, 9, 9, 2, 1])
        #expect(wire.packetCounts == PerDirection(inbound: 1, outbound: 1))
        #expect(wire.byteCounts == PerDirection(inbound: 7, outbound: 2))
    }

    @Test("a rule in shadow does nothing beside rules that do")
    func shadowedRule() throws {
        let policy = """
            rules:
              - { id: 100, name: trial, packet: B, action: close, score: 3, mode: shadow }
              - { id: 101, name: real, packet: B, action: drop, score: 1 }
            """
        let wire = Wire(try Rules.make(Rules.numbers, policy))
        wire.send([2, 2])
        #expect(wire.fired == ["trial", "real"])
        #expect(wire.findings.map(\.isShadow) == [true, false])
        #expect(wire.end == nil)
        #expect(wire.droppedCounts.inbound == 1)
    }
}
