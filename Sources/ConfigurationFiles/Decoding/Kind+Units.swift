/// A number with a unit behind it, as in `10 MiB`.
enum UnitText {
    /// Splits off the number, and allows one space before the unit.
    static func split(_ text: some StringProtocol) -> (amount: UInt64, unit: String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        var rest = text.dropFirst(digits.count)
        if rest.hasPrefix(" ") { rest = rest.dropFirst() }
        guard let amount = NumberText.decimal(digits) else { return nil }
        return (amount, String(rest))
    }

    /// Nanoseconds of a duration such as `250ms`; clamped, so that a check of bounds says that it is too long.
    static func duration(_ text: some StringProtocol) -> UInt64? {
        guard let (amount, unit) = split(text), let scale = nanoseconds(of: unit) else { return nil }
        return clampedProduct(amount, scale)
    }

    /// Nanoseconds of one unit of time.
    static func nanoseconds(of unit: String) -> UInt64? {
        switch unit {
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        case "d": 86_400_000_000_000
        default: nil
        }
    }

    /// Bytes of a size such as `64KiB`; clamped as a duration is.
    static func size(_ text: some StringProtocol) -> UInt64? {
        guard let (amount, unit) = split(text) else { return nil }
        let scale: UInt64
        switch unit {
        case "B": scale = 1
        case "KB", "kB": scale = 1_000
        case "MB": scale = 1_000_000
        case "GB": scale = 1_000_000_000
        case "KiB": scale = 1 << 10
        case "MiB": scale = 1 << 20
        case "GiB": scale = 1 << 30
        default: return nil
        }
        return clampedProduct(amount, scale)
    }

    private static func clampedProduct(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (product, isOver) = one.multipliedReportingOverflow(by: other)
        return isOver ? .max : product
    }
}

/// Tokens that come back to a bucket: `amount` in every `periodNS`.
struct Rate: Equatable {
    let amount: UInt64
    let periodNS: UInt64

    /// What comes back within a second, at least 1.
    var amountPerSecond: UInt64 {
        let (high, low) = amount.multipliedFullWidth(by: 1_000_000_000)
        // The quotient fits: amounts are bounded by `amountMax`, and a period is a millisecond at least.
        return max(1, periodNS.dividingFullWidth((high, low)).quotient)
    }

    /// Bounds of the amount, far above any traffic and far below where products overflow.
    static let amountMax: UInt64 = 1_000_000_000_000
    /// The longest a bucket may take to fill, so that its arithmetic in nanoseconds stays exact.
    static let fillNSMax: UInt64 = 86_400_000_000_000 * 366
}

extension Kind where Value == UInt64 {
    /// Nanoseconds, from a duration with a unit.
    static func duration(in bounds: ClosedRange<UInt64> = 1_000_000...315_360_000_000_000_000) -> Kind {
        Kind.text("a duration such as 10s", help: "a duration carries a unit: ms, s, m, h or d", UnitText.duration)
            .checked(.outOfRange) { value in
                if value < bounds.lowerBound { return "this is shorter than \(shown(bounds.lowerBound))" }
                return value > bounds.upperBound ? "this is longer than \(shown(bounds.upperBound))" : nil
            }
    }

    private static func shown(_ nanoseconds: UInt64) -> String {
        for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, UInt64)] {
            let milliseconds = nanoseconds / 1_000_000
            if milliseconds.isMultiple(of: scale), milliseconds > 0 { return "\(milliseconds / scale)\(unit)" }
        }
        return "\(nanoseconds / 1_000_000)ms"
    }
}

extension Kind where Value == Int {
    /// Bytes, from a size with a unit.
    static func size(in bounds: ClosedRange<Int>) -> Kind {
        bounded("a size such as 64KiB", "a size carries a unit: B, KB, MB, KiB or MiB", bounds, UnitText.size)
    }

    /// Bytes on the wire: a bare number, or a size with a unit.
    static func byteCount(in bounds: ClosedRange<Int>) -> Kind {
        bounded("a number of bytes such as 512 or 4KiB", "no leading zero, sign, point or exponent", bounds) {
            NumberText.decimalOrHex($0) ?? UnitText.size($0)
        }
    }

    private static func bounded(
        _ expected: String, _ help: String, _ bounds: ClosedRange<Int>, _ parse: @escaping (String) -> UInt64?
    ) -> Kind {
        Kind<UInt64>.text(expected, help: help, parse).checked(.outOfRange) { value in
            bounds.contains(Int(clamping: value))
                ? nil : "\(value) bytes are outside \(bounds.lowerBound) to \(bounds.upperBound)"
        }.map { Int(clamping: $0) }
    }
}

extension Kind where Value == Rate {
    /// So many in so long, as `80/s` or `5/10m`.
    static var rate: Kind {
        rate("a rate such as 80/s", help: "a rate is a whole number over ms, s, m, h or d: 80/s, 1/5s") {
            NumberText.decimal($0)
        }
    }

    /// So many bytes in so long, as `32KiB/s`.
    static var byteRate: Kind {
        rate("a rate such as 32KiB/s", help: "a rate of bytes is a size with a unit over a time: 32KiB/s") {
            UnitText.size($0)
        }
    }

    private static func rate(_ expected: String, help: String, _ amount: @escaping (Substring) -> UInt64?) -> Kind {
        Kind.text(expected, help: help) { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let amount = amount(parts[0]) else { return nil }
            guard let period = UnitText.nanoseconds(of: String(parts[1])) ?? UnitText.duration(parts[1]) else {
                return nil
            }
            return Rate(amount: amount, periodNS: period)
        }.checked(.outOfRange) { rate in
            if rate.amount == 0 || rate.periodNS == 0 { return "a rate is above zero" }
            if rate.amount > Rate.amountMax { return "a rate is at most \(Rate.amountMax)" }
            return rate.periodNS > 86_400_000_000_000 * 30 ? "a rate is counted over 30d at most" : nil
        }
    }
}
