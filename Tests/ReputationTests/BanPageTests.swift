import Reputation
import TestSupport
import Testing
import WireBytes

@Suite("Pages of bans")
struct BanPageTests {
    @Test(
        "pages hold every ban once, in one order, whatever their size",
        arguments: [(0, 1), (1, 1), (7, 3), (4_096, 4_096), (4_097, 1_000), (9_000, 10_000), (9_000, 4_500)])
    func pages(count: Int, most: Int) throws {
        let book = makeBook()
        var random = SplitMix64(seed: UInt64(count))
        for number in 0..<UInt32(count) {
            let someone = number % 3 == 0 ? address6(subnet: random.next() >> 40, host: 1) : address(number &* 7_919)
            _ = book.ban(someone, baseNS: hour, cause: cause, nowNS: 0)
        }
        for name in ["bob", "alice"] where count > 1 {
            let account = Subject.account(try #require(AccountName(name)))
            _ = book.order(ManualBan(subject: account, durationNS: nil, kind: .soft, cause: cause), nowNS: 0)
        }
        var paged: [Ban] = []
        var after: Subject?
        while true {
            let page = book.bans(after: after, most: most, nowNS: 1)
            #expect(page.count <= most)
            paged += page
            guard page.count == most else { break }
            after = page.last?.subject
        }
        let all = book.bans(nowNS: 1)
        #expect(paged.count == all.count)
        #expect(Set(paged.map { "\($0.subject) \($0.untilNS)" }) == Set(all.map { "\($0.subject) \($0.untilNS)" }))
        #expect(paged.map(\.subject) == book.bans(after: nil, most: .max / 4, nowNS: 1).map(\.subject))
        if count > 1 { #expect(paged.suffix(2).map { "\($0.subject)" } == ["account:alice", "account:bob"]) }
    }

    @Test("a ban that is over stands on no page")
    func ended() {
        let book = makeBook()
        _ = book.ban(address(1), baseNS: hour, cause: cause, nowNS: 0)
        _ = book.ban(address(2), baseNS: minute, cause: cause, nowNS: 0)
        #expect(book.bans(after: nil, most: 10, nowNS: minute).map(\.address) == [address(1)])
    }
}
