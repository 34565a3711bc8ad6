import PacketFields

/// The value of a field, as a scenario file writes it.
enum FieldValue {
    /// What becomes of the field; `nil` when the text is no value of its kind.
    static func change(_ value: PacketText.Value, _ kind: FieldKind) -> FieldEdit.Change? {
        switch kind {
        case .integer, .varint:
            guard value.quoted == nil, let number = integer(value.word) else { return nil }
            return .setInteger(number)
        case .float:
            guard value.quoted == nil, let number = Double(value.word) else { return nil }
            return .setFloat(number)
        case .text, .terminated:
            guard let quoted = value.quoted, value.word.isEmpty else { return nil }
            return .setText(String(decoding: quoted, as: UTF8.self).unicodeScalars.map(\.value))
        case .bytes:
            guard let quoted = value.quoted, value.word.isEmpty || value.word == "hex" else { return nil }
            return .setBytes(quoted)
        }
    }

    /// How a value of this kind is written.
    static func help(_ kind: FieldKind) -> String {
        switch kind {
        case .integer, .varint: "a number is expected, such as 12 or 0x0c"
        case .float: "a number is expected, such as 1.5, or nan or inf"
        case .text, .terminated: "a text in quotes is expected"
        case .bytes: "bytes are expected: hex\"00 ff\", or a text in quotes"
        }
    }

    private static func integer(_ text: String) -> Int128? {
        if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16).map { Int128($0) } }
        return Int128(text)
    }
}
