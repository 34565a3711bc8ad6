import GameProtocol
import Inspection
import NetworkDriver
import Reputation
import RuleEngine
import WireBytes

/// Bans of accounts: a player is shut out wherever he connects from.
extension Worker where Driver: ~Copyable {
    /// Who did what the rules found, as far as it is known.
    mutating func offender(_ slot: Int, _ client: Endpoint) -> Offender {
        Offender(
            address: client.address, account: connections[slot].session?.account ?? nil,
            isAccountChecked: !plans[connections[slot].plan].plan.ruleset.descriptor.logins.isEmpty)
    }

    /// Resets the live connections of a banned account; it is rare, so each connection is asked.
    mutating func closeBanned(_ account: AccountName) {
        for slot in 0..<connections.capacity where connections.holds(slot) {
            guard connections[slot].state != .closed, !connections[slot].isExempt,
                !connections[slot].clientSide.isParting, connections[slot].session?.account == account
            else { continue }
            end(slot, .ban, .banned, resets: true)
        }
    }
}
