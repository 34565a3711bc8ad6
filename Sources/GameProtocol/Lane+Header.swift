/// What of a packet says only how long it is and what it is called.
extension Lane {
    /// One bit for each of the first 64 bytes that belongs to the length or to the opcode in every packet.
    ///
    /// Where they stand elsewhere in some packets, as behind a varint of any length, the bytes that never do are left
    /// out.
    public var headerBytes: UInt64 {
        var bits: UInt64 = 0
        var lengthEnd: Int?
        func add(_ start: Int, _ byteCount: Int) {
            for offset in start..<start + byteCount where offset < 64 { bits |= 1 << UInt64(offset) }
        }
        switch frame.frame {
        case .length(let length, let escapes):
            add(length.field.offset, length.field.byteCount)
            if escapes.isEmpty { lengthEnd = length.field.end }
        case .varint(let offset, _, _, _): add(offset, 1)
        case .marked(_, let length, _):
            add(length.field.offset, length.field.byteCount)
            lengthEnd = length.field.end
        case .table, .delimited, .select, .uncut: break
        }
        // Then the opcode is inside of what is compressed.
        guard inflation == nil else { return bits }
        switch opcode?.form {
        case .integer(let field): add(field.offset, field.byteCount)
        case .varint(let offset): add(offset, 1)
        case .integerAfterLength(let byteCount, _): if let lengthEnd { add(lengthEnd, byteCount) }
        case .varintAfterLength: if let lengthEnd { add(lengthEnd, 1) }
        case .word, nil: break
        }
        return bits
    }
}
