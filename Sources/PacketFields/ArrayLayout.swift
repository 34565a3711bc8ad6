/// Elements of which a packet says how many there are.
public struct ArrayLayout: Hashable, Sendable {
    /// Where the number of elements stands.
    public enum Count: Hashable, Sendable, BitwiseCopyable {
        /// At a fixed place.
        case place(IntegerPlace)
        /// In a field, by its index in the layout; an unsigned integer or a varint.
        case field(Int)
    }

    /// How the elements lie in the packet.
    public enum Elements: Hashable, Sendable, BitwiseCopyable {
        /// Each begins with its own offset and that of the next, 0 on the last; both are as wide as the integer that
        /// holds the offset of the first.
        case linked(first: IntegerPlace, byteCountMin: Int)
        /// One right behind the other, all of one size.
        case contiguous(first: FieldOrigin, byteCount: Int)
    }

    /// The name rules use.
    public let name: String
    /// Where the number of elements stands.
    public let count: Count
    /// How the elements lie in the packet.
    public let elements: Elements

    /// An array.
    public init(name: String, count: Count, elements: Elements) {
        self.name = name
        self.count = count
        self.elements = elements
    }
}
