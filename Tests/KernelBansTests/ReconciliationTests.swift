import Testing
import WireBytes

@testable import KernelBans

@Suite("what somebody did to the kernel's table")
struct ReconciliationTests {
    private let filter = FakeFilter()
    private let banned: [KernelEntry]

    init() throws {
        banned = [try KernelEntry("192.0.2.1", seconds: 3_600), try KernelEntry("192.0.2.2")]
    }

    private func made() throws -> KernelBanTable<FakeFilter> {
        var table = KernelBanTable(
            KernelTableSettings(name: "portcullis", binds: [try Endpoint(parsing: "0.0.0.0:7801")]), filter: filter)
        _ = try table.reconcile(banned: banned, allowed: [], nowNS: 0)
        _ = filter.take()
        filter.listCount = 0
        filter.listing = Self.listing("192.0.2.1 timeout 1h expires 59m59s, 192.0.2.2")
        return table
    }

    private static func listing(_ elements: String) -> String {
        """
        table inet portcullis {
        \tset banned_ipv4_32 {
        \t\ttype ipv4_addr
        \t\tflags timeout
        \t\telements = { \(elements) }
        \t}
        }

        """
    }

    @Test("while nobody changed the ruleset, nothing is listed and nothing is written")
    func quiet() throws {
        var table = try made()
        #expect(try table.reconcile(banned: banned, allowed: [], nowNS: 1).isAsLeft)
        #expect(filter.listCount == 0)
        #expect(filter.take() == [])
    }

    @Test("when others changed something else, the table is looked at and left alone")
    func elsewhere() throws {
        var table = try made()
        filter.number += 1
        #expect(try table.reconcile(banned: banned, allowed: [], nowNS: 1).isAsLeft)
        #expect(filter.listCount == 2)
        #expect(filter.take() == [])
        #expect(try table.reconcile(banned: banned, allowed: [], nowNS: 2).isAsLeft)
        #expect(filter.listCount == 2)
    }

    @Test("a change that comes between the program's own is noticed too")
    func between() throws {
        var table = try made()
        filter.isDisturbed = true
        try table.apply([.ban("192.0.2.3")], nowNS: 0)
        _ = filter.take()
        let found = try table.reconcile(banned: banned + [try KernelEntry("192.0.2.3")], allowed: [], nowNS: 1)
        #expect(found.missingCount == 1)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.3 }"])
    }

    @Test("a table that is gone is made anew with everything", arguments: [nil, "another shape"])
    func lost(shape: String?) throws {
        var table = try made()
        filter.number += 1
        filter.shape = shape
        let found = try table.reconcile(banned: banned, allowed: [], nowNS: 0)
        #expect(found.isTableLost)
        let lines = filter.take()
        #expect(lines.prefix(3).map { $0.prefix(6) } == ["add ta", "delete", "add ta"])
        #expect(
            lines.last == "add element inet portcullis banned_ipv4_32 { 192.0.2.1 timeout 3600s, 192.0.2.2 }")
        #expect(table.isMade == (shape != nil))
    }

    @Test("what somebody took out comes back, and what somebody put in goes")
    func elements() throws {
        var table = try made()
        filter.number += 1
        filter.listing = Self.listing("192.0.2.2, 198.51.100.1 timeout 1d expires 23h")
        let found = try table.reconcile(banned: banned, allowed: [], nowNS: 0)
        #expect(found.missingCount == 1)
        #expect(found.strangerCount == 1)
        #expect(
            filter.take() == [
                "add element inet portcullis banned_ipv4_32 { 198.51.100.1 }",
                "delete element inet portcullis banned_ipv4_32 { 198.51.100.1 }",
                "add element inet portcullis banned_ipv4_32 { 192.0.2.1 timeout 3600s }",
            ])
        #expect(table.entryCount == 2)
    }

    @Test("an entry whose time is over is not missed")
    func expired() throws {
        var table = try made()
        filter.number += 1
        filter.listing = Self.listing("192.0.2.2")
        let found = try table.reconcile(banned: [banned[1]], allowed: [], nowNS: 3_600_000_000_000)
        #expect(found.isAsLeft)
    }

    @Test("what the program missed of its own bans is made up for")
    func missed() throws {
        var table = try made()
        let other = try KernelEntry("192.0.2.7")
        #expect(try table.reconcile(banned: [banned[1], other], allowed: [], nowNS: 0).isAsLeft)
        #expect(filter.take().suffix(1) == ["add element inet portcullis banned_ipv4_32 { 192.0.2.7 }"])
        #expect(table.entryCount == 2)
    }

    @Test("after a failure the table is looked at, and mended")
    func failure() throws {
        var table = try made()
        filter.failure = .refused("No such file or directory")
        #expect(throws: KernelBanError.refused("No such file or directory")) {
            try table.apply([.ban("192.0.2.3")], nowNS: 0)
        }
        filter.failure = nil
        let wanted = banned + [try KernelEntry("192.0.2.3")]
        #expect(try table.reconcile(banned: wanted, allowed: [], nowNS: 0).isAsLeft)
        #expect(filter.listCount == 2)
        #expect(filter.take() == ["add element inet portcullis banned_ipv4_32 { 192.0.2.3 }"])
    }

    @Test("every failure says what to do about it")
    func advice() {
        for (error, advice) in [
            (KernelBanError.libraryMissing, "install libnftables1"), (.notPermitted, "CAP_NET_ADMIN"),
            (.unreachable(code: 24), "raise the limit on open files"), (.unreachable(code: 97), "leave AF_NETLINK"),
            (.refused("syntax error"), "nftables refuses: syntax error"), (.tooManyAllowed(70_000), "70000 addresses"),
        ] {
            #expect("\(error)".contains(advice))
        }
    }

    @Test("a table of another name is made, and the old one is removed")
    func renamed() throws {
        var table = try made()
        try table.update(KernelTableSettings(name: "portcullis_eu", binds: [try Endpoint(parsing: "0.0.0.0:1")]))
        #expect(filter.take() == ["add table inet portcullis", "delete table inet portcullis"])
        #expect(!table.isMade)
        _ = try table.reconcile(banned: banned, allowed: [], nowNS: 0)
        #expect(filter.take().allSatisfy { $0.contains("inet portcullis_eu") })
    }

    @Test("the same settings again change nothing")
    func sameSettings() throws {
        var table = try made()
        try table.update(KernelTableSettings(name: "portcullis", binds: [try Endpoint(parsing: "0.0.0.0:7801")]))
        #expect(table.isMade)
        #expect(filter.take() == [])
    }
}
