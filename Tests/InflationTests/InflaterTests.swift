import TestSupport
import Testing

@testable import Inflation

@Suite("Inflating")
struct InflaterTests {
    /// "Portcullis " eight times, as Python's zlib module compresses it.
    static let text = [UInt8](String(repeating: "Portcullis ", count: 8).utf8)
    static let zlib: [UInt8] = [
        0x78, 0xDA, 0x0B, 0xC8, 0x2F, 0x2A, 0x49, 0x2E, 0xCD, 0xC9, 0xC9, 0x2C, 0x56, 0x08, 0xA0, 0x26, 0x13, 0x00,
        0x09, 0x66, 0x22, 0x89,
    ]

    private func inflate(
        _ bytes: [UInt8], _ format: InflationFormat = .zlib, most: Int, after start: [UInt8] = []
    ) -> Result<[UInt8], InflationFault> {
        var output = start
        let fault = bytes.withUnsafeBytes { bytes -> InflationFault? in
            do throws(InflationFault) {
                try format.inflate(bytes, most: most, into: &output)
                return nil
            } catch {
                return error
            }
        }
        return fault.map { .failure($0) } ?? .success(output)
    }

    @Test("what another program compressed comes out as it went in, behind what stands there already")
    func whole() {
        #expect(inflate(Self.zlib, most: 1_000, after: [9, 9]) == .success([9, 9] + Self.text))
        // Without its two bytes of header and four of checksum it is plain deflate.
        #expect(inflate(Array(Self.zlib[2..<18]), .deflate, most: 1_000) == .success(Self.text))
        let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + Self.zlib[2..<18] + Self.gzipEnd
        #expect(inflate(gzip, .gzip, most: 1_000) == .success(Self.text))
        #expect(inflate(Self.zlib + [1, 2, 3], most: 1_000) == .success(Self.text))
    }

    /// CRC-32 of the text, and its length.
    private static let gzipEnd: [UInt8] = [0x5D, 0x6F, 0x54, 0x68, 88, 0, 0, 0]

    @Test("as much as the bound passes, one byte more does not")
    func bound() {
        #expect(inflate(Self.zlib, most: 88) == .success(Self.text))
        #expect(inflate(Self.zlib, most: 87) == .failure(.tooLarge(most: 87)))
        #expect(inflate(Self.zlib, most: 0) == .failure(.tooLarge(most: 0)))
    }

    @Test("a bomb is given up at the bound, however much it would become")
    func bomb() {
        // One stored zero, then "repeat the last byte 258 times" again and again: a thousandfold.
        var bits: [Bool] = []
        func put(_ value: Int, _ count: Int, reversed: Bool = false) {
            for bit in 0..<count { bits.append(value >> (reversed ? count - 1 - bit : bit) & 1 == 1) }
        }
        put(1, 1)
        put(1, 2)
        put(0x30, 8, reversed: true)
        for _ in 0..<100_000 {
            put(0xC5, 8, reversed: true)
            put(0, 5)
        }
        put(0, 7)
        while bits.count % 8 != 0 { bits.append(false) }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: bits.count, by: 8) {
            bytes.append((0..<8).reduce(UInt8(0)) { $0 | (bits[start + $1] ? 1 << UInt8($1) : 0) })
        }
        #expect(inflate(bytes, .deflate, most: 65_536) == .failure(.tooLarge(most: 65_536)))
        #expect((try? inflate(bytes, .deflate, most: 30_000_000).get())?.count == 25_800_001)
    }

    @Test("bytes that are cut off, changed or none at all are corrupt, and never anything else")
    func corrupt() {
        for count in 0..<Self.zlib.count {
            #expect(inflate(Array(Self.zlib[..<count]), most: 1_000) == .failure(.corrupt), "\(count) bytes")
        }
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            var bytes = Self.zlib
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            switch inflate(bytes, most: 1_000) {
            case .success(let text): #expect(text == Self.text)
            case .failure(.corrupt), .failure(.tooLarge): break
            }
        }
        for number in 0..<3_000 {
            let format = InflationFormat.allCases[number % 3]
            #expect((try? inflate(random.bytes(40), format, most: 100).get())?.count ?? 0 <= 100)
        }
    }
}
