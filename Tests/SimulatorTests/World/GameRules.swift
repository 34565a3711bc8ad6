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

    static let plainFirst = make(.first, hasPreamble: false)
    static let plainSecond = make(.second, hasPreamble: false)
    static let plainRecut = make(.recut, hasPreamble: false)
    static let preambleFirst = make(.first, hasPreamble: true)
    static let preambleSecond = make(.second, hasPreamble: true)
    static let preambleRecut = make(.recut, hasPreamble: true)

    static func ruleset(_ variant: Variant, hasPreamble: Bool) -> Ruleset {
        switch variant {
        case .first: hasPreamble ? preambleFirst : plainFirst
        case .second: hasPreamble ? preambleSecond : plainSecond
        case .recut: hasPreamble ? preambleRecut : plainRecut
        }
    }

    private static func make(_ variant: Variant, hasPreamble: Bool) -> Ruleset {
        var preamble: [PreambleStep] = []
        if hasPreamble {
            let starts = HexPattern(serverPreamble)
            preamble = [
                PreambleStep(
                    direction: .outbound, alternatives: [.init(starts: starts, extent: .bytes(4))], capture: nil),
                PreambleStep(
                    direction: .inbound,
                    alternatives: [
                        .init(starts: HexPattern([]), extent: .bytes(clientPreambleCount))
                    ], capture: "key"),
            ]
        }
        let most = variant == .recut ? mostByteCount + 100 : mostByteCount
        return Game.ruleset(rules(variant), descriptor: Game.descriptor(most: most, preamble: preamble))
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
