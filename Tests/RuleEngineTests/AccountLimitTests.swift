import Testing
import WireBytes

@testable import RuleEngine

@Suite("Limits per account")
struct AccountLimitTests {
    private let policy = makePolicy([.rule(100, limit: .perSecond(1, burst: 4, .account), action: .drop)])
    private let other = makePolicy([
        .rule(99, limit: .perSecond(1, burst: 4, .address), action: .log),
        .rule(100, limit: .perSecond(1, burst: 8, .account), action: .drop),
    ])

    private func key(_ name: String, _ shared: SharedBuckets) throws -> AccountKey {
        shared.accountKey(of: try #require(AccountName(name)))
    }

    @Test("until an account is known the limit is the connection's own")
    func unknown() {
        let shared = SharedBuckets(capacity: 64)
        var first = Line(policy, shared: shared)
        var second = Line(policy, shared: shared)
        #expect(first.forwarded(9) == 4)
        #expect(second.forwarded(9) == 4)
    }

    @Test("connections of one account share its bucket, whatever their addresses, and another account has its own")
    func shared() throws {
        let shared = SharedBuckets(capacity: 64)
        var first = Line(policy, keys: makeKeys(1), shared: shared)
        var second = Line(policy, keys: makeKeys(2), shared: shared)
        var stranger = Line(policy, keys: makeKeys(1), shared: shared)
        first.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        second.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        stranger.buckets.count(against: try key("Bob", shared), policy: policy, nowNS: 0)
        #expect(first.forwarded(3) == 3)
        #expect(second.forwarded(3) == 1)
        #expect(stranger.forwarded(9) == 4)
    }

    @Test("what was spent before the login is spent by the account, and never more than it has")
    func carriesOver() throws {
        let shared = SharedBuckets(capacity: 64)
        var first = Line(policy, shared: shared)
        #expect(first.forwarded(3) == 3)
        first.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        #expect(first.forwarded(9) == 1)
        // Three more connections have spent all they had; the account owes nothing for it.
        for _ in 0..<3 {
            var more = Line(policy, shared: shared)
            #expect(more.forwarded(9) == 4)
            more.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
            #expect(more.forwarded(1) == 0)
        }
        #expect(first.forwarded(9, at: 2 * second) == 2)
    }

    @Test("each connection's spending adds up in the account")
    func addsUp() throws {
        let shared = SharedBuckets(capacity: 64)
        for left in [2, 0] {
            var line = Line(policy, shared: shared)
            #expect(line.forwarded(2) == 2)
            line.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
            var probe = Line(policy, shared: shared)
            probe.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
            #expect(probe.buckets.cell(0).map { shared.load($0) } == line.buckets.cell(0).map { shared.load($0) })
            if left == 0 { #expect(probe.forwarded(1) == 0) }
        }
    }

    @Test("another account on the same connection leaves the first one's bucket as it was")
    func changes() throws {
        let shared = SharedBuckets(capacity: 64)
        var line = Line(policy, shared: shared)
        line.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        #expect(line.forwarded(9) == 4)
        line.buckets.count(against: try key("alice", shared), policy: policy, nowNS: 0)
        #expect(line.forwarded(9) == 4)
        line.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        #expect(line.forwarded(9) == 0)
    }

    @Test("where no bucket is free the connection keeps its own, and nothing is given away")
    func full() throws {
        let shared = SharedBuckets(capacity: 1)
        var first = Line(policy, shared: shared)
        first.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        var second = Line(policy, shared: shared)
        #expect(second.forwarded(3) == 3)
        second.buckets.count(against: try key("alice", shared), policy: policy, nowNS: 0)
        #expect(shared.fallbackCount == 1)
        #expect(second.forwarded(9) == 1)
        // The only place is taken: the account changes, and the tokens stay what they were.
        #expect(first.forwarded(3) == 3)
        first.buckets.count(against: try key("carol", shared), policy: policy, nowNS: 0)
        #expect(first.forwarded(9) == 1)
    }

    @Test("a reload keeps the account's bucket with the tokens it has")
    func reload() throws {
        let shared = SharedBuckets(capacity: 64)
        var line = Line(policy, shared: shared)
        let bob = try key("bob", shared)
        line.buckets.count(against: bob, policy: policy, nowNS: 0)
        #expect(line.forwarded(4) == 4)
        var keys = makeKeys(1)
        keys.account = bob
        line.buckets.carry(from: policy, to: other, keys: keys, nowNS: 0)
        var second = Line(other, keys: keys, shared: shared)
        #expect(second.forwarded(9) == 0)
        #expect(second.forwarded(9, at: 3_000_000_000) == 3)
    }

    @Test("an allowed address is under its account's limits all the same")
    func exempt() throws {
        let shared = SharedBuckets(capacity: 64)
        var line = Line(policy, keys: makeKeys(1, isExempt: true), shared: shared)
        line.buckets.count(against: try key("bob", shared), policy: policy, nowNS: 0)
        #expect(line.forwarded(9) == 4)
    }

    @Test("the numbers of accounts depend on the process's secret, and differ between names")
    func keys() throws {
        let one = SharedBuckets(capacity: 64, hashSeed: 1)
        let two = SharedBuckets(capacity: 64, hashSeed: 2)
        #expect(try key("bob", one) == key("bob", one))
        #expect(try key("bob", one) != key("bob", two))
        var seen: Set<[UInt64]> = []
        for number in 0..<2_000 {
            let key = try key("player\(number)", one)
            #expect(seen.insert([key.high, key.low]).inserted)
        }
    }
}
