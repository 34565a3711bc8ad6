import Events
import Reputation
import WireBytes

/// What Portcullis itself reported, by client address.
struct Ledger {
    /// What was reported about one address.
    struct Entry {
        /// Findings that did something to a packet or a connection.
        var hitCount = 0
        /// The rule of the last of them.
        var ruleName: String?
        /// Packets dropped either way on connections that have ended.
        var droppedCount: UInt64 = 0
        /// Packets dropped by findings so far.
        var dropFindingCount: UInt64 = 0
        /// The rule that brought the first ban about, and how long that is.
        var ban: (ruleName: String, seconds: UInt64)?
    }

    private var entries: [IPAddress: Entry] = [:]
    /// Events that were lost on their way here: then the ledger proves nothing.
    private(set) var leftOutCount: UInt64 = 0

    subscript(address: IPAddress) -> Entry { entries[address] ?? Entry() }

    /// Takes a batch.
    ///
    /// - Returns: the addresses whose first ban is in it.
    mutating func record(_ events: [Event], leftOutCount: UInt64) -> [IPAddress] {
        self.leftOutCount += leftOutCount
        var banned: [IPAddress] = []
        for event in events {
            switch event {
            case .finding(let finding): record(finding)
            case .ban(let record):
                guard record.change == .began, let address = record.ban.address, self[address].ban == nil else {
                    continue
                }
                entries[address, default: Entry()].ban = (record.ban.cause.ruleName, record.remainingSeconds ?? .max)
                banned.append(address)
            case .connection(let connection): record(connection)
            case .notice, .operatorAction, .underAttack: break
            }
        }
        return banned
    }

    private mutating func record(_ finding: FindingRecord) {
        guard let client = finding.client, !finding.isShadow, !["pass", "log"].contains(finding.action) else { return }
        entries[client.address, default: Entry()].hitCount += 1
        entries[client.address, default: Entry()].ruleName = finding.ruleName
        if finding.action == "drop" { entries[client.address, default: Entry()].dropFindingCount += 1 }
    }

    private mutating func record(_ connection: ConnectionRecord) {
        let address = (connection.client ?? connection.peer).address
        let dropped = connection.droppedPacketCounts
        entries[address, default: Entry()].droppedCount += dropped.inbound + dropped.outbound
    }
}
