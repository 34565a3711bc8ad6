import Settings

/// How long a ban lasts: base · factor^n, then jitter, then the cap.
struct BanDuration {
    /// State of the jitter; advances by one step a duration, so that a seed and a sequence of bans fix every end.
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The next duration in nanoseconds, at least 1.
    ///
    /// - Parameter earlierCount: earlier bans that still count.
    mutating func next(baseNS: UInt64, earlierCount: Int, settings: ReputationSettings) -> UInt64 {
        let share = random.nextFraction()
        var scale = 1.0
        // A factor that is no number repeats the base rather than poisoning every later comparison.
        let factor = settings.repeatFactor >= 0 ? settings.repeatFactor : 1
        for _ in 0..<earlierCount { scale *= factor }
        let jitter = settings.repeatJitter >= 0 ? min(settings.repeatJitter, 1) : 0
        scale *= 1 + jitter * (2 * share - 1)
        // Untouched when nothing scales it: a Double holds whole nanoseconds only up to 104 days.
        let scaledNS = scale == 1 ? baseNS : UInt64(saturating: Double(baseNS) * scale)
        return max(1, min(scaledNS, settings.repeatMostNS))
    }
}

/// A small generator with a stated sequence for every seed.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, both ends included.
    mutating func nextFraction() -> Double {
        let bitCount: UInt64 = 53
        return Double(next() >> (64 - bitCount)) / Double((1 << bitCount) - 1)
    }

    /// From 0 to `count - 1`; the bias of the remainder does not matter for sampling.
    mutating func nextIndex(below count: Int) -> Int {
        Int(next() % UInt64(count))
    }
}

extension UInt64 {
    /// The nearest value: 0 for what is no number or negative, the greatest for what is too large.
    init(saturating value: Double) {
        // 2^64 as a Double is exact; everything below it converts.
        self = value >= 18_446_744_073_709_551_616 ? .max : value > 0 ? UInt64(value) : 0
    }

    /// `self + other`, or the greatest value.
    func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// How far `self` lies after `earlier`; 0 when it does not.
    func elapsed(since earlier: UInt64) -> UInt64 {
        self > earlier ? self - earlier : 0
    }
}
