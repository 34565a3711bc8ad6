/// What a key of TERA's cipher comes to: for every place of the three generators their sum and their carries.
///
/// Each generator adds two words of a table that never changes, at two places that move together. So its sums repeat
/// with the length of the table, and all of them are computed once a key; what is left of the generator is its place.
///
/// Shape: one array of `wordCount` words, which all states of the key share. Place 0 is the state before the first
/// round, with a sum and a carry of 0; the places from 1 to `period` repeat.
struct TeraTable: Sendable {
    static let keyByteCount = 128
    static let expandedByteCount = 680
    /// Rounds that can be run without asking whether a place has come round.
    static let roundsAtOnce = 16

    /// How many places each generator has, and by how much its second word is behind the first.
    static let periods = [55, 57, 58]
    private static let lags = [31, 50, 39]

    /// The sums of generator `g` begin at `g * sumStride`; beyond the period they go round.
    static let sumStride = 80
    /// The carries of generator `g` begin at `firstCarries + g * carryStride`: of each place its own carry in the
    /// lowest bit, above it those of the places that follow.
    static let firstCarries = 3 * sumStride
    static let carryStride = 64
    static let wordCount = firstCarries + 3 * carryStride

    let words: [UInt32]

    /// The table of a key of 128 bytes.
    init(key: [UInt8]) {
        self.init(expanded: Self.expand(key))
    }

    /// The table of an expanded key of 680 bytes.
    init(expanded: [UInt8]) {
        precondition(expanded.count == Self.expandedByteCount, "an expanded key of \(expanded.count) bytes")
        let key = stride(from: 0, to: expanded.count, by: 4).map { offset in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(expanded[offset + $1]) << (8 * $1) }
        }
        var words = [UInt32](repeating: 0, count: Self.wordCount)
        var first = 0
        for (generator, (period, lag)) in zip(Self.periods, Self.lags).enumerated() {
            var carries: [UInt32] = [0]
            for place in 1...period + Self.roundsAtOnce {
                let index = (place - 1) % period
                let (sum, hasCarry) = key[first + index].addingReportingOverflow(key[first + (index + lag) % period])
                words[generator * Self.sumStride + place] = sum
                carries.append(hasCarry ? 1 : 0)
            }
            for place in 0...period {
                let following = carries[place..<place + Self.roundsAtOnce].reversed()
                words[Self.firstCarries + generator * Self.carryStride + place] = following.reduce(0) { $0 << 1 | $1 }
            }
            first += period
        }
        self.words = words
    }

    /// 680 bytes out of 128: the buffer begins as the repeated key, its length in the first byte, and is then replaced
    /// from front to back by hashes of all that stands in it.
    static func expand(_ key: [UInt8]) -> [UInt8] {
        precondition(key.count == keyByteCount, "a key of \(key.count) bytes where \(keyByteCount) are expected")
        var bytes = (0..<expandedByteCount).map { key[$0 % keyByteCount] }
        bytes[0] = UInt8(keyByteCount)
        // What has been replaced stays, so the blocks that lie wholly in it are hashed once.
        var state = SHA0.State()
        var hashedByteCount = 0
        for offset in stride(from: 0, to: expandedByteCount, by: 20) {
            while hashedByteCount + SHA0.blockByteCount <= offset {
                SHA0.take(bytes, hashedByteCount, into: &state)
                hashedByteCount += SHA0.blockByteCount
            }
            let digest = SHA0.digest(of: bytes, hashedByteCount: hashedByteCount, in: state)
            for (index, word) in digest.words.enumerated() {
                for byte in 0..<4 { bytes[offset + 4 * index + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
            }
        }
        return bytes
    }
}
