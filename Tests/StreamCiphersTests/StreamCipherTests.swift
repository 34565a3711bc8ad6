import StreamCiphers
import TestSupport
import Testing

@Suite("A stream cipher")
struct StreamCipherTests {
    private static let keys: [[UInt8]] = (0..<4).map { key in (0..<128).map { UInt8(($0 * 31 + key * 7) % 256) } }

    /// The ciphers of a scheme, of as many of the keys as it takes.
    private func pair(_ scheme: CipherScheme) -> (inbound: StreamCipher, outbound: StreamCipher) {
        guard let pair = scheme.makePair(keys: Array(Self.keys.prefix(scheme.keyCounts.upperBound))) else {
            preconditionFailure("no ciphers of \(scheme)")
        }
        return pair
    }

    @Test(
        "gives the same stream in pieces of any size, skipped or applied, in place or beside",
        arguments: CipherScheme.all)
    func pieces(_ scheme: CipherScheme) {
        var random = SplitMix64(seed: 45)
        let text = (0..<6_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var whole = pair(scheme).inbound
        let expected = whole.applied(to: text)
        for most in [1, 2, 3, 5, 8, 63, 64, 65, 200, 3_000] {
            var cipher = pair(scheme).inbound
            var result: [UInt8] = []
            while result.count < text.count {
                let count = min(Int.random(in: 0...most, using: &random), text.count - result.count)
                let piece = Array(text[result.count..<result.count + count])
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    result += cipher.applied(to: piece)
                case 1:
                    var beside = [UInt8](repeating: 0xAA, count: count)
                    beside.withUnsafeMutableBytes { target in
                        piece.withUnsafeBytes { cipher.apply(from: $0, into: target) }
                    }
                    result += beside
                default:
                    cipher.skip(count)
                    result += expected[result.count..<result.count + count]
                }
            }
            #expect(result == expected, "\(scheme), pieces of \(most) at most")
            #expect(
                cipher.keystream(70)
                    == {
                        var rest = whole; return rest.keystream(70)
                    }())
        }
    }

    @Test("is undone by another state of the same keys, and a copy goes its own way", arguments: CipherScheme.all)
    func copies(_ scheme: CipherScheme) {
        let text = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 11) }
        var sender = pair(scheme).outbound
        var receiver = pair(scheme).outbound
        let first = sender.applied(to: text)
        #expect(first != text)
        #expect(receiver.applied(to: first) == text)
        var copy = sender
        copy.skip(3)
        let second = sender.applied(to: text)
        #expect(receiver.applied(to: second) == text, "the copy's step does not move the original")
        #expect(copy.applied(to: Array(text[3...])) == Array(second[3...]), "the copy began where the original stood")
    }

    @Test("goes to where another state of the same key stands, and then its own way", arguments: CipherScheme.all)
    func following(_ scheme: CipherScheme) {
        var whole = pair(scheme).inbound
        let keystream = whole.keystream(2_000)
        var first = pair(scheme).inbound
        var second = pair(scheme).inbound
        var place = 0
        for count in [0, 1, 2, 3, 64, 99, 500] {
            first.skip(count)
            place += count
            second.follow(first)
            #expect(second.keystream(70) == Array(keystream[place..<place + 70]))
            #expect(first.keystream(5) == Array(keystream[place..<place + 5]), "the other did not move it")
            place += 5
        }
    }

    @Test("takes exactly the keys it names", arguments: CipherScheme.all)
    func keyCounts(_ scheme: CipherScheme) {
        let lengths = scheme.keyByteCounts
        func keys(_ count: Int, _ byteCount: Int) -> [[UInt8]] {
            [[UInt8]](repeating: [UInt8](repeating: 1, count: byteCount), count: count)
        }
        for count in scheme.keyCounts {
            #expect(scheme.makePair(keys: keys(count, lengths.lowerBound)) != nil)
            #expect(scheme.makePair(keys: keys(count, lengths.upperBound)) != nil)
            #expect(scheme.makePair(keys: keys(count, lengths.lowerBound - 1)) == nil)
            #expect(scheme.makePair(keys: keys(count, lengths.upperBound + 1)) == nil)
            var oneShort = keys(count, lengths.upperBound)
            oneShort[count - 1] = []
            #expect(scheme.makePair(keys: oneShort) == nil)
        }
        #expect(scheme.makePair(keys: keys(scheme.keyCounts.lowerBound - 1, lengths.upperBound)) == nil)
        #expect(scheme.makePair(keys: keys(scheme.keyCounts.upperBound + 1, lengths.upperBound)) == nil)
    }

    @Test("has a name of its own, and room for a few words")
    func names() {
        #expect(Set(CipherScheme.all.map(\.name)).count == CipherScheme.all.count)
        #expect(MemoryLayout<StreamCipher>.size <= 32)
        #expect(CipherScheme.all.allSatisfy { $0.heapByteCount <= StreamCipher.heapByteCountMax })
    }
}
