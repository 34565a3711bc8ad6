/// The keystream of TERA, written down as the published description has it, round by round.
///
/// It shares no line with the program's own cipher, so that a mistake in one shows against the other.
public struct TeraKeystream {
    private struct Generator {
        let words: [UInt32]
        var first = 0
        var second: Int
        var sum: UInt32 = 0
        var carry = false

        mutating func step() {
            let (next, overflow) = words[first].addingReportingOverflow(words[second])
            sum = next
            carry = overflow
            first = (first + 1) % words.count
            second = (second + 1) % words.count
        }
    }

    private var generators: [Generator]
    private var rest: [UInt8] = []

    /// The keystream of an expanded key of 680 bytes.
    public init(expanded: [UInt8]) {
        let words = (0..<170).map { index in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(expanded[4 * index + $1]) << UInt32(8 * $1) }
        }
        generators = [
            Generator(words: Array(words[0..<55]), second: 31), Generator(words: Array(words[55..<112]), second: 50),
            Generator(words: Array(words[112..<170]), second: 39),
        ]
    }

    /// The keystream of a key of 128 bytes.
    public init(key: [UInt8]) {
        self.init(expanded: Self.expand(key))
    }

    /// The bytes after the cipher, in one direction as in the other.
    public mutating func apply(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { byte in
            if rest.isEmpty { nextWord() }
            return byte ^ rest.removeFirst()
        }
    }

    private mutating func nextWord() {
        let carries = generators.count { $0.carry }
        let majority = carries >= 2
        for index in generators.indices where generators[index].carry == majority { generators[index].step() }
        let word = generators.reduce(UInt32(0)) { $0 ^ $1.sum }
        rest = (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
    }

    private static func expand(_ key: [UInt8]) -> [UInt8] {
        var buffer = (0..<680).map { key[$0 % 128] }
        buffer[0] = 128
        for offset in stride(from: 0, to: 680, by: 20) {
            for (index, word) in hash(buffer).enumerated() {
                for byte in 0..<4 {
                    buffer[offset + 4 * index + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte))
                }
            }
        }
        return buffer
    }

    /// SHA-0: SHA-1 without the rotation of the message schedule.
    private static func hash(_ message: [UInt8]) -> [UInt32] {
        func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        for block in stride(from: 0, to: padded.count, by: 64) {
            var schedule = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * word + $1]) }
            }
            for index in 16..<80 {
                schedule.append(
                    schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16])
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for index in 0..<80 {
                let (mixed, constant): (UInt32, UInt32) =
                    switch index / 20 {
                    case 0: ((b & c) | (~b & d), 0x5A82_7999)
                    case 1: (b ^ c ^ d, 0x6ED9_EBA1)
                    case 2: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = rotated(a, 5) &+ mixed &+ e &+ constant &+ schedule[index]
                (a, b, c, d, e) = (next, a, rotated(b, 30), c, d)
            }
            state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
        }
        return state
    }
}
