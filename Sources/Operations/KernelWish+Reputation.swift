public import Events
public import KernelBans
public import Reputation

extension KernelWish {
    /// What a book bans and allows; accounts are not for the kernel.
    public init(_ book: ReputationBook, clock: Clock) {
        let (nowNS, nowWallUS) = (clock.monotonicNS(), clock.wallUS())
        self.init(
            banned: book.networkBans(nowNS: nowNS).map { KernelEntry($0.network, untilNS: $0.untilNS) },
            allowed: book.allowed().map { entry in
                KernelEntry(entry.network, untilNS: entry.untilNS(nowNS: nowNS, nowWallUS: nowWallUS))
            })
    }
}

extension KernelChange {
    /// What a ban that began, grew or ended means to the kernel; `nil` for an account's.
    public init?(_ record: BanRecord) {
        guard let network = record.ban.network else { return nil }
        let isOver = record.change == .ended || record.change == .lifted
        self.init(.banned, network, untilNS: isOver ? nil : record.ban.untilNS)
    }
}

extension AllowEntry {
    /// Its end as the workers count; the greatest number until it is removed.
    func untilNS(nowNS: UInt64, nowWallUS: Int64) -> UInt64 {
        guard untilWallUS != Self.foreverWallUS else { return .max }
        let (remainingUS, overflows) = untilWallUS.subtractingReportingOverflow(nowWallUS)
        guard !overflows, remainingUS > 0 else { return overflows ? .max : 0 }
        let (remainingNS, isLong) = UInt64(remainingUS).multipliedReportingOverflow(by: 1_000)
        let (untilNS, isLonger) = nowNS.addingReportingOverflow(remainingNS)
        return isLong || isLonger ? .max : untilNS
    }
}
