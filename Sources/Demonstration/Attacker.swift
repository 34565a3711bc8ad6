import WireBytes

/// An attacker with an address of its own: attacks until banned, and then tries to come back.
struct Attacker {
    let kind: AttackKind
    let address: IPAddress
    /// Packets that were sent before the ban; of a slow header bytes, of a connection flood connections.
    private(set) var sentCount = 0
    /// When the ban was seen, on the clock of the demonstration.
    private(set) var bannedNS: UInt64?
    /// Connections that were refused after the ban.
    private(set) var refusedCount = 0
    /// Connections after the ban on which the world answered.
    private(set) var servedCount = 0

    /// The time between two tries to come back.
    static let returnPauseNS: UInt64 = 500_000_000

    init(_ kind: AttackKind, address: IPAddress) {
        self.kind = kind
        self.address = address
    }

    var isBanned: Bool { bannedNS != nil }

    mutating func sent(_ count: Int) { sentCount += count }

    mutating func banned(nowNS: UInt64) { bannedNS = bannedNS ?? nowNS }

    /// A try to come back has ended.
    mutating func returned(wasServed: Bool) {
        if wasServed { servedCount += 1 } else { refusedCount += 1 }
    }
}
