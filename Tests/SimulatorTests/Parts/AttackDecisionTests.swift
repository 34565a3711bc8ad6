import Events
import Settings
import TestSupport
import Testing

@testable import DataPlane

@Suite("When a listener is under attack")
struct AttackDecisionTests {
    private let second = Game.secondNS

    private var settings: UnderAttackSettings {
        var settings = UnderAttackSettings(
            limits: StrangerLimits(name: "siege"), new: Frequency(count: 200, periodNS: second), unfinished: 300,
            failures: Frequency(count: 50, periodNS: second))
        settings.leastNS = 120 * second
        return settings
    }

    @Test("at a threshold nothing happens, and one above it is an attack that names the number")
    func thresholds() {
        let at = AttackReadings(new: 200, unfinished: 300, failures: 50)
        var decision = AttackDecision()
        #expect(decision.judge(at, settings, nowNS: 1) == nil)
        #expect(decision.sinceNS == nil)
        for (readings, measure, count) in [
            (AttackReadings(new: 201), .new, 201), (AttackReadings(unfinished: 301), .unfinished, 301),
            (AttackReadings(failures: 51), .failures, 51),
        ] as [(AttackReadings, UnderAttackRecord.Measure, UInt64)] {
            var decision = AttackDecision()
            let change = decision.judge(readings, settings, nowNS: 7)
            #expect(change == .began(measure, count: count, threshold: count - 1))
            #expect(decision.sinceNS == 7)
            #expect(decision.judge(readings, settings, nowNS: 8) == nil)
        }
    }

    @Test("what has no threshold begins nothing and keeps nothing up")
    func leftOut() {
        var settings = settings
        settings.new = nil
        settings.failures = nil
        var decision = AttackDecision()
        #expect(decision.judge(AttackReadings(new: 9_999, failures: 9_999), settings, nowNS: 1) == nil)
        _ = decision.judge(AttackReadings(unfinished: 301), settings, nowNS: 1)
        _ = decision.judge(AttackReadings(new: 9_999), settings, nowNS: 2)
        #expect(decision.judge(AttackReadings(new: 9_999), settings, nowNS: 2 + 120 * second) != nil)
    }

    @Test("it is over when every reading was below its calm share for `least`, and not a nanosecond before")
    func relaxes() {
        var decision = AttackDecision()
        _ = decision.judge(AttackReadings(new: 201), settings, nowNS: second)
        // Exactly the share is not below it.
        #expect(decision.judge(AttackReadings(new: 100), settings, nowNS: 2 * second) == nil)
        #expect(decision.calmSinceNS == nil)
        let calm = AttackReadings(new: 99, unfinished: 149, failures: 24)
        #expect(decision.judge(calm, settings, nowNS: 10 * second) == nil)
        #expect(decision.judge(calm, settings, nowNS: 130 * second - 1) == nil)
        #expect(decision.judge(calm, settings, nowNS: 130 * second) == .ended(afterNS: 129 * second))
        #expect(decision == AttackDecision())
    }

    @Test("one loud moment makes it wait for the whole time anew", arguments: 0..<3)
    func interrupted(kind: Int) {
        let loud = [
            AttackReadings(new: 100), AttackReadings(unfinished: 150), AttackReadings(failures: 25),
        ][kind]
        var decision = AttackDecision()
        _ = decision.judge(AttackReadings(new: 201), settings, nowNS: 0)
        _ = decision.judge(AttackReadings(), settings, nowNS: 0)
        _ = decision.judge(AttackReadings(), settings, nowNS: 119 * second)
        _ = decision.judge(loud, settings, nowNS: 119 * second + 1)
        _ = decision.judge(AttackReadings(), settings, nowNS: 120 * second)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 240 * second - 1) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 240 * second) != nil)
    }

    @Test("an attack in waves that are closer together than `least` begins once and ends once")
    func waves() {
        var decision = AttackDecision()
        var changes: [AttackDecision.Change] = []
        for tick in 0..<4_000 {
            let isWave = tick < 3_000 && tick % 400 < 40
            let readings = AttackReadings(new: isWave ? 500 : 3)
            let nowNS = UInt64(tick) * second / 4
            if let change = decision.judge(readings, settings, nowNS: nowNS) { changes.append(change) }
        }
        // The last wave ends at tick 2840, 710 s after the first began.
        #expect(changes == [.began(.new, count: 500, threshold: 200), .ended(afterNS: 830 * second)])
    }

    @Test("a time that is a little behind counts as no time")
    func clockBehind() {
        var decision = AttackDecision()
        _ = decision.judge(AttackReadings(new: 201), settings, nowNS: 50)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 40) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 30) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 39 + 120 * second) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 40 + 120 * second) != nil)
    }

    // MARK: By hand

    @Test("what an operator says holds whatever is counted, until he says that it shall decide by itself")
    func byHand() {
        var decision = AttackDecision()
        #expect(decision.obey(.on, nowNS: 1) == .began(.operator, count: 0, threshold: 0))
        #expect(decision.obey(.on, nowNS: 2) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 1_000 * second) == nil)
        #expect(decision.sinceNS == 1)
        #expect(decision.obey(.off, nowNS: 5) == .ended(afterNS: 4))
        #expect(decision.obey(.off, nowNS: 6) == nil)
        #expect(decision.judge(AttackReadings(new: 9_999), settings, nowNS: 7) == nil)
        #expect(decision.obey(.automatic, nowNS: 8) == nil)
        #expect(decision.judge(AttackReadings(new: 201), settings, nowNS: 9) != nil)
    }

    @Test("back from `on` it stays under attack until it has been calm for `least`")
    func backFromOn() {
        var decision = AttackDecision()
        _ = decision.obey(.on, nowNS: 0)
        #expect(decision.obey(.automatic, nowNS: 500 * second) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 500 * second) == nil)
        #expect(decision.judge(AttackReadings(), settings, nowNS: 620 * second) == .ended(afterNS: 620 * second))
    }
}

@Suite("What a listener counts")
struct RateWindowTests {
    private let second = Game.secondNS

    @Test("what comes within one period is counted whole, on whichever side of a border it stands")
    func counts() {
        var window = RateWindow()
        for _ in 0..<200 { window.count(nowNS: 1_000, periodNS: second) }
        #expect(window.reading(nowNS: second - 1, periodNS: second) == 200)
        for _ in 0..<200 { window.count(nowNS: second, periodNS: second) }
        #expect(window.reading(nowNS: second, periodNS: second) == 399)
        #expect(window.reading(nowNS: second + second / 2 - 1, periodNS: second) == 300)
        #expect(window.reading(nowNS: 2 * second - 1, periodNS: second) == 200)
        #expect(window.reading(nowNS: 3 * second, periodNS: second) == 0)
    }

    @Test("an even flow of exactly the threshold never reads above it")
    func even() {
        var window = RateWindow()
        for number in 0..<10_000 {
            let nowNS = UInt64(number) * second / 200
            window.count(nowNS: nowNS, periodNS: second)
            #expect(window.reading(nowNS: nowNS, periodNS: second) <= 200)
        }
    }

    @Test("a clock that is a little behind counts in the period that is there, and more than fit are not told apart")
    func oddities() {
        var window = RateWindow()
        window.count(nowNS: 5 * second, periodNS: second)
        window.count(nowNS: 5 * second - 1, periodNS: second)
        #expect(window.reading(nowNS: 5 * second, periodNS: second) == 2)
        var many = RateWindow(packed: 0)
        for _ in 0..<3 {
            many = RateWindow(packed: many.packed | RateWindow.countMax)
            many.count(nowNS: 0, periodNS: second)
        }
        #expect(many.reading(nowNS: 0, periodNS: second) == RateWindow.countMax)
        #expect(RateWindow(packed: window.packed) == window)
        // The longest period and the greatest counts do not overflow.
        let most = RateWindow(packed: 5_000_000 << 40 | RateWindow.countMax << 20 | RateWindow.countMax)
        #expect(
            most.reading(nowNS: 3_600 * second * 5_000_000, periodNS: 3_600 * second) == 2 * RateWindow.countMax - 1)
    }

    @Test("several threads lose nothing of what they count")
    func threads() async {
        let watch = AttackWatch()
        let settings = UnderAttackSettings(
            limits: StrangerLimits(name: "siege"), new: Frequency(count: 1_000_000, periodNS: 3_600 * second))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<5_000 { watch.countNew(settings, nowNS: 7) } } }
        }
        #expect(watch.readings(settings, nowNS: 7).new == 20_000)
    }
}
