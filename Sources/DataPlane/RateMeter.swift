import Synchronization

/// How often something has happened lately, in one word.
///
/// Shape: the number of a period, what was counted in it, and what in the one before: 24, 20 and 20 bits. What was
/// counted before leaves evenly as the period goes on, so that a burst on the border of two periods is seen whole.
struct RateWindow: Equatable {
    private(set) var window: UInt64 = 0
    private(set) var previous: UInt64 = 0
    private(set) var current: UInt64 = 0

    /// More are not told apart; thresholds are less.
    static let countMax: UInt64 = 1 << 20 - 1
    private static let windowMask: UInt64 = 1 << 24 - 1

    init() {}

    init(packed: UInt64) {
        window = packed >> 40
        previous = packed >> 20 & Self.countMax
        current = packed & Self.countMax
    }

    var packed: UInt64 { window << 40 | previous << 20 | current }

    /// Goes on to the period of a time.
    private mutating func advance(toNS nowNS: UInt64, periodNS: UInt64) {
        let now = nowNS / periodNS & Self.windowMask
        switch (now &- window) & Self.windowMask {
        case 0: return
        case 1: self = RateWindow(now, previous: current)
        // The clock of another thread was a little ahead.
        case let step where step > Self.windowMask / 2: return
        default: self = RateWindow(now, previous: 0)
        }
    }

    private init(_ window: UInt64, previous: UInt64) {
        self.window = window
        self.previous = previous
    }

    /// Counts one.
    mutating func count(nowNS: UInt64, periodNS: UInt64) {
        advance(toNS: nowNS, periodNS: periodNS)
        current = min(current + 1, Self.countMax)
    }

    /// What was counted in the period that ends now, without what came exactly that long ago.
    ///
    /// - Parameter periodNS: at most an hour, so that the product below fits.
    func reading(nowNS: UInt64, periodNS: UInt64) -> UInt64 {
        var window = self
        window.advance(toNS: nowNS, periodNS: periodNS)
        return window.previous * (periodNS - 1 - nowNS % periodNS) / periodNS + window.current
    }
}

/// A rate that several threads count.
struct RateMeter: ~Copyable {
    private let word = Atomic<UInt64>(0)

    func count(nowNS: UInt64, periodNS: UInt64) {
        var old = word.load(ordering: .relaxed)
        while true {
            var window = RateWindow(packed: old)
            window.count(nowNS: nowNS, periodNS: periodNS)
            let (isDone, found) = word.weakCompareExchange(
                expected: old, desired: window.packed, ordering: .relaxed)
            if isDone { return }
            old = found
        }
    }

    func reading(nowNS: UInt64, periodNS: UInt64) -> UInt64 {
        RateWindow(packed: word.load(ordering: .relaxed)).reading(nowNS: nowNS, periodNS: periodNS)
    }
}

/// A number of things that are there now, which several threads change.
struct Gauge: ~Copyable {
    private let number = Atomic(0)

    func enter() { number.wrappingAdd(1, ordering: .relaxed) }

    /// Counts one more, unless there are `most` already.
    func enter(most: Int) -> Bool {
        if number.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        leave()
        return false
    }

    func leave() { number.wrappingSubtract(1, ordering: .relaxed) }

    var value: Int { number.load(ordering: .relaxed) }
}
