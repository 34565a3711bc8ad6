import Reputation
import Testing
import WireBytes

@testable import StateStore

@Suite("The bounds of the history")
struct HistoryBoundsTests {
    private func records(_ count: Int, _ subjectCount: Int) -> [HistoryRecord] {
        (0..<count).map { number in
            var record = makeRecord(number)
            record.subject = subject(number % subjectCount)
            record.evidence = nil
            return record
        }
    }

    @Test("of one subject the newest 64 are kept", arguments: [64, 65])
    func perSubject(count: Int) throws {
        let folder = try StateFolder()
        let store = folder.store()
        var changes = StateChanges()
        changes.records = records(count, 1)
        try store.put(changes)
        let kept = store.history(of: subject(0), most: 1_000)
        #expect(kept.count == 64)
        #expect(kept.first?.wallUS == noonUS + Int64(count - 1))
    }

    @Test("of all the newest are kept, and a step removes some hundreds")
    func all() throws {
        let database = try StateDatabase()
        let bounds = HistoryBounds(count: 1_000, ageUS: .max)
        var changes = StateChanges()
        changes.records = records(2_200, 1_100)
        try database.write(changes, leastScore: 0, bounds: bounds)
        var counts: [Int] = []
        repeat { counts.append(try database.historyCount()) } while try database.prune(bounds, nowWallUS: noonUS)
        #expect(counts == [2_200, 1_700, 1_200, 1_000])
        #expect(try database.history(of: subject(1_099), most: 9).records.count == 1)
        #expect(try database.history(of: subject(1), most: 9).records.isEmpty)
    }

    @Test("records go when they are older than they may be, and not before")
    func age() throws {
        let database = try StateDatabase()
        let bounds = HistoryBounds(count: 1_000, ageUS: 100)
        var changes = StateChanges()
        changes.records = records(10, 10)
        try database.write(changes, leastScore: 0, bounds: bounds)
        #expect(try !database.prune(bounds, nowWallUS: noonUS + 100))
        #expect(try database.historyCount() == 10)
        #expect(try database.prune(bounds, nowWallUS: noonUS + 104))
        #expect(try database.historyCount() == 6)
    }
}
