import Synchronization
import Testing
import WireBytes

@testable import RuleEngine

/// How many connections were open at once.
private final class Tally: Sendable {
    let most = Atomic<Int>(0)
    private let now = Atomic<Int>(0)

    func opened() {
        most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
    }

    func closed() {
        now.subtract(1, ordering: .relaxed)
    }
}

@Suite struct SharedBucketsTests {
    private func rules(_ scope: Limit.Scope, burst: UInt64 = 4) -> Policy {
        makePolicy([.rule(100, limit: .perSecond(1, burst: burst, scope), action: .drop)])
    }

    @Test("connections of one address share its bucket, and another address has its own")
    func address() {
        let shared = SharedBuckets(capacity: 64)
        let policy = rules(.address)
        var first = Line(policy, keys: makeKeys(1), shared: shared)
        var second = Line(policy, keys: makeKeys(1), shared: shared)
        var other = Line(policy, keys: makeKeys(2), shared: shared)
        #expect(first.forwarded(3) == 3)
        #expect(second.forwarded(3) == 1)
        #expect(first.forwarded(3) == 0)
        #expect(other.forwarded(9) == 4)
    }

    @Test("a network's addresses share its bucket, and a listener's connections theirs")
    func networkAndListener() {
        let shared = SharedBuckets(capacity: 64)
        var near = Line(rules(.network), keys: makeKeys(0x0A00_0001), shared: shared)
        #expect(near.forwarded(3) == 3)
        var neighbour = Line(rules(.network), keys: makeKeys(0x0A00_00FF), shared: shared)
        var stranger = Line(rules(.network), keys: makeKeys(0x0A00_0100), shared: shared)
        #expect(neighbour.forwarded(9) == 1)
        #expect(stranger.forwarded(9) == 4)
        var one = Line(rules(.listener), keys: makeKeys(1, listener: 1), shared: shared)
        var same = Line(rules(.listener), keys: makeKeys(2, listener: 1), shared: shared)
        var two = Line(rules(.listener), keys: makeKeys(1, listener: 2), shared: shared)
        #expect(one.forwarded(3) == 3)
        #expect(same.forwarded(9) == 1)
        #expect(two.forwarded(9) == 4)
    }

    @Test("a limit per connection is each connection's own")
    func connection() {
        let shared = SharedBuckets(capacity: 64)
        var first = Line(rules(.connection), shared: shared)
        var second = Line(rules(.connection), shared: shared)
        #expect(first.forwarded(9) == 4)
        #expect(second.forwarded(9) == 4)
    }

    @Test("an address that comes back finds its bucket as it left it")
    func comesBack() {
        let shared = SharedBuckets(capacity: 64)
        do {
            var line = Line(rules(.address), shared: shared)
            #expect(line.forwarded(9) == 4)
        }
        var line = Line(rules(.address), shared: shared, at: second)
        #expect(line.forwarded(9, at: second) == 1)
    }

    @Test("a client whose address is not known has limits by address and network for its connection alone")
    func unknownAddress() {
        let shared = SharedBuckets(capacity: 64)
        for scope in [Limit.Scope.address, .network] {
            var first = Line(rules(scope), keys: makeKeys(nil), shared: shared)
            var second = Line(rules(scope), keys: makeKeys(nil), shared: shared)
            #expect(first.forwarded(9) == 4)
            #expect(second.forwarded(9) == 4)
        }
        #expect(shared.fallbackCount == 0)
    }

    @Test("an exempt address has no limits by address and network, and those of connection and listener hold")
    func exempt() {
        let shared = SharedBuckets(capacity: 64)
        let keys = makeKeys(1, isExempt: true)
        for scope in [Limit.Scope.address, .network] {
            var line = Line(rules(scope), keys: keys, shared: shared)
            #expect(line.forwarded(50) == 50)
            #expect(line.fired() == [])
            // And used nothing that others could miss.
            var other = Line(rules(scope), keys: makeKeys(1), shared: shared)
            #expect(other.forwarded(50) == 4)
        }
        for scope in [Limit.Scope.connection, .listener] {
            var line = Line(rules(scope), keys: keys, shared: shared)
            #expect(line.forwarded(50) == 4)
        }
    }

    @Test("a table of which all places are pinned limits a newcomer per connection, and counts it")
    func fallback() {
        let shared = SharedBuckets(capacity: 2)
        let policy = rules(.address)
        var first = Line(policy, keys: makeKeys(1), shared: shared)
        var second = Line(policy, keys: makeKeys(2), shared: shared)
        #expect(shared.fallbackCount == 0)
        var third = Line(policy, keys: makeKeys(3), shared: shared)
        var fourth = Line(policy, keys: makeKeys(3), shared: shared)
        #expect(shared.fallbackCount == 2)
        let forwarded = [
            first.forwarded(9), second.forwarded(9), third.forwarded(9), fourth.forwarded(9),
        ]
        #expect(forwarded == [4, 4, 4, 4])
    }

    @Test("a thousand neighbours of IPv4 or IPv6 find their places in a table of eight thousand")
    func spread() {
        for isIPv4 in [true, false] {
            let shared = SharedBuckets(capacity: 8_192, hashSeed: 42)
            let plan = LimitPlan(.perSecond(1, burst: 1, .address), ruleID: 100, isShadow: false)
            for number in UInt64(0)..<1_000 {
                let address =
                    isIPv4 ? IPAddress(ipv4: UInt32(number)) : IPAddress(high: 0x2001_0DB8 << 32 | number, low: 0)
                let network = IPNetwork(holding: address, prefixLength: isIPv4 ? 128 : 64)
                let key = BucketKey(plan, packetTag: 0, network: network)
                #expect(shared.pin(key, rate: plan.rate, nowNS: 0) != nil)
            }
            #expect(shared.fallbackCount == 0)
        }
    }

    @Test("a full table gives up the unpinned bucket that is nearest to full")
    func eviction() {
        let shared = SharedBuckets(capacity: 8)
        let policy = rules(.address)
        for address in UInt32(1)...8 {
            var line = Line(policy, keys: makeKeys(address), shared: shared)
            // The fifth has used least.
            _ = line.forwarded(address == 5 ? 1 : 2 + Int(address % 3))
        }
        do {
            var newcomer = Line(policy, keys: makeKeys(99), shared: shared)
            #expect(newcomer.forwarded(9) == 4)
        }
        #expect(shared.fallbackCount == 0)
        for address in [1, 2, 3, 4, 6, 7, 8] as [UInt32] {
            var line = Line(policy, keys: makeKeys(address), shared: shared)
            #expect(line.forwarded(9) == 4 - (2 + Int(address % 3)))
        }
    }

    @Test("a pinned bucket is never given up, though it is full")
    func pinned() {
        let shared = SharedBuckets(capacity: 1)
        let policy = rules(.address)
        var pinned = Line(policy, keys: makeKeys(1), shared: shared)
        #expect(pinned.forwarded(2) == 2)
        var newcomer = Line(policy, keys: makeKeys(2), shared: shared)
        #expect(newcomer.forwarded(9) == 4)
        var same = Line(policy, keys: makeKeys(1), shared: shared)
        #expect(same.forwarded(9) == 2)
        #expect(shared.fallbackCount == 1)
    }

    @Test("the same address has a bucket for each rule")
    func eachRule() {
        let policy = makePolicy([
            .rule(100, packets: [1], limit: .perSecond(1, burst: 2, .address), action: .drop),
            .rule(101, packets: [2], limit: .perSecond(1, burst: 3, .address), action: .drop),
        ])
        var line = Line(policy)
        #expect(line.forwarded(9, packet: 1) == 2)
        #expect(line.forwarded(9, packet: 2) == 3)
    }

    @Test("four workers on one bucket at a standing clock let exactly the burst through")
    func workers() async {
        let shared = SharedBuckets(capacity: 64)
        let policy = rules(.address, burst: 20_001)
        let forwarded = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var line = Line(policy, shared: shared, at: second)
                    return line.forwarded(10_000, at: second)
                }
            }
            return await group.reduce(0, +)
        }
        #expect(forwarded == 20_001)
    }

    @Test("workers that open and close connections leave no pin and no count behind")
    func pins() async {
        let shared = SharedBuckets(capacity: 16)
        let policy = makePolicy([
            .rule(100, limit: .perSecond(1, burst: 3, .address, count: .open), action: .close),
            .rule(101, limit: .perSecond(1, burst: 9, .network), action: .drop),
        ])
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for worker in UInt64(0)..<4 {
                group.addTask {
                    var random = SplitMix64(seed: worker)
                    for _ in 0..<2_000 {
                        var line = Line(policy, keys: makeKeys(7), shared: shared)
                        if line.open() == .forward {
                            tally.opened()
                            for _ in 0..<random.below(20) { _ = line.send() }
                            tally.closed()
                        }
                    }
                }
            }
        }
        #expect(tally.most.load(ordering: .relaxed) <= 3)
        // Nothing is pinned any more: sixteen others find a place, and then the limit still holds for the first.
        var lines: [Int] = []
        for address in UInt32(1_000)..<1_100 {
            var line = Line(policy, keys: makeKeys(address << 8), shared: shared)
            lines.append(line.open() == .forward ? 1 : 0)
        }
        #expect(lines.allSatisfy { $0 == 1 })
        #expect(shared.fallbackCount == 0)
    }
}
