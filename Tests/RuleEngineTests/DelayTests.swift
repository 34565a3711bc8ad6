import Testing
import WireBytes

@testable import RuleEngine

@Suite struct DelayTests {
    @Test("a packet over the limit is held until the bucket would allow it, and those behind it in a row")
    func held() {
        for scope in [Limit.Scope.connection, .address, .listener] {
            var line = Line([.rule(100, limit: .perSecond(4, burst: 2, scope), action: .delay)])
            let judgements = (0..<5).map { _ in line.send(at: second) }
            let expected: [Judgement] = [
                .forward, .forward, .hold(untilNS: second + second / 4, index(0)),
                .hold(untilNS: second + second / 2, index(0)), .hold(untilNS: second + 3 * second / 4, index(0)),
            ]
            #expect(judgements == expected)
        }
    }

    @Test("a packet dearer than the burst waits for a full bucket, and those behind it for its debt")
    func dear() {
        var line = Line([.rule(100, limit: .perSecond(100, burst: 50, count: .bytes), action: .delay)])
        let judgements = [line.send(size: 50), line.send(size: 200), line.send(size: 50)]
        #expect(
            judgements == [
                .forward, .hold(untilNS: second / 2, index(0)), .hold(untilNS: second / 2 + 2 * second, index(0)),
            ])
    }

    @Test("what was held is sent at the rate, however it came")
    func rate() {
        var random = SplitMix64(seed: 5)
        var line = Line([.rule(100, limit: .perSecond(32_768, burst: 1_000, count: .bytes), action: .delay)])
        var now: UInt64 = 0
        var sent: [(time: UInt64, bytes: Int)] = []
        for _ in 0..<500 {
            let size = 1 + random.below(900)
            var release = now
            if case .hold(let untilNS, _) = line.send(size: size, at: now) {
                #expect(untilNS > now)
                release = untilNS
            }
            sent.append((release, size))
            now = release + UInt64(random.below(2)) * UInt64(random.below(20_000_000))
        }
        for first in stride(from: 0, to: 500, by: 37) {
            var bytes = 0
            for last in first..<500 {
                bytes += sent[last].bytes
                let elapsed = Double(sent[last].time - sent[first].time) / 1e9
                #expect(Double(bytes) <= 1_000 + 32_768 * elapsed + 0.001)
            }
        }
    }

    @Test("the latest of all matching delays counts, and its rule is named")
    func latest() {
        var line = Line([
            .rule(100, limit: .perSecond(2, burst: 1), action: .delay),
            .rule(101, limit: .perSecond(1, burst: 1), action: .delay),
            .rule(102, limit: .perSecond(4, burst: 1), action: .delay),
        ])
        let judgements = [line.send(), line.send()]
        #expect(judgements == [.forward, .hold(untilNS: second, index(1))])
        #expect(line.fired() == [0, 1, 2].map(index))
    }

    @Test("drop, close and ban beat delay, before and after it, and the dropped packet reserves nothing")
    func dropBeatsDelay() {
        for scope in [Limit.Scope.connection, .address] {
            for action in [RuleAction.drop, .close, .ban(baseNS: nil)] {
                var line = Line([
                    .rule(100, limit: .perSecond(1, burst: 1, scope), action: .delay),
                    .rule(101, packets: [2], action: action),
                ])
                let first = line.send(1)
                #expect(first == .forward)
                for _ in 0..<5 {
                    let judgement = line.send(2)
                    #expect(judgement != .forward)
                    if case .hold = judgement { Issue.record("held") }
                }
                let held = line.send(1)
                #expect(held == .hold(untilNS: second, index(0)))
            }
        }
    }

    @Test("pass after a delay leaves the delay")
    func passAfter() {
        var line = Line([
            .rule(100, limit: .perSecond(1, burst: 1), action: .delay), .rule(101, action: .pass),
            .rule(102, action: .drop),
        ])
        let judgements = [line.send(), line.send()]
        #expect(judgements == [.forward, .hold(untilNS: second, index(0))])
    }
}
