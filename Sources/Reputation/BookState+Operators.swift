public import Settings
public import WireBytes

/// A ban as an operator wants it.
public struct ManualBan: Sendable, Equatable {
    /// Whom it shuts out; a single address of IPv6 means its prefix.
    public var subject: Subject
    /// How long from now, in nanoseconds; `nil` until it is lifted.
    public var durationNS: UInt64?
    /// How far it goes.
    public var kind: Ban.Kind
    /// Why, and who wants it.
    public var cause: BanCause

    /// Puts the parts together.
    public init(subject: Subject, durationNS: UInt64?, kind: Ban.Kind, cause: BanCause) {
        self.subject = subject
        self.durationNS = durationNS
        self.kind = kind
        self.cause = cause
    }
}

/// What became of an operator's ban.
public enum ManualBanOutcome: Sendable, Equatable {
    case banned(Ban)
    /// One was in force and is now as the operator wants it.
    case changed(Ban)
    /// It was in force just so.
    case unchanged(Ban)
    /// Whom it shuts out is allowed, by this network; nothing was done.
    case allowed(IPNetwork)
}

/// What operators command: it holds to the letter, without jitter or growth.
extension BookState {
    /// Ends that differ by less are the same: an operator who says it twice means it once.
    private static var sameNS: UInt64 { 1_000_000_000 }

    mutating func order(_ order: ManualBan, nowNS: UInt64) -> ManualBanOutcome {
        let subject = settled(order.subject)
        for case .network(let network) in [order.subject, subject] {
            if let allowed = allowing(network) { return .allowed(allowed) }
        }
        let slot = settledSlot(of: subject, nowNS: nowNS)
        let memory = table.memories[slot] ?? BanMemory(address: nil)
        let current = memory.ban
        let untilNS = order.durationNS.map { min(nowNS.addingSaturating($0), Ban.foreverNS - 1) } ?? Ban.foreverNS
        if let current, current.kind == order.kind, current.cause.ruleName == order.cause.ruleName,
            current.cause.origin == order.cause.origin, isSame(current.untilNS, untilNS)
        {
            return .unchanged(current)
        }
        let address = order.subject.network.map(\.base)
        let ban = Ban(
            subject: subject, address: current?.address ?? address, startedNS: current?.startedNS ?? nowNS,
            untilNS: untilNS, startedWallUS: current?.startedWallUS ?? wallUS(nowNS),
            number: current?.number
                ?? UInt32(memory.earlierCount(nowNS: nowNS, forgetNS: settings.repeatForgetNS) + 1),
            kind: order.kind, cause: order.cause)
        enter(ban, slot, memory)
        return current == nil ? .banned(ban) : .changed(ban)
    }

    private func isSame(_ left: UInt64, _ right: UInt64) -> Bool {
        if left == Ban.foreverNS || right == Ban.foreverNS { return left == right }
        return (left > right ? left - right : right - left) < Self.sameNS
    }

    /// The network that allows all of this one.
    func allowing(_ network: IPNetwork) -> IPNetwork? {
        allow.covering(network) ?? allowances.networks.covering(network)
    }

    /// Lifts the bans of a subject, and where it is a network those of all that lie in it.
    mutating func lift(_ subject: Subject, nowNS: UInt64) -> [Ban] {
        latestNS = max(latestNS, nowNS)
        guard case .network(let network) = settled(subject) else {
            return [table.slot(of: SubjectKey(subject))].compactMap { $0.flatMap { lift($0, nowNS: nowNS) } }
        }
        if let slot = table.slot(of: SubjectKey(network)), network.prefixLength == key(of: network.base).prefixLength {
            return [lift(slot, nowNS: nowNS)].compactMap { $0 }
        }
        // Nothing lies within a single address.
        guard network.prefixLength < 128 else { return [] }
        let slots = table.bans.filter { slot in
            guard let banned = table[slot].key.network else { return false }
            return banned.prefixLength >= network.prefixLength && network.contains(banned.base)
        }
        return slots.compactMap { lift($0, nowNS: nowNS) }
    }

    /// Lifts every ban.
    mutating func liftAll(nowNS: UInt64) -> [Ban] {
        let slots = table.bans
        return slots.compactMap { lift($0, nowNS: nowNS) }
    }

    private mutating func lift(_ slot: SubjectTable.Slot, nowNS: UInt64) -> Ban? {
        guard table[slot].isBanned, table[slot].banUntilNS > nowNS else { return nil }
        table[slot].score = 0
        return detachBan(slot, endNS: nowNS, counts: false)
    }

    /// Allows somebody, which lifts the bans of those it covers.
    mutating func allow(_ entry: AllowEntry, nowNS: UInt64) -> [Ban] {
        allowances.add(entry)
        let slots = table.bans.filter { slot in
            guard let ban = table.memories[slot]?.ban, let network = ban.network else { return false }
            return isAllowedWhole(network, ban.address)
        }
        return slots.compactMap { lift($0, nowNS: nowNS) }
    }

    /// Whether a ban has nobody left to shut out, or the address that caused it is allowed.
    func isAllowedWhole(_ network: IPNetwork, _ address: IPAddress?) -> Bool {
        if allowing(network) != nil { return true }
        guard let address, network.prefixLength == key(of: address).prefixLength else { return false }
        return isAllowed(address)
    }
}
