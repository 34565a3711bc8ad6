import Reputation

extension StateKeeper {
    /// Entries that are given at once.
    private static let batchCount = 4_096

    /// Gives all entries; a damaged file is replaced once and read again.
    mutating func load(
        nowWallUS: Int64, _ body: ([StoredEntry]) -> Void
    ) throws(StateError) -> StateContents {
        guard isFileOpen else { return StateContents() }
        var contents = try read(body)
        if contents == nil {
            try replaceCorrupt("some of its rows are not as they were written", nowWallUS: nowWallUS)
            contents = try read(body)
        }
        needsLoad = false
        guard let contents else { throw StateError(.corrupt, "what was salvaged cannot be read either") }
        return contents
    }

    /// `nil` when the file is damaged.
    private mutating func read(_ body: ([StoredEntry]) -> Void) throws(StateError) -> StateContents? {
        guard let database else { return StateContents() }
        var contents = StateContents()
        var damagedCount = 0
        do throws(StateError) {
            let reading = try database.entries(batchCount: Self.batchCount) { batch in
                contents.entryCount += batch.count
                body(batch)
            }
            let allowed = try database.allowed()
            let known = try database.known()
            let counters = try database.counters()
            for reading in [reading, allowed.reading, known.reading, counters.reading] {
                damagedCount += reading.damagedCount
            }
            contents.allowed = allowed.entries
            contents.known = known.players
            contents.counters = counters.values
        } catch {
            guard error.kind == .corrupt else { throw error }
            return nil
        }
        guard damagedCount == 0 else { return nil }
        return contents
    }

    /// What happened to the bans of a subject, with what waits for the disk.
    mutating func history(of subject: Subject, most: Int) -> [HistoryRecord] {
        let waiting = backlog.records.reversed().filter { $0.subject == subject }.prefix(max(0, most))
        guard let database, waiting.count < most else { return Array(waiting) }
        do throws(StateError) {
            return waiting + (try database.history(of: subject, most: most - waiting.count).records)
        } catch {
            notice(.error, "state-unread", "\(path): the history of \(subject) cannot be read: \(error.text)")
            return Array(waiting)
        }
    }
}
