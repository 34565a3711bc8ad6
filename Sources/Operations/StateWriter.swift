import DataPlane
public import Events
import Glibc
public import Reputation
public import StateStore
import Synchronization
import WireBytes

/// Puts what changed on disk, behind the traffic.
///
/// A thread of its own writes what the book says has changed and what was told of bans, four times a second. An
/// operator's command waits in ``flush()`` until it is written. Memory is the truth: a disk that fails is said by the
/// store's notices and keeps nobody waiting but who asked for it.
///
/// Thread safety: any thread may note and flush.
public final class StateWriter: Sendable {
    /// Says something about the state: level, a word for programs, a text for people.
    public typealias Notify = @Sendable (Notice.Level, String, String) -> Void

    private static let intervalUS: UInt32 = 250_000
    /// Records of bans that wait for the next writing.
    static let recordCountMax = 100_000
    /// Subjects of one transaction.
    private static let subjectCountMax = 50_000

    let store: StateStore
    private let book: ReputationBook
    private let players: KnownPlayers
    private let clock: Clock
    private let notify: Notify
    private let records = Mutex<[HistoryRecord]>([])
    /// One writes at a time; whoever waits for it finds what it noted before written.
    private let isWriting = Mutex<Void>(())
    private let isEnding = Atomic(false)
    private let banCount = Atomic<UInt64>(0)
    private let thread = Mutex<BackgroundThread?>(nil)
    private let lateLoad = Mutex<(@Sendable () -> Void)?>(nil)

    /// Puts the parts together; ``start()`` begins to write.
    public init(
        store: StateStore, book: ReputationBook, players: KnownPlayers, clock: Clock, notify: @escaping Notify
    ) {
        self.players = players
        self.store = store
        self.book = book
        self.clock = clock
        self.notify = notify
    }

    /// Fills the book with what the store holds, before anybody connects.
    ///
    /// - Returns: what else the store held.
    public func load() -> StateContents {
        book.synchronise(nowNS: clock.monotonicNS(), wallUS: clock.wallUS())
        var contents = StateContents()
        book.reserve(store.entryCount)
        do throws(StateError) {
            contents = try store.load(nowWallUS: clock.wallUS()) { entries in
                book.restore(entries, nowNS: clock.monotonicNS())
            }
            book.restore(contents.allowed)
            let known = contents.known.compactMap { player in
                player.subject.network.map { KnownAddress(network: $0, untilWallUS: player.untilWallUS) }
            }
            players.restore(known, nowNS: clock.monotonicNS(), nowWallUS: clock.wallUS())
            banCount.wrappingAdd(contents.counters[Self.banCounter] ?? 0, ordering: .relaxed)
        } catch {
            notify(.error, "state-unread", "what was kept cannot be read: \(error)")
        }
        tellNotices()
        book.keepChanges()
        return contents
    }

    /// Calls `body`, on the writer's thread, when a file that could not be opened at the start has been read.
    public func afterLateLoad(_ body: @escaping @Sendable () -> Void) {
        lateLoad.withLock { $0 = body }
    }

    /// Starts the thread.
    public func start() {
        do {
            let started = try BackgroundThread { [self] in
                while !isEnding.load(ordering: .acquiring) {
                    usleep(Self.intervalUS)
                    try? write(isUrgent: false)
                    tellNotices()
                }
            }
            thread.withLock { $0 = started }
        } catch {
            notify(.error, "state-unwritten", "no thread is left to write the state: \(error)")
        }
    }

    /// Writes what is left, and ends the thread.
    public func stop() {
        isEnding.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
        defer { tellNotices() }
        guard store.health.file != nil else { return }
        do throws(StateError) { try write(isUrgent: true) } catch {
            notify(.error, "state-lost", "what was not written ends with the program: \(error)")
        }
    }

    /// Notes what happened to a ban, for its history.
    public func note(_ record: BanRecord) {
        if record.change == .began { banCount.add(1, ordering: .relaxed) }
        guard let kept = HistoryRecord(record) else { return }
        records.withLock { records in
            // Behind a disk that stands still the newest are left out; the log has them.
            if records.count < Self.recordCountMax { records.append(kept) }
        }
    }

    /// Bans since the state began.
    var banTotal: UInt64 { banCount.load(ordering: .relaxed) }

    private static let banCounter = "bans"

    /// Where the state is kept, and whether that works.
    public var health: StateHealth { store.health }

    /// Returns when everything that changed before is on disk.
    func flush() throws(OperationError) {
        guard store.health.file != nil else { return }
        do throws(StateError) { try write(isUrgent: true) } catch { throw .notStored("\(error)") }
    }

    private func write(isUrgent: Bool) throws(StateError) {
        try isWriting.withLock { _ throws(StateError) in
            while true {
                try loadLate()
                let nowNS = clock.monotonicNS()
                let health = store.health
                // Everything in memory is not put together for a disk that nobody expects to work yet.
                if health.needsRewrite, health.problem != nil, !isUrgent, nowNS < health.nextTryNS ?? 0 { return }
                let changed = book.takeChanged(most: Self.subjectCountMax, nowNS: nowNS)
                var changes = StateChanges()
                changes.entries = changed.entries
                changes.records = records.withLock { records in
                    defer { records = [] }
                    return records
                }
                for change in book.takeChangedAllowances() {
                    if let entry = change.entry {
                        changes.allowed.append(entry)
                    } else {
                        changes.disallowed.append(change.network)
                    }
                }
                let known = players.takeChanged(
                    most: Self.subjectCountMax, nowNS: nowNS, nowWallUS: clock.wallUS())
                for change in known {
                    if let player = change.player {
                        changes.known.append(KnownPlayer(player))
                    } else {
                        changes.unknown.append(.network(change.network))
                    }
                }
                if !changes.records.isEmpty { changes.counters = [Self.banCounter: banTotal] }
                if changed.isEverything || store.health.needsRewrite {
                    try rewrite(changes, changed, nowNS: nowNS, isUrgent: isUrgent)
                } else {
                    try store.write(changes, nowNS: nowNS, nowWallUS: clock.wallUS(), isUrgent: isUrgent)
                }
                // The file was opened only now: first what it holds, then what is to be written.
                if store.health.needsLoad { continue }
                // A full batch: more waits, and whoever asked wants all of it.
                guard changed.entries.count == Self.subjectCountMax, !changed.isEverything else { return }
            }
        }
    }

    /// Reads a file that could not be opened or read before, so that nothing is written over what it holds.
    private func loadLate() throws(StateError) {
        guard store.health.needsLoad else { return }
        _ = load()
        guard !store.health.needsLoad else {
            throw store.health.problem ?? StateError(.io, "what the file holds cannot be read")
        }
        lateLoad.withLock { $0 }?()
    }

    /// Everything in place of what the file holds.
    private func rewrite(
        _ changes: StateChanges, _ changed: StoredChanges, nowNS: UInt64, isUrgent: Bool
    ) throws(StateError) {
        if !changed.isEverything { book.forgetWritten() }
        let all = changed.isEverything ? changed : book.takeChanged(most: .max, nowNS: nowNS)
        var rest = changes
        rest.entries = []
        do throws(StateError) {
            let snapshot = StateSnapshot(
                entries: all.entries, allowed: book.allowed().filter { !$0.isConfigured },
                known: players.all(nowNS: nowNS, nowWallUS: clock.wallUS()).map { KnownPlayer($0) })
            // First what is nowhere else: the store keeps it where the disk does not take it.
            try store.write(rest, nowNS: nowNS, nowWallUS: clock.wallUS(), isUrgent: isUrgent)
            // All in memory is not all there is until the file was read.
            guard !store.health.needsLoad else { return book.forgetWritten() }
            try store.rewrite(snapshot, nowNS: nowNS, nowWallUS: clock.wallUS())
        } catch {
            book.forgetWritten()
            throw error
        }
    }

    private func tellNotices() {
        for notice in store.takeNotices() {
            let level: Notice.Level =
                switch notice.level {
                case .info: .info
                case .warning: .warning
                case .error: .error
                }
            notify(level, notice.name, notice.text)
        }
    }
}

extension KnownPlayer {
    /// As the store keeps it.
    fileprivate init(_ address: KnownAddress) {
        self.init(subject: .network(address.network), untilWallUS: address.untilWallUS)
    }
}
