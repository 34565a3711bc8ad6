import TestSupport
import Testing

@testable import DataPlane

@Suite("DeadlineHeap")
struct DeadlineHeapTests {
    @Test("it gives up slots in the order of their deadlines, as a sorted list would")
    func equalsSortedList() {
        var random = SplitMix64(seed: 5)
        var heap = DeadlineHeap()
        var model: [Int: UInt64] = [:]
        var nowNS: UInt64 = 0
        for _ in 0..<5_000 {
            let slot = Int.random(in: 0..<60, using: &random)
            switch UInt64.random(in: 0..<8, using: &random) {
            case 0..<5:
                let deadlineNS = nowNS + UInt64.random(in: 0..<1_000, using: &random)
                heap.set(slot, to: deadlineNS)
                model[slot] = deadlineNS
            case 5:
                heap.remove(slot)
                model[slot] = nil
            default:
                nowNS += UInt64.random(in: 0..<200, using: &random)
                while let due = heap.popDue(nowNS: nowNS) {
                    #expect(model[due] == model.values.min())
                    #expect((model[due] ?? .max) <= nowNS)
                    model[due] = nil
                }
                #expect((model.values.min() ?? .max) > nowNS)
            }
            #expect(heap.earliestNS == model.values.min())
            #expect(heap.deadlineNS(of: slot) == model[slot])
        }
    }

    @Test("a slot stands in it once, however often it is moved")
    func holdsSlotOnce() {
        var heap = DeadlineHeap()
        for deadlineNS in [50, 10, 90, 30] as [UInt64] { heap.set(3, to: deadlineNS) }
        #expect(heap.popDue(nowNS: 29) == nil)
        #expect(heap.popDue(nowNS: 30) == 3)
        #expect(heap.popDue(nowNS: .max) == nil)
        #expect(heap.earliestNS == nil)
    }

    @Test("a slot that was never in it can be taken out and asked for")
    func knowsNothingOfOthers() {
        var heap = DeadlineHeap()
        heap.remove(1_000)
        #expect(heap.deadlineNS(of: 1_000) == nil)
        heap.set(1_000, to: .max)
        #expect(heap.deadlineNS(of: 999) == nil)
        #expect(heap.popDue(nowNS: .max - 1) == nil)
        #expect(heap.popDue(nowNS: .max) == 1_000)
    }
}
