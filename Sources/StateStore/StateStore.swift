public import Reputation
public import Settings
import Synchronization

/// What outlives the program: bans, scores, the allowlist, and what happened before.
///
/// The book of addresses is the truth while the program runs; this is what it was filled from and what is written
/// behind it. Nothing here stops the service: without a file that can be used, what happened is kept in memory, within
/// bounds, and the file is tried again.
///
/// Thread safety: any thread; one at a time is let in, and a call lasts as long as the disk takes.
public final class StateStore: Sendable {
    let keeper: Mutex<StateKeeper>

    /// Opens the file of the settings; ``takeNotices()`` says what was wrong with it.
    ///
    /// - Parameters:
    ///   - settings: `nil` for memory alone.
    ///   - nowNS: monotonic nanoseconds.
    ///   - nowWallUS: wall-clock microseconds since 1970.
    public init(_ settings: StateSettings?, nowNS: UInt64, nowWallUS: Int64) {
        var keeper = StateKeeper(settings)
        keeper.open(nowNS: nowNS, nowWallUS: nowWallUS)
        self.keeper = Mutex(keeper)
    }

    /// Gives all entries in batches, and what else there is; nothing when state is in memory.
    ///
    /// A file that turns out to be damaged is replaced by what can be read of it, and read from the beginning: then
    /// entries come twice.
    ///
    /// - Parameter body: called with a few thousand entries at a time, under this store's lock.
    public func load(
        nowWallUS: Int64, _ body: ([StoredEntry]) -> Void
    ) throws(StateError) -> StateContents {
        try keeper.withLock { keeper throws(StateError) in try keeper.load(nowWallUS: nowWallUS, body) }
    }

    /// How many entries ``load(nowWallUS:_:)`` will give; 0 when that cannot be told.
    public var entryCount: Int { keeper.withLock { $0.isFileOpen ? $0.database?.entryCount ?? 0 : 0 } }

    /// Writes changes in one transaction, with those that waited; they are on disk when this returns.
    ///
    /// Unless the file could be opened only now: then ``StateHealth/needsLoad`` is set, and they wait for ``load``.
    ///
    /// - Parameter isUrgent: somebody waits, so a disk that failed is asked at once instead of some time later.
    /// - Throws: why they are not on disk. They wait then, within bounds, and go with a later call.
    public func write(
        _ changes: StateChanges, nowNS: UInt64, nowWallUS: Int64, isUrgent: Bool = false
    ) throws(StateError) {
        try keeper.withLock { keeper throws(StateError) in
            try keeper.write(changes, nowNS: nowNS, nowWallUS: nowWallUS, isUrgent: isUrgent)
        }
    }

    /// Writes everything in place of what the file holds, as ``StateHealth/needsRewrite`` or the book asks for it.
    public func rewrite(_ all: StateSnapshot, nowNS: UInt64, nowWallUS: Int64) throws(StateError) {
        try keeper.withLock { keeper throws(StateError) in
            try keeper.rewrite(all, nowNS: nowNS, nowWallUS: nowWallUS)
        }
    }

    /// What happened to the bans of a subject, newest first, with the evidence.
    public func history(of subject: Subject, most: Int) -> [HistoryRecord] {
        keeper.withLock { $0.history(of: subject, most: most) }
    }

    /// How it stands with the file.
    public var health: StateHealth { keeper.withLock { $0.health } }

    /// What the operator must hear, once.
    public func takeNotices() -> [StateNotice] {
        keeper.withLock { keeper in
            defer { keeper.notices = [] }
            return keeper.notices
        }
    }
}
