/// An `OpcodeRule` laid flat.
struct OpcodeForm: Sendable, BitwiseCopyable {
    enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// Packets have no names.
        case none
        case integer, integerAfterLength, varint, varintAfterLength, word
    }

    let kind: Kind
    /// Where it stands; only its offset counts for a varint and a word, only its width behind a length.
    let field: IntegerField
    let mask: UInt64
    let shift: UInt64
    let plus: UInt64
    /// Where the sub-opcode stands.
    let sub: IntegerField
    /// The opcodes that have a sub-opcode.
    let withSub: TableRun
    /// The version of the protocol that packets are looked up in.
    let version: Int

    /// - Parameter withSub: where the cutter keeps the rule's opcodes that have a sub-opcode.
    init(_ rule: OpcodeRule?, withSub: TableRun, version: Int) {
        let anywhere = IntegerField(offset: 0, byteCount: 1, isLittleEndian: true)
        switch rule?.form {
        case .integer(let place): (kind, field) = (.integer, place)
        case .integerAfterLength(let byteCount, let isLittleEndian):
            kind = .integerAfterLength
            field = IntegerField(offset: 0, byteCount: byteCount, isLittleEndian: isLittleEndian)
        case .varint(let offset):
            (kind, field) = (.varint, IntegerField(offset: offset, byteCount: 1, isLittleEndian: true))
        case .varintAfterLength: (kind, field) = (.varintAfterLength, anywhere)
        case .word(let offset):
            (kind, field) = (.word, IntegerField(offset: offset, byteCount: 1, isLittleEndian: true))
        case nil: (kind, field) = (.none, anywhere)
        }
        mask = rule?.mask ?? .max
        shift = UInt64(rule?.shift ?? 0)
        plus = rule?.plus ?? 0
        sub = rule?.sub?.field ?? anywhere
        self.withSub = withSub
        self.version = version
    }
}

/// What the bytes at hand say about a packet's name.
enum Naming: BitwiseCopyable {
    /// The opcode is not yet at hand; it takes at least this many bytes.
    case needs(Int)
    /// The packet's index, its opcode, and the offset behind the bytes that were read for it.
    case name(PacketIndex, opcode: UInt64, end: Int)
    /// The packet ends before its opcode does.
    case absent
}
