/// Numbers and ranges of numbers as conditions and edits write them.
enum FieldNumbers {
    /// A whole number, decimal or hex, negative or not.
    static func integer(_ text: some StringProtocol) -> Int128? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? String(text.dropFirst()) : String(text)
        guard let size = NumberText.decimalOrHex(digits) else { return nil }
        return isNegative ? -Int128(size) : Int128(size)
    }

    /// A number with at most nine places behind the point, negative or not.
    static func float(_ text: some StringProtocol) -> Double? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? String(text.dropFirst()) : String(text)
        guard let size = NumberText.fraction(digits) else { return nil }
        return isNegative ? -size : size
    }

    /// `15`, `0..12`, `"> 1000"` and its like.
    static func integers(_ text: String) -> ClosedRange<Int128>? {
        if let value = integer(text) { return value...value }
        if let (low, high) = ends(text, integer) { return low <= high ? low...high : nil }
        guard let (sign, value) = comparison(text, integer) else { return nil }
        switch sign {
        case ">": return value + 1...most
        case ">=": return value...most
        case "<": return -most...value - 1
        default: return -most...value
        }
    }

    /// The same with numbers that have places behind the point.
    static func floats(_ text: String) -> ClosedRange<Double>? {
        if let value = float(text) { return value...value }
        if let (low, high) = ends(text, float) { return low <= high ? low...high : nil }
        guard let (sign, value) = comparison(text, float) else { return nil }
        let most = Double.greatestFiniteMagnitude
        switch sign {
        case ">": return value.nextUp...most
        case ">=": return value...most
        case "<": return -most...value.nextDown
        default: return -most...value
        }
    }

    /// Both ends of a range.
    private static func ends<Number>(_ text: String, _ parse: (Substring) -> Number?) -> (Number, Number)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        guard let low = parse(text[..<dots.lowerBound]), let high = parse(text[dots.upperBound...]) else { return nil }
        return (low, high)
    }

    private static func comparison<Number>(
        _ text: String, _ parse: (Substring) -> Number?
    ) -> (sign: String, value: Number)? {
        let sign = text.prefix { "<>=".contains($0) }
        guard [">", ">=", "<", "<="].contains(sign) else { return nil }
        return parse(text[sign.endIndex...].drop { $0 == " " }).map { (String(sign), $0) }
    }

    /// Beyond all that 64 bits hold, on both sides.
    private static var most: Int128 { 1 << 65 }
}

extension Kind where Value == ClosedRange<Int128> {
    /// What a condition compares a whole number with.
    static var integerCondition: Kind {
        .text(
            "a number such as 15, 0..12 or \"> 1000\"",
            help: "write a number, a range as 0..12, or a comparison in quotes as \"> 1000\"", FieldNumbers.integers)
    }

    /// Both ends of what a whole number is clamped to.
    static var integerRange: Kind {
        .text("a range such as 0..100", help: "both ends count") { text in
            text.contains("..") ? FieldNumbers.integers(text) : nil
        }
    }
}

extension Kind where Value == ClosedRange<Double> {
    /// What a condition compares a number with.
    static var floatCondition: Kind {
        .text(
            "a number such as 1.5, -10..10 or \"> 1000\"",
            help: "write a number, a range as -10..10, a comparison in quotes as \"> 1000\", or not finite",
            FieldNumbers.floats)
    }

    /// Both ends of what a number is clamped to.
    static var floatRange: Kind {
        .text("a range such as -10..10", help: "both ends count") { text in
            text.contains("..") ? FieldNumbers.floats(text) : nil
        }
    }
}
