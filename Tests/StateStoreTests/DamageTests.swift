import Foundation
import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@testable import StateStore

@Suite("A damaged file of state")
struct DamageTests {
    private static let entryCount = 600

    /// A closed file with bans, records and the rest, and what it holds.
    private func filled(_ folder: StateFolder) throws -> (bytes: [UInt8], entries: [Subject: StoredEntry]) {
        let store = folder.store()
        let entries = (0..<Self.entryCount).map { number in
            var entry = makeEntry(number)
            // Some are long enough to leave their page.
            if number.isMultiple(of: 50) {
                entry.trail = (0..<20).map { index in
                    var point = makePoint(index)
                    point.ruleName = String(repeating: "n", count: 100)
                    return point
                }
            }
            return entry
        }
        var changes = StateChanges()
        changes.entries = entries
        changes.records = (0..<60).map { makeRecord($0) }
        changes.known = (0..<200).map { KnownPlayer(subject: subject($0), untilWallUS: noonUS) }
        changes.allowed = [
            AllowEntry(
                network: try IPNetwork(parsing: "192.0.2.0/24"), untilWallUS: .max, addedWallUS: 1, who: "root",
                comment: "")
        ]
        changes.counters = ["bans": 1]
        try store.put(changes)
        store.close()
        return (
            Array(try Data(contentsOf: URL(fileURLWithPath: folder.file))),
            Dictionary(uniqueKeysWithValues: entries.map { ($0.subject, $0) })
        )
    }

    /// Opens the file as the program does, and holds what comes out of it against what went in.
    private func expectGoesOn(
        _ folder: StateFolder, _ entries: [Subject: StoredEntry], _ what: String, lostMost: Int
    ) throws {
        let store = folder.store()
        let found = try contents(of: store).entries
        let notices = store.takeNotices()
        for (subject, entry) in found { #expect(entries[subject] == entry, "\(what): \(subject) is another one") }
        let lostCount = entries.count - found.count
        #expect(lostCount == 0 || notices.contains { $0.level == .error }, "\(what): \(lostCount) were lost in silence")
        #expect(lostCount <= lostMost, "\(what): \(lostCount) were lost")
        _ = store.history(of: subject(1), most: 100)
        // It goes on, on disk.
        try store.put([makeEntry(5_000)])
        #expect(store.health.isOnDisk, "\(what)")
        store.close()
        let again = folder.store()
        let later = try contents(of: again)
        #expect(later.entries.count == found.count + 1, "\(what)")
        #expect(later.entries[subject(5_000)] == makeEntry(5_000))
        again.close()
    }

    @Test("each page overwritten once loses what stood in it, says so, and nothing else")
    func pages() throws {
        let folder = try StateFolder()
        let (bytes, entries) = try filled(folder)
        var random = SplitMix64(seed: 5)
        let pageCount = bytes.count / Salvage.pageByteCount
        #expect(pageCount > 30)
        for page in 0..<pageCount {
            var damaged = bytes
            for index in page * Salvage.pageByteCount..<(page + 1) * Salvage.pageByteCount {
                damaged[index] = UInt8(truncatingIfNeeded: random.next())
            }
            try folder.reset(to: damaged)
            // Of the longest rows a page has few; of the shortest about forty.
            try expectGoesOn(folder, entries, "page \(page + 1) of \(pageCount)", lostMost: 60)
        }
    }

    @Test("a file that ends at any page says so, and loses what stood behind")
    func truncated() throws {
        let folder = try StateFolder()
        let (bytes, entries) = try filled(folder)
        for pageCount in 0..<bytes.count / Salvage.pageByteCount {
            try folder.reset(to: Array(bytes[..<(pageCount * Salvage.pageByteCount)]))
            try expectGoesOn(folder, entries, "\(pageCount) pages left", lostMost: .max)
        }
    }

    @Test("one changed bit anywhere never makes another ban")
    func bits() throws {
        let folder = try StateFolder()
        let (bytes, entries) = try filled(folder)
        var random = SplitMix64(seed: 6)
        for _ in 0..<100 {
            var damaged = bytes
            let index = Int(random.next() % UInt64(bytes.count))
            damaged[index] ^= 1 << UInt8(random.next() % 8)
            try folder.reset(to: damaged)
            try expectGoesOn(folder, entries, "byte \(index)", lostMost: 60)
        }
    }

    @Test("the damaged file stays beside, under the time, and the notice says what was saved")
    func kept() throws {
        let folder = try StateFolder()
        var (bytes, entries) = try filled(folder)
        for index in 0..<Salvage.pageByteCount { bytes[index] = 0xA5 }
        try folder.reset(to: bytes)
        let store = folder.store()
        #expect(try contents(of: store).entries == entries)
        #expect(try contents(of: store).rest.known.count == 200)
        #expect(store.history(of: subject(1), most: 100) == (0..<60).reversed().map { makeRecord($0) })
        #expect(folder.names.contains("state.db.corrupt-20260501T120000Z"))
        #expect(
            Array(try Data(contentsOf: URL(fileURLWithPath: folder.file + ".corrupt-20260501T120000Z"))) == bytes)
        let notice = try #require(store.takeNotices().first)
        #expect(notice.name == "state-corrupt")
        #expect(
            notice.text.hasSuffix(
                "a new file was begun with what could be read: 600 bans and scores, 1 allowed, 200 known players, "
                    + "60 records of what happened; check the disk"), "\(notice.text)")
    }

    @Test("four damaged files are kept, and the oldest makes room for the fifth")
    func keptCount() throws {
        let folder = try StateFolder()
        let (bytes, _) = try filled(folder)
        var damaged = bytes
        for index in 0..<Salvage.pageByteCount { damaged[index] = 0xA5 }
        for round in 0..<6 {
            try folder.reset(to: damaged)
            let store = folder.store(nowWallUS: noonUS + Int64(round) * 1_000_000)
            #expect(store.health.isOnDisk)
            store.close()
        }
        #expect(
            folder.names.filter { $0.contains("corrupt") }
                == (2..<6).map { "state.db.corrupt-20260501T12000\($0)Z" })
    }

    @Test("damage that is only met while writing is seen to, and everything is asked for again")
    func whileWriting() throws {
        let folder = try StateFolder()
        let (bytes, _) = try filled(folder)
        let store = folder.store()
        // Nothing was read yet, so SQLite meets the damage when it writes.
        var damaged = bytes
        for index in Salvage.pageByteCount..<damaged.count { damaged[index] = 0x5A }
        try folder.overwrite(with: damaged)
        try store.put([makeEntry(7_000)])
        #expect(store.health.isOnDisk && store.health.needsRewrite)
        #expect(store.takeNotices().map(\.name) == ["state-corrupt"])
        #expect(try contents(of: store).entries[subject(7_000)] == makeEntry(7_000))
    }

    @Test("rows that were removed are not found again in a damaged file")
    func removed() throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.put((0..<500).map { makeEntry($0) })
        var lifted = (0..<500).map { makeEntry($0) }
        for index in lifted.indices where index != 7 { lifted[index].ban = nil }
        try store.put(lifted)
        store.close()
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file)))
        for index in 0..<Salvage.pageByteCount { bytes[index] = 0xA5 }
        try folder.reset(to: bytes)
        #expect(try contents(of: folder.store()).entries.keys.map(\.description) == ["10.0.0.7"])
    }
}
