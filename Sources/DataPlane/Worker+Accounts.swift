import Inspection
import NetworkDriver
import Reputation
import WireBytes

/// What a session has learned of who plays.
extension Worker where Driver: ~Copyable {
    /// Acts on a login that succeeded, and on an account that is known or claimed now.
    ///
    /// Asked after a packet was judged and before it goes on: what ends the connection here keeps the packet back. A
    /// banned account is refused already where a client claims it: that can only hurt the connection that does.
    ///
    /// - Returns: whether the connection has ended.
    @inline(never)
    mutating func takeNews(_ slot: Int) -> Bool {
        guard let news = connections[slot].session?.takeNews(), !news.isEmpty else { return false }
        if !connections[slot].isExempt,
            isBanned(connections[slot].session?.account ?? nil)
                || isBanned(connections[slot].session?.claimedAccount ?? nil)
        {
            end(slot, .ban, .banned, resets: true)
        }
        if connections[slot].state == .closed { return true }
        return passGates(slot, news)
    }

    /// Whether a connection that is not exempt plays on a banned account.
    mutating func isAccountBanned(_ slot: Int) -> Bool {
        !connections[slot].isExempt && isBanned(connections[slot].session?.account ?? nil)
    }

    private func isBanned(_ account: AccountName?) -> Bool {
        guard let account else { return false }
        return shared.reputation.isBanned(account, nowNS: nowNS)
    }
}
