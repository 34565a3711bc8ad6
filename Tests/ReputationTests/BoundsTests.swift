import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("The bounds of the book")
struct BoundsTests {
    @Test("exactly the most addresses are remembered; one more takes the place of the lowest score")
    func lowestScoreGoes() {
        let book = makeBook { $0.addressCountMax = 8 }
        for number in 1...8 { _ = book.add(Double(number), to: address(UInt32(9 - number)), cause: cause, nowNS: 0) }
        #expect(book.counts.addressCount == 8)
        #expect(book.counts.evictionCount == 0)
        #expect(book.add(5, to: address(100), cause: cause, nowNS: 0) == .none)
        #expect(book.counts.addressCount == 8)
        #expect(book.counts.evictionCount == 1)
        #expect(book.score(of: address(8), nowNS: 0) == 0)
        #expect(book.score(of: address(7), nowNS: 0) == 2)
        #expect(book.score(of: address(100), nowNS: 0) == 5)
    }

    @Test("of equal scores the older goes, and a score counts as it has decayed")
    func olderGoes() {
        let book = makeBook { $0.addressCountMax = 2 }
        _ = book.add(10, to: address(1), cause: cause, nowNS: 0)
        _ = book.add(4, to: address(2), cause: cause, nowNS: hour)
        _ = book.add(4, to: address(3), cause: cause, nowNS: hour)
        #expect(book.score(of: address(1), nowNS: hour) == 0)
        #expect(book.score(of: address(2), nowNS: hour) == 4)
        let book2 = makeBook { $0.addressCountMax = 2 }
        _ = book2.add(1e-300, to: address(1), cause: cause, nowNS: 100 * day)
        _ = book2.add(1e-300, to: address(2), cause: cause, nowNS: 0)
        _ = book2.add(1, to: address(3), cause: cause, nowNS: 200 * day)
        _ = book2.add(1, to: address(2), cause: cause, nowNS: 200 * day)
        #expect(book2.score(of: address(3), nowNS: 200 * day) == 1)
    }

    @Test("a ban in force is never forgotten for a score, a ban that is over may be, a history is worth a step")
    func bansStay() {
        let book = makeBook { $0.addressCountMax = 3 }
        _ = book.ban(address(1), baseNS: day, cause: cause, nowNS: 0)
        _ = book.ban(address(2), baseNS: second, cause: cause, nowNS: 0)
        _ = book.add(19, to: address(3), cause: cause, nowNS: minute)
        _ = book.add(1, to: address(4), cause: cause, nowNS: minute)
        #expect(book.standing(of: address(1), nowNS: minute).isBanned)
        #expect(book.score(of: address(3), nowNS: minute) == 0)
        #expect(book.ban(address(2), baseNS: second, cause: cause, nowNS: minute).ban?.number == 2)
        #expect(book.counts.evictedBanCount == 0)
        for number: UInt32 in 10..<200 { _ = book.add(19, to: address(number), cause: cause, nowNS: minute) }
        #expect(book.standing(of: address(1), nowNS: minute).isBanned)
    }

    @Test("when all are bans, the one that ends first gives way, is counted, and the log hears of its end")
    func allBans() {
        let book = makeBook { $0.addressCountMax = 3 }
        for (number, minutes) in [(1, 30), (2, 10), (3, 20)] as [(UInt32, UInt64)] {
            _ = book.ban(address(number), baseNS: minutes * minute, cause: cause, nowNS: 0)
        }
        #expect(book.ban(address(4), baseNS: hour, cause: cause, nowNS: minute).isNewBan)
        #expect(book.bans(nowNS: minute).map(\.address) == [address(3), address(1), address(4)])
        #expect(book.counts.evictedBanCount == 1)
        let ended = book.takeExpired(nowNS: minute, most: 9)
        #expect(ended.map(\.address) == [address(2)])
        #expect(ended.map(\.untilNS) == [minute])
    }

    @Test("a smaller bound holds at once")
    func shrinks() {
        let book = makeBook()
        for number: UInt32 in 0..<100 { _ = book.add(1, to: address(number), cause: cause, nowNS: 0) }
        book.update(settings: makeSettings { $0.addressCountMax = 10 })
        #expect(book.counts.addressCount == 10)
    }

    @Test("ends of bans that nobody takes are bounded too, and counted")
    func endedBound() {
        let book = makeBook { $0.addressCountMax = 4 }
        for round in 0..<6 { _ = book.ban(address(1), baseNS: 1, cause: cause, nowNS: UInt64(round) * second) }
        #expect(book.counts.endedLeftOutCount == 1)
        #expect(book.takeExpired(nowNS: minute, most: 99).count == 5)
    }

    @Test("four threads at once lose no point and no ban", .timeLimit(.minutes(1)))
    func threads() async {
        let book = makeBook()
        let newBanCount = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(worker))
                    var newBanCount = 0
                    for round in 0..<2_000 {
                        let number = UInt32.random(in: 0..<50, using: &random)
                        if book.add(1, to: address(number), cause: cause, nowNS: UInt64(round)).isNewBan {
                            newBanCount += 1
                        }
                        _ = book.standing(of: address(number), nowNS: UInt64(round))
                        if round % 100 == 0 { book.update(settings: makeSettings()) }
                        _ = book.add(0.001, to: address(1_000), cause: cause, nowNS: UInt64(round))
                    }
                    return newBanCount
                }
            }
            return await group.reduce(0, +)
        }
        #expect(newBanCount == book.bans(nowNS: 2_000).count)
        #expect(book.counts.addressCount == 51)
        #expect(abs(book.score(of: address(1_000), nowNS: 2_000) - 8) < 1e-6)
    }
}
