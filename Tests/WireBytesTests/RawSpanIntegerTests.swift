import Testing
import WireBytes

@Suite("Integers in bytes")
struct RawSpanIntegerTests {
    private let bytes: [UInt8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA]

    @Test("every width is read in both orders, at every offset where it fits and nowhere else", arguments: 1...8)
    func everyWidth(width: Int) {
        for offset in -2...(bytes.count + 2) {
            let big = bytes.span.bytes.unsignedInteger(at: offset, byteCount: width, littleEndian: false)
            let little = bytes.span.bytes.unsignedInteger(at: offset, byteCount: width, littleEndian: true)
            guard offset >= 0, offset + width <= bytes.count else {
                #expect(big == nil && little == nil, "\(offset)")
                continue
            }
            let part = bytes[offset..<(offset + width)]
            #expect(big == part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            #expect(little == part.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }

    @Test("known values come out")
    func knownValues() {
        let medium = bytes.span.bytes.unsignedInteger(at: 0, byteCount: 3, littleEndian: true)
        let long = bytes.span.bytes.unsignedInteger(at: 0, byteCount: 8, littleEndian: false)
        let last = bytes.span.bytes.byte(at: 10)
        #expect(medium == 0x45_2301)
        #expect(long == 0x0123_4567_89AB_CDEF)
        #expect(last == 0xBA)
    }

    @Test("an offset at the edge of the number line is outside", arguments: [Int.min, -1, 11, Int.max - 7, Int.max])
    func edges(offset: Int) {
        for width in 1...8 {
            let value = bytes.span.bytes.unsignedInteger(at: offset, byteCount: width, littleEndian: true)
            #expect(value == nil)
        }
        let byte = bytes.span.bytes.byte(at: offset)
        #expect(byte == nil)
    }

    @Test("no bytes hold no integer")
    func empty() {
        let none: [UInt8] = []
        let value = none.span.bytes.unsignedInteger(at: 0, byteCount: 1, littleEndian: true)
        #expect(value == nil)
    }

    @Test("a width of nine bytes is a bug of the caller")
    func width() async {
        await #expect(processExitsWith: .failure) {
            let bytes = [UInt8](repeating: 0, count: 16)
            _ = bytes.span.bytes.unsignedInteger(at: 0, byteCount: 9, littleEndian: true)
        }
    }
}
