import Reputation
import Settings
import Testing
import WireBytes

@Suite("Scores")
struct ScoreTests {
    @Test("a score halves with every half-life")
    func halves() {
        let book = makeBook()
        #expect(book.add(16, to: address(1), cause: cause, nowNS: 5 * day) == .none)
        #expect(book.score(of: address(1), nowNS: 5 * day) == 16)
        #expect(abs(book.score(of: address(1), nowNS: 5 * day + 10 * minute) - 8) < 1e-12)
        #expect(abs(book.score(of: address(1), nowNS: 5 * day + 5 * minute) - 16 / 2.0.squareRoot()) < 1e-12)
        #expect(book.score(of: address(1), nowNS: 90 * day) < 1e-300)
    }

    @Test("points are added after the decay, so 19 points and 10 more after a half-life make 19.5 and no ban")
    func decaysBeforeAdding() {
        let book = makeBook()
        #expect(book.add(19, to: address(1), cause: cause, nowNS: minute) == .none)
        #expect(book.add(10, to: address(1), cause: cause, nowNS: 11 * minute) == .none)
        #expect(abs(book.score(of: address(1), nowNS: 11 * minute) - 19.5) < 1e-12)
    }

    @Test("a score of exactly a step bans, a little less does not", arguments: [19.999, 20])
    func stepBoundary(points: Double) {
        let change = makeBook().add(points, to: address(1), cause: cause, nowNS: hour)
        #expect(change.isNewBan == (points >= 20))
    }

    @Test("the ban that a score caused names the ladder and keeps the rest of the cause, and the score is then 0")
    func ladderBan() throws {
        let book = makeBook()
        let ban = try #require(book.add(25, to: address(1), cause: cause, nowNS: hour).ban)
        var expected = cause
        expected.origin = .ladder
        #expect(
            ban
                == Ban(
                    subject: .network(IPNetwork(holding: address(1), prefixLength: 128)), address: address(1),
                    startedNS: hour,
                    untilNS: hour + 10 * minute, startedWallUS: Int64(hour / 1_000),
                    number: 1, cause: expected))
        #expect(book.score(of: address(1), nowNS: hour) == 0)
    }

    @Test("the highest step that a score reaches decides, in whatever order the steps are written")
    func highestStep() {
        let steps = [
            ReputationSettings.Step(at: 20, baseNS: 10 * minute), .init(at: 50, baseNS: 2 * hour),
            .init(at: 100, baseNS: 3 * day),
        ]
        for ladder in [steps, steps.reversed()] {
            for (points, base) in [(20.0, 10 * minute), (49.9, 10 * minute), (50, 2 * hour), (100, 3 * day)] {
                let book = makeBook { $0.ladder = ladder }
                let ban = book.add(points, to: address(1), cause: cause, nowNS: 0).ban
                #expect(ban?.untilNS == base, "\(points) points")
            }
        }
    }

    @Test("points that are not above 0 change nothing", arguments: [0, -5, -Double.infinity, Double.nan])
    func senselessPoints(points: Double) {
        let book = makeBook()
        #expect(book.add(points, to: address(1), cause: cause, nowNS: 1) == .none)
        #expect(book.counts.addressCount == 0)
    }

    @Test("endless points ban, and time that runs backwards is no time")
    func extremes() {
        let book = makeBook()
        #expect(book.add(.infinity, to: address(1), cause: cause, nowNS: .max).isNewBan)
        #expect(book.add(10, to: address(2), cause: cause, nowNS: hour) == .none)
        #expect(book.add(5, to: address(2), cause: cause, nowNS: 0) == .none)
        #expect(book.score(of: address(2), nowNS: hour) == 15)
        #expect(book.score(of: address(2), nowNS: 0) == 15)
    }

    @Test("an IPv6 prefix has one score, and its neighbour another")
    func prefixShares() {
        let book = makeBook()
        #expect(book.add(12, to: address6(subnet: 7, host: 1), cause: cause, nowNS: 0) == .none)
        #expect(book.score(of: address6(subnet: 8, host: 1), nowNS: 0) == 0)
        let ban = book.add(12, to: address6(subnet: 7, host: 2), cause: cause, nowNS: 0).ban
        #expect(ban?.address == address6(subnet: 7, host: 2))
        #expect(ban?.network == IPNetwork(holding: address6(subnet: 7, host: 0), prefixLength: 64))
        #expect(book.standing(of: address6(subnet: 7, host: 99), nowNS: 0).isBanned)
        #expect(book.standing(of: address6(subnet: 8, host: 99), nowNS: 0) == .clear)
    }

    @Test("an IPv4 address has its own score however near its neighbour, mapped or plain")
    func ipv4IsWhole() {
        let book = makeBook()
        let mapped = IPAddress(high: 0, low: 0xFFFF_CB00_7101)
        #expect(book.add(12, to: address(1), cause: cause, nowNS: 0) == .none)
        #expect(book.add(12, to: address(2), cause: cause, nowNS: 0) == .none)
        #expect(book.add(12, to: mapped, cause: cause, nowNS: 0).isNewBan)
        #expect(book.standing(of: address(1), nowNS: 0).isBanned)
        #expect(book.standing(of: address(2), nowNS: 0) == .clear)
    }

    @Test("keys and networks follow the configured prefixes, and values outside the range are brought into it")
    func prefixes() {
        let book = makeBook {
            $0.networkPrefixIPv4 = 20
            $0.networkPrefixIPv6 = 48
            $0.addressPrefixIPv6 = 56
        }
        let six = address6(subnet: 0x1234_5678, host: 9)
        #expect(book.key(of: address(1)) == IPNetwork(holding: address(1), prefixLength: 128))
        #expect(book.network(of: address(1)) == IPNetwork(holding: address(1), prefixLength: 116))
        #expect(book.key(of: six) == IPNetwork(holding: six, prefixLength: 56))
        #expect(book.network(of: six) == IPNetwork(holding: six, prefixLength: 48))
        let senseless = makeBook {
            $0.networkPrefixIPv4 = 99
            $0.networkPrefixIPv6 = -1
            $0.addressPrefixIPv6 = .max
        }
        #expect(senseless.network(of: address(1)).prefixLength == 128)
        #expect(senseless.network(of: six).prefixLength == 0)
        #expect(senseless.key(of: six).prefixLength == 128)
    }
}
