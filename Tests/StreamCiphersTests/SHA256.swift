/// SHA-256 as FIPS 180-4 describes it, so that long keystreams can be compared with a published digest.
enum SHA256 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        let constants = roots(64, power: 3)
        var state = roots(8, power: 2)
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> UInt64(shift)))
        }
        var schedule = [UInt32](repeating: 0, count: 64)
        for block in stride(from: 0, to: padded.count, by: 64) {
            for index in 0..<16 {
                schedule[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(padded[block + 4 * index + $1]) }
            }
            for index in 16..<64 {
                let (old, new) = (schedule[index - 15], schedule[index - 2])
                schedule[index] =
                    schedule[index - 16] &+ (turned(old, 7) ^ turned(old, 18) ^ old >> 3) &+ schedule[index - 7]
                    &+ (turned(new, 17) ^ turned(new, 19) ^ new >> 10)
            }
            var words = state
            for index in 0..<64 {
                let (a, e) = (words[0], words[4])
                let choice = e & words[5] ^ ~e & words[6]
                let majority = a & words[1] ^ a & words[2] ^ words[1] & words[2]
                let first =
                    words[7] &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice &+ constants[index]
                    &+ schedule[index]
                let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
                words = [first &+ second, a, words[1], words[2], words[3] &+ first, e, words[5], words[6]]
            }
            for index in 0..<8 { state[index] &+= words[index] }
        }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    /// The first 32 bits behind the point of the roots of the first primes.
    private static func roots(_ count: Int, power: Int) -> [UInt32] {
        let primes = (2...).lazy.filter { number in (2..<number).allSatisfy { number % $0 != 0 } }
        return primes.prefix(count).map { prime in
            // The greatest number whose power is at most the prime, in units of 2^-32.
            var root: UInt64 = 0
            for bit in (0..<36).reversed() {
                let next = root | 1 << UInt64(bit)
                if isAtMost(next, power: power, prime: UInt64(prime)) { root = next }
            }
            return UInt32(truncatingIfNeeded: root)
        }
    }

    /// Whether `root` to the power is at most the prime, both in units of 2^-32.
    private static func isAtMost(_ root: UInt64, power: Int, prime: UInt64) -> Bool {
        let value = (1..<power).reduce(UInt128(root)) { product, _ in product * UInt128(root) }
        return value <= UInt128(prime) << UInt128(32 * power)
    }
}
