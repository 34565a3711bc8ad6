import Testing
import WireBytes

@testable import KernelBans

@Suite("the kernel's table")
struct KernelBanTableTests {
    private let filter = FakeFilter()

    private func table(_ binds: String...) throws -> KernelBanTable<FakeFilter> {
        KernelBanTable(
            KernelTableSettings(
                name: "portcullis",
                binds: try (binds.isEmpty ? ["0.0.0.0:7801"] : binds).map { try Endpoint(parsing: $0) }),
            filter: filter)
    }

    /// A table that was made with these bans.
    private func made(_ banned: [KernelEntry] = [], allowed: [KernelEntry] = []) throws -> KernelBanTable<FakeFilter> {
        var table = try table()
        #expect(try table.reconcile(banned: banned, allowed: allowed, nowNS: 0).isAsLeft)
        _ = filter.take()
        return table
    }

    @Test("an empty table has the chains, the count of refused packets, and replaces whatever was there")
    func empty() throws {
        var table = try table()
        #expect(!table.isMade)
        _ = try table.reconcile(banned: [], allowed: [], nowNS: 0)
        #expect(table.isMade)
        #expect(
            filter.take() == [
                "add table inet portcullis", "delete table inet portcullis", "add table inet portcullis",
                "add counter inet portcullis refused", "add chain inet portcullis judge",
                "add chain inet portcullis input { type filter hook input priority -150; policy accept; }",
                "add rule inet portcullis input meta nfproto ipv4 tcp dport 7801 "
                    + "tcp flags & (fin | syn | rst | ack) == syn jump judge",
            ])
    }

    @Test(
        "only what leads to the listener's own address is looked at",
        arguments: [
            ("0.0.0.0:1", "meta nfproto ipv4 tcp dport 1 "), ("[::]:2", "tcp dport 2 "),
            ("192.0.2.1:3", "ip daddr 192.0.2.1 tcp dport 3 "),
            ("[2001:db8::1]:4", "ip6 daddr 2001:db8::1 tcp dport 4 "),
            ("[::ffff:192.0.2.1]:5", "ip daddr 192.0.2.1 tcp dport 5 "),
        ])
    func binds(bind: String, condition: String) throws {
        var table = try table(bind)
        _ = try table.reconcile(banned: [], allowed: [], nowNS: 0)
        #expect(filter.take().last?.hasPrefix("add rule inet portcullis input \(condition)tcp flags") == true)
    }

    @Test("what is allowed is asked for first, and longer prefixes before shorter ones")
    func order() throws {
        var table = try table()
        _ = try table.reconcile(
            banned: [KernelEntry("198.51.100.0/24"), KernelEntry("203.0.113.7"), KernelEntry("2001:db8::/64")],
            allowed: [KernelEntry("198.51.100.9"), KernelEntry("2001:db8::5")], nowNS: 0)
        let judging = filter.take().filter { $0.hasPrefix("add rule inet portcullis judge") }
            .map { $0.dropFirst("add rule inet portcullis judge ".count) }
        #expect(
            judging == [
                "ip saddr @allowed_ipv4_32 return", "ip6 saddr @allowed_ipv6_128 return",
                "ip saddr @banned_ipv4_32 counter name \"refused\" drop",
                "ip saddr & 255.255.255.0 @banned_ipv4_24 counter name \"refused\" drop",
                "ip6 saddr & ffff:ffff:ffff:ffff:: @banned_ipv6_64 counter name \"refused\" drop",
            ])
    }

    @Test("a ban comes with its time in whole seconds, one that lasts for ever or longer than ten years without")
    func timeouts() throws {
        var table = try made([KernelEntry("192.0.2.99")])
        try table.apply([.ban("192.0.2.1", seconds: 60)], nowNS: 1)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.1 timeout 60s }"])
        try table.apply([.ban("192.0.2.2", seconds: 60)], nowNS: 1_000_000_000)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.2 timeout 59s }"])
        try table.apply([.ban("192.0.2.3")], nowNS: 0)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.3 }"])
        let most = KernelBounds.timeoutSecondsMax
        try table.apply([.ban("192.0.2.4", seconds: most - 1), .ban("192.0.2.5", seconds: most)], nowNS: 0)
        #expect(
            filter.take() == [
                "add element inet portcullis banned_ipv4_32 { 192.0.2.4 timeout \(most - 1)s, 192.0.2.5 }"
            ])
    }

    @Test("an entry that gets another end goes and comes in one transaction, one that keeps it is left alone")
    func extended() throws {
        var table = try made([KernelEntry("192.0.2.1", seconds: 60)])
        try table.apply([.ban("192.0.2.1", seconds: 62)], nowNS: 0)
        #expect(filter.take() == [])
        try table.apply([.ban("192.0.2.1", seconds: 63)], nowNS: 0)
        #expect(filter.runs.count == 1)
        #expect(
            filter.take() == [
                "add element inet portcullis banned_ipv4_32 { 192.0.2.1 }",
                "delete element inet portcullis banned_ipv4_32 { 192.0.2.1 }",
                "add element inet portcullis banned_ipv4_32 { 192.0.2.1 timeout 63s }",
            ])
    }

    @Test("an entry goes even when it ran out in the kernel first, and one that is not there is not asked for")
    func lifted() throws {
        var table = try made([KernelEntry("192.0.2.1", seconds: 60)])
        try table.apply([.unban("192.0.2.1"), .unban("192.0.2.2")], nowNS: 0)
        #expect(
            filter.take() == [
                "add element inet portcullis banned_ipv4_32 { 192.0.2.1 }",
                "delete element inet portcullis banned_ipv4_32 { 192.0.2.1 }",
            ])
        #expect(table.entryCount == 0)
    }

    @Test("of several changes of one address the last one counts, and a ban that is over already is none")
    func last() throws {
        var table = try made([KernelEntry("192.0.2.9")])
        try table.apply(
            [
                .ban("192.0.2.1", seconds: 60), .unban("192.0.2.1"), .unban("192.0.2.2"),
                .ban("192.0.2.2", seconds: 70),
                .ban("192.0.2.3", seconds: 5),
            ], nowNS: 5_000_000_000)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.2 timeout 65s }"])
    }

    @Test("a prefix of a length that was not there before gets its set and its rule in the same transaction")
    func newSet() throws {
        var table = try made([KernelEntry("192.0.2.9")])
        try table.apply([.ban("198.51.100.0/24")], nowNS: 0)
        #expect(filter.runs.count == 1)
        #expect(
            filter.take() == [
                "add set inet portcullis banned_ipv4_24 { type ipv4_addr; flags timeout; }",
                "flush chain inet portcullis judge",
                "add rule inet portcullis judge ip saddr @banned_ipv4_32 counter name \"refused\" drop",
                "add rule inet portcullis judge ip saddr & 255.255.255.0 @banned_ipv4_24 counter name \"refused\" drop",
                "add element inet portcullis banned_ipv4_24 { 198.51.100.0 }",
            ])
        #expect(table.isMade)
    }

    @Test("networks that hold each other stand in sets of their own, and each ends by itself")
    func overlap() throws {
        var table = try made()
        try table.apply(
            [.ban("10.0.0.0/8", seconds: 10), .ban("10.1.0.0/16", seconds: 20), .ban("10.1.2.3", seconds: 30)], nowNS: 0
        )
        #expect(
            filter.take().filter { $0.hasPrefix("add element") } == [
                "add element inet portcullis banned_ipv4_32 { 10.1.2.3 timeout 30s }",
                "add element inet portcullis banned_ipv4_16 { 10.1.0.0 timeout 20s }",
                "add element inet portcullis banned_ipv4_8 { 10.0.0.0 timeout 10s }",
            ])
        try table.apply([.unban("10.1.0.0/16")], nowNS: 0)
        #expect(filter.take().allSatisfy { $0.contains("banned_ipv4_16") })
        #expect(table.entryCount == 2)
    }

    @Test("a mapped address is the IPv4 address, and a network that holds all of IPv4 stands in both families")
    func families() throws {
        var table = try made()
        try table.apply([.ban("::ffff:192.0.2.1"), .ban("::ffff:10.0.0.0/104")], nowNS: 0)
        #expect(
            filter.take().filter { $0.hasPrefix("add element") } == [
                "add element inet portcullis banned_ipv4_32 { 192.0.2.1 }",
                "add element inet portcullis banned_ipv4_8 { 10.0.0.0 }",
            ])
        try table.apply([.ban("::/0")], nowNS: 0)
        let lines = filter.take()
        #expect(
            lines.filter { $0.hasPrefix("add element") } == [
                "add element inet portcullis banned_ipv4_0 { 0.0.0.0 }",
                "add element inet portcullis banned_ipv6_0 { :: }",
            ])
        #expect(
            lines.contains(
                "add rule inet portcullis judge ip saddr & 0.0.0.0 @banned_ipv4_0 counter name \"refused\" drop"))
    }

    @Test("more than a transaction carries goes in several, and what is allowed goes in front")
    func batches() throws {
        var table = try table()
        let count = KernelBounds.batchCountMax
        let banned = (0..<UInt32(count)).map { number in
            KernelEntry(IPNetwork(holding: IPAddress(ipv4: 0x0A00_0000 + number), prefixLength: 128), untilNS: .max)
        }
        _ = try table.reconcile(banned: banned, allowed: [], nowNS: 0)
        #expect(filter.runs.count == 1)
        _ = filter.take()
        var other = try self.table()
        _ = try other.reconcile(banned: banned, allowed: [KernelEntry("192.0.2.1")], nowNS: 0)
        #expect(filter.runs.count == 2)
        #expect(filter.runs[0].contains("allowed_ipv4_32 { 192.0.2.1 }"))
        #expect(filter.runs[1] == "add element inet portcullis banned_ipv4_32 { 10.0.31.255 }\n")
    }

    @Test("bans beyond the table's room are left out and counted, and get in when there is room")
    func full() throws {
        var table = try table()
        let most = UInt32(KernelBounds.bannedCountMax)
        let banned = (0...most).map { number in
            let address = IPAddress(ipv4: 0x0A00_0000 + number)
            return KernelEntry(
                IPNetwork(holding: address, prefixLength: 128), untilNS: (100 + UInt64(number)) * 1_000_000_000)
        }
        _ = try table.reconcile(banned: Array(banned.dropLast()), allowed: [], nowNS: 0)
        #expect(table.leftOutCount == 0)
        _ = filter.take()
        try table.apply([.ban("192.0.2.1")], nowNS: 0)
        #expect(table.leftOutCount == 1)
        #expect(filter.take() == [])
        // The one that ends first is left out.
        _ = try table.reconcile(banned: banned.reversed(), allowed: [], nowNS: 0)
        #expect(table.leftOutCount == 1)
        #expect(table.entryCount == KernelBounds.bannedCountMax)
        #expect(filter.take().contains { $0.hasPrefix("delete element") && $0.hasSuffix("{ 10.0.0.0 }") })
        try table.apply([.unban("10.0.0.1"), .ban("192.0.2.2")], nowNS: 0)
        #expect(table.entryCount <= KernelBounds.bannedCountMax)
    }

    @Test("when more is allowed than there is room for, nothing is given to the kernel")
    func tooManyAllowed() throws {
        var table = try table()
        let allowed = (0...UInt32(KernelBounds.allowedCountMax)).map { number in
            KernelEntry(IPNetwork(holding: IPAddress(ipv4: number), prefixLength: 128), untilNS: .max)
        }
        #expect(throws: KernelBanError.tooManyAllowed(allowed.count)) {
            _ = try table.reconcile(banned: [], allowed: allowed, nowNS: 0)
        }
        #expect(filter.runs.isEmpty)
        _ = try table.reconcile(banned: [], allowed: Array(allowed.dropLast()), nowNS: 0)
        #expect(table.entryCount == KernelBounds.allowedCountMax)
    }
}
