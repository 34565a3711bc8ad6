import Testing

@testable import RuleEngine

/// A bucket as the page describes it, in exact fractions: `tokens` of `1 / periodNS` each.
private struct ExactBucket {
    let limit: Limit
    /// Tokens times `periodNS`; negative is a debt.
    var level: Int128
    var lastNS: UInt64

    init(_ limit: Limit, at nowNS: UInt64) {
        self.limit = limit
        level = Int128(limit.burst) * Int128(limit.periodNS)
        lastNS = nowNS
    }

    func level(at nowNS: UInt64) -> Int128 {
        min(
            Int128(limit.burst) * Int128(limit.periodNS),
            level + Int128(nowNS - lastNS) * Int128(limit.amount))
    }

    func isWithin(_ tokens: UInt64, at nowNS: UInt64) -> Bool {
        level(at: nowNS) >= Int128(min(tokens, limit.burst)) * Int128(limit.periodNS)
    }

    mutating func spend(_ tokens: UInt64, at nowNS: UInt64) {
        level = level(at: nowNS) - Int128(tokens) * Int128(limit.periodNS)
        lastNS = nowNS
    }
}

@Suite struct TokenRateTests {
    private func limit(_ amount: UInt64, _ periodNS: UInt64, burst: UInt64) -> Limit {
        Limit(count: .bytes, scope: .connection, amount: amount, periodNS: periodNS, burst: burst)
    }

    @Test("random traffic is judged as by exact fractions, to within one nanosecond")
    func againstExactModel() {
        for seed in UInt64(0)..<600 {
            var random = SplitMix64(seed: seed)
            let amounts: [UInt64] = [1, 2, 3, 7, 80, 1_000, 32_768, 1 << 21, 1 << 31, 999_999_937]
            let periods: [UInt64] = [1, 1_000, second, 60 * second, 86_400 * second, 1_000_003]
            let limit = limit(
                amounts[random.below(amounts.count)], periods[random.below(periods.count)],
                burst: UInt64(1 + random.below(random.below(2) == 0 ? 4 : 5_000)))
            let rate = TokenRate(limit)
            let tokenNS = max(1, Int(limit.periodNS / limit.amount))
            // Up to 18 years after boot, but for rates of more than a token a nanosecond, which reach less far.
            let reach = limit.amount > limit.periodNS ? 20 : 5
            var now = random.next() >> UInt64(reach + random.below(30))
            var exact = ExactBucket(limit, at: now)
            var fullAt: UInt64 = 0
            for _ in 0..<200 {
                let tokens = UInt64(random.below(4) == 0 ? random.below(2 * Int(limit.burst) + 2) : 1)
                let new = rate.charged(fullAt, now: rate.units(atNS: now), cost: rate.units(ofTokens: tokens))
                if exact.isWithin(tokens, at: now) {
                    #expect(new != nil, "seed \(seed) too strict")
                } else if new != nil {
                    #expect(exact.isWithin(tokens, at: now + 1), "seed \(seed) too early")
                }
                if let new {
                    fullAt = new
                    exact.spend(tokens, at: now)
                }
                now += UInt64(random.below(random.below(3) == 0 ? 3 : 2 * tokenNS))
            }
        }
    }

    @Test(
        "in the long run exactly the rate passes",
        arguments: [
            (1, 86_400 * second, 1), (2 << 30, second, 1), (2 << 30, second, 43), (80, second, 1), (3, second, 1),
            (7, 1_000_003, 2), (999_999_937, second, 1), (1 << 34, second, 1_460),
        ] as [(UInt64, UInt64, UInt64)])
    func longRun(amount: UInt64, periodNS: UInt64, size: UInt64) {
        let limit = limit(amount, periodNS, burst: 2 * max(size, amount / periodNS + 1))
        let rate = TokenRate(limit)
        let start: UInt64 = 3_000_000 * second
        var now = start
        var fullAt: UInt64 = 0
        var tokens: UInt64 = 0
        let cost = rate.units(ofTokens: size)
        for _ in 0..<20_000 {
            // As early as it is allowed, each time.
            if rate.charged(fullAt, now: rate.units(atNS: now), cost: cost) == nil {
                now = max(now, rate.nanoseconds(whenUnits: rate.allowedAt(fullAt, cost: cost)))
                #expect(rate.charged(fullAt, now: rate.units(atNS: now - 1), cost: cost) == nil)
            }
            guard let new = rate.charged(fullAt, now: rate.units(atNS: now), cost: cost) else {
                Issue.record("not allowed at \(now)")
                return
            }
            fullAt = new
            tokens += size
        }
        // What was spent beyond the burst took exactly its time: no error that could add up.
        let accrued = Double(now - start) * Double(amount) / Double(periodNS)
        let slack = Double(limit.burst) + 2 * Double(amount) / Double(periodNS) + 1
        #expect(abs(Double(tokens) - accrued) <= slack)
        // And the number itself is exact: a unit is a whole fraction of a token.
        #expect(fullAt - rate.units(atNS: start) >= tokens << UInt64(rate.shift))
        #expect(fullAt - rate.units(atNS: start) <= (tokens + 1) << UInt64(rate.shift))
    }

    @Test("units by the reciprocal are those by division, at every rate and time")
    func reciprocal() {
        var random = SplitMix64(seed: 8)
        for seed in 0..<30_000 {
            let isRound = seed % 2 == 0
            let rate = TokenRate(
                limit(
                    max(1, random.next() >> UInt64(random.below(64))),
                    isRound
                        ? second * UInt64(1 + random.below(90_000)) : max(1, random.next() >> UInt64(random.below(64))),
                    burst: 1))
            let now = random.next() >> UInt64(random.below(64))
            // Also where a period ends and one nanosecond before, where an error by one would show.
            for time in [now, now / rate.periodNS * rate.periodNS, (now / rate.periodNS * rate.periodNS) &- 1] {
                #expect(rate.units(atNS: time) == rate.unitsByDivision(atNS: time), "\(rate) at \(time)")
            }
        }
    }

    @Test("units and nanoseconds are inverse: the first nanosecond at which so many have accrued")
    func inverse() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5_000 {
            let rate = TokenRate(
                limit(
                    1 + random.next() >> UInt64(random.below(64)), 1 + random.next() >> UInt64(random.below(64)),
                    burst: 1))
            let units = random.next() >> UInt64(random.below(64))
            let time = rate.nanoseconds(whenUnits: units)
            if time == .max { continue }
            #expect(rate.units(atNS: time) >= units)
            if time > 0 { #expect(rate.units(atNS: time - 1) < units) }
        }
    }

    @Test("no number traps")
    func extremes() {
        var random = SplitMix64(seed: 11)
        let edges: [UInt64] = [0, 1, 2, .max, .max - 1, .max / 2, 1 << 63, 1 << 32]
        for _ in 0..<20_000 {
            func number(_ random: inout SplitMix64) -> UInt64 {
                random.below(2) == 0 ? edges[random.below(8)] : random.next() >> UInt64(random.below(64))
            }
            let rates = (0..<2).map { _ in
                TokenRate(
                    limit(max(1, number(&random)), max(1, number(&random)), burst: max(1, number(&random))))
            }
            let (now, fullAt, tokens) = (number(&random), number(&random), number(&random))
            let cost = rates[0].units(ofTokens: tokens)
            let units = rates[0].units(atNS: now)
            if rates[0].charged(fullAt, now: units, cost: cost) == nil {
                #expect(rates[0].allowedAt(fullAt, cost: cost) > units)
            }
            _ = rates[0].nanosecondsUntilFull(fullAt, nowNS: now)
            _ = rates[1].converted(fullAt, of: rates[0], nowNS: now)
        }
    }

    @Test("a bucket of another rate or burst keeps its tokens, cut to the new burst")
    func converted() {
        let now = 1_000 * second
        let old = TokenRate(limit(10, second, burst: 20))
        for (burst, rest) in [(5, 5), (8, 8), (9, 8), (40, 8)] as [(UInt64, Int)] {
            for (amount, periodNS) in [(10, second), (3, 60 * second), (1 << 31, second)] as [(UInt64, UInt64)] {
                let new = TokenRate(limit(amount, periodNS, burst: burst))
                let spent = old.units(atNS: now) + 12 * old.units(ofTokens: 1)
                var fullAt = new.converted(spent, of: old, nowNS: now)
                var passed = 0
                while let next = new.charged(fullAt, now: new.units(atNS: now), cost: new.units(ofTokens: 1)) {
                    fullAt = next
                    passed += 1
                }
                #expect(passed == rest, "burst \(burst), \(amount) in \(periodNS) ns")
            }
        }
    }
}
