import Settings
import Testing

@testable import DataPlane

@Suite("The bound on memory")
struct MemoryBoundTests {
    private func bound(_ change: (inout ServiceSettings) -> Void = { _ in }, workers: Int = 1) -> MemoryBound {
        var settings = Game.settings()
        settings.listeners[0].limits.open = 100
        change(&settings)
        let plan = ServicePlan(settings: settings, rulesets: [Game.ruleset()])
        return plan.memoryBound(workerCount: workers, sharedBucketCount: 1_024, eventCount: 100)
    }

    @Test("the total is the sum of its terms, and none of them is nothing but that of no lists")
    func sum() {
        let bound = bound()
        let terms = [
            bound.openConnections, bound.stalledConnections, bound.sharedBuckets, bound.addresses, bound.players,
            bound.events, bound.workers,
        ]
        #expect(terms.allSatisfy { $0 > 0 })
        #expect(bound.total == terms.reduce(bound.lists, +))
    }

    @Test("a connection more, a byte of backlog more, an address more and a worker more each raise it")
    func grows() {
        let base = bound()
        let connection = bound { $0.listeners[0].limits.open = 101 }
        #expect(connection.openConnections - base.openConnections >= MemoryLayout<Connection>.stride)
        #expect(connection.openConnections * 100 == base.openConnections * 101)
        let backlog = bound { $0.listeners[0].limits.backlogByteCount += 1 }
        // Twice for the growth of a block, and for each of the two ends.
        #expect(backlog.stalledConnections - base.stalledConnections == 100 * 4)
        let address = bound { $0.reputation.addressCountMax += 1 }
        #expect(address.addresses > base.addresses)
        let known = bound { $0.reputation.known.countMax += 1 }
        #expect(known.players > base.players)
        let gated = bound { $0.listeners[0].gate = GateSettings(openedBy: "login") }
        #expect(gated.players > base.players && gated.openConnections > base.openConnections)
        let watched = bound {
            $0.listeners[0].underAttack = UnderAttackSettings(limits: StrangerLimits(name: "siege"), unfinished: 9)
        }
        #expect(watched.openConnections * 100 == base.openConnections * (100 + ListenerPlan.waitingRoomCount))
        #expect(watched.players > base.players)
        #expect(bound(workers: 2).workers == 2 * base.workers)
    }

    @Test("the queues of a connection whose ends stall stay within its term")
    func stalledWithin() throws {
        var settings = Game.settings()
        settings.listeners[0].limits.open = 1
        settings.listeners[0].limits.backlogByteCount = 4_096
        let plan = ServicePlan(settings: settings, rulesets: [Game.ruleset()])
        let term = plan.memoryBound(workerCount: 1, sharedBucketCount: 64, eventCount: 1).stalledConnections
        var queue = ByteQueue()
        // One byte at a time up to the mark and one read: the worst way to grow.
        let block = [UInt8](repeating: 7, count: 1)
        for _ in 0..<4_096 + ReadBuffer.byteCount { unsafe block.withUnsafeBytes { unsafe queue.append($0) } }
        #expect(queue.capacity <= term)
        #expect(4 * queue.capacity <= term, "both ends have two of them")
    }
}
