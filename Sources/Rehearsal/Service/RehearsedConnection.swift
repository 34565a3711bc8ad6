import Inspection
import RuleEngine
import WireBytes

/// One connection of a rehearsed service.
final class RehearsedConnection {
    let number: UInt64
    /// Index of its listener.
    let listener: Int
    let peer: Endpoint
    let client: Endpoint?
    let isExempt: Bool
    let openedNS: UInt64
    var runner: SessionRunner
    /// The entry of the deadlines that counts; `UInt64.max` when none does.
    var scheduledNS = UInt64.max
    /// Nobody knows yet whether this direction begins as the protocol does.
    var isProbing: PerDirection<Bool>
    /// Bytes are missing in one of its directions, so no clock says anything about it.
    var isTimeless = false
    /// What the session was not given yet.
    var backlogs = PerDirection(both: Backlog())
    /// Bytes that waited here and in the session when this was counted last.
    var waitingByteCount = 0

    init(
        number: UInt64, listener: Int, peer: Endpoint, client: Endpoint?, isExempt: Bool, openedNS: UInt64,
        runner: consuming SessionRunner, isProbing: Bool
    ) {
        self.number = number
        self.listener = listener
        self.peer = peer
        self.client = client
        self.isExempt = isExempt
        self.openedNS = openedNS
        self.runner = runner
        self.isProbing = PerDirection(both: isProbing)
    }

    /// As logs write it: there is one worker here.
    var name: String { "0-" + String(number, radix: 16) }
}
