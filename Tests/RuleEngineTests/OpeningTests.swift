import Testing
import WireBytes

@testable import RuleEngine

@Suite struct OpeningTests {
    private func open(_ most: UInt64, _ action: RuleAction = .close, isShadow: Bool = false) -> RuleDefinition {
        .rule(100, limit: .perSecond(1, burst: most, .address, count: .open), action: action, isShadow: isShadow)
    }

    @Test("as many connections as the limit says may be open, and one more is closed")
    func atOnce() {
        let shared = SharedBuckets(capacity: 64)
        let policy = makePolicy([open(2)])
        var first = Line(policy, shared: shared)
        #expect(first.open() == .forward)
        do {
            var second = Line(policy, shared: shared)
            #expect(second.open() == .forward)
            for _ in 0..<5 {
                var third = Line(policy, shared: shared)
                #expect(third.open() == .close(index(0)))
            }
            var elsewhere = Line(policy, keys: makeKeys(9), shared: shared)
            #expect(elsewhere.open() == .forward)
        }
        // The second has closed, and those that were refused never counted.
        var third = Line(policy, shared: shared)
        var fourth = Line(policy, shared: shared)
        #expect(third.open() == .forward)
        #expect(fourth.open() == .close(index(0)))
        // Closed without ever being judged, a connection is not counted either.
        do { _ = Line(policy, shared: shared) }
        #expect(fourth.open() == .close(index(0)))
    }

    @Test("new connections are charged when they open, closed or not")
    func newConnections() {
        let shared = SharedBuckets(capacity: 64)
        let policy = makePolicy([
            .rule(100, limit: .perSecond(1, burst: 3, .address, count: .connections), action: .ban(baseNS: 1))
        ])
        var judgements: [Judgement] = []
        for time in [0, 0, 0, 0, second - 1, second, second] {
            var line = Line(policy, shared: shared, at: time)
            judgements.append(line.open(at: time))
        }
        let ban = Judgement.ban(index(0))
        #expect(judgements == [.forward, .forward, .forward, ban, ban, .forward, ban])
    }

    @Test("packets are not judged by limits on connections, nor connections by limits on packets")
    func separate() {
        var line = Line([
            .rule(100, limit: .perSecond(1, burst: 1, .address, count: .connections), action: .close),
            .rule(101, limit: .perSecond(1, burst: 1), action: .drop), .rule(102, action: .log),
        ])
        let opened = line.open()
        #expect(opened == .forward)
        #expect(line.fired() == [])
        let judgements = [line.send(), line.send()]
        #expect(judgements == [.forward, .drop(index(1))])
        #expect(line.fired() == [index(2), index(1)])
    }

    @Test("the rules run from top to bottom, log and shadow go on, and a finding has no packet")
    func order() {
        let shared = SharedBuckets(capacity: 64)
        func rule(_ id: UInt32, _ action: RuleAction, isShadow: Bool = false) -> RuleDefinition {
            .rule(
                id, limit: .perSecond(1, burst: 1, .listener, count: .connections), action: action, score: 2,
                isShadow: isShadow)
        }
        let policy = makePolicy([
            rule(100, .log), rule(101, .close, isShadow: true), rule(102, .close), rule(103, .ban(baseNS: nil)),
        ])
        var first = Line(policy, shared: shared)
        var second = Line(policy, shared: shared)
        #expect(first.open() == .forward)
        #expect(second.open() == .close(index(2)))
        #expect(first.findings == [])
        #expect(second.findings.map(\.rule) == [0, 1, 2].map(index))
        #expect(second.findings.map(\.isShadow) == [false, true, false])
        #expect(second.findings.map(\.score) == [2, 0, 2])
        #expect(second.findings.allSatisfy { $0.packet.byteCount == 0 })
    }

    @Test("a listener in shadow counts what it would have closed")
    func shadow() {
        let shared = SharedBuckets(capacity: 64)
        let policy = makePolicy([open(1)], isShadow: true)
        var first = Line(policy, shared: shared)
        var second = Line(policy, shared: shared)
        #expect(first.open() == .forward)
        #expect(second.open() == .forward)
        #expect(second.findings.map(\.action) == [.close])
        #expect(second.findings.map(\.isShadow) == [true])
    }

    @Test("exempt addresses are not limited, and do not count")
    func exempt() {
        let shared = SharedBuckets(capacity: 64)
        let policy = makePolicy([open(1)])
        var first = Line(policy, keys: makeKeys(isExempt: true), shared: shared)
        var second = Line(policy, keys: makeKeys(isExempt: true), shared: shared)
        var third = Line(policy, shared: shared)
        let judgements = [first.open(), second.open(), third.open()]
        #expect(judgements == [.forward, .forward, .forward])
    }
}
