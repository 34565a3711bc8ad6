import Settings
import WireBytes

extension BookState {
    /// Takes other settings; see ``ReputationBook/update(settings:)``.
    mutating func update(settings new: ReputationSettings) {
        let isRekeyed = AddressPrefixes(new).address != AddressPrefixes(settings).address
        settings = new
        allow = NetworkSet(new.allow)
        shared = NetworkSet(new.shared)
        if isRekeyed { rekey(from: table) }
        let lifted = table.bans.filter { slot in
            guard let ban = table.memories[slot]?.ban, let network = ban.network else { return false }
            return isAllowedWhole(network, ban.address)
        }
        for slot in lifted { endBan(slot, endNS: liftNS(slot), isLifted: true) }
        makeRoom(for: 0, nowNS: latestNS)
    }

    /// When a ban that is lifted ends: now, as far as the book knows the time.
    private func liftNS(_ slot: SubjectTable.Slot) -> UInt64 {
        min(table[slot].banUntilNS, latestNS)
    }

    /// Files IPv6 entries under prefixes of another length.
    ///
    /// Bans and histories follow the address that caused the latest ban; an operator's bans of networks stay as they
    /// are. Scores of IPv6 are forgotten: which address of a prefix collected them is not known. Where two bans meet in
    /// a shorter prefix the one that ends last stays.
    private mutating func rekey(from old: SubjectTable) {
        let oldSlots = (old.bans + old.unbanned).filter { slot in
            guard old[slot].key.isIPv6 else { return false }
            return old.memories[slot].map { memory in memory.ban.map { !isNetworkWide($0) } ?? true } ?? true
        }
        let memories = oldSlots.compactMap { table.memories[$0] }
        for slot in oldSlots {
            changes.add(table.subject(of: slot), countMax: addressCountMax)
            table.remove(slot)
        }
        for memory in memories {
            guard let address = memory.address else { continue }
            let subject = subject(of: address)
            let slot = table.slot(of: SubjectKey(subject)) ?? table.insert(subject, nowNS: latestNS)
            changes.add(subject, countMax: addressCountMax)
            var merged = table.memories[slot] ?? BanMemory(address: address)
            for endNS in memory.endsNS { merged.remember(endNS: endNS) }
            table.memories[slot] = merged
            guard var ban = memory.ban else { continue }
            ban.subject = subject
            if let other = merged.ban {
                guard other.untilNS < ban.untilNS else {
                    ended.add(closed(ban), countMax: addressCountMax)
                    continue
                }
                ended.add(closed(other), countMax: addressCountMax)
                table.change(slot, untilNS: ban.untilNS)
            } else {
                table.ban(slot, untilNS: ban.untilNS)
            }
            table.memories[slot]?.ban = ban
            table.memories[slot]?.address = ban.address
            table[slot].isHard = ban.kind == .hard
        }
    }

    /// Whether a ban is about a network and not about an address that stands for its prefix.
    private func isNetworkWide(_ ban: Ban) -> Bool {
        switch ban.cause.origin {
        case .network: true
        case .operator, .imported, .list: ban.address == ban.network?.base
        case .rule, .ladder: false
        }
    }

    private func closed(_ ban: Ban) -> EndedBan {
        var ban = ban
        ban.untilNS = min(ban.untilNS, latestNS)
        return EndedBan(ban: ban, isLifted: true, who: nil)
    }
}
