import Glibc
import Reputation
import Settings
import WireBytes

/// Which database is in use, and what is done when it fails.
///
/// Shape: with a file, `database` is the file's while it can be used, and one in memory otherwise, which takes the
/// history alone: the rest is in the book anyway, and is written when the file can be used again.
struct StateKeeper {
    /// What went wrong last, and when the next attempt is due.
    struct Failure {
        var error: StateError
        var sinceWallUS: Int64
        var nextTryNS: UInt64
        var delayNS: UInt64
        var nextNoticeNS: UInt64
    }

    let settings: StateSettings?
    var lock: StateLock?
    var database: StateDatabase?
    var isFileOpen = false
    /// Which file that is.
    var identity: FileIdentity?
    var failure: Failure?
    var backlog = StateBacklog()
    var needsLoad = false
    var needsRewrite = false
    var notices: [StateNotice] = []
    var nextPruneNS: UInt64 = 0

    static let noticeCountMax = 100
    static let firstDelayNS: UInt64 = 1_000_000_000
    static let delayMostNS: UInt64 = 60_000_000_000
    static let reminderNS: UInt64 = 600_000_000_000

    init(_ settings: StateSettings?) {
        self.settings = settings
    }

    var path: String { settings?.file ?? "" }

    var bounds: HistoryBounds {
        guard isFileOpen, let settings else { return HistoryBounds(count: 10_000, ageUS: .max) }
        return HistoryBounds(count: 250_000, ageUS: Int64(clamping: settings.historyNS / 1_000))
    }

    /// Opens the file, or a database in memory in its place.
    mutating func open(nowNS: UInt64, nowWallUS: Int64) {
        if settings != nil {
            do throws(StateError) { return try openFile(nowWallUS: nowWallUS) } catch {
                begin(error, nowNS: nowNS, nowWallUS: nowWallUS)
            }
        }
        // Without memory for an empty database there is none for anything else either; the history is then not kept.
        database = try? StateDatabase()
    }

    /// Opens the file; after that, what it holds is to be loaded.
    mutating func openFile(nowWallUS: Int64) throws(StateError) {
        let lock = if let lock { lock } else { try StateLock(path) }
        self.lock = lock
        let header = try StateFileHeader.read(path)
        switch header {
        case .own, .new(exists: false): break
        case .new(exists: true):
            if lock.hadOwner { return try replaceCorrupt("it has no byte left", nowWallUS: nowWallUS) }
        case .otherDatabase:
            if lock.hadOwner { return try replaceCorrupt("its first page is another's", nowWallUS: nowWallUS) }
            throw StateError(.foreign, "it is a SQLite database of another program, and was left as it is")
        case .notDatabase:
            if lock.hadOwner { return try replaceCorrupt("its first page is destroyed", nowWallUS: nowWallUS) }
            throw StateError(.foreign, "it is no SQLite database, and was left as it is")
        }
        if header == .new(exists: false), lock.hadOwner {
            notice(.warning, "state-missing", "\(path) is gone, which was there before; a new file was begun")
        }
        do throws(StateError) {
            try StateFileHeader.make(path)
            database = try StateDatabase(path: path)
        } catch {
            guard error.kind == .corrupt else { throw error }
            return try replaceCorrupt(error.text, nowWallUS: nowWallUS)
        }
        becomeOpen(lock)
    }

    mutating func becomeOpen(_ lock: StateLock) {
        lock.own()
        isFileOpen = true
        identity = FileIdentity(of: path)
        needsLoad = true
        needsRewrite = false
    }

    /// Remembers what went wrong, says it the first time and every ten minutes, and waits longer for each attempt.
    mutating func begin(_ error: StateError, nowNS: UInt64, nowWallUS: Int64) {
        let isNew = failure?.error.kind != error.kind
        let delayNS = failure.map { min($0.delayNS * 2, Self.delayMostNS) } ?? Self.firstDelayNS
        let isDue = isNew || nowNS >= failure?.nextNoticeNS ?? 0
        failure = Failure(
            error: error, sinceWallUS: failure?.sinceWallUS ?? nowWallUS, nextTryNS: nowNS &+ delayNS, delayNS: delayNS,
            nextNoticeNS: isDue ? nowNS &+ Self.reminderNS : failure?.nextNoticeNS ?? 0)
        backlog.bound()
        guard isDue else { return }
        notice(
            .error, "state-\(error.kind.rawValue.lowercased())",
            "\(path): \(error.text); bans go on in memory, and are written when that works again; to do: "
                + error.advice)
    }

    /// Says that all is well again, if it was not.
    mutating func end() {
        guard failure != nil else { return }
        failure = nil
        let lost = backlog.lostRecordCount
        let left = lost == 0 ? "" : "; \(lost) records of what happened to bans were too many to wait"
        notice(.info, "state-written", "\(path): it is written to again, with what happened meanwhile\(left)")
    }

    mutating func notice(_ level: StateNotice.Level, _ name: String, _ text: String) {
        guard notices.count < Self.noticeCountMax else { return }
        notices.append(StateNotice(level: level, name: name, text: text))
    }

    var health: StateHealth {
        StateHealth(
            file: settings?.file, isOnDisk: isFileOpen && failure == nil, problem: failure?.error,
            problemSinceWallUS: failure?.sinceWallUS, nextTryNS: failure?.nextTryNS, waitingCount: backlog.count,
            lostRecordCount: backlog.lostRecordCount, needsLoad: needsLoad, needsRewrite: needsRewrite)
    }
}
