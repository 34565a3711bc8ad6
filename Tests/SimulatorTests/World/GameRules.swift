import GameProtocol
import Inspection
import RuleEngine
import Settings
import WireBytes

/// The rulesets of random runs.
enum GameRules {
    enum Variant {
        case first
        /// Other rules, the same framing.
        case second
        /// Other rules and another framing, which cuts everything these runs send alike.
        case recut
    }

    static let connectionBurst = 3
    static let addressBurst = 5
    static let mostByteCount = 2_000
    static let serverPreamble: [UInt8] = [1, 0, 0, 0]
    static let clientPreambleCount = 8

    /// Guards nothing but the framing: what a canary test plants.
    static let lax = Game.ruleset()

    /// How a connection of a run begins.
    enum Opening {
        /// With packets.
        case direct
        /// With four bytes of the server's and a key of the client's.
        case preamble
        /// In a phase that the server's login packet ends.
        case login
    }

    static let deadlineOfLogin = 20 * Game.secondNS

    private static let all: [Opening: [Variant: Ruleset]] = [
        .direct: make(.direct), .preamble: make(.preamble), .login: make(.login),
    ]
    private static let enciphered: [Opening: [Variant: Ruleset]] = [
        .direct: make(.direct, cipher), .preamble: make(.preamble, cipher), .login: make(.login, cipher),
    ]

    private static let clientKey: [UInt8] = [1, 2, 3, 5, 8, 13]
    private static let serverKey: [UInt8] = Array("another".utf8)
    private static let cipher = PhaseCipher(
        scheme: .rc4(droppedByteCount: 0), keys: [.literal(clientKey), .literal(serverKey)], scope: .stream, origin: 0)

    /// What a peer has for enciphered rulesets.
    static func peerCipher(isClient: Bool, clear sent: Int, _ received: Int) -> PeerCipher? {
        cipher.makePair(captured: { _ in nil }).map { pair in
            isClient
                ? PeerCipher(sending: pair.inbound, receiving: pair.outbound, clear: sent, received)
                : PeerCipher(sending: pair.outbound, receiving: pair.inbound, clear: sent, received)
        }
    }

    static func ruleset(_ variant: Variant, _ opening: Opening, isEnciphered: Bool = false) -> Ruleset {
        guard let ruleset = (isEnciphered ? enciphered : all)[opening]?[variant] else {
            preconditionFailure("there is no \(variant), \(opening)")
        }
        return ruleset
    }

    private static func make(_ opening: Opening, _ cipher: PhaseCipher? = nil) -> [Variant: Ruleset] {
        var rulesets: [Variant: Ruleset] = [:]
        for variant in [Variant.first, .second, .recut] {
            let most = variant == .recut ? mostByteCount + 100 : mostByteCount
            let clear =
                switch opening {
                case .direct: Game.descriptor(most: most)
                case .preamble: Game.descriptor(most: most, preamble: preamble)
                case .login: withLogin(Game.descriptor(most: most))
                }
            let descriptor = cipher.map { enciphered(clear, $0) } ?? clear
            let drop = ViolationResponse(action: PerDirection(both: .drop))
            rulesets[variant] = Game.ruleset(
                rules(variant), descriptor: descriptor, violations: opening == .login ? [.phase: drop] : [:])
        }
        return rulesets
    }

    private static func enciphered(_ clear: Descriptor, _ cipher: PhaseCipher) -> Descriptor {
        let phases = clear.phases.map { phase in
            Phase(
                name: phase.name, deadlineNS: phase.deadlineNS, preamble: phase.preamble, cipher: cipher,
                lanes: phase.lanes, isOpaque: false, accept: phase.accept, transitions: phase.transitions)
        }
        return Descriptor(name: clear.name, phases: phases, packets: clear.packets)
    }

    private static var preamble: [PreambleStep] {
        [
            PreambleStep(
                direction: .outbound,
                alternatives: [.init(starts: HexPattern(serverPreamble), extent: .bytes(4))], capture: nil),
            PreambleStep(
                direction: .inbound,
                alternatives: [.init(starts: HexPattern([]), extent: .bytes(clientPreambleCount))], capture: "key"),
        ]
    }

    /// The login does not accept `later` and the world not `sized`; the server's `scored` leads from one to the other.
    private static func withLogin(_ world: Descriptor) -> Descriptor {
        func phase(_ name: String, without opcode: UInt8, deadlineNS: UInt64?, _ transitions: [Transition]) -> Phase {
            let accepted = PacketSet([0] + Opcode.all.filter { $0 != opcode }.map { Opcode.index($0) })
            return Phase(
                name: name, deadlineNS: deadlineNS, preamble: [], lanes: world.phases[0].lanes, isOpaque: false,
                accept: PerDirection(inbound: accepted, outbound: nil), transitions: transitions)
        }
        let switching = Transition(
            direction: .outbound, packet: Opcode.index(Opcode.scored), phase: 1, otherSideAfter: nil)
        return Descriptor(
            name: "game",
            phases: [
                phase("login", without: Opcode.later, deadlineNS: deadlineOfLogin, [switching]),
                phase("world", without: Opcode.sized, deadlineNS: nil, []),
            ], packets: world.packets)
    }

    /// No token of this comes back while a run lasts.
    private static func frozen(_ scope: Limit.Scope, burst: Int) -> Limit {
        Limit(
            count: .packets, scope: scope, amount: 1, periodNS: 1_000_000_000_000_000, burst: UInt64(burst))
    }

    private static func rules(_ variant: Variant) -> [RuleDefinition] {
        let evil = BytePattern(pattern: HexPattern(Array("evil".utf8)))
        let shape = Limit(count: .packets, scope: .connection, amount: 2, periodNS: Game.secondNS, burst: 2)
        var rules = [
            Game.rule(1_000, Opcode.plain, .drop, isShadow: true),
            Game.rule(1_002, Opcode.closing, .close),
            Game.rule(1_003, Opcode.banning, .ban(baseNS: 2 * Game.secondNS)),
            Game.rule(1_004, Opcode.signed, .drop, signature: [evil]),
            Game.rule(1_005, Opcode.limited, .drop, limit: frozen(.connection, burst: connectionBurst)),
            Game.rule(1_006, Opcode.delayed, .delay, limit: shape),
            Game.rule(1_007, Opcode.scored, .log, score: 7),
            Game.rule(1_008, Opcode.shared, .drop, limit: frozen(.address, burst: addressBurst)),
            Game.rule(1_009, Opcode.dropped, .drop, from: .outbound),
            Game.rule(1_010, Opcode.delayed, .delay, limit: shape, from: .outbound),
        ]
        if variant == .first {
            rules.append(Game.rule(1_001, Opcode.dropped, .drop))
        } else {
            rules.insert(Game.rule(1_020, Opcode.later, .drop), at: 0)
        }
        return rules
    }
}
