import WireBytes

/// The entries of all remembered subjects, found by key, by ban end, and at random among the unbanned.
///
/// Shape: entries stand in numbered slots that are reused. Every entry in use is either in `bans`, a binary heap whose
/// first ban ends first, or in `unbanned`, in no order; `position` says where, so that moving one costs O(log n).
struct SubjectTable {
    /// Names an entry as long as it is in use.
    typealias Slot = Int32

    private(set) var entries: [SubjectEntry] = []
    private(set) var bans: [Slot] = []
    private(set) var unbanned: [Slot] = []
    /// Only of slots that are or were banned.
    var memories = SlotMap<BanMemory>()
    /// Only of slots of networks that score.
    var contributors: [Slot: Contributors] = [:]
    /// Only of slots of accounts.
    private(set) var accounts: [Slot: AccountName] = [:]
    /// How many bans of each prefix length there are, so that an address is looked up under those alone.
    private(set) var bannedLevels = PrefixLevels()
    private var slots: [SubjectKey: Slot] = [:]
    private var freeSlots: [Slot] = []

    /// Entries in use.
    var count: Int { slots.count }

    func slot(of key: SubjectKey) -> Slot? { slots[key] }

    /// Makes room for so many more entries, where it is known.
    mutating func reserve(_ newCount: Int) {
        entries.reserveCapacity(entries.count + newCount)
        slots.reserveCapacity(slots.count + newCount)
        bans.reserveCapacity(bans.count + newCount)
        memories.reserve(newCount)
    }

    /// Whom an entry is about.
    func subject(of slot: Slot) -> Subject {
        if let network = self[slot].key.network { return .network(network) }
        guard let account = accounts[slot] else { preconditionFailure("the account in slot \(slot) has no name") }
        return .account(account)
    }

    subscript(slot: Slot) -> SubjectEntry {
        _read { yield entries[Int(slot)] }
        _modify { yield &entries[Int(slot)] }
    }

    /// Adds an unbanned entry for a key that has none.
    mutating func insert(_ subject: Subject, nowNS: UInt64) -> Slot {
        let key = SubjectKey(subject)
        precondition(slots[key] == nil, "a subject has one entry: \(key.high) \(key.low)/\(key.tag)")
        let slot: Slot
        if let free = freeSlots.popLast() {
            slot = free
            self[slot] = SubjectEntry(key: key, nowNS: nowNS)
        } else {
            slot = Slot(entries.count)
            entries.append(SubjectEntry(key: key, nowNS: nowNS))
        }
        slots[key] = slot
        if case .account(let account) = subject { accounts[slot] = account }
        joinUnbanned(slot)
        return slot
    }

    /// Forgets an entry and all that belongs to it.
    mutating func remove(_ slot: Slot) {
        if self[slot].isBanned { leaveBans(slot) } else { leaveUnbanned(slot) }
        slots[self[slot].key] = nil
        memories[slot] = nil
        contributors[slot] = nil
        accounts[slot] = nil
        freeSlots.append(slot)
    }

    /// Moves an unbanned entry to the bans.
    mutating func ban(_ slot: Slot, untilNS: UInt64) {
        precondition(!self[slot].isBanned, "slot \(slot) is banned already")
        leaveUnbanned(slot)
        self[slot].isBanned = true
        self[slot].banUntilNS = untilNS
        bannedLevels.enter(self[slot].key)
        bans.append(slot)
        place(slot, at: bans.count - 1)
        siftUp(bans.count - 1)
    }

    /// Gives a ban another end.
    mutating func change(_ slot: Slot, untilNS: UInt64) {
        precondition(self[slot].isBanned, "slot \(slot) is not banned")
        self[slot].banUntilNS = untilNS
        siftUp(Int(self[slot].position))
        siftDown(Int(self[slot].position))
    }

    /// Moves an entry from the bans to the unbanned.
    mutating func unban(_ slot: Slot) {
        leaveBans(slot)
        joinUnbanned(slot)
    }

    private mutating func joinUnbanned(_ slot: Slot) {
        self[slot].isBanned = false
        self[slot].position = Slot(unbanned.count)
        unbanned.append(slot)
    }

    private mutating func leaveUnbanned(_ slot: Slot) {
        let position = Int(self[slot].position)
        let last = unbanned.removeLast()
        guard last != slot else { return }
        unbanned[position] = last
        self[last].position = Slot(position)
    }

    private mutating func leaveBans(_ slot: Slot) {
        precondition(self[slot].isBanned, "slot \(slot) is not banned")
        bannedLevels.leave(self[slot].key)
        let position = Int(self[slot].position)
        let last = bans.removeLast()
        guard last != slot else { return }
        place(last, at: position)
        siftUp(position)
        siftDown(Int(self[last].position))
    }

    private mutating func place(_ slot: Slot, at position: Int) {
        bans[position] = slot
        self[slot].position = Slot(position)
    }

    private func endsBefore(_ left: Int, _ right: Int) -> Bool {
        self[bans[left]].banUntilNS < self[bans[right]].banUntilNS
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard endsBefore(child, parent) else { return }
            exchange(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < bans.count && endsBefore(child, least) {
                least = child
            }
            guard least != parent else { return }
            exchange(parent, least)
            parent = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        let (leftSlot, rightSlot) = (bans[left], bans[right])
        place(leftSlot, at: right)
        place(rightSlot, at: left)
    }
}
