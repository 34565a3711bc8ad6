import Reputation
import Settings
import WireBytes

extension StateKeeper {
    /// Writes changes and what waited before them.
    ///
    /// - Parameter isUrgent: somebody waits for it, so a failing disk is asked even before the next attempt is due.
    mutating func write(
        _ changes: StateChanges, nowNS: UInt64, nowWallUS: Int64, isUrgent: Bool
    ) throws(StateError) {
        backlog.add(changes, isBounded: failure != nil)
        guard settings != nil else { return try writeToMemory() }
        if isFileOpen, FileIdentity(of: path) != identity { leave() }
        if failure != nil || !isFileOpen {
            if let failure, !isUrgent, nowNS < failure.nextTryNS { throw failure.error }
            let isOpenedNow = try reopen(nowNS: nowNS, nowWallUS: nowWallUS)
            // What waits was decided without what the file holds, and must not write over it: after `load` it goes.
            if isOpenedNow { return end() }
        }
        do throws(StateError) {
            do throws(StateError) {
                try writeAndPrune(nowNS: nowNS, nowWallUS: nowWallUS)
            } catch {
                guard error.kind == .corrupt, isFileOpen else { throw error }
                try replaceCorrupt(error.text, nowWallUS: nowWallUS)
                // Memory knows better than what was salvaged, if it was filled from this file before.
                needsLoad = false
                needsRewrite = true
                try writeAndPrune(nowNS: nowNS, nowWallUS: nowWallUS)
            }
        } catch {
            begin(error, nowNS: nowNS, nowWallUS: nowWallUS)
            throw error
        }
        end()
    }

    /// Lets go of a file that has no name any more: what is written into it nobody ever reads.
    private mutating func leave() {
        database?.close()
        // Until the place can be used again, as without a file.
        database = try? StateDatabase()
        isFileOpen = false
        needsLoad = false
        lock = nil
        notice(
            .warning, "state-missing",
            "\(path) was taken away or replaced while the program ran; all that is known is written there anew")
    }

    /// One transaction for what waits, and one for a little of what is too old.
    private mutating func writeAndPrune(nowNS: UInt64, nowWallUS: Int64) throws(StateError) {
        guard let database else { return }
        if !backlog.isEmpty {
            try database.write(backlog.changes, leastScore: settings?.leastScore ?? 0, bounds: bounds)
        }
        if backlog.isOverflowed { needsRewrite = true }
        backlog.clear()
        guard nowNS >= nextPruneNS else { return }
        let isMore = try database.prune(bounds, nowWallUS: nowWallUS)
        nextPruneNS = nowNS &+ (isMore ? 1_000_000_000 : 30_000_000_000)
    }

    /// Without a file only what happened is written; the book knows the rest.
    private mutating func writeToMemory() throws(StateError) {
        var changes = StateChanges()
        changes.records = backlog.takeRecords()
        backlog.clear()
        guard let database, !changes.records.isEmpty else { return }
        try database.write(changes, leastScore: 0, bounds: bounds)
        _ = try database.prune(bounds, nowWallUS: .max)
    }

    /// Opens the file if it is not open; what memory keeps of the history goes into it.
    ///
    /// - Returns: whether it was opened now.
    private mutating func reopen(nowNS: UInt64, nowWallUS: Int64) throws(StateError) -> Bool {
        guard !isFileOpen else { return false }
        let memory = database
        do throws(StateError) {
            try openFile(nowWallUS: nowWallUS)
            if let memory, memory !== database { try database?.takeHistory(of: memory) }
        } catch {
            if !isFileOpen { database = memory }
            begin(error, nowNS: nowNS, nowWallUS: nowWallUS)
            throw error
        }
        // What the file holds is not in memory yet, and what is in memory is not in the file.
        (needsLoad, needsRewrite) = (true, true)
        return true
    }

    /// Writes everything in memory in place of what the file holds, in transactions of some thousand rows.
    ///
    /// Each transaction replaces all keys from one to another, so that a program that is killed in between leaves a
    /// file whose first part is new and whose rest is old.
    mutating func rewrite(_ all: StateSnapshot, nowNS: UInt64, nowWallUS: Int64) throws(StateError) {
        guard isFileOpen else { return }
        do throws(StateError) {
            do throws(StateError) {
                try replaceEverything(all)
            } catch {
                guard error.kind == .corrupt else { throw error }
                try replaceCorrupt(error.text, nowWallUS: nowWallUS)
                needsLoad = false
                try replaceEverything(all)
            }
        } catch {
            needsRewrite = true
            begin(error, nowNS: nowNS, nowWallUS: nowWallUS)
            throw error
        }
        needsRewrite = false
    }

    private func replaceEverything(_ all: StateSnapshot) throws(StateError) {
        guard let database, let settings else { return }
        // The order of the file, by places in the array rather than by moving what is there.
        let keys = all.entries.map { SubjectKey.bytes(of: $0.subject) }
        let order = SubjectKey.order(of: keys)
        var after: [UInt8]?
        var start = 0
        repeat {
            let end = min(start + Self.rewriteCount, order.count)
            let through = end < order.count ? keys[order[end - 1]] : nil
            // What memory does not know yet stays; it is loaded later, or at the next start.
            try database.replace(
                isMerged: needsLoad, after: after, through: through, with: order[start..<end].map { all.entries[$0] },
                leastScore: settings.leastScore)
            (after, start) = (through, end)
        } while start < order.count
        try database.replace(isMerged: needsLoad, all.allowed, all.known)
    }

    private static let rewriteCount = 16_384
}
