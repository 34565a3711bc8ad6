public import Reputation
public import WireBytes

/// What the admin API asks of the program it runs in.
///
/// Every call may wait for a lock or a disk. What is changed here holds for the whole program and is kept when the call
/// returns.
public protocol ControlledService: Sendable {
    /// How the program fares.
    func status() -> StatusReply

    /// A page of bans.
    func bans(_ query: BanQuery) -> BanPage

    /// Bans; a ban in force takes the end, kind and reason of this one.
    func ban(_ subject: Subject, _ order: BanBody, who: String) throws(ControlError) -> BanReply

    /// Lifts a ban; where there is none, nothing happens.
    func unban(_ subject: Subject, who: String) throws(ControlError) -> UnbanReply

    /// Lifts all bans.
    func unbanAll(who: String) throws(ControlError) -> UnbanAllReply

    /// Takes bans from elsewhere.
    func importBans(_ order: ImportBody, who: String) throws(ControlError) -> ImportReply

    /// The allowlist.
    func allowed() -> AllowListReply

    /// Adds to the allowlist; an entry that is there takes the end and comment of this one.
    func allow(_ network: IPNetwork, _ order: AllowBody, who: String) throws(ControlError) -> AllowItem

    /// Removes from the allowlist; where it is not there, nothing happens.
    func disallow(_ network: IPNetwork, who: String) throws(ControlError) -> DisallowReply

    /// Everything that is known of a subject.
    func why(_ subject: Subject) throws(ControlError) -> WhyReply

    /// Tells one listener, or all, whether it is under attack.
    func setUnderAttack(listener: String?, _ order: UnderAttackBody, who: String) throws(ControlError)
}
