import TestSupport
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
    @Test("a seed gives the numbers that the published algorithm gives")
    func knownNumbers() {
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("pieces join to what was cut, and none is empty or longer than asked")
    func pieces() {
        var generator = SplitMix64(seed: 1)
        let bytes = generator.bytes(1000)
        let pieces = generator.pieces(of: bytes, most: 7)
        #expect(Array(pieces.joined()) == bytes)
        #expect(pieces.allSatisfy { (1...7).contains($0.count) })
        #expect(generator.pieces(of: [], most: 7).isEmpty)
    }

    @Test("a chance of none never happens and a chance of all always does")
    func chances() {
        var generator = SplitMix64(seed: 2)
        #expect((0..<100).allSatisfy { _ in !generator.chance(0, in: 5) })
        #expect((0..<100).allSatisfy { _ in generator.chance(5, in: 5) })
    }
}
