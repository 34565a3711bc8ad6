import NetworkDriver
import Reputation
import WireBytes

/// How a client stands who wants to come in.
enum Admission: Equatable {
    case clear
    /// Allowed: never scored, banned, or limited by address.
    case exempt
    case banned
    /// Refused by the list of this number.
    case listed(Int)
}

/// Who may come in.
extension Worker where Driver: ~Copyable {
    /// Asks the allowlist, the bans and the lists, in this order.
    ///
    /// Allowlist and lists came with the plan and never change; only bans are shared with the other workers.
    func admission(of address: IPAddress) -> Admission {
        if allowed.value(of: address) != nil { return .exempt }
        if shared.reputation.isBanned(address, nowNS: nowNS) { return .banned }
        return lists.refused.value(of: address).map { .listed(Int($0)) } ?? .clear
    }
}
