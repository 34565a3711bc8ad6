import Testing
import WireBytes

@testable import RuleEngine

@Suite struct LimitTests {
    @Test("exactly the burst passes at once, and the next is over", arguments: [1, 2, 3, 160, 4_000])
    func burst(count: Int) {
        var line = Line([.rule(100, limit: .perSecond(80, burst: UInt64(count)), action: .drop)])
        let forwarded = line.forwarded(count, at: 5 * second)
        let next = line.send(at: 5 * second)
        #expect(forwarded == count)
        #expect(next == .drop(index(0)))
    }

    @Test("after the burst one passes per period, and not a nanosecond earlier")
    func refill() {
        var line = Line([.rule(100, limit: .perSecond(4, burst: 3), action: .drop)])
        let start = 7 * second
        #expect(line.forwarded(5, at: start) == 3)
        for nth in UInt64(1)...20 {
            #expect(line.forwarded(2, at: start + nth * second / 4 - 1) == 0)
            #expect(line.forwarded(2, at: start + nth * second / 4) == 1)
        }
    }

    @Test("a bucket that is left alone is full again, and no fuller")
    func fullAgain() {
        var line = Line([.rule(100, limit: .perSecond(4, burst: 3), action: .drop)])
        #expect(line.forwarded(5) == 3)
        #expect(line.forwarded(5, at: 3 * second / 4 - 1) == 2)
        #expect(line.forwarded(5, at: 100 * second) == 3)
    }

    @Test("bytes are the declared packet size")
    func bytes() {
        var line = Line([.rule(100, limit: .perSecond(100, burst: 100, count: .bytes), action: .drop)])
        let judgements = [
            line.send(size: 60), line.send(size: 41), line.send(size: 40), line.send(size: 1), line.send(size: 0),
            line.send(size: 10, at: second / 10),
        ]
        #expect(
            judgements == [.forward, .drop(index(0)), .forward, .drop(index(0)), .forward, .forward])
    }

    @Test("a packet dearer than the burst passes only when the bucket is full, and leaves a debt")
    func debt() {
        var line = Line([.rule(100, limit: .perSecond(100, burst: 50, count: .bytes), action: .drop)])
        #expect(line.forwarded(1, size: 1) == 1)
        #expect(line.forwarded(1, size: 150, at: second / 100 - 1) == 0)
        #expect(line.forwarded(1, size: 150, at: second / 100) == 1)
        // 100 bytes of debt, then one byte more: 101 hundredths of a second.
        #expect(line.forwarded(1, size: 1, at: second / 100 + 101 * second / 100 - 1) == 0)
        #expect(line.forwarded(1, size: 1, at: second / 100 + 101 * second / 100) == 1)
    }

    @Test("the limit is asked last: a packet that the rest of the rule does not match uses no tokens")
    func askedLast() {
        let pattern = BytePattern(pattern: HexPattern([1, 2]))
        var line = Line([
            .rule(
                100, packets: [1], sizes: [10...20], phases: [2], bytes: [pattern], limit: .perSecond(1, burst: 2),
                action: .drop)
        ])
        for _ in 0..<9 {
            _ = line.send(2, size: 10, phase: 2, bytes: [1, 2])
            _ = line.send(1, size: 21, phase: 2, bytes: [1, 2])
            _ = line.send(1, size: 10, phase: 1, bytes: [1, 2])
            _ = line.send(1, size: 10, phase: 2, bytes: [2, 1])
        }
        let judgements = (0..<3).map { _ in line.send(1, size: 10, phase: 2, bytes: [0, 1, 2]) }
        #expect(judgements == [.forward, .forward, .drop(index(0))])
    }

    @Test("a packet within the limit uses tokens even if a later rule drops it; over the limit it uses none")
    func tokensUsed() {
        var line = Line([
            .rule(100, limit: .perSecond(1, burst: 3), action: .close), .rule(101, packets: [2], action: .drop),
        ])
        let judgements = [2, 2, 2, 2, 2, 2].map { line.send($0) }
        #expect(judgements == [1, 1, 1, 0, 0, 0].map { $0 == 1 ? .drop(index(1)) : .close(index(0)) })
        // Three were over and used nothing, so one second buys one token.
        #expect(line.forwarded(2, at: second) == 1)
    }

    @Test("pass with a limit lets what is over it through and leaves what is within to later rules")
    func passOver() {
        var line = Line([
            .rule(100, limit: .perSecond(1, burst: 1), action: .pass), .rule(101, action: .drop),
        ])
        let judgements = [line.send(), line.send()]
        #expect(judgements == [.drop(index(1)), .forward])
    }

    @Test("all packets and both directions of a rule share one bucket")
    func oneBucket() {
        var line = Line([.rule(100, from: nil, limit: .perSecond(1, burst: 3), action: .drop)])
        let judgements = [line.send(1), line.send(2, from: .outbound), line.send(3), line.send(1, from: .outbound)]
        #expect(judgements == [.forward, .forward, .forward, .drop(index(0))])
    }

    @Test("per packet, each packet of each direction has a bucket", arguments: [nil, [1, 2, 3]] as [[UInt16]?])
    func perPacket(packets: [UInt16]?) {
        for scope in [Limit.Scope.connection, .address, .listener] {
            var line = Line([
                .rule(
                    100, packets: packets, from: nil, limit: .perSecond(1, burst: 2, scope, perPacket: true),
                    action: .drop)
            ])
            for direction in Direction.allCases {
                for packet in UInt16(1)...3 {
                    let judgements = (0..<3).map { _ in line.send(packet, from: direction) }
                    #expect(judgements == [.forward, .forward, .drop(index(0))])
                }
            }
        }
    }

    @Test("each rule has its own bucket")
    func ownBuckets() {
        var line = Line([
            .rule(100, limit: .perSecond(1, burst: 2)), .rule(101, limit: .perSecond(1, burst: 4), action: .drop),
        ])
        #expect(line.forwarded(6) == 4)
        #expect(line.fired() == [0, 0, 0, 1, 0, 1].map(index))
    }

    @Test("a clock that goes back is no trap and gives no tokens")
    func clockBack() {
        var line = Line([.rule(100, limit: .perSecond(10, burst: 5), action: .drop)])
        #expect(line.forwarded(9, at: 10 * second) == 5)
        #expect(line.forwarded(9, at: 9 * second) == 0)
        #expect(line.forwarded(9, at: 0) == 0)
        #expect(line.forwarded(9, at: 10 * second + second / 10) == 1)
    }
}
