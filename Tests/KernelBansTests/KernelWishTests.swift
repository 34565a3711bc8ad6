import Events
import KernelBans
import Operations
import Reputation
import Settings
import Testing
import WireBytes

@Suite("what the kernel is wanted to know")
struct KernelWishTests {
    private static let second: UInt64 = 1_000_000_000
    private static let cause = BanCause(
        origin: .operator, ruleID: 0, ruleName: "", packet: "-", connection: "-", who: "alice")

    private func subject(_ text: String) throws -> Subject { try #require(try Subject(parsing: text)) }

    private func ban(_ text: String, untilNS: UInt64 = 60 * second) throws -> Ban {
        Ban(
            subject: try subject(text), address: nil, startedNS: 0, untilNS: untilNS, number: 1, cause: Self.cause)
    }

    private func change(_ change: BanRecord.Change, _ ban: Ban) -> KernelChange? {
        KernelChange(BanRecord(wallUS: 0, change: change, ban: ban, remainingSeconds: 60))
    }

    @Test("a ban that begins, grows or is restored comes with its end, hard or soft")
    func comes() throws {
        var ban = try ban("203.0.113.0/24")
        let expected = KernelChange(.banned, try IPNetwork(parsing: "203.0.113.0/24"), untilNS: 60 * Self.second)
        for kind in [BanKind.soft, .hard] {
            ban.kind = kind
            for begin in [BanRecord.Change.began, .extended, .restored] { #expect(change(begin, ban) == expected) }
        }
        #expect(change(.began, try self.ban("203.0.113.7", untilNS: Ban.foreverNS))?.untilNS == .max)
    }

    @Test("a ban that ends or is lifted goes, and an account's is not for the kernel")
    func goes() throws {
        for end in [BanRecord.Change.ended, .lifted] {
            let gone = try #require(change(end, try ban("203.0.113.7")))
            #expect(gone == KernelChange(.banned, try IPNetwork(parsing: "203.0.113.7"), untilNS: nil))
            #expect(change(end, try ban("account:bob")) == nil)
        }
        #expect(change(.began, try ban("account:bob")) == nil)
    }

    @Test("of a book it is the bans of networks, and everybody who is allowed with the end on the workers' clock")
    func book() throws {
        var settings = ReputationSettings()
        settings.allow = [try IPNetwork(parsing: "10.0.0.0/8")]
        let book = ReputationBook(settings: settings, seed: 1)
        for text in ["203.0.113.7", "198.51.100.0/24", "account:bob"] {
            let order = ManualBan(
                subject: try subject(text), durationNS: 60 * Self.second, kind: .hard, cause: Self.cause)
            _ = book.order(order, nowNS: 5 * Self.second)
        }
        let nowWallUS: Int64 = 1_700_000_000_000_000
        let ends: [(String, Int64)] = [
            ("192.0.2.1", nowWallUS + 3_000_000), ("192.0.2.2", AllowEntry.foreverWallUS), ("192.0.2.3", nowWallUS),
            ("192.0.2.4", AllowEntry.foreverWallUS - 1),
        ]
        for (text, untilWallUS) in ends {
            let entry = AllowEntry(
                network: try IPNetwork(parsing: text), untilWallUS: untilWallUS, addedWallUS: 0, who: "", comment: "")
            _ = book.allow(entry, nowNS: 5 * Self.second)
        }
        let wish = KernelWish(book, clock: Clock(monotonicNS: { 5 * Self.second }, wallUS: { nowWallUS }))
        #expect(
            Set(wish.banned) == [
                KernelEntry(try IPNetwork(parsing: "203.0.113.7"), untilNS: 65 * Self.second),
                KernelEntry(try IPNetwork(parsing: "198.51.100.0/24"), untilNS: 65 * Self.second),
            ])
        let allowed = Dictionary(uniqueKeysWithValues: wish.allowed.map { ("\($0.network)", $0.untilNS) })
        #expect(
            allowed == [
                "10.0.0.0/8": .max, "192.0.2.1/32": 8 * Self.second, "192.0.2.2/32": .max, "192.0.2.3/32": 0,
                "192.0.2.4/32": .max,
            ])
    }
}
