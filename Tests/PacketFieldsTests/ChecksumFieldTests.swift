import PacketFields
import Testing
import WireBytes

@Suite("Checksums and counters")
struct ChecksumFieldTests {
    private func value(_ algorithm: ChecksumField.Algorithm, _ text: String) -> UInt64 {
        // The number stands behind the text and is left out.
        let packet = Array(text.utf8) + [0xAA, 0xAA, 0xAA, 0xAA]
        return ChecksumField(place: u32(-4), algorithm: algorithm, start: 0, end: 0).value(packet)
    }

    @Test("the known sums of known texts")
    func known() {
        #expect(value(.adler32, "Wikipedia") == 0x11E6_0398)
        #expect(value(.adler32, "") == 1)
        #expect(value(.crc32, "123456789") == 0xCBF4_3926)
        #expect(value(.crc32, "") == 0)
        #expect(value(.xor, "abc") == 0x60)
        #expect(value(.sum, "abc") == 294)
    }

    @Test("a sum is cut to the width of its place")
    func width() {
        let packet = Array("abc".utf8) + [0]
        let sum = ChecksumField(place: u8(-1), algorithm: .sum, start: 0, end: 0)
        #expect(sum.value(packet) == 294 - 256)
    }

    @Test("a part is covered from and to where it says, without the number itself")
    func part() {
        let packet: [UInt8] = [1, 2, 0xAA, 4, 8, 16]
        let over = { (start: Int, end: Int) in
            ChecksumField(place: u8(2), algorithm: .sum, start: start, end: end).value(packet)
        }
        #expect(over(0, 0) == 31)
        #expect(over(1, 0) == 30)
        #expect(over(2, 0) == 28)
        #expect(over(3, 0) == 28)
        #expect(over(4, -1) == 8)
        #expect(over(-2, 0) == 24)
        #expect(over(0, -4) == 3)
        #expect(over(5, -3) == 0)
        #expect(over(-20, -20) == 0)
        #expect(over(60, 0) == 0)
    }

    @Test("a packet is right with its own sum, wrong with any other byte changed, and made right again")
    func verify() {
        for algorithm in [ChecksumField.Algorithm.adler32, .crc32, .xor, .sum] {
            let field = ChecksumField(place: u32(4), algorithm: algorithm, start: 2, end: 0)
            var packet = (0..<20).map { UInt8($0 * 7) }
            #expect(field.recompute(&packet))
            #expect(field.isRight(packet))
            for index in 2..<20 {
                var broken = packet
                broken[index] ^= 0x10
                #expect(!field.isRight(broken))
                #expect(field.recompute(&broken))
                #expect(field.isRight(broken))
            }
        }
    }

    @Test("a packet too short for its sum is wrong, and cannot be made right")
    func short() {
        let field = ChecksumField(place: u32(4), algorithm: .crc32, start: 0, end: 0)
        var packet = [UInt8](repeating: 0, count: 7)
        #expect(!field.isRight(packet))
        #expect(!field.recompute(&packet))
        #expect(packet == [UInt8](repeating: 0, count: 7))
        #expect(!ChecksumField(place: u32(-4), algorithm: .xor, start: 0, end: 0).isRight([0, 0]))
    }

    @Test(
        "the integrity hash of TERA has its known values",
        arguments: [
            (12_345, 27_322, 28, 1, 0x0001_90FE), (12_345, 27_322, 28, 2, 0x0001_9107),
            (12_345, 27_322, 28, 3, 0x0001_90F0), (1, 24_160, 100, 1, 0x0001_F21C),
            (0x7FFF_FFFF, 50_600, 77, 1, 0x0033_B850), (-5, 27_322, 28, 1, 0x0002_8CFD),
        ] as [(Int32, Int, Int, Int, UInt64)])
    func tera(seed: Int32, opcode: Int, byteCount: Int, counter: Int, expected: UInt64) {
        var packet = little(byteCount, 2) + little(opcode, 2) + little(counter, 4) + [0xAA, 0xAA, 0xAA, 0xAA]
        packet += (12..<byteCount).map { UInt8(truncatingIfNeeded: 7 * $0) }
        let field = ChecksumField(place: u32(8), algorithm: .teraIntegrity(seed: seed), start: 0, end: 0)
        #expect(field.value(packet) == expected)
        let none = ChecksumField(place: u32(8), algorithm: .teraIntegrity(seed: nil), start: 0, end: 0)
        #expect(none.value(packet) == 0)
    }

    @Test("the integrity hash of anything does not trap")
    func teraBounds() {
        for size in 0..<40 {
            for seed in [Int32.min, -1, 0, Int32.max] {
                let packet = [UInt8](repeating: 0xFF, count: size)
                let field = ChecksumField(place: u32(8), algorithm: .teraIntegrity(seed: seed), start: 0, end: 0)
                _ = field.isRight(packet)
            }
        }
    }

    @Test("a counter is read, written, and begins anew behind the largest that fits")
    func counter() {
        let counter = CounterField(place: IntegerPlace(offset: 1, byteCount: 2, isLittleEndian: false), first: 1)
        var packet: [UInt8] = [9, 0xFF, 0xFE, 9]
        #expect(counter.value(packet) == 0xFFFE)
        #expect(counter.next(after: 0xFFFE) == 0xFFFF)
        #expect(counter.next(after: 0xFFFF) == 0)
        #expect(counter.write(0x0102, into: &packet))
        #expect(packet == [9, 1, 2, 9])
        var short: [UInt8] = [9, 9]
        #expect(counter.value(short) == nil)
        #expect(!counter.write(1, into: &short))
        let widest = CounterField(place: IntegerPlace(offset: 0, byteCount: 8, isLittleEndian: true), first: 0)
        #expect(widest.next(after: .max) == 0)
    }
}
