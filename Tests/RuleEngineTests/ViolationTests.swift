import Testing
import WireBytes

@testable import RuleEngine

@Suite struct ViolationTests {
    private func facts(_ direction: Direction) -> PacketFacts {
        PacketFacts(direction: direction, packet: 0, phase: 0, byteCount: 4, opcode: 1)
    }

    @Test("violations are the first rules, with their reserved ids and names")
    func rules() {
        let policy = makePolicy([.rule(4_711)])
        #expect(policy.rules.map(\.id) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4_711])
        #expect(policy.rules[6].name == "proxy-header")
        #expect(policy.rules[11].name == "rule-4711")
    }

    @Test("by default violations close, size drops, unknown is logged for the client and passes for the server")
    func defaults() {
        let policy = makePolicy([])
        for violation in Violation.allCases {
            for direction in Direction.allCases {
                var findings: [Finding] = []
                let rule = RuleIndex(violation.rawValue - 1)
                let judgement = policy.respond(to: violation, facts(direction), findings: &findings)
                switch violation {
                case .size: #expect(judgement == .drop(rule))
                case .unknown: #expect(judgement == .forward)
                default: #expect(judgement == .close(rule))
                }
                let isSilent = violation == .unknown && direction == .outbound
                #expect(findings.map(\.rule) == (isSilent ? [] : [rule]))
            }
        }
    }

    @Test("a policy sets what follows from a violation, by direction")
    func configured() {
        let response = ViolationResponse(
            action: PerDirection(inbound: .ban(baseNS: 60), outbound: .log), score: 5)
        let policy = makePolicy([], violations: [.framing: response])
        var findings: [Finding] = []
        #expect(policy.respond(to: .framing, facts(.inbound), findings: &findings) == .ban(0))
        #expect(policy.respond(to: .framing, facts(.outbound), findings: &findings) == .forward)
        #expect(findings.map(\.action) == [.ban(baseNS: 60), .log])
    }

    @Test("what the server did wrong costs the client no score")
    func score() {
        let response = ViolationResponse(action: PerDirection(both: .close), score: 5)
        let policy = makePolicy([], violations: [.malformed: response])
        var findings: [Finding] = []
        for direction in Direction.allCases {
            #expect(policy.respond(to: .malformed, facts(direction), findings: &findings) == .close(3))
        }
        #expect(findings.map(\.score) == [5, 0])
    }
}
