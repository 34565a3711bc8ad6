import Testing
import WireBytes

@testable import RuleEngine

@Suite struct ShadowTests {
    @Test("a shadowed rule says what it would have done, scores nothing, and later rules run")
    func shadowed() {
        for action in [RuleAction.pass, .drop, .close, .ban(baseNS: nil), .log] {
            var line = Line([
                .rule(100, action: action, score: 9, isShadow: true), .rule(101, action: .log, score: 1),
            ])
            let judgement = line.send()
            #expect(judgement == .forward)
            #expect(line.findings.map(\.action) == [action, .log])
            #expect(line.findings.map(\.isShadow) == [true, false])
            #expect(line.findings.map(\.score) == [0, 1])
        }
    }

    @Test("a shadowed limit fires on what is over it, by buckets of its own")
    func ownBuckets() {
        let shared = SharedBuckets(capacity: 64)
        let limit = Limit.perSecond(1, burst: 2, .address)
        var live = Line(makePolicy([.rule(100, limit: limit, action: .drop)]), shared: shared)
        var shadow = Line(makePolicy([.rule(100, limit: limit, action: .drop, isShadow: true)]), shared: shared)
        #expect(shadow.forwarded(5) == 5)
        #expect(shadow.fired() == [0, 0, 0].map(index))
        #expect(live.forwarded(5) == 2)
    }

    @Test("a shadowed delay holds nothing and reserves nothing")
    func delay() {
        var line = Line([.rule(100, limit: .perSecond(1, burst: 1), action: .delay, isShadow: true)])
        #expect(line.forwarded(5) == 5)
        #expect(line.fired().count == 4)
        // Had the four reserved, this one would be over as well.
        #expect(line.forwarded(1, at: second) == 1)
        #expect(line.fired() == [])
    }

    @Test("a listener in shadow forwards everything and only reports, violations included")
    func listener() {
        let policy = makePolicy(
            [.rule(100, action: .close, score: 4)],
            violations: [.size: ViolationResponse(action: PerDirection(both: .drop), score: 2)], isShadow: true)
        var line = Line(policy)
        let judgement = line.send()
        #expect(judgement == .forward)
        let facts = PacketFacts(direction: .inbound, packet: 1, phase: 0, byteCount: 9, opcode: 7)
        #expect(policy.respond(to: .size, facts, findings: &line.findings) == .forward)
        #expect(policy.respond(to: .framing, facts, findings: &line.findings) == .forward)
        #expect(line.findings.map(\.action) == [.close, .drop, .close])
        #expect(line.findings.allSatisfy { $0.isShadow && $0.score == 0 })
    }
}
