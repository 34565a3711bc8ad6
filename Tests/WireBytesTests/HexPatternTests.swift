import TestSupport
import Testing
import WireBytes

@Suite("Hex patterns")
struct HexPatternTests {
    @Test(
        "a pattern is read with spaces or without, in either case",
        arguments: ["de ad ?? e? ?f", "DEAD??E??F", "  dead ??\te? ?F "])
    func sound(text: String) throws {
        let pattern = try HexPattern(parsing: text)
        #expect(pattern.bytes == [0xDE, 0xAD, 0x00, 0xE0, 0x0F])
        #expect(pattern.masks == [0xFF, 0xFF, 0x00, 0xF0, 0x0F])
        #expect(pattern.description == "de ad ?? e? ?f")
    }

    @Test(
        "a broken pattern says what is wrong and where",
        arguments: [
            ("", HexPatternError.empty), ("   ", .empty), ("d", .loneDigit(offset: 0)), ("de a", .loneDigit(offset: 3)),
            ("d e", .loneDigit(offset: 0)), ("de ad b ef", .loneDigit(offset: 6)), ("?", .loneDigit(offset: 0)),
            ("de xd", .badCharacter(offset: 3)), ("0x12", .badCharacter(offset: 1)),
            ("de,ad", .badCharacter(offset: 2)),
            ("de é0", .badCharacter(offset: 3)), ("de\nad", .badCharacter(offset: 2)),
        ])
    func broken(text: String, error: HexPatternError) {
        #expect(throws: error) { try HexPattern(parsing: text) }
    }

    @Test("a position counts from 1 in a diagnostic")
    func diagnostic() {
        #expect(HexPatternError.badCharacter(offset: 2).description.contains("character 3 "))
    }

    @Test("a pattern matches where its masked bytes stand, and nowhere that it would reach outside")
    func matching() throws {
        let pattern = try HexPattern(parsing: "ad ?? e?")
        let bytes: [UInt8] = [0xDE, 0xAD, 0x77, 0xE9, 0xAD, 0x00]
        var found: [Int] = []
        for offset in -2...8 where pattern.matches(bytes.span.bytes, at: offset) { found.append(offset) }
        #expect(found == [1])
        let isFar = pattern.matches(bytes.span.bytes, at: .max) || pattern.matches(bytes.span.bytes, at: .min)
        #expect(!isFar)
    }

    @Test("a pattern as long as the bytes matches, one byte longer does not, and none matches in no bytes")
    func length() throws {
        let bytes: [UInt8] = [1, 2, 3]
        let same = try HexPattern(parsing: "01 02 03").matches(bytes.span.bytes, at: 0)
        let longer = try HexPattern(parsing: "01 02 03 ??").matches(bytes.span.bytes, at: 0)
        let none: [UInt8] = []
        let nowhere = try HexPattern(parsing: "??").matches(none.span.bytes, at: 0)
        #expect([same, longer, nowhere] == [true, false, false])
    }

    @Test("a wrong bit is found in every place")
    func everyBit() throws {
        let bytes: [UInt8] = [0x12, 0x34, 0x56]
        let pattern = HexPattern(bytes)
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << UInt8(bit)
                let isMatch = pattern.matches(other.span.bytes, at: 0)
                #expect(!isMatch)
            }
        }
        let isMatch = pattern.matches(bytes.span.bytes, at: 0)
        #expect(isMatch)
    }

    @Test("bits outside the mask do not make patterns different")
    func equality() throws {
        #expect(try HexPattern([0xDE, 0xFF], masks: [0xF0, 0x00]) == HexPattern(parsing: "d? ??"))
    }

    @Test("a mask finer than a nibble is shown")
    func fineMask() {
        #expect(HexPattern([0x41], masks: [0xDF]).description == "41&df")
    }

    @Test("every pattern is read back from what is printed")
    func roundTrip() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let count = Int.random(in: 1...12, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let masks: [UInt8] = (0..<count).map { _ in [0, 0x0F, 0xF0, 0xFF].randomElement(using: &random) ?? 0 }
            let pattern = HexPattern(bytes, masks: masks)
            #expect(try HexPattern(parsing: pattern.description) == pattern)
        }
    }
}
