import StreamCiphers

/// The bytes that a text of hexadecimal digits names; spaces and line breaks are left out.
func bytes(_ text: String) -> [UInt8] {
    var digits: [UInt8] = []
    for character in text where !character.isWhitespace {
        guard let digit = character.hexDigitValue else { preconditionFailure("\(character) is no digit") }
        digits.append(UInt8(digit))
    }
    precondition(digits.count % 2 == 0, "\(digits.count) digits")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension StreamCipher {
    /// The bytes after the cipher, which goes on behind them.
    mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        result.withUnsafeMutableBytes { apply($0) }
        return result
    }

    /// The next bytes of the keystream.
    mutating func keystream(_ count: Int) -> [UInt8] {
        applied(to: [UInt8](repeating: 0, count: count))
    }
}
