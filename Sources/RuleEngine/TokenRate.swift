/// How fast a token bucket refills and how much it holds, in the units its state is kept in.
///
/// A bucket's whole state is one number: when it will be full again (GCRA's theoretical arrival time). It is not kept
/// in nanoseconds but in *units*, fractions of a token: a token is `1 << shift` of them, and the shift is chosen so
/// that at least one unit, and in most cases fewer than two, accrue per nanosecond. So the cost of a packet is a whole
/// number of units at every rate from one token in months to gigabytes a second, nothing is rounded when tokens are
/// spent, and a rate is exact however long it runs. What is rounded is the clock, downwards to whole units, when a full
/// bucket starts to be used: a token can come at most one nanosecond early, once.
///
/// Shape: 56 bytes, what is read for every packet in front. All arithmetic saturates; no input traps. The clock ends
/// after 2^64 units, 292 years at up to two tokens a nanosecond, and from there on nothing is limited.
struct TokenRate: Sendable, Equatable, BitwiseCopyable {
    /// Units that accrue in `periodNS`.
    let unitsPerPeriod: UInt64
    let periodNS: UInt64
    /// `burst` in units; `UInt64.max` when that is more than fits.
    let burstUnits: UInt64
    /// `unitsPerPeriod / periodNS`, rounded down, times two to the power of `reciprocalShift`.
    private let reciprocal: UInt64
    /// The times for which `reciprocal` is at most one unit off; nothing where it cannot be used.
    private let reciprocalEndNS: UInt64
    private let reciprocalShift: UInt8
    /// A token is `1 << shift` units.
    let shift: UInt8
    /// Tokens the bucket holds; for open connections, the most at once.
    let burst: UInt64

    init(_ limit: Limit) {
        let most = limit.amount.leadingZeroBitCount
        var shift = 0
        while shift < most, limit.amount << UInt64(shift) < limit.periodNS { shift += 1 }
        self.shift = UInt8(shift)
        unitsPerPeriod = limit.amount << UInt64(shift)
        periodNS = limit.periodNS
        burst = limit.burst
        burstUnits = limit.burst > UInt64.max >> UInt64(shift) ? .max : limit.burst << UInt64(shift)
        // With `k` the binary logarithm of the ratio: it has all 64 bits at a shift of 63 - k, and its error of less
        // than one stays below one unit for times of up to 63 - k bits.
        let ratio = unitsPerPeriod / limit.periodNS
        let wholeBits = max(0, UInt64.bitWidth - ratio.leadingZeroBitCount - 1)
        reciprocalShift = UInt8(63 - wholeBits)
        let scaled = UInt128(unitsPerPeriod) << UInt128(reciprocalShift)
        reciprocal = UInt64(truncatingIfNeeded: scaled / UInt128(limit.periodNS))
        // A shift of 0, for rates that no limit has, would need one more case in `units(atNS:)`.
        let isUsable = ratio > 0 && limit.periodNS <= 1 << 62 && reciprocalShift > 0
        reciprocalEndNS = isUsable ? 1 << UInt64(reciprocalShift) : 0
    }

    /// What `tokens` cost.
    @inline(__always)
    func units(ofTokens tokens: UInt64) -> UInt64 {
        // Compared with the most that fits, which is quicker to find than how many bits `tokens` has.
        tokens > UInt64.max &>> UInt64(shift) ? .max : tokens &<< UInt64(shift)
    }

    /// All units that have accrued since time zero.
    @inline(__always)
    func units(atNS nowNS: UInt64) -> UInt64 {
        if nowNS < reciprocalEndNS {
            let estimate = nowNS.multipliedFullWidth(by: reciprocal)
            let units = estimate.high &<< UInt64(64 - reciprocalShift) | estimate.low &>> UInt64(reciprocalShift)
            // At most one too few. The remainder is then less than two periods, so its low 64 bits are all of it.
            let remainder = nowNS &* unitsPerPeriod &- units &* periodNS
            return remainder >= periodNS ? units &+ 1 : units
        }
        return Self.unitsByDivision(atNS: nowNS, unitsPerPeriod, periodNS)
    }

    /// The same by the definition, several times slower.
    func unitsByDivision(atNS nowNS: UInt64) -> UInt64 {
        Self.unitsByDivision(atNS: nowNS, unitsPerPeriod, periodNS)
    }

    /// Takes numbers, so that a call of it that never comes does not make the caller keep a copy of the whole rate.
    @inline(never)
    private static func unitsByDivision(atNS nowNS: UInt64, _ unitsPerPeriod: UInt64, _ periodNS: UInt64) -> UInt64 {
        let product = nowNS.multipliedFullWidth(by: unitsPerPeriod)
        guard product.high < periodNS else { return .max }
        return periodNS.dividingFullWidth(product).quotient
    }

    /// The first nanosecond at which `units` have accrued.
    func nanoseconds(whenUnits units: UInt64) -> UInt64 {
        let product = units.multipliedFullWidth(by: periodNS)
        guard product.high < unitsPerPeriod else { return .max }
        let (quotient, remainder) = unitsPerPeriod.dividingFullWidth(product)
        return remainder == 0 ? quotient : quotient.addingSaturating(1)
    }

    /// The bucket after a packet within the limit, or `nil` when the packet is over it.
    ///
    /// - Parameters:
    ///   - fullAt: the bucket: the units at which it is full.
    ///   - now: the units that have accrued by now.
    ///   - cost: the packet's cost in units; dearer than the burst it needs a full bucket and leaves a debt.
    @inline(__always)
    func charged(_ fullAt: UInt64, now: UInt64, cost: UInt64) -> UInt64? {
        let start = max(fullAt, now)
        // Neither difference can be negative.
        guard start &- now <= burstUnits &- min(cost, burstUnits) else { return nil }
        return start.addingSaturating(cost)
    }

    /// The units at which a packet over the limit would be within it; meaningful only where `charged` was `nil`.
    func allowedAt(_ fullAt: UInt64, cost: UInt64) -> UInt64 {
        fullAt.subtractingSaturating(burstUnits - min(cost, burstUnits))
    }

    /// Nanoseconds until the bucket is full; how long forgetting it would matter.
    func nanosecondsUntilFull(_ fullAt: UInt64, nowNS: UInt64) -> UInt64 {
        nanoseconds(whenUnits: fullAt).subtractingSaturating(nowNS)
    }

    /// This rate's bucket with the tokens that a bucket of another rate holds, cut to this burst.
    func converted(_ fullAt: UInt64, of old: TokenRate, nowNS: UInt64) -> UInt64 {
        if self == old { return fullAt }
        // At most 2^64 in magnitude, so sums and the shifts by at most 63 below stay within 128 bits.
        let missing = Int128(fullAt.subtractingSaturating(old.units(atNS: nowNS)))
        let growth = Int128(burst) - Int128(old.burst)
        let fromGrowth = growth.multipliedReportingOverflow(by: Int128(1) << Int128(shift))
        let fromMissing =
            shift >= old.shift
            ? missing << Int128(shift - old.shift)
            : (missing >> Int128(old.shift - shift))
        let sum = fromGrowth.partialValue.addingReportingOverflow(fromMissing)
        let isOverflow = fromGrowth.overflow || sum.overflow
        let needed = isOverflow ? (growth > 0 ? Int128.max : 0) : max(0, sum.partialValue)
        return units(atNS: nowNS).addingSaturating(UInt64(clamping: needed))
    }
}

extension UInt64 {
    func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    func subtractingSaturating(_ other: UInt64) -> UInt64 {
        self > other ? self - other : 0
    }
}
