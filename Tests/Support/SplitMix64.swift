/// A small deterministic generator: the same seed gives the same numbers on every machine.
///
/// **Shape**: one counter of 64 bits, so that a run is repeated from the seed it printed.
/// **Source**: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (2014), figure 15.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter seed: any number; runs with different seeds have nothing in common.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
    }

    /// True in `numerator` of `denominator` cases.
    public mutating func chance(_ numerator: UInt64, in denominator: UInt64) -> Bool {
        precondition(denominator > 0, "a chance in \(denominator)")
        return UInt64.random(in: 0..<denominator, using: &self) < numerator
    }

    /// Cuts bytes into random pieces, none of them empty.
    public mutating func pieces(of bytes: [UInt8], most: Int) -> [[UInt8]] {
        precondition(most > 0, "pieces of at most \(most) bytes")
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(most, rest.count), using: &self)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
