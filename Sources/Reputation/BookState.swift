import Settings
import WireBytes

/// All that a ``ReputationBook`` remembers, without its lock.
///
/// Every operation takes the time and works on one entry; a ban that is over is ended when its entry is next looked at
/// or when ``takeExpired(nowNS:most:)`` comes to it, whichever is first, and is reported once.
struct BookState {
    var settings: ReputationSettings
    var allow: AllowList
    var table = AddressTable()
    var ended = EndedBans()
    var durations: BanDuration
    /// For sampling; apart from the jitter so that evictions do not change durations.
    var sampling: SplitMix64
    /// The latest time that any operation named: what "now" means where none is given.
    var latestNS: UInt64 = 0
    var evictionCount: UInt64 = 0
    var evictedBanCount: UInt64 = 0

    init(settings: ReputationSettings, seed: UInt64) {
        self.settings = settings
        allow = AllowList(settings.allow)
        durations = BanDuration(seed: seed)
        sampling = SplitMix64(seed: ~seed)
    }

    var addressCountMax: Int { max(1, min(settings.addressCountMax, Int(Int32.max))) }

    func key(of address: IPAddress) -> IPNetwork {
        AddressPrefixes(settings).key(of: address)
    }

    func standing(of address: IPAddress, nowNS: UInt64) -> Standing {
        if allow.contains(address) { return .allowed }
        guard let slot = table.slot(of: key(of: address).base), table[slot].isBanned,
            table[slot].banUntilNS > nowNS, let ban = table.memories[slot]?.ban
        else { return .clear }
        return .banned(ban)
    }

    func isBanned(_ address: IPAddress, nowNS: UInt64) -> Bool {
        guard let slot = table.slot(of: key(of: address).base) else { return false }
        return table[slot].isBanned && table[slot].banUntilNS > nowNS
    }

    func score(of address: IPAddress, nowNS: UInt64) -> Double {
        guard !allow.contains(address), let slot = table.slot(of: key(of: address).base) else { return 0 }
        return table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
    }

    func bans(nowNS: UInt64) -> [Ban] {
        table.bans.lazy.filter { table[$0].banUntilNS > nowNS }
            .compactMap { table.memories[$0]?.ban }
            .sorted { $0.untilNS < $1.untilNS }
    }

    mutating func add(
        _ points: Double, to address: IPAddress, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        if allow.contains(address) { return .allowed }
        // Also false for what is no number.
        guard points > 0 else { return .none }
        let slot = settledSlot(of: address, nowNS: nowNS)
        let decayed = table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
        let score = min(decayed + points, .greatestFiniteMagnitude)
        table[slot].scoreNS = max(table[slot].scoreNS, nowNS)
        guard let step = highestStep(reachedBy: score) else {
            table[slot].score = score
            return .none
        }
        table[slot].score = 0
        var cause = cause
        cause.origin = .ladder
        return impose(on: slot, address: address, baseNS: step.baseNS, cause: cause, nowNS: nowNS)
    }

    private func highestStep(reachedBy score: Double) -> ReputationSettings.Step? {
        var highest: ReputationSettings.Step?
        for step in settings.ladder where score >= step.at && step.at >= highest?.at ?? -.infinity { highest = step }
        return highest
    }

    mutating func ban(
        _ address: IPAddress, baseNS: UInt64?, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        if allow.contains(address) { return .allowed }
        let lowest = settings.ladder.min { $0.at < $1.at }
        let baseNS = baseNS ?? lowest?.baseNS ?? settings.repeatMostNS
        let slot = settledSlot(of: address, nowNS: nowNS)
        return impose(on: slot, address: address, baseNS: baseNS, cause: cause, nowNS: nowNS)
    }

    mutating func takeExpired(nowNS: UInt64, most: Int) -> [Ban] {
        latestNS = max(latestNS, nowNS)
        var taken: [Ban] = []
        while taken.count < most {
            // What already waits may have ended later than what still stands in the heap.
            if let slot = table.bans.first, table[slot].banUntilNS <= nowNS,
                table[slot].banUntilNS <= ended.first?.untilNS ?? .max
            {
                guard let ban = detachBan(slot, endNS: table[slot].banUntilNS) else { continue }
                taken.append(ban)
            } else if let ban = ended.takeFirst() {
                taken.append(ban)
            } else {
                break
            }
        }
        return taken
    }

    /// The entry of an address, made if there is none, with a ban that is over ended.
    private mutating func settledSlot(of address: IPAddress, nowNS: UInt64) -> AddressTable.Slot {
        latestNS = max(latestNS, nowNS)
        let key = key(of: address).base
        guard let slot = table.slot(of: key) else {
            makeRoom(for: 1, nowNS: nowNS)
            return table.insert(key, nowNS: nowNS)
        }
        if table[slot].isBanned, table[slot].banUntilNS <= nowNS {
            endBan(slot, endNS: table[slot].banUntilNS)
        }
        return slot
    }

    /// Begins a ban, or gives the one in force a later end.
    private mutating func impose(
        on slot: AddressTable.Slot, address: IPAddress, baseNS: UInt64, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        var memory = table.memories[slot] ?? BanMemory(address: address)
        let earlierCount =
            memory.ban.map { Int($0.number) - 1 }
            ?? memory.earlierCount(nowNS: nowNS, forgetNS: settings.repeatForgetNS)
        let durationNS = durations.next(baseNS: baseNS, earlierCount: earlierCount, settings: settings)
        let untilNS = nowNS.addingSaturating(durationNS)
        let isExtension = memory.ban != nil
        if let current = memory.ban, untilNS <= current.untilNS { return .none }
        let ban = Ban(
            network: key(of: address), address: address, startedNS: memory.ban?.startedNS ?? nowNS, untilNS: untilNS,
            number: UInt32(earlierCount + 1), cause: cause)
        memory.ban = ban
        memory.address = address
        table.memories[slot] = memory
        if isExtension {
            table.extend(slot, untilNS: untilNS)
            return .extended(ban)
        }
        table.ban(slot, untilNS: untilNS)
        return .banned(ban)
    }

    /// Ends a ban at `endNS`, remembers that, and keeps it for the log.
    mutating func endBan(_ slot: AddressTable.Slot, endNS: UInt64) {
        guard let ban = detachBan(slot, endNS: endNS) else { return }
        ended.add(ban, countMax: addressCountMax)
    }

    private mutating func detachBan(_ slot: AddressTable.Slot, endNS: UInt64) -> Ban? {
        table.unban(slot)
        guard var ban = table.memories[slot]?.ban else { return nil }
        ban.untilNS = endNS
        table.memories[slot]?.ban = nil
        table.memories[slot]?.remember(endNS: endNS)
        return ban
    }
}
