import Settings
import WireBytes

/// What outlives the program: to and from times that another run understands.
extension BookState {
    /// A clock that differs by less was not set: it was corrected, and nobody minds how long a ban is by seconds.
    private static var setClockUS: UInt64 { 5_000_000 }

    mutating func synchronise(nowNS: UInt64, wallUS: Int64) {
        wallAtZeroUS = wallUS.subtractingClamped(Int64(clamping: nowNS / 1_000))
        let isSet = wallAtZeroUS.subtractingClamped(storedWallAtZeroUS).magnitude >= Self.setClockUS
        guard isSet || !changes.isKept else { return }
        storedWallAtZeroUS = wallAtZeroUS
        if changes.isKept { changes.fail() }
    }

    /// What changed, as it is now.
    mutating func takeChanged(most: Int, nowNS: UInt64) -> StoredChanges {
        latestNS = max(latestNS, nowNS)
        guard changes.isEverything else {
            return StoredChanges(entries: changes.take(most: most).map { stored($0, nowNS) }, isEverything: false)
        }
        changes.begin()
        let subjects = (table.bans + table.unbanned).map { table.subject(of: $0) }
        return StoredChanges(entries: subjects.map { stored($0, nowNS) }, isEverything: true)
    }

    func stored(_ subject: Subject, _ nowNS: UInt64) -> StoredEntry {
        var entry = StoredEntry(subject: subject)
        guard let slot = table.slot(of: SubjectKey(subject)) else { return entry }
        entry.score = table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
        entry.scoreWallUS = wallUS(nowNS)
        entry.trail = trail(slot)
        guard let memory = table.memories[slot] else { return entry }
        entry.pastEndsWallUS = memory.endsNS.map { ($0 / 1_000).addingClamped(wallAtZeroUS) }
        if let ban = memory.ban, table[slot].isBanned { entry.ban = stored(ban) }
        return entry
    }

    func stored(_ ban: Ban) -> StoredBan {
        StoredBan(
            address: ban.address, startedWallUS: ban.startedWallUS,
            untilWallUS: ban.isForever ? StoredBan.foreverWallUS : wallUS(ban.untilNS), number: ban.number,
            kind: ban.kind, cause: ban.cause)
    }

    /// Puts in what another run remembered; a ban that is over by now counts as an earlier one.
    mutating func restore(_ entries: [StoredEntry], nowNS: UInt64) {
        latestNS = max(latestNS, nowNS)
        // Entries come in pieces; room for each piece alone would copy everything for each of them.
        if entries.count > table.count { table.reserve(min(entries.count, addressCountMax)) }
        for entry in entries { restore(entry, nowNS: nowNS) }
    }

    private mutating func restore(_ entry: StoredEntry, nowNS: UInt64) {
        let slot: SubjectTable.Slot
        if let known = table.slot(of: SubjectKey(entry.subject)) {
            // Its score is newer, but what it was banned for is not known yet: the file could only be read late.
            guard table.memories[known] == nil else { return }
            slot = known
            changes.add(entry.subject, countMax: addressCountMax)
        } else {
            guard table.count < addressCountMax else { return }
            slot = table.insert(entry.subject, nowNS: nowNS)
            restoreScore(entry, slot, nowNS: nowNS)
        }
        guard entry.ban != nil || !entry.pastEndsWallUS.isEmpty else { return }
        var memory = BanMemory(address: entry.ban?.address ?? entry.subject.network?.base)
        for endWallUS in entry.pastEndsWallUS.suffix(BanMemory.endCountMax) { memory.remember(endNS: ns(endWallUS)) }
        if let stored = entry.ban {
            let ban = restored(stored, entry.subject, nowNS: nowNS)
            if ban.untilNS <= nowNS {
                memory.remember(endNS: ns(stored.untilWallUS))
            } else if ban.network.map({ !isAllowedWhole($0, ban.address) }) ?? true {
                memory.ban = ban
                table[slot].isHard = ban.kind == .hard
                table.ban(slot, untilNS: ban.untilNS)
            }
        }
        table.memories[slot] = memory
    }

    private mutating func restoreScore(_ entry: StoredEntry, _ slot: SubjectTable.Slot, nowNS: UInt64) {
        let atNS = ns(entry.scoreWallUS)
        let elapsedNS = Int64(clamping: nowNS).subtractingClamped(atNS)
        var aged = SubjectEntry(key: table[slot].key, nowNS: 0)
        aged.score = entry.score.isFinite ? max(0, entry.score) : 0
        table[slot].score = aged.decayedScore(nowNS: UInt64(max(0, elapsedNS)), halfLifeNS: settings.halfLifeNS)
        table[slot].scoreNS = nowNS
        for point in entry.trail.suffix(ScorePoint.countMax) {
            if ruleNames[point.ruleID] == nil, ruleNames.count < 100_000 { ruleNames[point.ruleID] = point.ruleName }
            table[slot].note(
                TrailPoint(
                    wallSeconds: UInt32(clamping: point.wallUS / 1_000_000), ruleID: point.ruleID,
                    points: Float(point.points), score: Float(point.score)))
        }
    }

    private func restored(_ stored: StoredBan, _ subject: Subject, nowNS: UInt64) -> Ban {
        // By a clock that was set back it would last for years.
        let spanNS = UInt64(max(0, ns(stored.untilWallUS).subtractingClamped(ns(stored.startedWallUS))))
        let untilNS =
            stored.untilWallUS == StoredBan.foreverWallUS
            ? Ban.foreverNS
            : min(UInt64(max(0, ns(stored.untilWallUS))), nowNS.addingSaturating(spanNS), Ban.foreverNS - 1)
        return Ban(
            subject: subject, address: stored.address,
            startedNS: min(UInt64(max(0, ns(stored.startedWallUS))), nowNS), untilNS: untilNS,
            startedWallUS: stored.startedWallUS, number: max(1, stored.number), kind: stored.kind, cause: stored.cause)
    }

    /// The monotonic time of a wall-clock time; negative before the machine was started.
    func ns(_ wallUS: Int64) -> Int64 {
        let (ns, overflow) = wallUS.subtractingClamped(wallAtZeroUS).multipliedReportingOverflow(by: 1_000)
        return overflow ? (wallUS > wallAtZeroUS ? .max : .min) : ns
    }
}
