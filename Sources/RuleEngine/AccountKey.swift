public import WireBytes

/// What stands for an account where limits are counted.
///
/// Shape: 128 bits that depend on a secret of the process. Two names share one by chance in none of a lifetime's cases,
/// and nobody can make them.
public struct AccountKey: Sendable, Equatable, BitwiseCopyable {
    let high: UInt64
    let low: UInt64
}

extension SharedBuckets {
    /// What stands for an account; the same for all connections of the process.
    public func accountKey(of account: AccountName) -> AccountKey {
        let bytes = Array(account.text.utf8)
        let seed = contentSeed
        // Safe: any bits are a byte, and the array lives as long as the spans.
        return unsafe AccountKey(
            high: RepeatMemory.number(of: bytes.span.bytes, seed: seed ^ 0xA5C0_4E57_9D31_62B8),
            low: RepeatMemory.number(of: bytes.span.bytes, seed: seed ^ 0x3F8E_1B96_C27A_D045))
    }
}

extension BucketSet {
    /// What stands for an account in the limits of this process.
    public func accountKey(of account: AccountName) -> AccountKey { table.accountKey(of: account) }

    /// The player's account is known, or is another than before: limits per account count against it from now on.
    ///
    /// What the connection has spent until now it takes along, so that nobody has a burst of tokens before the login
    /// and another one behind it; the account's bucket is never more than empty for it.
    ///
    /// - Parameter policy: the one that this set was made for.
    public mutating func count(against account: AccountKey, policy: borrowing Policy, nowNS: UInt64) {
        guard policy.slots.hasAccounts else { return }
        for slot in 0..<sharedCount {
            let origin = policy.slots.shared[slot]
            let plan = policy.slots.limits[Int(origin.limit)]
            guard plan.scope == .account else { continue }
            let key = BucketKey(plan, packetTag: origin.packetTag, account: account)
            guard let next = table.pin(key, rate: plan.rate, nowNS: nowNS) else {
                // No room for another: what the account before has left is the connection's own from here on.
                if let old = cell(slot) {
                    let fullAt = table.load(old)
                    giveBack(slot, forget: false)
                    self[reference: slot] = Reference.own
                    self[own: slot] = fullAt
                }
                continue
            }
            if cell(slot) != nil {
                giveBack(slot, forget: false)
            } else {
                spend(self[own: slot], from: next, plan.rate, nowNS)
            }
            self[reference: slot] = UInt64(next.index)
            self[own: slot] = 0
        }
    }

    /// Takes out of a shared bucket what is missing in another one of the same rate.
    private func spend(_ fullAt: UInt64, from cell: BucketCell, _ rate: TokenRate, _ nowNS: UInt64) {
        let now = rate.units(atNS: nowNS)
        let missing = fullAt.subtractingSaturating(now)
        guard missing > 0 else { return }
        let empty = now.addingSaturating(rate.burstUnits)
        var old = table.load(cell)
        while !table.exchange(cell, &old, max(old, min(max(old, now).addingSaturating(missing), empty))) {}
    }
}
