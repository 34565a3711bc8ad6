import Testing
import WireBytes

@testable import RuleEngine

@Suite struct ReloadTests {
    private func rule(
        _ id: UInt32, burst: UInt64, _ scope: Limit.Scope = .connection, packets: [UInt16]? = nil,
        count: Limit.Count = .packets, perPacket: Bool = false, rate: UInt64 = 1
    ) -> RuleDefinition {
        .rule(
            id, packets: packets, limit: .perSecond(rate, burst: burst, scope, count: count, perPacket: perPacket),
            action: .close)
    }

    @Test("a rule that stays keeps its bucket, whatever comes before it")
    func stays() {
        for scope in [Limit.Scope.connection, .address, .network, .listener] {
            var line = Line([rule(100, burst: 5, scope)])
            #expect(line.forwarded(3) == 3)
            line.reload(makePolicy([rule(200, burst: 50), rule(201, burst: 50, .address), rule(100, burst: 5, scope)]))
            #expect(line.forwarded(9) == 2)
        }
    }

    @Test("a bucket that stays is cut to the new burst, and grows only with time")
    func cut() {
        for scope in [Limit.Scope.connection, .address, .listener] {
            for (burst, rest) in [(1, 1), (2, 2), (3, 2), (5, 2), (50, 2)] as [(UInt64, Int)] {
                for rate in [1, 3, 1_000] as [UInt64] {
                    var line = Line([rule(100, burst: 5, scope)])
                    #expect(line.forwarded(3, at: second) == 3)
                    line.reload(makePolicy([rule(100, burst: burst, scope, rate: rate)]), at: second)
                    #expect(line.forwarded(99, at: second) == rest)
                    #expect(line.forwarded(99, at: second + second / rate - 1) == 0)
                    #expect(line.forwarded(99, at: second + second / rate + 1) == 1)
                }
            }
        }
    }

    @Test("a new rule starts full, and so does one that counts something else than before")
    func new() {
        for scope in [Limit.Scope.connection, .address] {
            var line = Line([rule(100, burst: 5, scope)])
            #expect(line.forwarded(9) == 5)
            line.reload(makePolicy([rule(101, burst: 5, scope)]))
            #expect(line.forwarded(9) == 5)
            line.reload(makePolicy([rule(101, burst: 500, scope, count: .bytes)]))
            #expect(line.forwarded(99, size: 100) == 5)
        }
    }

    @Test("a rule that vanished is freed, and full when it returns")
    func vanished() {
        let shared = SharedBuckets(capacity: 1)
        var line = Line(makePolicy([rule(100, burst: 5, .address)]), shared: shared)
        #expect(line.forwarded(9) == 5)
        line.reload(makePolicy([]))
        // The one place is free for another.
        var other = Line(makePolicy([rule(100, burst: 5, .address)]), keys: makeKeys(2), shared: shared)
        #expect(other.forwarded(2) == 2)
        #expect(shared.fallbackCount == 0)
        line.reload(makePolicy([rule(100, burst: 5, .address)]))
        #expect(line.forwarded(9) == 5)
        // Also where no other needs the place.
        var roomy = Line([rule(100, burst: 5, .address)])
        #expect(roomy.forwarded(9) == 5)
        roomy.reload(makePolicy([]))
        roomy.reload(makePolicy([rule(100, burst: 5, .address)]))
        #expect(roomy.forwarded(9) == 5)
    }

    @Test("connections that share a bucket share it again after each has gone over, with what is left")
    func sharedReload() {
        for burst in [5, 4] as [UInt64] {
            let shared = SharedBuckets(capacity: 64)
            let old = makePolicy([rule(100, burst: 5, .address)])
            let new = makePolicy([rule(100, burst: burst, .address)])
            var first = Line(old, shared: shared)
            var second = Line(old, shared: shared)
            #expect(first.forwarded(2) == 2)
            first.reload(new)
            second.reload(new)
            var third = Line(new, shared: shared)
            #expect(second.forwarded(1) == 1)
            #expect(third.forwarded(1) == 1)
            #expect(first.forwarded(9) == 1)
        }
    }

    @Test("each packet's own bucket stays its own")
    func perPacket() {
        for scope in [Limit.Scope.connection, .address] {
            var line = Line([rule(100, burst: 3, scope, packets: [1, 2], perPacket: true)])
            #expect(line.forwarded(2, packet: 1) == 2)
            #expect(line.forwarded(1, packet: 2) == 1)
            line.reload(makePolicy([rule(100, burst: 3, scope, packets: [3, 2, 1], perPacket: true)]))
            #expect(line.forwarded(9, packet: 1) == 1)
            #expect(line.forwarded(9, packet: 2) == 2)
            #expect(line.forwarded(9, packet: 3) == 3)
        }
    }

    @Test("a bucket that had no place in the table takes its tokens along")
    func fallback() {
        let shared = SharedBuckets(capacity: 1)
        let policy = makePolicy([rule(100, burst: 5, .address)])
        let holder = Line(policy, keys: makeKeys(1), shared: shared)
        var line = Line(policy, keys: makeKeys(2), shared: shared)
        #expect(line.forwarded(3) == 3)
        line.reload(makePolicy([rule(100, burst: 4, .address)]))
        #expect(line.forwarded(9) == 2)
        _ = holder.findings
    }

    @Test("counts of open connections stay exact: kept, changed, new and vanished")
    func open() {
        let shared = SharedBuckets(capacity: 64)
        func policy(_ id: UInt32, _ most: UInt64) -> Policy {
            makePolicy([rule(id, burst: most, .address, count: .open)])
        }
        func isAdmitted(_ policy: Policy) -> Bool {
            var line = Line(policy, shared: shared)
            return line.open() == .forward
        }
        var first = Line(policy(100, 2), shared: shared)
        #expect(first.open() == .forward)
        do {
            var second = Line(policy(100, 2), shared: shared)
            #expect(second.open() == .forward)
            first.reload(policy(100, 3))
            #expect(isAdmitted(policy(100, 3)))
            #expect(!isAdmitted(policy(100, 2)))
            second.reload(policy(100, 2))
            #expect(!isAdmitted(policy(100, 2)))
            // A new limit counts what is open already.
            first.reload(policy(101, 2))
            #expect(isAdmitted(policy(101, 2)))
            #expect(!isAdmitted(policy(101, 1)))
            #expect(isAdmitted(policy(100, 2)))
            second.reload(policy(101, 2))
            #expect(!isAdmitted(policy(101, 2)))
        }
        #expect(isAdmitted(policy(101, 2)))
        #expect(!isAdmitted(policy(101, 1)))
        first.reload(makePolicy([]))
        #expect(isAdmitted(policy(101, 1)))
        #expect(isAdmitted(policy(100, 1)))
    }
}
