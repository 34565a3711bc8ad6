import Reputation
import Testing
import WireBytes

@testable import StateStore

@Suite("The state's file")
struct RoundTripTests {
    private func network(_ text: String) throws -> Subject { .network(try IPNetwork(parsing: text)) }

    @Test("an entry comes back as it was written, whatever it holds")
    func entries() throws {
        let folder = try StateFolder()
        var full = makeEntry(1)
        full.score = 12.5
        full.scoreWallUS = noonUS - 5
        full.trail = [makePoint(1), makePoint(2)]
        full.pastEndsWallUS = [noonUS - 9_000_000, noonUS - 4_000_000]
        full.ban?.cause.who = "root"
        full.ban?.cause.origin = .operator
        var forEver = makeEntry(2)
        forEver.ban?.untilWallUS = .max
        forEver.ban?.kind = .soft
        var prefix = makeEntry(3)
        prefix.subject = try network("2001:db8:1::/48")
        prefix.ban?.address = try IPAddress(parsing: "2001:db8:1::77")
        var wide = makeEntry(4)
        wide.subject = try network("10.0.0.0/8")
        var everybody = makeEntry(5)
        everybody.subject = try network("::/0")
        var account = makeEntry(6)
        account.subject = .account(try #require(AccountName("Zoë the 3rd")))
        account.ban?.address = nil
        var scored = makeEntry(7)
        scored.ban = nil
        scored.score = 1.001
        scored.scoreWallUS = noonUS
        var past = makeEntry(8)
        past.ban = nil
        past.pastEndsWallUS = [noonUS]
        let entries = [full, forEver, prefix, wide, everybody, account, scored, past]
        try folder.store().put(entries)
        let store = folder.store()
        #expect(store.entryCount == entries.count)
        let found = try contents(of: store).entries
        #expect(found.count == entries.count)
        for entry in entries { #expect(found[entry.subject] == entry) }
    }

    @Test("a later entry of a subject takes the earlier one's place, and an empty one removes it")
    func changes() throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.put([makeEntry(1), makeEntry(2)])
        var longer = makeEntry(1)
        longer.ban?.untilWallUS += 1
        var empty = makeEntry(2)
        empty.ban = nil
        try store.put([longer, empty])
        #expect(try contents(of: store).entries == [longer.subject: longer])
    }

    @Test("a score is kept above the threshold and not at it", arguments: [(1.0, 0), (1.000_001, 1)])
    func scores(score: Double, count: Int) throws {
        let folder = try StateFolder()
        var entry = makeEntry(1)
        entry.ban = nil
        entry.score = score
        let store = folder.store { $0.leastScore = 1 }
        try store.put([entry])
        #expect(try contents(of: store).entries.count == count)
    }

    @Test("a score that is no number is none, and makes no damage", arguments: [Double.nan, .infinity, -1])
    func impossibleScores(score: Double) throws {
        let folder = try StateFolder()
        var entry = makeEntry(1)
        entry.score = score
        entry.trail = [makePoint(1)]
        entry.trail[0].points = score
        let store = folder.store()
        try store.put([entry])
        let found = try contents(of: store).entries[entry.subject]
        #expect(found?.score == 0 && found?.trail.first?.points == 0)
        #expect(store.takeNotices().isEmpty)
    }

    @Test("what was allowed, who is known and how far counters came is there again")
    func rest() throws {
        let folder = try StateFolder()
        let network = try IPNetwork(parsing: "192.0.2.0/24")
        let entry = AllowEntry(
            network: network, untilWallUS: .max, addedWallUS: noonUS, who: "root", comment: "the office")
        var changes = StateChanges()
        changes.allowed = [entry]
        changes.known = [KnownPlayer(subject: subject(1), untilWallUS: noonUS + 7)]
        changes.counters = ["bans": 17, "most": .max]
        try folder.store().put(changes)
        let rest = try contents(of: folder.store()).rest
        #expect(rest.allowed == [entry])
        #expect(rest.known == changes.known)
        #expect(rest.counters == changes.counters)
        var lifted = StateChanges()
        lifted.disallowed = [network]
        lifted.unknown = [subject(1)]
        try folder.store().put(lifted)
        let left = try contents(of: folder.store()).rest
        #expect(left.allowed.isEmpty && left.known.isEmpty)
    }

    @Test("what happened comes back newest first with its evidence, for its subject alone, and no more than asked for")
    func history() throws {
        let folder = try StateFolder()
        var changes = StateChanges()
        var other = makeRecord(9)
        other.subject = subject(2)
        var lifted = makeRecord(3)
        lifted.change = .lifted
        lifted.who = "root"
        lifted.evidence = nil
        changes.records = [makeRecord(1), other, makeRecord(2), lifted]
        try folder.store().put(changes)
        let store = folder.store()
        #expect(store.history(of: subject(1), most: 10) == [lifted, makeRecord(2), makeRecord(1)])
        #expect(store.history(of: subject(1), most: 2) == [lifted, makeRecord(2)])
        #expect(store.history(of: subject(1), most: 0).isEmpty)
        #expect(store.history(of: subject(3), most: 10).isEmpty)
    }

    @Test("texts that are too long are cut at a character's end")
    func longTexts() throws {
        let folder = try StateFolder()
        var entry = makeEntry(1)
        entry.ban?.cause.ruleName = "x" + String(repeating: "é", count: 400)
        try folder.store().put([entry])
        let name = try contents(of: folder.store()).entries[entry.subject]?.ban?.cause.ruleName
        #expect(name == "x" + String(repeating: "é", count: 255))
    }

    @Test("rewriting leaves exactly what memory holds")
    func rewrite() throws {
        let folder = try StateFolder()
        let store = folder.store()
        _ = try contents(of: store)
        try store.put((0..<9_000).filter { $0 % 2 == 0 }.map { makeEntry($0) })
        let wanted = (0..<9_000).filter { $0 % 3 == 0 }
        let entries = Dictionary(uniqueKeysWithValues: wanted.map { (subject($0), makeEntry($0)) })
        try store.rewrite(StateSnapshot(entries: Array(entries.values)), nowNS: 3, nowWallUS: noonUS)
        #expect(try contents(of: store).entries == entries)
    }
}
