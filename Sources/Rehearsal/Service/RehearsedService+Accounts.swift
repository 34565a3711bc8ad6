import Inspection
import Reputation
import RuleEngine
import Settings
public import WireBytes

/// What a session has learned of who plays.
extension RehearsedService {
    /// The account of an open connection; `nil` while none is known.
    public func account(_ number: UInt64) -> AccountName? { connections[number]?.runner.account }

    /// A banned account is refused when it is known, and already when a client claims it.
    mutating func refuseBannedAccount(_ connection: RehearsedConnection) {
        guard !connection.runner.takeNews().isEmpty, !connection.isExempt else { return }
        let names = [connection.runner.account, connection.runner.claimedAccount].compactMap { $0 }
        guard names.contains(where: { book.isBanned($0, nowNS: nowNS) }) else { return }
        end(connection, SessionEnd(cause: .ban, reason: .banned), byPolicy: true)
    }

    /// The open connections of an account.
    func connections(of account: AccountName) -> Set<UInt64> {
        Set(connections.values.filter { $0.runner.account == account }.map(\.number))
    }
}
