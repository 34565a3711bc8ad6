import Reputation
import Settings
import TestSupport
import Testing
import WireBytes

@Suite("The book, and what another run restores of it")
struct StorageTests {
    /// Two runs on one machine, the second after a restart of the machine: its monotonic clock begins anew.
    @Test("bans, scores and histories are the same in another run with another clock", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let settings = makeSettings { $0.networks = [.init(prefixIPv4: 24, prefixIPv6: nil)] }
        let book = ReputationBook(settings: settings, seed: seed)
        let wallUS: Int64 = 1_700_000_000_000_000
        book.synchronise(nowNS: 0, wallUS: wallUS)
        book.keepChanges()
        var kept: [Subject: StoredEntry] = [:]
        var now: UInt64 = 90 * day
        for _ in 0..<300 {
            now += UInt64.random(in: 0...(3 * hour), using: &random)
            let number = UInt32.random(in: 0..<12, using: &random)
            let account = number % 3 == 0 ? AccountName("player \(number)") : nil
            let offender = Offender(address: address(number), account: account)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: _ = book.ban(offender, on: .account, baseNS: 2 * hour, cause: cause, nowNS: now)
            case 1: _ = book.lift(.network(IPNetwork(holding: address(number), prefixLength: 128)), nowNS: now)
            case 2: _ = book.takeExpired(nowNS: now, most: 5)
            default: _ = book.add(9, to: offender, cause: cause, nowNS: now)
            }
            if Bool.random(using: &random) {
                for entry in book.takeChanged(most: 3, nowNS: now).entries { kept[entry.subject] = entry }
            }
        }
        _ = book.takeExpired(nowNS: now, most: .max)
        for entry in book.takeChanged(most: .max, nowNS: now).entries { kept[entry.subject] = entry }

        let other = ReputationBook(settings: settings, seed: seed + 1)
        let otherNow = 5 * minute
        other.synchronise(nowNS: otherNow, wallUS: wallUS + Int64(now / 1_000))
        other.restore(kept.values.filter { $0.isWorthKeeping(scoresAbove: 0) }, nowNS: otherNow)
        let bans = book.bans(nowNS: now)
        #expect(!bans.isEmpty)
        let restored = Dictionary(uniqueKeysWithValues: other.bans(nowNS: otherNow).map { ($0.subject, $0) })
        #expect(Set(restored.keys) == Set(bans.map(\.subject)))
        for ban in bans {
            let copy = try #require(restored[ban.subject])
            // A wall clock tells microseconds.
            #expect(abs(Int64(copy.untilNS - otherNow) - Int64(ban.untilNS - now)) < 1_000)
            #expect(copy.number == ban.number && copy.kind == ban.kind && copy.cause == ban.cause)
            #expect(copy.startedWallUS == ban.startedWallUS && copy.address == ban.address)
        }
        for number: UInt32 in 0..<12 {
            let subject = Subject.network(IPNetwork(holding: address(number), prefixLength: 128))
            let (one, two) = (book.report(on: subject, nowNS: now), other.report(on: subject, nowNS: otherNow))
            #expect(abs(one.score - two.score) < 1e-6 && one.earlierBanCount == two.earlierBanCount)
            #expect(one.trail == two.trail)
        }
    }

    @Test("a ban that ended while nobody ran is an earlier one, and one until it is lifted goes on")
    func endedMeanwhile() {
        let book = makeBook()
        book.synchronise(nowNS: hour, wallUS: 10_000_000_000)
        var past = StoredEntry(subject: .network(IPNetwork(holding: address(1), prefixLength: 128)))
        past.ban = StoredBan(
            address: address(1), startedWallUS: 1, untilWallUS: 9_999_999_999, number: 1, kind: .hard, cause: cause)
        var endless = StoredEntry(subject: .network(IPNetwork(holding: address(2), prefixLength: 128)))
        endless.ban = StoredBan(
            address: nil, startedWallUS: .min, untilWallUS: StoredBan.foreverWallUS, number: 0, kind: .soft,
            cause: cause)
        book.restore([past, endless], nowNS: hour)
        #expect(book.check(address(1), nowNS: hour) == .clear)
        #expect(book.banSeconds(address(1), nowNS: hour) == 2_400)
        #expect(book.check(address(2), nowNS: 10_000 * day) == .banned(.soft))
    }

    @Test("senseless numbers of a file are brought into reason", arguments: [Int64.min, -1, 0, .max - 1, .max])
    func hostile(number: Int64) {
        let book = makeBook()
        book.synchronise(nowNS: hour, wallUS: 1_700_000_000_000_000)
        var entry = StoredEntry(subject: .network(IPNetwork(holding: address(1), prefixLength: 128)))
        entry.score = number < 0 ? .nan : .infinity
        entry.scoreWallUS = number
        entry.pastEndsWallUS = [number, .min, .max]
        entry.trail = [ScorePoint(wallUS: number, ruleID: .max, ruleName: "x", points: .nan, score: -.infinity)]
        entry.ban = StoredBan(
            address: address(1), startedWallUS: number, untilWallUS: number, number: .max, kind: .hard, cause: cause)
        book.restore([entry], nowNS: hour)
        _ = book.takeExpired(nowNS: 2 * hour, most: .max)
        _ = book.banSeconds(address(1), nowNS: 3 * hour)
        _ = book.report(on: entry.subject, nowNS: 3 * hour)
        book.keepChanges()
        book.forgetWritten()
        #expect(book.takeChanged(most: .max, nowNS: 4 * hour).isEverything)
    }

    @Test("where the clock was set by seconds everything is written anew", arguments: [-1, 0, 1])
    func setClock(stepUS: Int64) {
        let book = makeBook()
        book.synchronise(nowNS: hour, wallUS: 1_700_000_000_000_000)
        book.keepChanges()
        _ = book.banSeconds(address(1), nowNS: hour)
        _ = book.takeChanged(most: .max, nowNS: hour)
        // Backwards; a little less is a correction.
        book.synchronise(nowNS: 2 * hour, wallUS: 1_700_003_595_000_000 - stepUS)
        let taken = book.takeChanged(most: .max, nowNS: 2 * hour)
        #expect(taken.isEverything == (stepUS >= 0) && taken.entries.count == (stepUS >= 0 ? 1 : 0))
        book.synchronise(nowNS: 2 * hour + second, wallUS: 1_700_003_596_000_000 - stepUS)
        #expect(!book.takeChanged(most: .max, nowNS: 2 * hour).isEverything)
    }

    @Test("more changes than are kept track of mean that everything is taken")
    func everything() {
        let book = makeBook { $0.addressCountMax = 10 }
        book.keepChanges()
        for number: UInt32 in 0..<20 { _ = book.add(1, to: address(number), cause: cause, nowNS: 0) }
        #expect(!book.takeChanged(most: 0, nowNS: 0).isEverything)
        _ = book.add(1, to: address(20), cause: cause, nowNS: 0)
        let taken = book.takeChanged(most: .max, nowNS: 0)
        #expect(taken.isEverything && taken.entries.count == 10)
        #expect(book.takeChanged(most: .max, nowNS: 0) == StoredChanges(entries: [], isEverything: false))
    }
}
