extension Kind where Value == ClosedRange<Int> {
    /// One number of bytes, or a range of them as `8..128`.
    static var byteRange: Kind {
        Kind.text("a size such as 43 or 8..128", help: "both ends count; no leading zeros") { text in
            guard let (low, high) = bounds(text) else { return nil }
            return low <= high ? Int(clamping: low)...Int(clamping: high) : nil
        }.checked(.outOfRange) { $0.upperBound <= byteCountMax ? nil : "no packet is larger than 1 GiB" }
    }

    /// What a condition compares a size with: a number, a range, or a comparison such as `"> 1000"`.
    static var sizeCondition: Kind {
        let help = "write a number, a range as 8..128, or a comparison in quotes as \"> 1000\""
        return Kind.text("a size such as 43, 8..128 or \"> 1000\"", help: help) { text in
            guard let (low, high) = bounds(text) ?? comparison(text) else { return nil }
            return low <= high ? Int(clamping: low)...Int(clamping: high) : nil
        }
    }

    private static func bounds(_ text: String) -> (UInt64, UInt64)? {
        if let value = NumberText.decimal(text) { return (value, value) }
        guard let dots = text.firstRange(of: "..") else { return nil }
        guard let low = NumberText.decimal(text[..<dots.lowerBound]) else { return nil }
        guard let high = NumberText.decimal(text[dots.upperBound...]) else { return nil }
        return (low, high)
    }

    private static func comparison(_ text: String) -> (UInt64, UInt64)? {
        let most = UInt64(Int.max)
        let sign = text.prefix { "<>=".contains($0) }
        guard let value = NumberText.decimal(text.dropFirst(sign.count).drop { $0 == " " }), value < most else {
            return nil
        }
        switch sign {
        case ">": return (value + 1, most)
        case ">=": return (value, most)
        case "<": return value == 0 ? nil : (0, value - 1)
        case "<=": return (0, value)
        default: return nil
        }
    }

    private static var byteCountMax: Int { 1 << 30 }
}

extension Kind where Value == ClosedRange<UInt64> {
    /// Opcodes from one to another, decimal or hex.
    static var opcodeRange: Kind {
        .text("a range of opcodes such as 1..499", help: "both ends count, and the last is at most 65535") { text in
            guard let dots = text.firstRange(of: "..") else { return nil }
            guard let low = NumberText.decimalOrHex(text[..<dots.lowerBound]) else { return nil }
            guard let high = NumberText.decimalOrHex(text[dots.upperBound...]) else { return nil }
            return low <= high && high <= 65_535 ? low...high : nil
        }
    }
}
