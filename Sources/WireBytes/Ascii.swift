/// The characters that addresses, ports and patterns are written with.
enum Ascii {
    static let percent = UInt8(ascii: "%")
    static let dot = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")

    /// The value of a hexadecimal digit of either case.
    static func hexDigit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Appends a number in decimal, without leading zeros.
    static func appendDecimal(_ number: UInt16, to ascii: inout [UInt8]) {
        var place: UInt16 = 10_000
        while place > 1, number < place { place /= 10 }
        while place > 0 {
            ascii.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
    }

    /// Appends a number in lower-case hexadecimal, without leading zeros.
    static func appendHex(_ number: UInt16, to ascii: inout [UInt8]) {
        var shift: UInt16 = 12
        while shift > 0, number >> shift == 0 { shift -= 4 }
        while true {
            let digit = UInt8(number >> shift & 0xF)
            ascii.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            guard shift > 0 else { return }
            shift -= 4
        }
    }
}

/// A decimal number of 0 to `most`, without sign, spaces or leading zeros.
func decimal(_ text: ArraySlice<UInt8>, most: Int) -> Int? {
    // Five digits hold every bound in use, and cannot overflow.
    guard let first = text.first, text.count <= 5, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
    var value = 0
    for character in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
        value = value * 10 + Int(character - UInt8(ascii: "0"))
    }
    return value <= most ? value : nil
}
