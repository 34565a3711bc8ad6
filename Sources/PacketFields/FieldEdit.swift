/// A change of one field.
public struct FieldEdit: Hashable, Sendable {
    /// What is done to it.
    public enum Change: Hashable, Sendable {
        /// An integer or varint becomes this number.
        case setInteger(Int128)
        /// A float becomes this number.
        case setFloat(Double)
        /// A text becomes these characters, as Unicode scalars.
        case setText([UInt32])
        /// Bytes become these.
        case setBytes([UInt8])
        /// An integer or varint outside the range becomes its nearer bound.
        case clampInteger(ClosedRange<Int128>)
        /// A float outside the range becomes its nearer bound, and what is no number the lower one.
        case clampFloat(ClosedRange<Double>)
        /// A text keeps so many characters at most, other bytes so many bytes.
        case truncate(Int)
        /// Tags as `<b>` are taken out of a text, but for those of these names, in lower case.
        case stripTags(keep: [String])
        /// Characters that are not shown but acted on are taken out of a text.
        case stripControl
    }

    /// The field, by its index.
    public let field: Int
    /// What is done to it.
    public let change: Change

    /// An edit.
    public init(field: Int, _ change: Change) {
        self.field = field
        self.change = change
    }
}

/// What an edit came to.
public enum EditOutcome: Hashable, Sendable, BitwiseCopyable {
    /// The packet is as it was.
    case unchanged
    /// The packet holds the new value, and what points behind it was moved.
    case changed
    /// The packet cannot hold the new value; it is as it was, and must not go on.
    case unrepresentable
}
