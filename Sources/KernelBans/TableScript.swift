import WireBytes

/// Commands in the words of nftables, which the kernel takes all or none of.
struct TableScript {
    private let table: String
    private(set) var text = ""

    init(table: String) {
        self.table = "inet \(table)"
    }

    /// The table is there and empty, whatever was in it.
    mutating func replaceTable() {
        // A table that is not there cannot be deleted, and one that is there can be added.
        text += "add table \(table)\ndelete table \(table)\nadd table \(table)\n"
    }

    /// The table is not there.
    mutating func removeTable() {
        text += "add table \(table)\ndelete table \(table)\n"
    }

    /// What every table has: the count of refused packets, and who is looked at.
    ///
    /// Only the first packet of a connection is: a soft ban leaves the connections there are, and the resets that a
    /// hard ban sends must get their answers.
    mutating func addChains(_ binds: [Endpoint]) {
        text += "add counter \(table) refused\n"
        text += "add chain \(table) judge\n"
        text += "add chain \(table) input { type filter hook input priority -150; policy accept; }\n"
        for bind in binds { text += "add rule \(table) input \(Self.condition(bind)) jump judge\n" }
    }

    /// That a packet opens a connection to this listener.
    private static func condition(_ bind: Endpoint) -> String {
        let opens = "tcp dport \(bind.port) tcp flags & (fin | syn | rst | ack) == syn"
        let address = bind.address
        if address == IPAddress(high: 0, low: 0) { return opens }
        if address == IPAddress(ipv4: 0) { return "meta nfproto ipv4 " + opens }
        return "\(address.isIPv4 ? "ip" : "ip6") daddr \(address) " + opens
    }

    mutating func addSet(_ set: SetName) {
        text += "add set \(table) \(set.text) { type \(set.type); flags timeout; }\n"
    }

    /// The rules for these sets and no others; the counter goes on.
    mutating func judge(by sets: some Sequence<SetName>) {
        text += "flush chain \(table) judge\n"
        for set in sets.sorted() {
            let verdict = set.purpose == .allowed ? "return" : "counter name \"refused\" drop"
            text += "add rule \(table) judge \(set.condition) \(verdict)\n"
        }
    }

    /// Elements go, and others come with the time they have.
    ///
    /// One that is to go may have run out meanwhile, and one that does not exist cannot be deleted: so it is added
    /// first, which does no harm.
    mutating func change(_ set: SetName, out: [IPAddress], into: [(address: IPAddress, untilNS: UInt64)], nowNS: UInt64)
    {
        if !out.isEmpty {
            let list = out.map { "\($0)" }.joined(separator: ", ")
            text += "add element \(table) \(set.text) { \(list) }\ndelete element \(table) \(set.text) { \(list) }\n"
        }
        if !into.isEmpty {
            let list = into.map { "\($0.address)\(Self.timeout(untilNS: $0.untilNS, nowNS: nowNS))" }
            text += "add element \(table) \(set.text) { \(list.joined(separator: ", ")) }\n"
        }
    }

    /// In whole seconds, rounded up: the program ends a ban, and the kernel does where the program is gone.
    private static func timeout(untilNS: UInt64, nowNS: UInt64) -> String {
        guard untilNS != .max else { return "" }
        let remainingNS = untilNS > nowNS ? untilNS - nowNS : 0
        let seconds = remainingNS / 1_000_000_000 + (remainingNS % 1_000_000_000 == 0 ? 0 : 1)
        return seconds > KernelBounds.timeoutSecondsMax ? "" : " timeout \(max(1, seconds))s"
    }
}
