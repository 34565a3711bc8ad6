/// Why a text is no pattern; an offset counts characters from 0.
public enum HexPatternError: Error, Hashable, Sendable {
    /// Nothing is there, or only spaces.
    case empty
    /// The character at `offset` is no hexadecimal digit, question mark or space.
    case badCharacter(offset: Int)
    /// The digit at `offset` stands alone: a byte has two.
    case loneDigit(offset: Int)
}

extension HexPatternError: CustomStringConvertible {
    /// One clause for a diagnostic, without a full stop.
    public var description: String {
        switch self {
        case .empty: "a pattern has at least one byte"
        case .badCharacter(let offset): "character \(offset + 1) is no hexadecimal digit, ? or space"
        case .loneDigit(let offset): "the digit at character \(offset + 1) stands alone: a byte has two"
        }
    }
}

extension HexPattern: CustomStringConvertible {
    /// Reads `de ad ?? e?`: two digits of either case a byte, `?` for any nibble, spaces between bytes or none.
    public init(parsing text: some StringProtocol) throws(HexPatternError) {
        var bytes: [UInt8] = []
        var masks: [UInt8] = []
        var first: (value: UInt8, mask: UInt8)?
        // Everything accepted is one byte of UTF-8, so up to the first error bytes and characters count the same.
        for (offset, character) in text.utf8.enumerated() {
            if character == UInt8(ascii: " ") || character == UInt8(ascii: "\t") {
                guard first == nil else { throw .loneDigit(offset: offset - 1) }
                continue
            }
            let nibble: (value: UInt8, mask: UInt8)
            if character == UInt8(ascii: "?") {
                nibble = (0, 0)
            } else if let digit = Ascii.hexDigit(character) {
                nibble = (digit, 0xF)
            } else {
                throw .badCharacter(offset: offset)
            }
            if let high = first {
                bytes.append(high.value << 4 | nibble.value)
                masks.append(high.mask << 4 | nibble.mask)
                first = nil
            } else {
                first = nibble
            }
        }
        guard first == nil else { throw .loneDigit(offset: text.utf8.count - 1) }
        guard !bytes.isEmpty else { throw .empty }
        self.init(bytes, masks: masks)
    }

    /// As ``init(parsing:)`` reads it; a mask finer than a nibble, which no text has, is shown as `value&mask`.
    public var description: String {
        zip(bytes, masks).map { value, mask in
            let digits = [(value >> 4, mask >> 4), (value & 0xF, mask & 0xF)]
            guard digits.allSatisfy({ $0.1 == 0 || $0.1 == 0xF }) else {
                return "\(Self.hex(value))&\(Self.hex(mask))"
            }
            return digits.map { $0.1 == 0 ? "?" : String($0.0, radix: 16) }.joined()
        }.joined(separator: " ")
    }

    private static func hex(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
    }
}
