public import WireBytes

/// An unsigned integer at a fixed place of a packet.
public struct IntegerField: Sendable, Hashable, BitwiseCopyable {
    /// Bytes from the packet's first byte.
    public let offset: Int
    /// 1, 2, 3, 4 or 8 bytes.
    public let byteCount: Int
    /// Whether the first byte is the least significant.
    public let isLittleEndian: Bool

    /// An integer of 1, 2, 3, 4 or 8 bytes.
    public init(offset: Int, byteCount: Int, isLittleEndian: Bool) {
        precondition(offset >= 0 && [1, 2, 3, 4, 8].contains(byteCount))
        self.offset = offset
        self.byteCount = byteCount
        self.isLittleEndian = isLittleEndian
    }

    /// Offset of the first byte behind the field.
    @inlinable
    public var end: Int { offset + byteCount }
}

/// A number on the wire that tells how long its packet is.
///
///     size of the packet = ((field ^ xor) & mask) * times + adjust, then rounded by align
///
/// Shape: no references, so that reading it costs no retain.
public struct LengthField: Sendable, Hashable, BitwiseCopyable {
    /// Rounds the part behind the header up, while a flag is set in the raw number.
    public struct Alignment: Sendable, Hashable, BitwiseCopyable {
        /// Bits of the raw number (after `xor`, before `mask`) of which any must be set.
        public let flag: UInt64
        /// A power of two.
        public let multiple: Int
        /// Bytes of the packet that are not rounded (Silkroad: the 2-byte length).
        public let exemptByteCount: Int

        /// Rounds to a power of two.
        public init(flag: UInt64, multiple: Int, exemptByteCount: Int) {
            precondition(multiple > 0 && multiple & (multiple - 1) == 0 && exemptByteCount >= 0)
            self.flag = flag
            self.multiple = multiple
            self.exemptByteCount = exemptByteCount
        }
    }

    /// Where the number stands.
    public let field: IntegerField
    /// Another number to combine it with (MapleStory); it has the same width.
    public let xor: IntegerField?
    /// The bits that count.
    public let mask: UInt64
    /// Bytes that each of what it counts has; 1 where it counts bytes.
    public let times: Int
    /// Added to reach the whole packet; `counts: payload` is the field's end.
    public let adjust: Int
    /// Rounding, where the protocol has it.
    public let align: Alignment?

    /// A length; without the optional parts the number itself counts.
    public init(
        field: IntegerField, xor: IntegerField? = nil, mask: UInt64 = .max, times: Int = 1, adjust: Int,
        align: Alignment? = nil
    ) {
        precondition(times >= 1, "each of what a length counts has \(times) bytes")
        self.field = field
        self.xor = xor
        self.mask = mask
        self.times = times
        self.adjust = adjust
        self.align = align
    }
}

/// A value of the length field that means something else.
public struct LengthEscape: Sendable, Hashable, BitwiseCopyable {
    /// When the escape applies, by the raw number.
    public enum Condition: Sendable, Hashable, BitwiseCopyable {
        case equals(UInt64)
        case atLeast(UInt64)
        /// Any of these bits is set (World of Warcraft's 0x80).
        case bits(UInt64)
    }

    /// When it applies.
    public let condition: Condition
    /// The field to read instead, with its own adjustment.
    public let length: LengthField

    /// What to read instead, and when.
    public init(condition: Condition, length: LengthField) {
        self.condition = condition
        self.length = length
    }
}

/// The rule that cuts a stream into packets, as a descriptor states it.
public indirect enum Frame: Sendable, Hashable {
    /// A length field; the first escape that applies replaces it.
    case length(LengthField, escapes: [LengthEscape])
    /// A base-128 varint, least significant group first, of at most `byteCountMax` bytes.
    case varint(offset: Int, byteCountMax: Int, countsPacket: Bool, adjust: Int)
    /// Each packet's own size, by opcode.
    case table
    /// A length field between fixed bytes.
    case marked(starts: HexPattern, length: LengthField, ends: HexPattern)
    /// Up to and including a delimiter.
    case delimited(until: [UInt8])
    /// A form chosen by a field, masked and then shifted right.
    ///
    /// A value without a case takes the form for all others; where there is none, that is a framing violation.
    case select(
        IntegerField, cases: [UInt64: FrameRule], mask: UInt64 = .max, shift: Int = 0, otherwise: FrameRule? = nil)
    /// Not at all: the bytes of this side cannot be read.
    case uncut
}

/// A frame with its bounds.
public struct FrameRule: Sendable, Hashable {
    /// How the size is found.
    public let frame: Frame
    /// Least size of a whole packet in bytes, header included; at least 1.
    public let byteCountMin: Int
    /// Most bytes of a whole packet.
    public let byteCountMax: Int
    /// Sizes outside the bounds that are allowed all the same.
    public let also: [Int]

    /// A frame whose least is at least 1 and not above its most.
    public init(frame: Frame, byteCountMin: Int, byteCountMax: Int, also: [Int] = []) {
        precondition(byteCountMin >= 1 && byteCountMin <= byteCountMax && also.allSatisfy { $0 >= 1 })
        self.frame = frame
        self.byteCountMin = byteCountMin
        self.byteCountMax = byteCountMax
        self.also = also
    }

    /// The bytes of this side are not cut.
    public static let uncut = FrameRule(frame: .uncut, byteCountMin: 1, byteCountMax: .max)

    /// Whether the bytes of this side are not cut.
    public var isUncut: Bool { frame == .uncut }
}

/// Where a packet's opcode stands.
public struct OpcodeRule: Sendable, Hashable {
    /// The form of an opcode.
    public enum Form: Sendable, Hashable {
        case integer(IntegerField)
        /// A varint at an offset.
        case varint(offset: Int)
        /// A varint right behind the frame's own length varint.
        case varintAfterLength
        /// An integer right behind the frame's own length field, wherever that ends (MU Online, World of Warcraft).
        case integerAfterLength(byteCount: Int, isLittleEndian: Bool)
        /// An ASCII word up to a space or the packet's end.
        case word(offset: Int)
    }

    /// A second number, where the first is one of some values.
    public struct Sub: Sendable, Hashable {
        /// The opcodes that have one.
        public let when: [UInt64]
        /// Where it stands.
        public let field: IntegerField

        /// A second number behind the given first ones.
        public init(when: [UInt64], field: IntegerField) {
            self.when = when
            self.field = field
        }
    }

    /// Where and how it is written.
    public let form: Form
    /// The bits that count.
    public let mask: UInt64
    /// Then shifted right by this many bits.
    public let shift: Int
    /// Then this is added, so that one number means different packets in different phases.
    public let plus: UInt64
    /// The sub-opcode, where there is one.
    public let sub: Sub?

    /// An opcode; without the optional parts the number itself counts.
    public init(form: Form, mask: UInt64 = .max, shift: Int = 0, plus: UInt64 = 0, sub: Sub? = nil) {
        precondition(shift >= 0 && shift < 64)
        self.form = form
        self.mask = mask
        self.shift = shift
        self.plus = plus
        self.sub = sub
    }
}
