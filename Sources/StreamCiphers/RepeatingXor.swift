/// A key that is combined with the stream again and again.
///
/// A copy is an independent state at the same place; the key is shared.
public struct RepeatingXor: Sendable {
    /// How long a key can be.
    public static let keyByteCounts = 1...1_024
    /// The most that a state keeps beside itself.
    public static let heapByteCount = keyByteCounts.upperBound + 32

    private let key: [UInt8]
    /// Where the next byte of the key stands.
    private var place = 0

    /// The cipher at the key's first byte.
    public init(key: [UInt8]) {
        precondition(Self.keyByteCounts.contains(key.count), "a key of \(key.count) bytes")
        self.key = key
    }

    /// Combines `source` with the key into `target`, of the same size; they may be the same bytes.
    public mutating func apply(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        precondition(source.count == target.count, "\(source.count) bytes into \(target.count)")
        var place = place
        // In bounds: the offset is below the count of both, and the place below the key's.
        unsafe key.withUnsafeBufferPointer { key in
            for offset in 0..<source.count {
                unsafe target[offset] = source[offset] ^ key[place]
                place &+= 1
                if place == key.count { place = 0 }
            }
        }
        self.place = place
    }

    /// Goes to where another state of the same key stands.
    mutating func follow(_ other: borrowing RepeatingXor) {
        place = other.place
    }

    /// Goes on as if so many bytes had been applied.
    public mutating func skip(_ byteCount: Int) {
        precondition(byteCount >= 0, "\(byteCount) bytes are skipped")
        place = (place + byteCount % key.count) % key.count
    }
}
