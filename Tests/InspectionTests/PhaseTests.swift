import Inspection
import Testing
import WireBytes

@Suite("Phases")
struct PhaseTests {
    private static let packets = """

        packets:
          client:
            LOGIN: { opcode: 1 }
            PLAY: { opcode: 2 }
            READY: { opcode: 3 }
            TRADE: { opcode: 4 }
          server:
            WELCOME: { opcode: 1 }
            SEEN: { opcode: 2 }
            MARKET: { opcode: 3 }
        """
    private static let frame = "frame: { length: u8@0, counts: packet, min: 2, max: 20 }\n    opcode: u8@1"

    /// A login that the server ends, a world, and a market that either may lead to.
    private static let game =
        """
        phases:
          - name: login
            \(frame)
            accept: { client: [LOGIN] }
            next_on:
              - { packet: WELCOME }
              - { packet: MARKET, goto: market }
          - name: world
            accept: { client: [PLAY, TRADE] }
            next_on: { packet: TRADE, goto: market }
          - name: market
            accept: { client: [TRADE] }
        """ + packets

    private let login: [UInt8] = [2, 1]
    private let play: [UInt8] = [2, 2]
    private let trade: [UInt8] = [2, 4]
    private let welcome: [UInt8] = [2, 1]

    @Test("a packet that the phase does not accept is refused before the switch and passes after it")
    func accept() throws {
        let ruleset = try Rules.make(Self.game)
        let early = Wire(ruleset)
        early.send(login + play)
        #expect(early.forwarded.inbound == login)
        #expect(early.endingRule == "phase")
        let late = Wire(ruleset)
        late.send(login)
        #expect(late.stage == .handshake)
        late.send(welcome, .outbound)
        late.send(play)
        #expect(late.end == nil)
        #expect(late.forwarded.inbound == login + play)
    }

    @Test("where the server switches twice at once, what the client sent before either is accepted")
    func twoSwitches() throws {
        let game =
            """
            phases:
              - name: login
                \(Self.frame)
                accept: { client: [LOGIN] }
                next_on: { packet: WELCOME }
              - name: lobby
                accept: { client: [READY] }
                next_on: { packet: SEEN }
              - name: world
                accept: { client: [PLAY] }
            """ + Self.packets
        let wire = Wire(try Rules.make(game))
        wire.send([2, 1, 2, 2], .outbound)
        wire.send(login + [2, 3] + play)
        #expect(wire.end == nil)
        #expect(wire.forwarded.inbound == login + [2, 3] + play)
        wire.wait(5 * second)
        wire.send([2, 3])
        #expect(wire.endingRule == "phase")
    }

    @Test("what the client sent before it heard of the server's switch is accepted for five seconds, not longer")
    func grace() throws {
        let ruleset = try Rules.make(Self.game)
        for (waitNS, isAccepted) in [(0, true), (5 * second - 1, true), (5 * second, false)] {
            let wire = Wire(ruleset)
            wire.send(welcome, .outbound)
            wire.wait(waitNS)
            wire.send(login)
            #expect((wire.end == nil) == isAccepted, "after \(waitNS) ns")
            #expect(wire.fired == (isAccepted ? [] : ["phase"]))
        }
    }

    @Test("after a switch that the client caused nothing of the old phase is accepted")
    func noGrace() throws {
        let wire = Wire(try Rules.make(Self.game))
        wire.send(welcome, .outbound)
        wire.send(trade + play)
        #expect(wire.forwarded.inbound == trade)
        #expect(wire.endingRule == "phase")
        #expect(wire.stage == .established)
        // Nor is anything of the phase before, which was in its five seconds still.
        let twice = Wire(try Rules.make(Self.game))
        twice.send(welcome, .outbound)
        twice.send(trade + login)
        #expect(twice.forwarded.inbound == trade)
        #expect(twice.endingRule == "phase")
    }

    @Test("a direction that has not followed yet does not switch by the rules of the phase ahead of it")
    func laggard() throws {
        let game =
            """
            phases:
              - name: one
                \(Self.frame)
                next_on: { packet: READY, other_side_after: SEEN }
              - name: two
                next_on: { packet: WELCOME }
              - name: three
            """ + Self.packets
        let wire = Wire(try Rules.make(game))
        wire.send([2, 3])
        wire.send(welcome, .outbound)
        #expect(wire.stage == .handshake)
        wire.send([2, 2], .outbound)
        #expect(wire.stage == .handshake)
        wire.send(welcome, .outbound)
        #expect(wire.stage == .established)
        #expect(wire.end == nil)
    }

    @Test("a direction that has not followed yet may send what its own phase accepts, however long that takes")
    func laggardAccepts() throws {
        let game =
            """
            phases:
              - name: login
                \(Self.frame)
                accept: { client: [LOGIN, READY] }
                next_on: { packet: WELCOME, other_side_after: READY }
              - name: world
                accept: { client: [PLAY] }
            """ + Self.packets
        let wire = Wire(try Rules.make(game))
        wire.send(welcome, .outbound)
        wire.wait(60 * second)
        wire.send(login + [2, 3] + play)
        #expect(wire.fired == [])
        #expect(wire.packetCounts.inbound == 3)
        wire.send(login)
        #expect(wire.endingRule == "phase")
    }

    @Test("in shadow a phase's deadline is logged once, and the session stays")
    func shadowDeadline() throws {
        let game = "phases:\n  - name: only\n    deadline: 10s\n    \(Self.frame)" + Self.packets
        let wire = Wire(try Rules.make(game, mode: "shadow"))
        for _ in 0..<3 { wire.wait(10 * second) }
        #expect(wire.fired == ["timeout"])
        #expect(wire.end == nil)
        #expect(wire.deadlineNS > wire.nowNS)
    }

    @Test("goto leads past the phases between")
    func goto() throws {
        let wire = Wire(try Rules.make(Self.game))
        wire.send([2, 3], .outbound)
        #expect(wire.stage == .established)
        wire.wait(6 * second)
        wire.send(trade)
        #expect(wire.end == nil)
        wire.send(play)
        #expect(wire.endingRule == "phase")
    }

    @Test("a packet that is dropped does not switch")
    func dropped() throws {
        let policy = """
            rules:
              - { id: 100, name: no-welcome, packet: WELCOME, action: drop }
            """
        let wire = Wire(try Rules.make(Self.game, policy))
        wire.send(welcome, .outbound)
        #expect(wire.stage == .handshake)
        wire.send(play)
        #expect(wire.endingRule == "phase")
    }

    /// Both directions take wider packets in the second phase.
    private static func widening(_ after: String) -> String {
        """
        phases:
          - name: narrow
            \(frame)
            next_on: { packet: WELCOME\(after) }
          - name: wide
            frame: { length: u16be@0, counts: packet, min: 3, max: 20 }
            opcode: u8@2
        """ + packets
    }

    @Test("the direction that switched uses the new frame from the next byte, the other from its next packet")
    func frames() throws {
        let wire = Wire(try Rules.make(Self.widening("")))
        wire.send([4, 2, 7])
        wire.send([2, 1, 0, 4, 2, 9], .outbound)
        #expect(wire.forwarded.outbound == [2, 1, 0, 4, 2, 9])
        // The rest of a narrow packet that had begun, then a wide one.
        wire.send([7, 0, 3, 2])
        #expect(wire.end == nil)
        #expect(wire.forwarded.inbound == [4, 2, 7, 7, 0, 3, 2])
        #expect(wire.packetCounts == PerDirection(inbound: 2, outbound: 2))
    }

    @Test("a header that was begun before the other side's switch is finished in the old frame")
    func halfHeader() throws {
        let wire = Wire(try Rules.make(Self.widening("")))
        wire.send([4])
        wire.send([2, 1], .outbound)
        wire.send([2, 7, 7, 0, 3, 2])
        #expect(wire.end == nil)
        #expect(wire.packetCounts.inbound == 2)
        #expect(wire.forwarded.inbound == [4, 2, 7, 7, 0, 3, 2])
    }

    @Test("other_side_after keeps the other direction in the old frame until that packet has passed")
    func otherSideAfter() throws {
        let wire = Wire(try Rules.make(Self.widening(", other_side_after: READY")))
        wire.send([2, 1], .outbound)
        wire.send([3, 2, 5, 2, 3, 0, 3, 2])
        #expect(wire.end == nil)
        #expect(wire.packetCounts.inbound == 3)
        wire.send([0, 21, 2])
        #expect(wire.endingRule == "framing")
    }

    @Test("rules that name a phase hold in it only")
    func rulesByPhase() throws {
        let policy = """
            rules:
              - { id: 100, name: no-trade, packet: TRADE, where: { phase: world }, action: drop }
            """
        let wire = Wire(try Rules.make(Self.game, policy))
        wire.send(welcome, .outbound)
        wire.send(trade)
        #expect(wire.fired == ["no-trade"])
        wire.send([2, 3], .outbound)
        #expect(wire.end == nil)
    }

    @Test("a phase's deadline ends the session when it has come, and entering the next phase starts anew")
    func deadlines() throws {
        let game =
            """
            phases:
              - name: login
                deadline: 10s
                \(Self.frame)
                next_on: { packet: WELCOME }
              - { name: world, deadline: 1h }
            """ + Self.packets
        let policy = "violations: { timeout: { action: close, score: 3 } }"
        let ruleset = try Rules.make(game, policy)
        let slow = Wire(ruleset)
        slow.wait(10 * second - 1)
        #expect(slow.end == nil)
        slow.wait(1)
        #expect(slow.end?.reason == .phaseTimeout)
        #expect(slow.end?.cause == .deadline)
        #expect(slow.findings.map(\.score) == [3])
        let quick = Wire(ruleset)
        quick.wait(9 * second)
        quick.send(welcome, .outbound)
        quick.wait(60 * second)
        #expect(quick.end == nil)
    }
}
