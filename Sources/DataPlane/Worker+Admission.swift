import NetworkDriver
import Reputation
import Settings
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
    /// The file's allowlist and the lists came with the plan and never change; bans, and whom operators allow, are
    /// shared with the other workers.
    func admission(of address: IPAddress) -> Admission {
        if allowed.contains(address) { return .exempt }
        let listed = lists.standing(of: address)
        if listed.isAllowed { return .exempt }
        switch shared.reputation.check(address, nowNS: nowNS) {
        case .allowed: return .exempt
        case .banned: return .banned
        case .clear: return listed.refusing.map { .listed($0) } ?? .clear
        }
    }

    /// Whether the ban that shuts out an address closes open connections, too.
    func isClosedByBan(_ client: Endpoint) -> Bool {
        shared.reputation.check(client.address, nowNS: nowNS) == .banned(.hard)
    }
}
