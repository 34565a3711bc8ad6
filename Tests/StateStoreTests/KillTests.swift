import Foundation
import GRDB
import Reputation
import Settings
import Synchronization
import TestSupport
import Testing
import WireBytes

@testable import StateStore

@Suite("A program that is killed while it bans")
struct KillTests {
    /// Bans as fast as it can, notes each one behind the commit, and is killed in the middle of that.
    private static func banUntilKilled(_ path: String, round: Int) {
        let answers = open(path + "/answers", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var random = SplitMix64(seed: UInt64(round))
        // One in eight while the file is opened, the others while it is written to.
        let microseconds = UInt32(random.next() % 30_000)
        let thread = Thread {
            usleep(microseconds)
            kill(getpid(), SIGKILL)
        }
        if round.isMultiple(of: 8) { thread.start() }
        let store = StateStore(StateSettings(file: path + "/state.db"), nowNS: 1, nowWallUS: noonUS)
        guard answers >= 0, store.health.isOnDisk else { exit(3) }
        if !round.isMultiple(of: 8) { thread.start() }
        var number = round * 100_000
        while true {
            var changes = StateChanges()
            for _ in 0..<1 + random.next() % 20 {
                number += 1
                changes.entries.append(makeEntry(number))
                var record = makeRecord(number)
                record.subject = subject(number)
                changes.records.append(record)
            }
            do { try store.put(changes) } catch { exit(4) }
            let line = "\(number)\n"
            guard write(answers, line, line.utf8.count) == line.utf8.count else { exit(5) }
        }
    }

    @Test("200 times killed, the file is whole and has every ban that was answered", .timeLimit(.minutes(5)))
    func killed() async throws {
        let folder = try StateFolder()
        var expected: Set<Int> = []
        var answeredCount = 0
        for round in 0..<200 {
            let path = folder.path
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
                KillTests.banUntilKilled(path, round: round)
            }
            let text = try String(contentsOfFile: path + "/answers", encoding: .utf8)
            let answers = text.split(separator: "\n").compactMap { Int($0) }
            answeredCount = answers.count
            if let last = answers.last, last > round * 100_000 {
                expected.formUnion(round * 100_000 + 1...last)
            }
            let store = folder.store()
            let found = try contents(of: store).entries
            #expect(store.takeNotices().isEmpty, "round \(round)")
            let missing = expected.filter { found[subject($0)] != makeEntry($0) }
            #expect(missing.isEmpty, "round \(round): \(missing.count) of \(expected.count) are missing")
            if let last = expected.max() { #expect(store.history(of: subject(last), most: 2).count == 1) }
            #expect(try store.integrity() == "ok", "round \(round)")
            store.close()
        }
        #expect(answeredCount > 100, "only \(answeredCount) transactions were answered")
    }
}

extension StateStore {
    func integrity() throws -> String {
        try keeper.withLock { keeper in
            try keeper.database?.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } ?? "closed"
        }
    }
}
