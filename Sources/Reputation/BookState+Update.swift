import Settings
import WireBytes

extension BookState {
    /// Takes other settings; see ``ReputationBook/update(settings:)``.
    mutating func update(settings new: ReputationSettings) {
        let isRekeyed = AddressPrefixes(new).address != AddressPrefixes(settings).address
        settings = new
        allow = AllowList(new.allow)
        if isRekeyed { rekey() }
        let lifted = table.bans.filter { slot in
            guard let ban = table.memories[slot]?.ban else { return false }
            return allow.contains(ban.address) || allow.covers(ban.network)
        }
        for slot in lifted { endBan(slot, endNS: liftNS(slot)) }
        makeRoom(for: 0, nowNS: latestNS)
    }

    /// When a ban that is lifted ends: now, as far as the book knows the time.
    private func liftNS(_ slot: AddressTable.Slot) -> UInt64 {
        min(table[slot].banUntilNS, latestNS)
    }

    /// Files IPv6 entries under prefixes of another length.
    ///
    /// Bans and histories follow the address that caused the latest ban. Scores of IPv6 are forgotten: which address
    /// of a prefix collected them is not known. Where two bans meet in a shorter prefix the one that ends last stays.
    private mutating func rekey() {
        let oldSlots = (table.bans + table.unbanned).filter { !table[$0].key.isIPv4 }
        let memories = oldSlots.compactMap { table.memories[$0] }
        for slot in oldSlots { table.remove(slot) }
        for memory in memories {
            let network = key(of: memory.address)
            let slot = table.slot(of: network.base) ?? table.insert(network.base, nowNS: latestNS)
            var merged = table.memories[slot] ?? BanMemory(address: memory.address)
            for endNS in memory.endsNS { merged.remember(endNS: endNS) }
            table.memories[slot] = merged
            guard var ban = memory.ban else { continue }
            ban.network = network
            if let other = merged.ban {
                guard other.untilNS < ban.untilNS else {
                    ended.add(closed(ban), countMax: addressCountMax)
                    continue
                }
                ended.add(closed(other), countMax: addressCountMax)
                table.extend(slot, untilNS: ban.untilNS)
            } else {
                table.ban(slot, untilNS: ban.untilNS)
            }
            table.memories[slot]?.ban = ban
            table.memories[slot]?.address = ban.address
        }
    }

    private func closed(_ ban: Ban) -> Ban {
        var ban = ban
        ban.untilNS = min(ban.untilNS, latestNS)
        return ban
    }
}
