/// Where a field lies in a packet.
public struct FieldSpan: Hashable, Sendable {
    /// Its first byte, that of a prefix included.
    public let begin: Int
    /// The bytes of its value, without prefix, terminator and padding.
    public let value: Range<Int>
    /// The first byte behind all of it.
    public let end: Int
}

/// What looking for a field can come to.
enum FieldReading {
    case span(FieldSpan)
    case fault(LayoutFault.Reason)
}
