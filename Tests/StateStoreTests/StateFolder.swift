import Foundation
import GRDB
import Reputation
import Settings
import WireBytes

@testable import StateStore

/// 2026-05-01 12:00:00.123 UTC.
let noonUS: Int64 = 1_777_636_800_123_000

/// A folder of its own, which goes with the value.
final class StateFolder {
    let path: String
    var file: String { path + "/state.db" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/portcullis-state-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    func store(_ change: (inout StateSettings) -> Void = { _ in }) -> StateStore {
        var settings = StateSettings(file: file)
        change(&settings)
        return StateStore(settings, nowNS: 1, nowWallUS: noonUS)
    }
}

/// What a store holds, by subject.
func contents(of store: StateStore) throws -> (entries: [Subject: StoredEntry], rest: StateContents) {
    var entries: [Subject: StoredEntry] = [:]
    let rest = try store.load(nowWallUS: noonUS) { batch in
        for entry in batch { entries[entry.subject] = entry }
    }
    return (entries, rest)
}

extension StateStore {
    /// Writes as the writer does, at a time at which nothing is due.
    func put(_ changes: StateChanges) throws { try write(changes, nowNS: 2, nowWallUS: noonUS) }

    func put(_ entries: [StoredEntry]) throws {
        var changes = StateChanges()
        changes.entries = entries
        try put(changes)
    }
}

func subject(_ number: Int) -> Subject {
    .network(IPNetwork(holding: IPAddress(ipv4: UInt32(0x0A00_0000 + number)), prefixLength: 128))
}

func makeCause(_ number: Int = 1) -> BanCause {
    BanCause(
        origin: .rule, ruleID: UInt32(100 + number), ruleName: "too-many-logins", packet: "C_LOGIN",
        connection: "1a2b-\(number)", who: nil)
}

func makeBan(_ number: Int = 1) -> StoredBan {
    StoredBan(
        address: IPAddress(ipv4: UInt32(0x0A00_0000 + number)), startedWallUS: noonUS,
        untilWallUS: noonUS + 600_000_000, number: 1, kind: .hard, cause: makeCause(number))
}

/// The entry of a banned address.
func makeEntry(_ number: Int = 1) -> StoredEntry {
    var entry = StoredEntry(subject: subject(number))
    entry.ban = makeBan(number)
    return entry
}

func makePoint(_ number: Int = 1) -> ScorePoint {
    ScorePoint(wallUS: noonUS, ruleID: UInt32(number), ruleName: "rule-\(number)", points: 2.5, score: 7.25)
}

func makeEvidence() -> Evidence {
    var evidence = Evidence(
        listener: "world", connection: "1a2b-1", client: Endpoint(IPAddress(ipv4: 0x0A00_0001), port: 4_711))
    evidence.phase = "login"
    evidence.packet = "C_LOGIN"
    evidence.opcode = 0x4DBC
    evidence.byteCount = 300
    evidence.excerpt = [1, 2, 0, 0, 5]
    evidence.redacted = [2..<4]
    evidence.detail = "two bytes too many"
    evidence.ageUS = 1_500_000
    evidence.byteCounts = PerDirection(inbound: 1_000, outbound: 2_000)
    evidence.packetCounts = PerDirection(inbound: 10, outbound: 20)
    evidence.droppedCounts = PerDirection(inbound: 1, outbound: 0)
    evidence.trail = [makePoint(1), makePoint(2)]
    return evidence
}

func makeRecord(_ number: Int = 1) -> HistoryRecord {
    HistoryRecord(
        wallUS: noonUS + Int64(number), change: .began, subject: subject(1), ban: makeBan(1), who: nil,
        evidence: makeEvidence())
}

extension StateFolder {
    func store(nowWallUS: Int64) -> StateStore {
        StateStore(StateSettings(file: file), nowNS: 1, nowWallUS: nowWallUS)
    }

    /// Leaves the database with these bytes and the file that tells whose it is.
    func reset(to bytes: [UInt8]) throws {
        for name in names where name != "state.db.lock" && !name.contains("corrupt") {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    /// Writes into the file as it is, under the program that has it open.
    func overwrite(with bytes: [UInt8]) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    /// A database that Portcullis did not make.
    func makeForeign() throws {
        let queue = try DatabaseQueue(path: file)
        try queue.write { try $0.execute(sql: "CREATE TABLE bookmarks(id INTEGER PRIMARY KEY, place TEXT)") }
        try queue.close()
    }
}

extension StateDatabase {
    func historyCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM history") ?? 0 }
    }
}

extension StateStore {
    /// Lets go of the file, as the end of the program does.
    func close() {
        keeper.withLock { keeper in
            keeper.database?.close()
            keeper.database = nil
            keeper.lock = nil
        }
    }

    func pragma(_ text: String) throws {
        try keeper.withLock { keeper in try keeper.database?.read { try $0.execute(sql: "PRAGMA " + text) } }
    }

    /// The disk is full with so many pages.
    func bound(pageCount: Int) throws { try pragma("max_page_count = \(pageCount)") }

    var nextTryNS: UInt64 { keeper.withLock { $0.failure?.nextTryNS ?? 0 } }
}
