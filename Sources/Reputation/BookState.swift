import Settings
import WireBytes

/// All that a ``ReputationBook`` remembers, without its lock.
///
/// Every operation takes the time and works on one entry; a ban that is over is ended when its entry is next looked at
/// or when ``takeExpired(nowNS:most:)`` comes to it, whichever is first, and is reported once.
struct BookState {
    var settings: ReputationSettings
    /// Whom the service's file allows.
    var allow: NetworkSet
    /// Whom operators allow besides.
    var allowances = Allowances()
    /// Addresses that many players share.
    var shared: NetworkSet
    var table = SubjectTable()
    var ended = EndedBans()
    var changes = ChangedSubjects()
    var durations: BanDuration
    /// For sampling; apart from the jitter so that evictions do not change durations.
    var sampling: SplitMix64
    /// The latest time that any operation named: what "now" means where none is given.
    var latestNS: UInt64 = 0
    /// Wall-clock microseconds since 1970 at the monotonic time 0.
    var wallAtZeroUS: Int64 = 0
    /// The same when the stored times were told.
    var storedWallAtZeroUS: Int64 = 0
    /// The names of rules in trails; there are no more than rules.
    var ruleNames: [UInt32: String] = [:]
    var evictionCount: UInt64 = 0
    var evictedBanCount: UInt64 = 0

    init(settings: ReputationSettings, seed: UInt64) {
        self.settings = settings
        allow = NetworkSet(settings.allow)
        shared = NetworkSet(settings.shared)
        durations = BanDuration(seed: seed)
        sampling = SplitMix64(seed: ~seed)
    }

    var addressCountMax: Int { max(1, min(settings.addressCountMax, Int(Int32.max))) }

    func key(of address: IPAddress) -> IPNetwork {
        AddressPrefixes(settings).key(of: address)
    }

    /// The subject that scores and bans of an address are filed under.
    func subject(of address: IPAddress) -> Subject { .network(key(of: address)) }

    /// A single address of IPv6 means its prefix, also where an operator names it.
    func settled(_ subject: Subject) -> Subject {
        guard case .network(let network) = subject, network.prefixLength == 128 else { return subject }
        return .network(key(of: network.base))
    }

    func isAllowed(_ address: IPAddress) -> Bool {
        allow.contains(address) || allowances.networks.contains(address)
    }

    func wallUS(_ ns: UInt64) -> Int64 {
        Int64(clamping: ns / 1_000).addingClamped(wallAtZeroUS)
    }

    // MARK: How somebody stands

    func standing(of address: IPAddress, nowNS: UInt64) -> Standing {
        if isAllowed(address) { return .allowed }
        return ban(of: address, nowNS: nowNS).map { .banned($0) } ?? .clear
    }

    /// The ban of the smallest network that holds an address.
    private func ban(of address: IPAddress, nowNS: UInt64) -> Ban? {
        table.bannedLevels.first(holding: address) { key in
            guard let slot = bannedSlot(of: key, nowNS: nowNS) else { return nil }
            return table.memories[slot]?.ban
        }
    }

    func check(_ address: IPAddress, nowNS: UInt64) -> AddressCheck {
        if isAllowed(address) { return .allowed }
        let slot = table.bannedLevels.first(holding: address) { bannedSlot(of: $0, nowNS: nowNS) }
        return slot.map { .banned(table[$0].isHard ? .hard : .soft) } ?? .clear
    }

    func isBanned(_ account: AccountName, nowNS: UInt64) -> Bool {
        bannedSlot(of: SubjectKey(account), nowNS: nowNS) != nil
    }

    private func bannedSlot(of key: SubjectKey, nowNS: UInt64) -> SubjectTable.Slot? {
        guard let slot = table.slot(of: key), table[slot].isBanned, table[slot].banUntilNS > nowNS else { return nil }
        return slot
    }

    func score(of subject: Subject, nowNS: UInt64) -> Double {
        guard let slot = table.slot(of: SubjectKey(subject)) else { return 0 }
        return table[slot].decayedScore(nowNS: nowNS, halfLifeNS: settings.halfLifeNS)
    }

    func bans(nowNS: UInt64) -> [Ban] {
        table.bans.lazy.filter { table[$0].banUntilNS > nowNS }
            .compactMap { table.memories[$0]?.ban }
            .sorted { $0.untilNS < $1.untilNS }
    }

    // MARK: Bans begin and end

    /// The entry of a subject, made if there is none, with a ban that is over ended.
    mutating func settledSlot(of subject: Subject, nowNS: UInt64) -> SubjectTable.Slot {
        latestNS = max(latestNS, nowNS)
        guard let slot = table.slot(of: SubjectKey(subject)) else {
            makeRoom(for: 1, nowNS: nowNS)
            return table.insert(subject, nowNS: nowNS)
        }
        if table[slot].isBanned, table[slot].banUntilNS <= nowNS {
            endBan(slot, endNS: table[slot].banUntilNS)
        }
        return slot
    }

    /// Begins a ban, or gives the one in force a later end or a wider reach.
    mutating func impose(
        on subject: Subject, address: IPAddress?, baseNS: UInt64, kind: Ban.Kind, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        let slot = settledSlot(of: subject, nowNS: nowNS)
        let memory = table.memories[slot] ?? BanMemory(address: address)
        let earlierCount =
            memory.ban.map { min(Int($0.number) - 1, BanMemory.endCountMax) }
            ?? memory.earlierCount(nowNS: nowNS, forgetNS: settings.repeatForgetNS)
        let durationNS = durations.next(baseNS: baseNS, earlierCount: earlierCount, settings: settings)
        let untilNS = nowNS.addingSaturating(durationNS)
        let current = memory.ban
        if let current, untilNS <= current.untilNS, kind <= current.kind { return .none }
        let ban = Ban(
            subject: subject, address: address, startedNS: current?.startedNS ?? nowNS,
            untilNS: max(untilNS, current?.untilNS ?? 0), startedWallUS: current?.startedWallUS ?? wallUS(nowNS),
            number: UInt32(earlierCount + 1), kind: max(kind, current?.kind ?? kind), cause: cause)
        enter(ban, slot, memory)
        return current == nil ? .banned(ban) : .extended(ban)
    }

    /// Puts a ban into force in the place of what is there.
    mutating func enter(_ ban: Ban, _ slot: SubjectTable.Slot, _ memory: BanMemory) {
        var memory = memory
        memory.ban = ban
        memory.address = ban.address
        table.memories[slot] = memory
        table[slot].isHard = ban.kind == .hard
        if table[slot].isBanned {
            table.change(slot, untilNS: ban.untilNS)
        } else {
            table.ban(slot, untilNS: ban.untilNS)
        }
        changes.add(ban.subject, countMax: addressCountMax)
    }

    /// Ends a ban at `endNS`, remembers that, and keeps it for the log.
    mutating func endBan(_ slot: SubjectTable.Slot, endNS: UInt64, isLifted: Bool = false) {
        guard let ban = detachBan(slot, endNS: endNS, counts: !isLifted) else { return }
        ended.add(EndedBan(ban: ban, isLifted: isLifted, who: nil), countMax: addressCountMax)
    }

    /// Takes a ban out of force.
    ///
    /// - Parameter counts: whether the ladder remembers it; one that was lifted was a mistake.
    mutating func detachBan(_ slot: SubjectTable.Slot, endNS: UInt64, counts: Bool) -> Ban? {
        table.unban(slot)
        changes.add(table.subject(of: slot), countMax: addressCountMax)
        guard var ban = table.memories[slot]?.ban else { return nil }
        ban.untilNS = endNS
        table.memories[slot]?.ban = nil
        if counts { table.memories[slot]?.remember(endNS: Int64(clamping: endNS)) }
        return ban
    }

    mutating func takeExpired(nowNS: UInt64, most: Int) -> [EndedBan] {
        latestNS = max(latestNS, nowNS)
        var taken: [EndedBan] = []
        while taken.count < most {
            // What already waits may have ended later than what still stands in the heap.
            if let slot = table.bans.first, table[slot].banUntilNS <= nowNS,
                table[slot].banUntilNS <= ended.first?.ban.untilNS ?? .max
            {
                guard let ban = detachBan(slot, endNS: table[slot].banUntilNS, counts: true) else { continue }
                taken.append(EndedBan(ban: ban, isLifted: false, who: nil))
            } else if let ban = ended.takeFirst() {
                taken.append(ban)
            } else {
                break
            }
        }
        return taken
    }
}

extension Int64 {
    /// `self + other`, or the nearest number there is.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// `self - other`, or the nearest number there is.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
