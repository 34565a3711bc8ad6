public import Events
public import KernelBans
public import Reputation
public import WireBytes

extension KernelWish {
    /// What a book bans, with what is allowed; accounts are not for the kernel.
    public init(bans: [Ban], allowed: [IPNetwork]) {
        self.init(
            banned: bans.compactMap { ban in
                let network: IPNetwork? = ban.network
                return network.map { KernelEntry($0, untilNS: ban.untilNS) }
            }, allowed: allowed.map { KernelEntry($0, untilNS: .max) })
    }
}

extension KernelChange {
    /// What a ban that began, grew or ended means to the kernel; `nil` for an account's.
    public init?(_ record: BanRecord) {
        let network: IPNetwork? = record.ban.network
        guard let network else { return nil }
        self.init(.banned, network, untilNS: record.change == .ended ? nil : record.ban.untilNS)
    }
}
