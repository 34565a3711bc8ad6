import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("The end of bans")
struct ExpiryTests {
    @Test("bans come out once, in the order of their ends, no more than asked for, whatever order they began in")
    func order() {
        let book = makeBook()
        var random = SplitMix64(seed: 3)
        for (index, number) in (1...500).shuffled(using: &random).enumerated() {
            let base = UInt64(number) * second
            #expect(book.ban(address(UInt32(index)), baseNS: base, cause: cause, nowNS: 0).isNewBan)
        }
        #expect(book.takeExpired(nowNS: second - 1, most: 9).isEmpty)
        #expect(book.takeExpired(nowNS: 10 * second, most: 4).map(\.untilNS) == (1...4).map { $0 * second })
        #expect(book.takeExpired(nowNS: 10 * second, most: 99).map(\.untilNS) == (5...10).map { $0 * second })
        #expect(book.takeExpired(nowNS: hour, most: 999).map(\.untilNS) == (11...500).map { $0 * second })
        #expect(book.takeExpired(nowNS: hour, most: 999).isEmpty)
    }

    @Test("a ban that was over before the next one began is still reported, before it and only once")
    func endedByTheNext() {
        let book = makeBook()
        #expect(book.banSeconds(address(1), nowNS: 0) == 600)
        #expect(book.banSeconds(address(2), baseNS: 5 * minute, nowNS: 0) == 300)
        #expect(book.ban(address(1), baseNS: nil, cause: cause, nowNS: hour).ban?.number == 2)
        let ended = book.takeExpired(nowNS: 2 * hour, most: 9)
        #expect(ended.map(\.address) == [address(2), address(1), address(1)])
        #expect(ended.map(\.untilNS) == [5 * minute, 10 * minute, hour + 40 * minute])
        #expect(ended.map(\.ban.number) == [1, 1, 2])
    }

    @Test("bans that further bans ended come out by their ends, not by when that was noticed")
    func endedOutOfOrder() {
        let book = makeBook()
        for (number, minutes) in [(1, 30), (2, 10), (3, 20)] as [(UInt32, UInt64)] {
            _ = book.ban(address(number), baseNS: minutes * minute, cause: cause, nowNS: 0)
        }
        for number: UInt32 in 1...3 { _ = book.ban(address(number), baseNS: day, cause: cause, nowNS: hour) }
        #expect(book.takeExpired(nowNS: hour, most: 9).map(\.address) == [address(2), address(3), address(1)])
    }

    @Test("bans that grew, and bans among which others were lifted, still end in order", arguments: 0..<40)
    func orderAfterChanges(seed: UInt64) {
        let book = makeBook()
        var random = SplitMix64(seed: seed)
        var ends: [IPAddress: UInt64] = [:]
        for _ in 0..<150 {
            let address = address(UInt32.random(in: 0..<100, using: &random))
            let base = UInt64.random(in: 1...day, using: &random)
            if let ban = book.ban(address, baseNS: base, cause: cause, nowNS: 0).ban { ends[address] = ban.untilNS }
        }
        let lifted = ends.keys.sorted { $0.low < $1.low }.filter { _ in Bool.random(using: &random) }
        book.update(settings: makeSettings { $0.allow = lifted.map { IPNetwork(holding: $0, prefixLength: 128) } })
        #expect(book.takeExpired(nowNS: 0, most: .max).count == lifted.count)
        for address in lifted { ends[address] = nil }
        var taken: [EndedBan] = []
        for hours: UInt64 in 1...24 { taken += book.takeExpired(nowNS: hours * hour, most: .max) }
        #expect(taken.map(\.untilNS) == ends.values.sorted(), "seed \(seed)")
    }

    @Test("bans in force are listed by their ends")
    func listed() {
        let book = makeBook()
        for (number, minutes) in [(1, 30), (2, 10), (3, 20)] as [(UInt32, UInt64)] {
            _ = book.ban(address(number), baseNS: minutes * minute, cause: cause, nowNS: 0)
        }
        #expect(book.bans(nowNS: 15 * minute).map(\.address) == [address(3), address(1)])
    }
}

@Suite("The allowlist")
struct AllowTests {
    static let office = IPNetwork(holding: address(0), prefixLength: 120)

    @Test("an allowed address is never scored or banned, its neighbour outside is")
    func beatsAll() {
        let book = makeBook { $0.allow = [Self.office] }
        #expect(book.standing(of: address(255), nowNS: 0) == .allowed)
        #expect(book.standing(of: address(256), nowNS: 0) == .clear)
        #expect(book.add(1_000, to: address(255), cause: cause, nowNS: 0) == .allowed)
        #expect(book.ban(address(255), baseNS: nil, cause: cause, nowNS: 0) == .allowed)
        #expect(book.score(of: address(255), nowNS: 0) == 0)
        #expect(book.add(1_000, to: address(256), cause: cause, nowNS: 0).isNewBan)
        #expect(book.counts.addressCount == 1)
    }

    @Test("addresses that are allowed later are no longer banned, and the log hears of it once, at once")
    func lifts() {
        let book = makeBook()
        #expect(book.banSeconds(address(1), nowNS: minute) == 600)
        #expect(book.banSeconds(address(300), nowNS: 2 * minute) == 600)
        book.update(settings: makeSettings { $0.allow = [Self.office] })
        #expect(book.standing(of: address(1), nowNS: 2 * minute) == .allowed)
        #expect(book.standing(of: address(300), nowNS: 2 * minute).isBanned)
        let ended = book.takeExpired(nowNS: 2 * minute, most: 9)
        #expect(ended.map(\.address) == [address(1)])
        #expect(ended.map(\.untilNS) == [2 * minute])
        book.update(settings: makeSettings())
        #expect(book.standing(of: address(1), nowNS: 2 * minute) == .clear)
        #expect(book.takeExpired(nowNS: 12 * minute, most: 9).map(\.address) == [address(300)])
    }

    @Test("the ban of a prefix is lifted for the address that caused it, not for a neighbour, who passes all the same")
    func prefixes() {
        let culprit = address6(subnet: 1, host: 5)
        let neighbour = address6(subnet: 1, host: 6)
        for (allowed, isLifted) in [(neighbour, false), (culprit, true)] {
            let book = makeBook()
            #expect(book.ban(culprit, baseNS: nil, cause: cause, nowNS: 0).isNewBan)
            book.update(settings: makeSettings { $0.allow = [IPNetwork(holding: allowed, prefixLength: 128)] })
            #expect(book.standing(of: allowed, nowNS: 1) == .allowed)
            #expect(book.standing(of: address6(subnet: 1, host: 7), nowNS: 1).isBanned == !isLifted)
        }
        let book = makeBook()
        #expect(book.ban(culprit, baseNS: nil, cause: cause, nowNS: 0).isNewBan)
        book.update(settings: makeSettings { $0.allow = [IPNetwork(holding: culprit, prefixLength: 48)] })
        #expect(book.bans(nowNS: 1).isEmpty)
    }

    @Test("scores and bans survive other settings, which hold from then on")
    func updateKeeps() {
        let book = makeBook()
        #expect(book.add(8, to: address(1), cause: cause, nowNS: 0) == .none)
        #expect(book.banSeconds(address(2), nowNS: 0) == 600)
        book.update(settings: makeSettings { $0.ladder = [.init(at: 10, baseNS: hour)] })
        #expect(book.add(2, to: address(1), cause: cause, nowNS: 0).ban?.untilNS == hour)
        #expect(book.standing(of: address(2), nowNS: minute).isBanned)
    }

    @Test("with another prefix bans follow the address that caused them, and the history comes along")
    func rekey() {
        let book = makeBook()
        let one = address6(subnet: 1, host: 5)
        let two = address6(subnet: 2, host: 5)
        #expect(book.banSeconds(one, nowNS: 0) == 600)
        #expect(book.banSeconds(two, baseNS: hour, nowNS: 0) == 3_600)
        #expect(book.banSeconds(address(1), nowNS: 0) == 600)
        book.update(settings: makeSettings { $0.addressPrefixIPv6 = 128 })
        #expect(book.standing(of: one, nowNS: minute).isBanned)
        #expect(book.standing(of: address6(subnet: 1, host: 6), nowNS: minute) == .clear)
        #expect(book.standing(of: address(1), nowNS: minute).isBanned)
        book.update(settings: makeSettings { $0.addressPrefixIPv6 = 48 })
        #expect(book.bans(nowNS: minute).map(\.network) == [book.key(of: address(1)), book.key(of: two)])
        #expect(book.standing(of: address6(subnet: 3, host: 6), nowNS: minute).isBanned)
        #expect(book.takeExpired(nowNS: minute, most: 9).map(\.address) == [one])
        #expect(book.takeExpired(nowNS: hour, most: 9).map(\.address) == [address(1), two])
        #expect(book.ban(one, baseNS: nil, cause: cause, nowNS: 2 * hour).ban?.number == 2)
    }
}
