/// Reads numbers the way they are written here: decimal without leading zeros, or hex after `0x`.
enum NumberText {
    /// A decimal number; `nil` for anything else, `017` and `1e3` included.
    static func decimal(_ text: some StringProtocol) -> UInt64? {
        let digits = Array(text.utf8)
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (tens, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isSumOver) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !isOver, !isSumOver else { return nil }
            value = sum
        }
        return value
    }

    /// A decimal number, or hex after `0x`.
    static func decimalOrHex(_ text: some StringProtocol) -> UInt64? {
        guard text.hasPrefix("0x") else { return decimal(text) }
        let digits = text.dropFirst(2)
        return digits.first == "+" || digits.first == "-" ? nil : UInt64(digits, radix: 16)
    }

    /// A decimal number with at most nine places behind the point.
    static func fraction(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = decimal(parts[0]), whole <= 1 << 52 else { return nil }
        guard parts.count == 2 else { return Double(whole) }
        let places = parts[1].utf8
        // A leading 1 keeps the zeros right behind the point.
        guard (1...9).contains(places.count), let part = decimal("1" + parts[1]) else { return nil }
        var scale: UInt64 = 1
        for _ in 0..<places.count { scale *= 10 }
        return Double(whole) + Double(part - scale) / Double(scale)
    }
}

extension Kind where Value == UInt64 {
    /// A whole number, decimal or hex.
    static var number: Kind {
        .text(
            "a whole number", help: "write 17 or 0x11: no leading zero, sign, point or exponent",
            NumberText.decimalOrHex)
    }

    /// A whole number within bounds.
    static func number(in bounds: ClosedRange<UInt64>) -> Kind {
        number.checked(.outOfRange) { value in
            bounds.contains(value)
                ? nil : "\(value) is outside \(bounds.lowerBound) to \(bounds.upperBound)"
        }
    }
}

extension Kind where Value == Int {
    /// A whole number within bounds.
    static func count(in bounds: ClosedRange<Int>) -> Kind {
        Kind<UInt64>.number.checked(.outOfRange) { value in
            bounds.contains(Int(clamping: value))
                ? nil : "\(value) is outside \(bounds.lowerBound) to \(bounds.upperBound)"
        }.map { Int(clamping: $0) }
    }

    /// A whole number that may be negative.
    static func signed(in bounds: ClosedRange<Int>) -> Kind {
        Kind.text("a whole number, negative or not") { text in
            let isNegative = text.hasPrefix("-")
            guard let size = NumberText.decimalOrHex(isNegative ? text.dropFirst() : text[...]) else { return nil }
            return isNegative ? -Int(clamping: size) : Int(clamping: size)
        }.checked(.outOfRange) { value in
            bounds.contains(value) ? nil : "\(value) is outside \(bounds.lowerBound) to \(bounds.upperBound)"
        }
    }
}

extension Kind where Value == Double {
    /// Points of a score.
    static var points: Kind {
        .text("a number such as 0.5 or 20", help: "no leading zero, sign or exponent", NumberText.fraction)
            .checked(.outOfRange) { $0 <= 1_000_000 ? nil : "more than 1000000 points mean nothing" }
    }

    /// A number within bounds.
    static func fraction(in bounds: ClosedRange<Double>) -> Kind {
        .text("a number such as 0.5 or 20", NumberText.fraction).checked(.outOfRange) {
            bounds.contains($0) ? nil : "\($0) is outside \(bounds.lowerBound) to \(bounds.upperBound)"
        }
    }

    /// A percentage as a part of one.
    static var percent: Kind {
        .text("a percentage such as 10%", help: "a percentage carries its sign: 10%") { text in
            guard text.hasSuffix("%") else { return nil }
            return NumberText.fraction(text.dropLast()).map { $0 / 100 }
        }.checked(.outOfRange) { $0 <= 1 ? nil : "more than 100% is not possible" }
    }
}
