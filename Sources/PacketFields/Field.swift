/// What a field is made of.
public enum FieldKind: Hashable, Sendable, BitwiseCopyable {
    /// A whole number of 1 to 8 bytes.
    case integer(byteCount: Int, isLittleEndian: Bool, isSigned: Bool)
    /// An IEEE number of 4 or 8 bytes.
    case float(byteCount: Int, isLittleEndian: Bool)
    /// Bytes without a meaning of their own.
    case bytes(FieldLength)
    /// A text with a length; where it is NUL-ended, its length includes a NUL behind its last character, and one only.
    case text(FieldLength, TextEncoding, isNULEnded: Bool)
    /// A text up to a NUL.
    case terminated(TextEncoding)
    /// An unsigned base-128 number, least significant group first, of at most 10 bytes.
    case varint
}

/// How long bytes or a text are.
public enum FieldLength: Hashable, Sendable, BitwiseCopyable {
    /// Always so many bytes; a text ends at its first NUL within them.
    case fixed(Int)
    /// So many units as the integer right before says.
    case prefixed(byteCount: Int, isLittleEndian: Bool, unitByteCount: Int)
    /// So many units as the varint right before says.
    case prefixedByVarint(unitByteCount: Int)
    /// So many units as an integer elsewhere says.
    case counted(IntegerPlace, unitByteCount: Int)
    /// All up to so many bytes before the packet's end.
    case rest(less: Int)
}

/// Where a field begins.
public enum FieldOrigin: Hashable, Sendable, BitwiseCopyable {
    /// So many bytes behind the packet's first.
    case start(Int)
    /// At this offset from the packet's end, which is negative.
    case end(Int)
    /// At the offset that stands in the packet, and so many bytes more.
    case indirect(IntegerPlace, plus: Int)
    /// Where another field ends, which stands earlier in the layout.
    case after(Int)
    /// Behind so many varints, the first of which stands at an offset.
    case afterVarints(at: Int, count: Int)
    /// Behind the word at an offset and the space that ends it; at the packet's end where no space does.
    case afterWord(at: Int)
}

/// What the value of a field is to those who keep order.
public enum FieldMeaning: Hashable, Sendable, BitwiseCopyable {
    /// The name of the player's account.
    case account
    /// A password, a ticket or a key: nothing of it is ever kept.
    case secret
}

/// A part of a packet that rules can name.
public struct Field: Hashable, Sendable {
    /// The name rules use.
    public let name: String
    /// What it is made of.
    public let kind: FieldKind
    /// Where it begins.
    public let origin: FieldOrigin
    /// What it holds beyond its value; `nil` for nothing in particular.
    public let meaning: FieldMeaning?

    /// A field.
    public init(name: String, kind: FieldKind, origin: FieldOrigin, meaning: FieldMeaning? = nil) {
        self.name = name
        self.kind = kind
        self.origin = origin
        self.meaning = meaning
    }
}
