import Testing
import WireBytes

@Suite("CRC-32C")
struct CRC32CTests {
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = CRC32C()
        sum.update(bytes.span.bytes)
        return sum.checksum
    }

    @Test("the check value and the vectors of RFC 3720 come out")
    func knownAnswers() {
        #expect(checksum([]) == 0)
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        // RFC 3720 appendix B.4 prints the bytes in the order they are sent, least significant first.
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
    }

    @Test("any split of the bytes gives the same checksum")
    func splits() {
        let bytes = Array("123456789".utf8)
        for split in 0...bytes.count {
            var sum = CRC32C()
            sum.update(bytes.span.bytes.extracting(0..<split))
            sum.update(bytes.span.bytes.extracting(split...))
            #expect(sum.checksum == 0xE306_9283)
        }
    }

    @Test("zeros count like zero bytes")
    func zeros() {
        let start: [UInt8] = [1, 2]
        for count in 0...5 {
            var sum = CRC32C()
            sum.update(start.span.bytes)
            sum.update(zeros: count)
            #expect(sum.checksum == checksum(start + [UInt8](repeating: 0, count: count)))
        }
    }
}
