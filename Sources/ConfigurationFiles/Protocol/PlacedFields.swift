import GameProtocol

/// The length of a packet, as `length:` writes it.
enum LengthForm {
    case integer(IntegerField)
    case varint(offset: Int, byteCountMax: Int)
}

/// Reads `TYPE@OFFSET`, the way fields are placed in packets.
enum PlacedField {
    /// Offsets beyond this are no header any more.
    static let offsetMax: UInt64 = 4_096

    /// Splits `TYPE@OFFSET`.
    static func split(_ text: String) -> (type: Substring, offset: Substring)? {
        guard let at = text.firstIndex(of: "@") else { return nil }
        return (text[..<at], text[text.index(after: at)...])
    }

    static func offset(_ text: Substring) -> Int? {
        guard let value = NumberText.decimal(text), value <= offsetMax else { return nil }
        return Int(value)
    }

    /// Width and order of `u16le` and its like.
    static func integerType(_ text: Substring) -> (byteCount: Int, isLittleEndian: Bool)? {
        switch text {
        case "u8": (1, false)
        case "u16le": (2, true)
        case "u16be": (2, false)
        case "u24le": (3, true)
        case "u24be": (3, false)
        case "u32le": (4, true)
        case "u32be": (4, false)
        case "u64le": (8, true)
        case "u64be": (8, false)
        default: nil
        }
    }

    static func integer(_ text: String) -> IntegerField? {
        guard let (type, place) = split(text), let (byteCount, isLittleEndian) = integerType(type),
            let offset = offset(place)
        else { return nil }
        return IntegerField(offset: offset, byteCount: byteCount, isLittleEndian: isLittleEndian)
    }
}

/// Said whenever a placed field was misspelled.
private let placedHelp = "write TYPE@OFFSET with u8, u16le, u16be, u24le, u24be, u32le, u32be, u64le or u64be"

extension Kind where Value == IntegerField {
    /// An unsigned integer at a fixed place.
    static var integerField: Kind {
        .text("a field such as u16le@0", help: placedHelp, PlacedField.integer)
    }
}

extension Kind where Value == LengthForm {
    /// An unsigned integer at a fixed place, or a varint.
    static var lengthForm: Kind {
        .text("a length such as u16le@0 or varint(3)@0", help: placedHelp) { text in
            if let field = PlacedField.integer(text) { return .integer(field) }
            guard let (type, place) = PlacedField.split(text), let offset = PlacedField.offset(place) else {
                return nil
            }
            guard type.hasPrefix("varint("), type.hasSuffix(")") else { return nil }
            guard let count = NumberText.decimal(type.dropFirst(7).dropLast()), (1...9).contains(count) else {
                return nil
            }
            return .varint(offset: offset, byteCountMax: Int(count))
        }
    }
}

extension Kind where Value == OpcodeRule.Form {
    /// Where an opcode stands.
    static var opcodeForm: Kind {
        let help = "write u16le@2, varint@1, varint@after-length, u8@after-length or word@2"
        return .text("an opcode such as u16le@2", help: help) { text in
            if let field = PlacedField.integer(text) { return .integer(field) }
            guard let (type, place) = PlacedField.split(text) else { return nil }
            if place == "after-length" {
                if type == "varint" { return .varintAfterLength }
                return PlacedField.integerType(type).map {
                    .integerAfterLength(byteCount: $0.byteCount, isLittleEndian: $0.isLittleEndian)
                }
            }
            guard let offset = PlacedField.offset(place) else { return nil }
            return type == "varint" ? .varint(offset: offset) : type == "word" ? .word(offset: offset) : nil
        }
    }
}
