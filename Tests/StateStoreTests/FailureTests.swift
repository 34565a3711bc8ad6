import Foundation
import Reputation
import Settings
import Testing
import WireBytes

@testable import StateStore

@Suite("A file of state that cannot be used")
struct FailureTests {
    private let second: UInt64 = 1_000_000_000

    @Test("a folder that is not there is said, the history goes on in memory, and the file is tried again")
    func missingFolder() throws {
        let folder = try StateFolder()
        let file = folder.path + "/later/state.db"
        let store = folder.store { $0.file = file }
        let notice = try #require(store.takeNotices().first)
        #expect(notice.name == "state-unwritable" && notice.level == .error)
        #expect(notice.text.contains("No such file or directory") && notice.text.contains("make the folder"))
        var changes = StateChanges()
        changes.entries = [makeEntry(1)]
        changes.records = [makeRecord(1)]
        #expect(throws: StateError.self) { try store.write(changes, nowNS: 2, nowWallUS: noonUS) }
        #expect(store.history(of: subject(1), most: 5) == [makeRecord(1)])
        #expect(!store.health.isOnDisk)
        // Not before the time that was set, and then with all that waited.
        try FileManager.default.createDirectory(atPath: folder.path + "/later", withIntermediateDirectories: false)
        #expect(throws: StateError.self) { try store.write(StateChanges(), nowNS: second, nowWallUS: noonUS) }
        try store.write(StateChanges(), nowNS: 3 * second, nowWallUS: noonUS)
        #expect(store.takeNotices().map(\.name) == ["state-written"])
        #expect(store.health.isOnDisk && store.health.needsRewrite && store.health.needsLoad)
        // Nothing is written over what the file may hold until that was read.
        #expect(try contents(of: store).entries.isEmpty)
        try store.write(StateChanges(), nowNS: 4 * second, nowWallUS: noonUS)
        #expect(try contents(of: store).entries == [subject(1): makeEntry(1)])
        #expect(store.history(of: subject(1), most: 5) == [makeRecord(1)])
    }

    @Test("a file that is taken away while the program runs is said and begun anew", arguments: [false, true])
    func takenAway(withLock: Bool) throws {
        let folder = try StateFolder()
        let store = folder.store()
        _ = try contents(of: store)
        try store.put([makeEntry(1)])
        for name in folder.names where withLock || !name.hasSuffix(".lock") {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        try store.put([makeEntry(2)])
        #expect(store.takeNotices().contains { $0.name == "state-missing" && $0.level == .warning })
        #expect(store.health.needsLoad && store.health.needsRewrite && store.health.isOnDisk)
        #expect(try contents(of: store).entries.isEmpty)
        // As the writer does then.
        try store.put(StateChanges())
        try store.rewrite(
            StateSnapshot(entries: [makeEntry(1), makeEntry(2)]), nowNS: 3, nowWallUS: noonUS)
        #expect(try contents(of: store).entries.count == 2 && !store.health.needsRewrite)
        #expect(folder.names.contains("state.db") && folder.names.contains("state.db.lock"))
    }

    @Test("who waits for the disk does not wait for the next attempt's time")
    func urgent() throws {
        let folder = try StateFolder()
        let store = folder.store { $0.file = folder.path + "/later/state.db" }
        try FileManager.default.createDirectory(atPath: folder.path + "/later", withIntermediateDirectories: false)
        try store.write(StateChanges(), nowNS: 2, nowWallUS: noonUS, isUrgent: true)
        #expect(store.health.isOnDisk)
    }

    @Test("attempts become rarer, up to one a minute, and the reminder comes every ten minutes")
    func backoff() throws {
        let folder = try StateFolder()
        let store = folder.store { $0.file = folder.path + "/missing/state.db" }
        var attempts: [UInt64] = []
        var noticeCount = store.takeNotices().count
        for step in 0..<UInt64(1_300) {
            let before = store.health.problem
            #expect(before != nil)
            let delay = store.nextTryNS
            try? store.write(StateChanges(), nowNS: step * second, nowWallUS: noonUS)
            if store.nextTryNS != delay { attempts.append(step) }
            noticeCount += store.takeNotices().count
        }
        #expect(attempts.prefix(7) == [2, 4, 8, 16, 32, 64, 124])
        #expect(zip(attempts.dropFirst(6), attempts.dropFirst(7)).allSatisfy { $1 - $0 == 60 })
        #expect(noticeCount == 3)
    }

    @Test("a full disk keeps what was written, makes the rest wait, and takes it when there is room")
    func full() throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.put([makeEntry(1)])
        try store.bound(pageCount: 40)
        let many = (0..<4_000).map { makeEntry($0) }
        let error = #expect(throws: StateError.self) { try store.put(many) }
        #expect(error?.kind == .full)
        #expect(store.takeNotices().map(\.name) == ["state-full"])
        #expect(store.health.waitingCount == 4_000 && !store.health.isOnDisk)
        #expect(try contents(of: store).entries == [subject(1): makeEntry(1)])
        try store.bound(pageCount: 1_000_000)
        try store.write(StateChanges(), nowNS: 3 * second, nowWallUS: noonUS)
        #expect(store.takeNotices().map(\.name) == ["state-written"])
        #expect(try contents(of: store).entries.count == 4_000)
        #expect(!store.health.needsRewrite)
    }

    @Test("of more than 10,000 entries that wait none is kept, and everything is asked for", arguments: [0, 1])
    func overflow(extra: Int) throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.put([makeEntry(1)])
        try store.bound(pageCount: 20)
        #expect(throws: StateError.self) { try store.put((0..<10_000 + extra).map { makeEntry($0) }) }
        try store.bound(pageCount: 1_000_000)
        try store.write(StateChanges(), nowNS: 3 * second, nowWallUS: noonUS)
        #expect(store.health.needsRewrite == (extra == 1))
        #expect(try contents(of: store).entries.count == (extra == 1 ? 1 : 10_000))
    }

    @Test("of more than 10,000 records that wait the oldest are lost, and counted", arguments: [0, 1])
    func overflowingRecords(extra: Int) throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.bound(pageCount: 20)
        var changes = StateChanges()
        changes.records = (0..<10_000 + extra).map { number in
            var record = makeRecord(number)
            record.subject = subject(number)
            return record
        }
        #expect(throws: StateError.self) { try store.put(changes) }
        #expect(store.health.lostRecordCount == extra)
        try store.bound(pageCount: 1_000_000)
        try store.write(StateChanges(), nowNS: 3 * second, nowWallUS: noonUS)
        #expect(store.history(of: subject(0), most: 5).isEmpty == (extra == 1))
        #expect(store.history(of: subject(1), most: 5).count == 1)
        #expect(store.takeNotices().last?.text.contains("too many to wait") == (extra == 1))
    }

    @Test("a file that may only be read is said, and nothing is lost when it may be written again")
    func readOnly() throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.pragma("query_only = ON")
        let error = #expect(throws: StateError.self) { try store.put([makeEntry(1)]) }
        #expect(error?.kind == .readOnly)
        #expect(store.takeNotices().map(\.name) == ["state-readonly"])
        try store.pragma("query_only = OFF")
        try store.write(StateChanges(), nowNS: 3 * second, nowWallUS: noonUS)
        #expect(try contents(of: store).entries.count == 1)
    }

    @Test("a second program is told who has the file, goes on in memory, and has it when the first one ends")
    func twoPrograms() throws {
        let folder = try StateFolder()
        let first = folder.store()
        try first.put([makeEntry(1)])
        let second = folder.store()
        let notice = try #require(second.takeNotices().first)
        #expect(notice.name == "state-locked")
        #expect(notice.text.contains("another running program (process \(getpid())) has the file"))
        #expect(try contents(of: second).entries.isEmpty)
        #expect(throws: StateError.self) { try second.put([makeEntry(2)]) }
        try first.put([makeEntry(3)])
        #expect(first.health.isOnDisk)
        first.close()
        try second.write(StateChanges(), nowNS: 3 * self.second, nowWallUS: noonUS)
        #expect(second.health.isOnDisk && second.health.needsLoad && second.health.needsRewrite)
        // Even who writes everything before he reads loses nothing of the other's.
        try second.rewrite(
            StateSnapshot(entries: [makeEntry(2), makeEntry(4)]), nowNS: 4 * self.second, nowWallUS: noonUS)
        #expect(Set(try contents(of: second).entries.keys) == Set((1...4).map { subject($0) }))
    }

    @Test("a file that is no database is not touched")
    func notDatabase() throws {
        let folder = try StateFolder()
        let text = Data("root:x:0:0:root:/root:/bin/bash\n".utf8)
        try text.write(to: URL(fileURLWithPath: folder.file))
        let store = folder.store()
        #expect(store.takeNotices().map(\.name) == ["state-foreign"])
        #expect(throws: StateError.self) { try store.put([makeEntry(1)]) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file)) == text)
        #expect(folder.names == ["state.db", "state.db.lock"])
    }

    @Test("another program's database is not touched")
    func otherDatabase() throws {
        let folder = try StateFolder()
        try folder.makeForeign()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file))
        let notice = try #require(folder.store().takeNotices().first)
        #expect(notice.name == "state-foreign" && notice.text.contains("database of another program"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file)) == bytes)
        #expect(folder.names == ["state.db", "state.db.lock"])
    }

    @Test("a newer version's file is refused, and an older one's becomes the newest with all it holds")
    func versions() throws {
        let folder = try StateFolder()
        let old = try StateDatabase(path: folder.file, version: 1)
        var changes = StateChanges()
        changes.entries = [makeEntry(1)]
        changes.records = [makeRecord(1)]
        try old.write(changes, leastScore: 1, bounds: HistoryBounds(count: 10, ageUS: .max))
        old.close()
        let store = folder.store()
        #expect(store.takeNotices().isEmpty)
        var known = StateChanges()
        known.known = [KnownPlayer(subject: subject(1), untilWallUS: noonUS)]
        try store.put(known)
        let found = try contents(of: store)
        #expect(found.entries == [subject(1): makeEntry(1)] && found.rest.known == known.known)
        #expect(store.history(of: subject(1), most: 5) == [makeRecord(1)])
        try store.pragma("user_version = 3")
        store.close()
        let notice = try #require(folder.store().takeNotices().first)
        #expect(notice.name == "state-newer" && notice.text.contains("its schema is 3, and this program knows 2"))
    }

    @Test("a new file is for its owner and group only, and a symbolic link is refused")
    func modes() throws {
        let folder = try StateFolder()
        let store = folder.store()
        try store.put([makeEntry(1)])
        for name in folder.names {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & ~0o640 == 0, "\(name)")
        }
        let link = folder.path + "/link.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.file)
        let notice = try #require(folder.store { $0.file = link }.takeNotices().first)
        #expect(notice.name == "state-unwritable" && notice.text.contains("it is a symbolic link"))
    }

    @Test("a file that is gone since the last start is said")
    func gone() throws {
        let folder = try StateFolder()
        folder.store().close()
        for name in folder.names where name != "state.db.lock" {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        #expect(folder.store().takeNotices().map(\.name) == ["state-missing"])
    }

    @Test("without a file, what happened is kept as long as the program runs, and nothing is said")
    func memory() throws {
        let store = StateStore(nil, nowNS: 1, nowWallUS: noonUS)
        var changes = StateChanges()
        changes.entries = [makeEntry(1)]
        changes.records = [makeRecord(1)]
        try store.put(changes)
        #expect(store.history(of: subject(1), most: 5) == [makeRecord(1)])
        #expect(try contents(of: store).entries.isEmpty)
        #expect(store.takeNotices().isEmpty && store.health.file == nil && store.health.problem == nil)
    }
}
