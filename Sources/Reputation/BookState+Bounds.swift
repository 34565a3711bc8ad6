import Settings
import WireBytes

extension BookState {
    /// Entries that are looked at to find one worth little.
    private static let sampleCount = 8

    /// Forgets entries until `newCount` more have room.
    mutating func makeRoom(for newCount: Int, nowNS: UInt64) {
        while table.count + newCount > addressCountMax { evict(nowNS: nowNS) }
    }

    /// Forgets one entry: of a sample of the unbanned the one worth least; if all are banned the ban that ends first.
    ///
    /// Cost: O(log n). The sample is exact while no more than `sampleCount` are unbanned.
    private mutating func evict(nowNS: UInt64) {
        // A ban that is over protects nobody any more.
        while let slot = table.bans.first, table[slot].banUntilNS <= nowNS {
            endBan(slot, endNS: table[slot].banUntilNS)
            if table.unbanned.count >= Self.sampleCount { break }
        }
        evictionCount &+= 1
        if let slot = leastValuable(nowNS: nowNS) {
            changes.add(table.subject(of: slot), countMax: addressCountMax)
            table.remove(slot)
        } else if let slot = table.bans.first {
            evictedBanCount &+= 1
            endBan(slot, endNS: min(table[slot].banUntilNS, nowNS))
            table.remove(slot)
        }
    }

    private mutating func leastValuable(nowNS: UInt64) -> SubjectTable.Slot? {
        let unbannedCount = table.unbanned.count
        guard unbannedCount > 0 else { return nil }
        var least: (slot: SubjectTable.Slot, value: Double)?
        for draw in 0..<min(Self.sampleCount, unbannedCount) {
            let isExact = unbannedCount <= Self.sampleCount
            let slot = table.unbanned[isExact ? draw : sampling.nextIndex(below: unbannedCount)]
            let value = value(of: slot, nowNS: nowNS)
            if let current = least {
                let isOlder = table[slot].scoreNS < table[current.slot].scoreNS
                guard value < current.value || value == current.value && isOlder else { continue }
            }
            least = (slot, value)
        }
        return least?.slot
    }

    /// What forgetting an unbanned entry would lose, in points: its score, and for a history a whole step.
    private func value(of slot: SubjectTable.Slot, nowNS: UInt64) -> Double {
        let score = table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
        guard let memory = table.memories[slot],
            memory.earlierCount(nowNS: nowNS, forgetNS: settings.repeatForgetNS) > 0
        else { return score }
        return score + (settings.ladder.first?.at ?? 0)
    }
}
