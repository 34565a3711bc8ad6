import WireBytes

/// Reads the elements out of what nftables lists of the table.
struct TableListing {
    /// With their ends in monotonic nanoseconds; `.max` for those that stay.
    private(set) var elements: [ElementPlace: UInt64] = [:]

    /// - Parameters:
    ///   - text: as `list table` writes it.
    ///   - nowNS: what the remaining times are counted from.
    init(parsing text: [UInt8], nowNS: UInt64) {
        var words = Words(text: text)
        var set: SetName?
        while let word = words.next() {
            if word == "set" {
                set = words.next().flatMap { SetName(parsing: $0) }
            } else if word == "chain" {
                set = nil
            } else if word == "elements", words.next() == "=", words.next() == "{" {
                readElements(of: set, &words, nowNS)
            }
        }
    }

    /// Reads what stands in braces: addresses with the time they have and what is left of it, or alone.
    private mutating func readElements(of set: SetName?, _ words: inout Words, _ nowNS: UInt64) {
        var address: IPAddress?
        var untilNS = UInt64.max
        while let word = words.next() {
            if word == "," || word == "}" {
                if let set, let address { elements[ElementPlace(set: set, address: address)] = untilNS }
                (address, untilNS) = (nil, .max)
                if word == "}" { return }
            } else if word == "expires" {
                untilNS = words.next().flatMap { Self.nanoseconds($0) }.map { nowNS &+ $0 } ?? .max
            } else if word == "timeout" {
                _ = words.next()
            } else if address == nil {
                address = IPAddress(word)
            }
        }
    }

    /// `1d3h46m38s920ms` in nanoseconds; `nil` for what is no duration.
    static func nanoseconds(_ text: some StringProtocol) -> UInt64? {
        var total: UInt64 = 0
        var rest = text.utf8[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            var number: UInt64 = 0
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...15).contains(digits.count) else { return nil }
            for digit in digits { number = number * 10 + UInt64(digit - 0x30) }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { !(0x30...0x39).contains($0) }
            rest = rest[unit.endIndex...]
            let factor: UInt64
            switch String(decoding: unit, as: UTF8.self) {
            case "d": factor = 86_400_000_000_000
            case "h": factor = 3_600_000_000_000
            case "m": factor = 60_000_000_000
            case "s": factor = 1_000_000_000
            case "ms": factor = 1_000_000
            default: return nil
            }
            let (product, overflows) = number.multipliedReportingOverflow(by: factor)
            let (sum, overflowsToo) = total.addingReportingOverflow(product)
            // Longer than anybody counts.
            if overflows || overflowsToo { return .max / 2 }
            total = sum
        }
        return min(total, .max / 2)
    }
}

/// Words that blanks separate; braces, commas and equals signs are words of their own.
private struct Words {
    let text: [UInt8]
    var index = 0

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func next() -> String? {
        while index < text.count, text[index] <= 0x20 { index += 1 }
        guard index < text.count else { return nil }
        let start = index
        while index < text.count, text[index] > 0x20, !Self.isMark(text[index]) { index += 1 }
        if index == start { index += 1 }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "=")
    }
}
