import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("all bans of networks, for a copy")
struct NetworkBansTests {
    @Test("they are those in force, whatever was banned, lifted, ended and forgotten before")
    func agrees() throws {
        let book = makeBook { $0.addressCountMax = 50 }
        var random = SplitMix64(seed: 5)
        var now: UInt64 = hour
        for _ in 0..<5_000 {
            let someone = address(UInt32.random(in: 0..<120, using: &random))
            switch UInt8.random(in: 0..<4, using: &random) {
            case 0: _ = book.lift(.network(book.key(of: someone)), nowNS: now)
            case 1: _ = book.takeExpired(nowNS: now, most: 5)
            default: _ = book.ban(someone, baseNS: minute, cause: cause, nowNS: now)
            }
            now += UInt64.random(in: 0..<minute / 4, using: &random)
            let expected = book.bans(nowNS: now).compactMap { ban in ban.network.map { "\($0) \(ban.untilNS)" } }
            #expect(book.networkBans(nowNS: now).map { "\($0.network) \($0.untilNS)" }.sorted() == expected.sorted())
        }
    }

    @Test("more than one look takes are all there, and accounts are not", arguments: [0, 1, 4_096, 4_097, 10_000])
    func many(count: Int) throws {
        let book = makeBook()
        for number in 0..<UInt32(count) { _ = book.ban(address(number), baseNS: hour, cause: cause, nowNS: 0) }
        let account = try #require(AccountName("bob"))
        _ = book.order(
            ManualBan(subject: .account(account), durationNS: nil, kind: .hard, cause: cause), nowNS: 0)
        #expect(book.bans(nowNS: 0).count == count + 1)
        #expect(Set(book.networkBans(nowNS: 0)).count == count)
    }
}
