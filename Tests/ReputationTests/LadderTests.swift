import Reputation
import Settings
import Testing
import WireBytes

@Suite("Bans and their ladder")
struct LadderTests {
    @Test("a ban holds up to its last nanosecond and not a nanosecond longer")
    func boundary() {
        let book = makeBook()
        #expect(book.ban(address(1), baseNS: minute, cause: cause, nowNS: hour).isNewBan)
        #expect(book.standing(of: address(1), nowNS: hour + minute - 1).isBanned)
        #expect(book.standing(of: address(1), nowNS: hour + minute) == .clear)
        #expect(book.bans(nowNS: hour + minute - 1).count == 1)
        #expect(book.bans(nowNS: hour + minute).isEmpty)
    }

    @Test("a rule's ban without a base takes the lowest step's, and leaves the score")
    func ruleBase() {
        let book = makeBook {
            $0.ladder = [.init(at: 50, baseNS: hour), .init(at: 20, baseNS: 7 * minute)]
        }
        #expect(book.add(5, to: address(1), cause: cause, nowNS: 0) == .none)
        let ban = book.ban(address(1), baseNS: nil, cause: cause, nowNS: 0).ban
        #expect(ban?.untilNS == 7 * minute)
        #expect(ban?.cause.origin == .rule)
        #expect(book.score(of: address(1), nowNS: 0) == 5)
    }

    @Test("each further ban lasts factor times as long, up to the cap, over months")
    func grows() {
        let book = makeBook()
        var now = hour
        for (number, minutes) in [(1, 10.0), (2, 40), (3, 160), (4, 640), (5, 2_560), (6, 10_240), (7, 40_960)] {
            let ban = book.ban(address(1), baseNS: nil, cause: cause, nowNS: now).ban
            #expect(ban?.number == UInt32(number))
            #expect(ban.map { Double($0.untilNS - now) / 60e9 } == minutes)
            now = (ban?.untilNS ?? 0) + day
        }
        // The sixth ended 30.4 days ago by now, so only the seventh counts; and no ban lasts longer than 30 days.
        #expect(book.banSeconds(address(1), nowNS: now) == 2_400.0)
        #expect(book.banSeconds(address(2), baseNS: 8 * day, nowNS: now) == 8 * 86_400.0)
        #expect(book.banSeconds(address(2), baseNS: 8 * day, nowNS: now + 9 * day) == 30 * 86_400.0)
    }

    @Test("a rule's own base grows like a step's, and bans of both kinds count together")
    func kindsCountTogether() {
        let book = makeBook()
        #expect(book.banSeconds(address(1), baseNS: hour, nowNS: 0) == 3_600.0)
        #expect(book.add(20, to: address(1), cause: cause, nowNS: 2 * hour).ban?.untilNS == 2 * hour + 40 * minute)
        #expect(book.banSeconds(address(1), baseNS: hour, nowNS: 3 * hour) == 16 * 3_600.0)
    }

    @Test("an earlier ban counts while its end, not its start, lies within the memory", arguments: [0, 1])
    func forgets(beyondNS: UInt64) {
        let book = makeBook { $0.repeatForgetNS = 5 * day }
        #expect(book.banSeconds(address(1), baseNS: 3 * day, nowNS: 0) == 3 * 86_400.0)
        let change = book.ban(address(1), baseNS: hour, cause: cause, nowNS: 8 * day + beyondNS)
        #expect(change.ban?.number == (beyondNS == 0 ? 2 : 1))
    }

    @Test("a ban during a ban extends the end, keeps start and number, and does not count as another")
    func extends() throws {
        let book = makeBook()
        let first = try #require(book.ban(address(1), baseNS: nil, cause: cause, nowNS: hour).ban)
        var later = cause
        later.packet = "C_WHISPER"
        let change = book.ban(address(1), baseNS: nil, cause: later, nowNS: hour + minute)
        var expected = first
        expected.untilNS += minute
        expected.cause = later
        #expect(change == .extended(expected))
        #expect(book.standing(of: address(1), nowNS: hour + 2 * minute) == .banned(expected))
        #expect(book.takeExpired(nowNS: expected.untilNS - 1, most: 9).isEmpty)
        #expect(book.takeExpired(nowNS: expected.untilNS, most: 9).map(\.ban) == [expected])
        #expect(book.ban(address(1), baseNS: nil, cause: cause, nowNS: 2 * hour).ban?.number == 2)
    }

    @Test("an extension uses the number of the ban it extends")
    func extensionGrowsLikeItsBan() {
        let book = makeBook()
        #expect(book.banSeconds(address(1), nowNS: 0) == 600.0)
        #expect(book.banSeconds(address(1), nowNS: hour) == 2_400.0)
        #expect(book.banSeconds(address(1), nowNS: hour + minute) == 2_400.0)
    }

    @Test("a ban during a ban never shortens it, and a score that reaches a step during a ban extends it")
    func neverShortens() {
        let book = makeBook()
        #expect(book.banSeconds(address(1), baseNS: hour, nowNS: 0) == 3_600.0)
        #expect(book.ban(address(1), baseNS: hour - 1, cause: cause, nowNS: 0) == .none)
        #expect(book.ban(address(1), baseNS: hour, cause: cause, nowNS: 0) == .none)
        #expect(book.ban(address(1), baseNS: hour + 1, cause: cause, nowNS: 0).isExtension)
        #expect(book.add(20, to: address(1), cause: cause, nowNS: 55 * minute).ban?.untilNS == 65 * minute)
        #expect(book.score(of: address(1), nowNS: 55 * minute) == 0)
    }

    @Test("earlier bans are counted exactly up to 16, and stay at 16 beyond")
    func countBound() {
        let book = makeBook { $0.repeatFactor = 1 }
        for round in 1...20 {
            let ban = book.ban(address(1), baseNS: second, cause: cause, nowNS: UInt64(round) * minute).ban
            #expect(ban?.number == UInt32(min(round, 17)), "ban \(round)")
        }
    }

    @Test("jitter spreads durations over its whole range and never beyond")
    func jitterRange() {
        let book = makeBook(seed: 42) { $0.repeatJitter = 0.1 }
        let seconds = (0..<2_000).compactMap { book.banSeconds(address($0), nowNS: 0) }
        #expect(seconds.allSatisfy { 540...660 ~= $0 })
        #expect((seconds.min() ?? 600) < 541)
        #expect((seconds.max() ?? 600) > 659)
        #expect(abs(seconds.reduce(0, +) / 2_000 - 600) < 3)
    }

    @Test("the same seed and sequence give the same durations, another seed gives others")
    func jitterDeterminism() {
        let ends = [7, 7, 8].map { (seed: UInt64) in
            let book = makeBook(seed: seed) { $0.repeatJitter = 0.5 }
            return (0..<50).compactMap { book.ban(address($0), baseNS: nil, cause: cause, nowNS: 0).ban?.untilNS }
        }
        #expect(ends[0] == ends[1])
        #expect(ends[0] != ends[2])
    }

    @Test("the cap comes after the jitter: nothing exceeds it, and jitter cannot push below it what is far above")
    func capAfterJitter() {
        let book = makeBook {
            $0.repeatJitter = 0.5
            $0.repeatMostNS = hour
        }
        for number in 0..<200 {
            #expect(book.banSeconds(address(UInt32(number)), baseNS: 10 * hour, nowNS: 0) == 3_600.0)
            let seconds = book.banSeconds(address(UInt32(number + 1_000)), baseNS: hour, nowNS: 0) ?? 0
            #expect(1_800...3_600 ~= seconds)
        }
    }

    @Test("senseless settings and the end of time saturate instead of trapping")
    func extremes() {
        for factor in [Double.nan, -1, .infinity, 0, 1e300] {
            for jitter in [Double.nan, -1, .infinity, 1] {
                let book = makeBook {
                    $0.repeatFactor = factor
                    $0.repeatJitter = jitter
                    $0.repeatMostNS = .max
                    $0.repeatForgetNS = .max
                    $0.halfLifeNS = 0
                    $0.ladder = []
                    $0.addressCountMax = -1
                }
                for now in [0, 1, hour, .max - 1, .max] {
                    for base in [0, 1, .max, nil] as [UInt64?] {
                        let ban = book.ban(address(1), baseNS: base, cause: cause, nowNS: now).ban
                        #expect(ban.map { $0.untilNS >= now } != false)
                        _ = book.add(1e308, to: address(2), cause: cause, nowNS: now)
                    }
                }
                #expect(book.takeExpired(nowNS: .max, most: .max).count > 0)
                #expect(book.takeExpired(nowNS: .max, most: -1).isEmpty)
            }
        }
    }
}
