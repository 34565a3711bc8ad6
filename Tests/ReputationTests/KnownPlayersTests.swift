import Reputation
import Settings
import Testing
import WireBytes

@Suite("Known players")
struct KnownPlayersTests {
    private let day = 24 * hour

    private func key(_ number: UInt32) -> IPNetwork { IPNetwork(holding: address(number), prefixLength: 128) }

    private func players(_ countMax: Int = 100, keepNS: UInt64 = 30 * 24 * hour) -> KnownPlayers {
        var settings = KnownPlayersSettings()
        settings.countMax = countMax
        settings.keepNS = keepNS
        return KnownPlayers(settings: settings)
    }

    @Test("a player is known until `keep` after he last played, and not a nanosecond longer")
    func keeps() {
        let players = players(keepNS: 10)
        #expect(!players.contains(key(1), nowNS: 0))
        players.remember(key(1), nowNS: 100)
        #expect(players.contains(key(1), nowNS: 109))
        #expect(!players.contains(key(1), nowNS: 110))
        players.remember(key(1), nowNS: 110)
        players.remember(key(1), nowNS: 115)
        #expect(players.contains(key(1), nowNS: 124))
        #expect(!players.contains(key(1), nowNS: 125))
        #expect(!players.contains(key(2), nowNS: 115))
    }

    @Test("a ban forgets the address it is on, and no other")
    func forgets() {
        let players = players()
        for number: UInt32 in [1, 2] { players.remember(key(number), nowNS: 0) }
        players.forget(.network(key(1)))
        players.forget(.network(key(9)))
        #expect(!players.contains(key(1), nowNS: 1))
        #expect(players.contains(key(2), nowNS: 1))
        #expect(players.count == 1)
    }

    @Test("a full book takes one more in place of who has not played for longest")
    func oldestMakesRoom() {
        let players = players(3)
        for number: UInt32 in 1...3 { players.remember(key(number), nowNS: UInt64(number)) }
        players.remember(key(1), nowNS: 4)
        #expect(players.count == 3)
        players.remember(key(4), nowNS: 5)
        #expect([1, 2, 3, 4].map { players.contains(key($0), nowNS: 6) } == [true, false, true, true])
        #expect(players.count == 3)
    }

    @Test("any number of addresses that have played on one day push out none that has played on two")
    func newcomersPushOutNewcomers() {
        let players = players(10)
        for number: UInt32 in 1...10 { players.remember(key(number), nowNS: 0) }
        for number: UInt32 in 1...4 { players.remember(key(number), nowNS: day) }
        for number: UInt32 in 1_000..<3_000 { players.remember(key(number), nowNS: day + 1) }
        #expect((1...10).map { players.contains(key($0), nowNS: day + 2) } == (1...10).map { $0 <= 4 })
        #expect(players.count == 10)
    }

    @Test("a book full of those who come every day takes a newcomer, and the next newcomer takes his place")
    func regularsStay() {
        let players = players(3)
        for time in [0, day] { for number: UInt32 in 1...3 { players.remember(key(number), nowNS: time) } }
        for number: UInt32 in 10..<99 { players.remember(key(number), nowNS: day + 1) }
        #expect((1...3).map { players.contains(key($0), nowNS: day + 2) } == [false, true, true])
        #expect(players.contains(key(98), nowNS: day + 2))
    }

    @Test("two sessions within 20 hours are one day's")
    func countsDays() {
        let players = players(2)
        players.remember(key(1), nowNS: 0)
        players.remember(key(1), nowNS: 20 * hour - 1)
        players.remember(key(2), nowNS: 20 * hour - 1)
        players.remember(key(2), nowNS: 40 * hour - 1)
        #expect(players.takeChanged(most: 9, nowNS: 40 * hour, nowWallUS: 0).map { $0.player?.days } == [1, 2])
    }

    @Test("who is known no more makes room before anybody else, whatever the days")
    func expired() {
        let players = players(2, keepNS: 2 * day)
        players.remember(key(1), nowNS: 0)
        players.remember(key(1), nowNS: day)
        players.remember(key(2), nowNS: 2 * day)
        players.remember(key(3), nowNS: 3 * day)
        #expect([1, 2, 3].map { players.contains(key($0), nowNS: 3 * day) } == [false, true, true])
    }

    @Test("what has changed comes out once, as it is now, and what a store kept comes back with the time that is left")
    func storing() throws {
        let players = players(keepNS: 100 * second)
        for number: UInt32 in 1...3 { players.remember(key(number), nowNS: 0) }
        players.remember(key(3), nowNS: 10 * second)
        players.forget(.network(key(2)))
        let changes = players.takeChanged(most: 2, nowNS: 20 * second, nowWallUS: 1_000_000_000)
        #expect(changes.map(\.network) == [key(1), key(2)])
        #expect(changes.map { $0.player?.untilWallUS } == [1_080_000_000, nil])
        let rest = players.takeChanged(most: 2, nowNS: 20 * second, nowWallUS: 1_000_000_000)
        #expect(rest.map { $0.player?.untilWallUS } == [1_090_000_000])
        #expect(players.takeChanged(most: 2, nowNS: 20 * second, nowWallUS: 0).isEmpty)

        let other = self.players(keepNS: 100 * second)
        other.restore((changes + rest).compactMap(\.player), nowNS: 7, nowWallUS: 1_085_000_000)
        #expect([1, 2, 3].map { other.contains(key($0), nowNS: 7) } == [false, false, true])
        #expect(other.contains(key(3), nowNS: 5 * second))
        #expect(!other.contains(key(3), nowNS: 5 * second + 7))
        // What comes from the store need not go there again.
        #expect(other.takeChanged(most: 9, nowNS: 7, nowWallUS: 0).isEmpty)
    }

    @Test("a clock that was set back makes nobody known for longer than `keep`")
    func clockSetBack() {
        let players = players(keepNS: 100)
        players.restore(
            [
                KnownAddress(network: key(1), untilWallUS: .max, days: 99),
                KnownAddress(network: key(2), untilWallUS: .max, days: -5),
            ], nowNS: 50, nowWallUS: -9)
        #expect(players.contains(key(1), nowNS: 149))
        #expect(!players.contains(key(1), nowNS: 150))
        #expect(players.contains(key(2), nowNS: 149))
    }

    @Test("a reload that makes the book smaller lets the oldest go")
    func shrinks() {
        let players = players(5)
        for number: UInt32 in 1...5 { players.remember(key(number), nowNS: UInt64(number)) }
        var settings = KnownPlayersSettings()
        settings.countMax = 2
        settings.afterNS = 77
        players.update(settings: settings)
        #expect(players.count == 2)
        #expect(players.contains(key(5), nowNS: 9))
        #expect(players.afterNS == 77)
    }
}

@Suite("How often addresses come")
struct AddressRatesTests {
    private func key(_ number: UInt32) -> IPNetwork { IPNetwork(holding: address(number), prefixLength: 128) }

    @Test("an address comes as often as it may and not once more, until its time comes back")
    func charges() {
        let rates = AddressRates()
        let rate = Frequency(count: 2, periodNS: second)
        #expect((0..<3).map { _ in rates.charge(key(1), rate, nowNS: 5) } == [true, true, false])
        #expect(rates.charge(key(2), rate, nowNS: 5))
        #expect(!rates.charge(key(1), rate, nowNS: second / 2 + 4))
        #expect(rates.charge(key(1), rate, nowNS: second / 2 + 5))
        #expect(!rates.charge(key(1), rate, nowNS: second / 2 + 5))
    }

    @Test("when more addresses come than are remembered, the one that came longest ago starts anew")
    func bounded() {
        let rates = AddressRates(countMax: 2)
        let rate = Frequency(count: 1, periodNS: hour)
        #expect((1...3).map { rates.charge(key($0), rate, nowNS: 0) } == [true, true, true])
        #expect([2, 3, 1].map { rates.charge(key($0), rate, nowNS: 1) } == [false, false, true])
    }
}

@Suite("Passes of a gate")
struct GatePassesTests {
    @Test("a pass is good while somebody holds it, and for its time after the last one")
    func holds() {
        let passes = GatePasses<Int>(countMax: 9)
        #expect(!passes.enter(1, nowNS: 0))
        passes.grant(1, nowNS: 0)
        #expect(passes.enter(1, nowNS: hour))
        passes.leave(1, forNS: 10, nowNS: hour)
        #expect(passes.enter(1, nowNS: 2 * hour))
        passes.leave(1, forNS: 10, nowNS: 2 * hour)
        passes.leave(1, forNS: 10, nowNS: 3 * hour)
        #expect(!passes.enter(1, nowNS: 3 * hour + 10))
        #expect(!passes.enter(2, nowNS: hour))
    }

    @Test("a pass that nobody holds is good to its last nanosecond")
    func ends() {
        let passes = GatePasses<Int>(countMax: 9)
        passes.grant(1, nowNS: 0)
        passes.leave(1, forNS: 10, nowNS: 100)
        #expect(passes.enter(1, nowNS: 109))
        passes.leave(1, forNS: 10, nowNS: 109)
        #expect(!passes.enter(1, nowNS: 119))
    }

    @Test("a full table takes one more in place of the pass that nobody has held for longest, held ones last")
    func bounded() {
        let passes = GatePasses<Int>(countMax: 3)
        for key in 1...3 { passes.grant(key, nowNS: 0) }
        passes.leave(3, forNS: hour, nowNS: 1)
        passes.leave(2, forNS: hour, nowNS: 2)
        passes.grant(4, nowNS: 3)
        #expect([1, 2, 3, 4].map { passes.enter($0, nowNS: 4) } == [true, true, false, true])
        passes.grant(5, nowNS: 5)
        #expect(!passes.enter(1, nowNS: 6))
        // Whose pass made room has nothing to let go, and nothing comes of it.
        passes.leave(1, forNS: hour, nowNS: 7)
        #expect(!passes.enter(1, nowNS: 8))
        #expect(passes.count == 3)
    }

    @Test("passes whose time is over go as others come")
    func forgets() {
        let passes = GatePasses<Int>(countMax: 1_000)
        for key in 0..<500 {
            passes.grant(key, nowNS: UInt64(key))
            passes.leave(key, forNS: 5, nowNS: UInt64(key))
        }
        #expect(passes.count < 10)
    }

    @Test("asking whether somebody would be let in lets nobody in")
    func asks() {
        let passes = GatePasses<Int>(countMax: 3)
        passes.grant(1, nowNS: 0)
        #expect(passes.has(1, nowNS: 1))
        passes.leave(1, forNS: 5, nowNS: 1)
        #expect(passes.has(1, nowNS: 5))
        #expect(!passes.has(1, nowNS: 6))
        #expect(!passes.has(2, nowNS: 1))
    }
}
