/// The stream cipher RC4.
///
/// A copy is an independent state at the same place of the same keystream. Encrypting and decrypting are the same.
///
/// Shape: 256 bytes on the heap and two numbers. Copies share the bytes until one of them goes on, which then takes
/// bytes of its own.
public struct RC4: Sendable {
    /// How long a key can be.
    public static let keyByteCounts = 1...256
    /// The most that a state keeps beside itself.
    public static let heapByteCount = 256 + 32

    private var permutation: [UInt8]
    private var first: UInt8 = 0
    private var second: UInt8 = 0

    /// The cipher of a key, after the first `droppedByteCount` bytes of its stream.
    public init(key: [UInt8], droppedByteCount: Int = 0) {
        precondition(Self.keyByteCounts.contains(key.count), "a key of \(key.count) bytes")
        permutation = Array(0...255)
        var other: UInt8 = 0
        for index in 0..<256 {
            other = other &+ permutation[index] &+ key[index % key.count]
            permutation.swapAt(index, Int(other))
        }
        skip(droppedByteCount)
    }

    /// Combines `source` with the keystream into `target`, of the same size; they may be the same bytes.
    public mutating func apply(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        precondition(source.count == target.count, "\(source.count) bytes into \(target.count)")
        var offset = 0
        // In bounds: both have `count` bytes, and `generate` calls so often.
        generate(source.count) { byte in
            unsafe target[offset] = source[offset] ^ byte
            offset &+= 1
        }
    }

    /// Goes to where another state of the same key stands, with bytes of its own.
    mutating func follow(_ other: borrowing RC4) {
        for index in permutation.indices { permutation[index] = other.permutation[index] }
        first = other.first
        second = other.second
    }

    /// Goes on in the keystream as if so many bytes had been applied.
    ///
    /// Cost: as much as applying them.
    public mutating func skip(_ byteCount: Int) {
        precondition(byteCount >= 0, "\(byteCount) bytes are skipped")
        generate(byteCount) { _ in }
    }

    @inline(__always)
    private mutating func generate(_ byteCount: Int, _ body: (UInt8) -> Void) {
        var places = (first, second)
        unsafe permutation.withUnsafeMutableBufferPointer { permutation in
            // In bounds: the permutation has 256 places, and a byte names one of them.
            for _ in 0..<byteCount {
                places.0 &+= 1
                let low = unsafe permutation[Int(places.0)]
                places.1 &+= low
                let high = unsafe permutation[Int(places.1)]
                unsafe permutation[Int(places.0)] = high
                unsafe permutation[Int(places.1)] = low
                unsafe body(permutation[Int(low &+ high)])
            }
        }
        (first, second) = places
    }
}
