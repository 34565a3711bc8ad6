import PacketFields
import Testing
import WireBytes

@Suite("Conditions on fields")
struct FieldConditionTests {
    private func holds(
        _ kind: FieldKind, _ bytes: [UInt8], _ tests: FieldCondition.Test..., length: Bool = false
    ) -> Bool {
        let layout = PacketLayout(fields: [Field(name: "f", kind: kind, origin: .start(0))])
        let subject: FieldCondition.Subject = length ? .length(field: 0) : .value(field: 0)
        return FieldCondition(subject, tests).holds(in: bytes.span.bytes, layout: layout)
    }

    private func rest(_ encoding: TextEncoding) -> FieldKind { .text(.rest(less: 0), encoding, isNULEnded: false) }

    @Test("a range of integers holds at both its ends, and one of several is enough")
    func integers() {
        let kind = FieldKind.integer(byteCount: 4, isLittleEndian: true, isSigned: true)
        for (value, expected) in [(-1, false), (0, true), (12, true), (13, false), (15, true), (16, false)]
            as [(Int32, Bool)]
        {
            let bytes = withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
            #expect(holds(kind, bytes, .integer(0...12), .integer(15...15)) == expected, "\(value)")
        }
    }

    @Test("the largest unsigned and the least signed integer are what they are")
    func extremes() {
        let all = [UInt8](repeating: 0xFF, count: 8)
        let unsigned = FieldKind.integer(byteCount: 8, isLittleEndian: false, isSigned: false)
        #expect(holds(unsigned, all, .integer(Int128(UInt64.max)...Int128(UInt64.max))))
        let signed = FieldKind.integer(byteCount: 8, isLittleEndian: false, isSigned: true)
        #expect(holds(signed, all, .integer(-1 ... -1)))
        let least = [UInt8](arrayLiteral: 0x80, 0, 0, 0, 0, 0, 0, 0)
        #expect(holds(signed, least, .integer(Int128(Int64.min)...Int128(Int64.min))))
        #expect(holds(.varint, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .integer(4_294_967_295...4_294_967_295)))
    }

    @Test(
        "what is not finite is in no range, and found as such",
        arguments: [Float.infinity, -Float.infinity, Float.nan, Float.signalingNaN])
    func notFinite(value: Float) {
        let bytes = withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
        let kind = FieldKind.float(byteCount: 4, isLittleEndian: true)
        #expect(holds(kind, bytes, .notFinite))
        #expect(!holds(kind, bytes, .float(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)))
    }

    @Test("a float of either width is compared as a number")
    func floats() {
        let double = withUnsafeBytes(of: 1.5.bitPattern.bigEndian) { [UInt8]($0) }
        #expect(holds(.float(byteCount: 8, isLittleEndian: false), double, .float(1.5...1.5)))
        #expect(!holds(.float(byteCount: 8, isLittleEndian: false), double, .float(1.6...2), .notFinite))
        let float = withUnsafeBytes(of: Float(-200_000).bitPattern.bigEndian) { [UInt8]($0) }
        #expect(holds(.float(byteCount: 4, isLittleEndian: false), float, .float(-200_000...0)))
    }

    @Test("a text is equal in each encoding, and a longer or shorter one is not")
    func texts() {
        let expected = "aé😀".unicodeScalars.map(\.value)
        let utf16 = Array("aé😀".utf16)
        let little = utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for (encoding, bytes) in [(.utf8, Array("aé😀".utf8)), (.utf16le, little), (.utf16be, big)]
            as [(TextEncoding, [UInt8])]
        {
            #expect(holds(rest(encoding), bytes, .text(expected)))
            #expect(!holds(rest(encoding), bytes, .text(expected + [0x61])))
            #expect(!holds(rest(encoding), bytes, .text(Array(expected.dropLast()))))
            #expect(holds(rest(encoding), bytes, .integer(3...3), length: true))
            #expect(!holds(rest(encoding), bytes, .notWellFormed))
        }
        #expect(holds(rest(.latin1), [0x61, 0xE9], .text([0x61, 0xE9])))
        #expect(!holds(rest(.latin1), [0x80, 0xFF], .notWellFormed))
    }

    @Test(
        "bad UTF-8 is found: bytes alone, forms that are too long, surrogates, and what lies beyond Unicode",
        arguments: [
            [0x80], [0xC0, 0xBC], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xE2, 0x41], [0xFF],
        ] as [[UInt8]])
    func badUTF8(bytes: [UInt8]) {
        #expect(holds(rest(.utf8), [0x61] + bytes + [0x61], .notWellFormed))
        #expect(holds(rest(.utf8), bytes, .notWellFormed))
    }

    @Test(
        "half a pair of UTF-16 is found",
        arguments: [[0xD800], [0xDC00], [0xD800, 0x61], [0xDC00, 0xD800]] as [[UInt16]])
    func badUTF16(units: [UInt16]) {
        let bytes = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(holds(rest(.utf16le), bytes, .notWellFormed))
        #expect(holds(rest(.utf16le), bytes, .integer(Int128(units.count)...Int128(units.count)), length: true))
    }

    @Test("UTF-8 is read as the standard library reads it", arguments: [UInt8(0xC3), 0xE2, 0xED, 0xF0, 0xF4])
    func standard(first: UInt8) {
        for second in UInt8.min...UInt8.max {
            for tail in [[], [0x80], [0xBF, 0x80], [0x41, 0x80], [0xBF, 0xBF, 0x41]] as [[UInt8]] {
                let bytes = [first, second] + tail
                let expected = String(decoding: bytes, as: UTF8.self).unicodeScalars.count
                #expect(holds(rest(.utf8), bytes, .integer(Int128(expected)...Int128(expected)), length: true))
                #expect(holds(rest(.utf8), bytes, .notWellFormed) == (String(validating: bytes, as: UTF8.self) == nil))
            }
        }
    }

    @Test("bytes are equal as a whole, and their length is counted in bytes")
    func bytes() {
        #expect(holds(.bytes(.rest(less: 0)), [1, 2, 3], .bytes([1, 2, 3])))
        #expect(!holds(.bytes(.rest(less: 0)), [1, 2, 3], .bytes([1, 2]), .bytes([1, 2, 3, 4]), .bytes([1, 2, 4])))
        #expect(holds(.bytes(.rest(less: 1)), [1, 2, 3], .integer(2...2), length: true))
    }

    @Test("a condition on a field that cannot be read does not hold, and nothing traps")
    func unreadable() {
        #expect(!holds(.varint, [0x80], .integer(0...Int128.max)))
        #expect(!holds(.float(byteCount: 8, isLittleEndian: true), [1, 2], .notFinite))
        #expect(!holds(.terminated(.utf8), [0x61], .notWellFormed))
        #expect(!holds(.bytes(.fixed(3)), [1, 2], .bytes([1, 2])))
    }
}
