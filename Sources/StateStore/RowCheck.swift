import WireBytes

/// What tells a row from other bytes: a number over its table, its key and its content.
///
/// SQLite sees when its pages do not fit together, and not when the bytes within one are others. A byte that changed
/// would ban somebody else, so every row carries this number. Each step is a bijection of what came before, so one
/// changed word always changes the sum; it does not protect against somebody who may write the file.
///
/// Cost: a multiplication for 8 bytes.
enum RowCheck {
    static let byteCount = 4

    /// The number of a row.
    static func sum(table: UInt8, key: RawSpan, content: RawSpan) -> UInt32 {
        var state = UInt64(table) &* multiplier
        step(&state, UInt64(key.byteCount) << 32 | UInt64(content.byteCount))
        update(&state, key)
        update(&state, content)
        return UInt32(truncatingIfNeeded: state >> 32 ^ state)
    }

    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func update(_ state: inout UInt64, _ bytes: RawSpan) {
        var offset = 0
        while let word = bytes.unsignedInteger(at: offset, byteCount: 8, littleEndian: true) {
            step(&state, word)
            offset += 8
        }
        let rest = bytes.byteCount - offset
        if rest > 0, let word = bytes.unsignedInteger(at: offset, byteCount: rest, littleEndian: true) {
            step(&state, word)
        }
    }

    private static func step(_ state: inout UInt64, _ word: UInt64) {
        state = (state ^ word) &* multiplier
        state ^= state >> 29
    }
}
