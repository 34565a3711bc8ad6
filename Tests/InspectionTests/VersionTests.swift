import Inspection
import Testing
import WireBytes

@Suite("Versions of a protocol")
struct VersionTests {
    private static let maps = [
        "one.map": "C_LOGIN 1\nC_CHAT 2\nS_LOGIN 1\n", "two.map": "C_LOGIN 2\nC_CHAT 1\nS_LOGIN 2\n",
    ]

    /// `C_VERSION` is 100 and says its version in its third byte; what 1 and 2 are is the other way round in each.
    private static func game(_ extra: String = "") -> String {
        """
        phases:
          - name: login
            deadline: 10s
            frame: { length: u8@0, counts: packet, min: 2, max: 20 }
            opcode: u8@1
            accept: { client: [C_VERSION, C_LOGIN] }
            next_on: { packet: S_LOGIN }
          - name: world
        opcodes:
          version: { packet: C_VERSION, field: number }
          maps: { 1: one.map, 2: two.map }
          \(extra)
        packets:
          client:
            C_VERSION: { opcode: 100, size: 3, fields: { number: u8@2 } }
            C_CHAT: { size: 3..9 }
        """
    }

    private static func ruleset(_ extra: String = "", policy: String = "unknown: { client: log, server: log }") throws
        -> Ruleset
    {
        try Rules.make(game(extra), policy, maps: maps)
    }

    private func version(_ number: UInt8) -> [UInt8] { [3, 100, number] }
    private let one: [UInt8] = [2, 1]
    private let two: [UInt8] = [2, 2]
    private let chatOne: [UInt8] = [3, 2, 0x41]
    private let chatTwo: [UInt8] = [3, 1, 0x41]

    @Test("the packet that tells the version changes what the numbers mean from the next packet on, both ways")
    func chosen() throws {
        for (number, login, chat) in [(UInt8(1), one, chatOne), (2, two, chatTwo)] {
            let wire = Wire(try Self.ruleset())
            wire.send(version(number) + login)
            #expect(wire.phaseName == "login")
            #expect(wire.stage == .handshake)
            wire.send(login, .outbound)
            #expect(wire.phaseName == "world")
            #expect(wire.stage == .established)
            wire.send(chat)
            #expect(wire.fired.isEmpty)
            #expect(wire.forwarded.inbound == version(number) + login + chat)
            let other = Wire(try Self.ruleset())
            other.send(version(number) + (number == 1 ? two : one))
            #expect(other.endingRule == "phase", "the other version's login is the chat of this one")
        }
    }

    @Test("before the version is known only packets with numbers of their own have names")
    func before() throws {
        let wire = Wire(try Self.ruleset())
        wire.send(one, .outbound)
        #expect(wire.fired == ["unknown"])
        #expect(wire.phaseName == "login")
        wire.send(one)
        #expect(wire.endingRule == "phase")
    }

    @Test("a number that no map has takes the one that is named for it, and else no packet gets a name")
    func others() throws {
        let known = Wire(try Self.ruleset("otherwise: 2"))
        known.send(version(9) + two)
        #expect(known.end == nil && known.fired.isEmpty)
        let unknown = Wire(try Self.ruleset())
        unknown.send(version(9) + two)
        #expect(unknown.endingRule == "phase")
    }

    @Test("a version is chosen once: telling another one changes nothing")
    func once() throws {
        let wire = Wire(try Self.ruleset())
        wire.send(version(1) + version(2) + one)
        #expect(wire.end == nil)
        wire.send(one, .outbound)
        wire.send(version(2) + chatOne)
        #expect(wire.end == nil && wire.fired.isEmpty)
    }

    @Test("telling the version buys no time")
    func deadline() throws {
        let wire = Wire(try Self.ruleset())
        wire.wait(8 * second)
        wire.send(version(1))
        wire.wait(second)
        #expect(wire.end == nil)
        wire.wait(second)
        #expect(wire.end != nil)
    }

    @Test("a rule finds a packet by its name in every version, with one bucket for all")
    func rules() throws {
        let policy = """
            rules:
              - { id: 100, name: chat, packet: C_CHAT, limit: { rate: 1/s, burst: 1 }, action: drop }
            """
        for (number, login, chat) in [(UInt8(1), one, chatOne), (2, two, chatTwo)] {
            let wire = Wire(try Self.ruleset(policy: policy))
            wire.send(version(number) + login)
            wire.send(login, .outbound)
            wire.send(chat + chat)
            #expect(wire.fired == ["chat"])
            #expect(wire.forwarded.inbound == version(number) + login + chat)
        }
    }

    @Test("a rule that names a phase holds in that phase of every version")
    func phases() throws {
        let policy = """
            rules:
              - { id: 100, name: early, packet: C_LOGIN, where: { phase: login }, action: drop }
            """
        for (number, login) in [(UInt8(1), one), (2, two)] {
            let wire = Wire(try Self.ruleset(policy: policy))
            wire.send(version(number) + login)
            #expect(wire.fired == ["early"])
        }
    }

    @Test("a rule on fields holds in the versions whose packet has them")
    func fields() throws {
        let game = Self.game().replacing(
            "C_CHAT: { size: 3..9 }", with: "C_CHAT: { versions: [2], size: 3..9, fields: { letter: u8@2 } }")
        let policy = "rules: [{ id: 100, name: letter, packet: C_CHAT, where: { letter: 0x41 }, action: drop }]"
        let ruleset = try Rules.make(game, policy, maps: Self.maps)
        for (number, login, chat) in [(UInt8(1), one, chatOne), (2, two, chatTwo)] {
            let wire = Wire(ruleset)
            wire.send(version(number) + login)
            wire.send(login, .outbound)
            wire.send(chat)
            #expect(wire.fired == (number == 2 ? ["letter"] : []))
        }
    }

    @Test("a reload finds the version again, and a connection whose version is gone keeps its rules")
    func reload() throws {
        let wire = Wire(try Self.ruleset())
        wire.send(version(2) + two)
        #expect(wire.reload(try Self.ruleset("otherwise: 1")))
        wire.send(two, .outbound)
        #expect(wire.phaseName == "world")
        wire.send(chatTwo)
        #expect(wire.fired.isEmpty)
        let less = Self.game().replacing("maps: { 1: one.map, 2: two.map }", with: "maps: { 1: one.map }")
        #expect(!wire.reload(try Rules.make(less, maps: Self.maps)))
    }

    @Test("any split of the stream gives the same outcome")
    func splits() throws {
        let ruleset = try Self.ruleset()
        let stream = version(2) + two + version(1) + two
        let whole = Wire(ruleset)
        whole.send(stream)
        for place in 1..<stream.count {
            let wire = Wire(ruleset)
            wire.send(pieces: [Array(stream[..<place]), Array(stream[place...])])
            #expect(wire.outcome == whole.outcome)
        }
    }
}
