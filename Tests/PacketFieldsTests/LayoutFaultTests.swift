import PacketFields
import Testing
import WireBytes

@Suite("What is wrong with a layout")
struct LayoutFaultTests {
    @Test("a field from the end is whole in the smallest packet that has it, and not in one byte less")
    func fromTheEnd() {
        let layout = PacketLayout.one(.integer(byteCount: 2, isLittleEndian: true, isSigned: false), .end(-3))
        #expect(layout.fault([0x34, 0x12, 9]) == nil)
        #expect(layout.value(0, [0x34, 0x12, 9]) == [0x34, 0x12])
        #expect(layout.fault([0x34, 0x12]) == .outside)
        #expect(layout.fault([]) == .outside)
    }

    @Test("a field behind an offset that stands in the packet may end with the packet, and no later")
    func indirect() {
        let layout = PacketLayout.one(
            .integer(byteCount: 4, isLittleEndian: true, isSigned: false), .indirect(u16(0), plus: 1))
        #expect(layout.fault([3, 0, 0, 0, 1, 2, 3, 4]) == nil)
        #expect(layout.value(0, [3, 0, 0, 0, 1, 2, 3, 4]) == [1, 2, 3, 4])
        #expect(layout.fault([4, 0, 0, 0, 1, 2, 3, 4]) == .outside)
        #expect(layout.fault([0xFF, 0xFF, 0, 0, 1, 2, 3, 4]) == .outside)
        #expect(layout.fault([1]) == .outside)
    }

    @Test("no offset leads into the fixed part, and 0 is none")
    func fixedPart() {
        let layout = PacketLayout(fields: [
            Field(name: "a", kind: .terminated(.utf8), origin: .indirect(u16(0), plus: 0)),
            Field(name: "b", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(3)),
        ])
        #expect(layout.fault([4, 0, 9, 9, 0]) == nil)
        #expect(layout.fault([3, 0, 9, 0, 0]) == .insideFixedPart)
        #expect(layout.fault([0, 0, 9, 9, 0]) == .insideFixedPart)
    }

    @Test("an offset as wide as it can be, with something added or taken away, does not trap")
    func wideOffsets() {
        let wide = IntegerPlace(offset: 0, byteCount: 8, isLittleEndian: true)
        for plus in [65_535, -65_535, 0] {
            let layout = PacketLayout.one(.varint, .indirect(wide, plus: plus))
            for value in [UInt64.max, UInt64(Int64.max), 1 << 32, 9, 8] {
                let fault = layout.fault(little(value, 8) + [1])
                #expect(fault != nil || (value == 8 && plus == 0))
            }
        }
    }

    @Test("a text without its NUL is not ended, and in UTF-16 a NUL is two bytes in step")
    func terminators() {
        #expect(PacketLayout.one(.terminated(.utf8)).fault([0x61, 0]) == nil)
        #expect(PacketLayout.one(.terminated(.utf8)).fault([0x61]) == .noTerminator)
        #expect(PacketLayout.one(.terminated(.utf8)).fault([]) == .noTerminator)
        let wide = PacketLayout.one(.terminated(.utf16le))
        #expect(wide.fault([0x61, 0, 0, 0]) == nil)
        #expect(wide.value(0, [0x61, 0, 0, 0]) == [0x61, 0])
        #expect(wide.fault([0x61, 0, 0]) == .noTerminator)
        #expect(wide.fault([0x61, 0, 0, 0x61, 0]) == .noTerminator)
    }

    @Test(
        "the first NUL is found wherever it stands, and whatever bytes are around it",
        arguments: [UInt8(1), 0x80, 0xFF])
    func everyTerminator(filler: UInt8) {
        for start in 0..<9 {
            for count in 0..<27 {
                let begin = FieldOrigin.start(start)
                var narrow = [UInt8](repeating: 0, count: start) + [UInt8](repeating: filler, count: count) + [0, 0]
                #expect(PacketLayout.one(.terminated(.utf8), begin).value(0, narrow)?.count == count)
                // In UTF-16 half a unit of zeros is none, neither its first nor its second half.
                narrow = [UInt8](repeating: 0, count: start)
                for index in 0..<count { narrow += index % 2 == 0 ? [0, filler] : [filler, 0] }
                #expect(PacketLayout.one(.terminated(.utf16le), begin).fault(narrow) == .noTerminator)
                narrow += [0, 0]
                #expect(PacketLayout.one(.terminated(.utf16le), begin).value(0, narrow)?.count == 2 * count)
                #expect(
                    PacketLayout.one(.terminated(.utf16le), begin).value(0, narrow + [0, 0, 7])?.count == 2 * count)
            }
        }
    }

    @Test("a length may reach the packet's end, and one more is outside")
    func prefixes() {
        let bytes = PacketLayout.one(.bytes(.prefixed(byteCount: 2, isLittleEndian: false, unitByteCount: 1)))
        #expect(bytes.fault([0, 2, 7, 7]) == nil)
        #expect(bytes.fault([0, 3, 7, 7]) == .outside)
        #expect(bytes.fault([0xFF, 0xFF, 7, 7]) == .outside)
        #expect(bytes.fault([0]) == .outside)
        let widest = PacketLayout.one(.bytes(.prefixed(byteCount: 8, isLittleEndian: true, unitByteCount: 2)))
        #expect(widest.fault([UInt8](repeating: 0xFF, count: 16)) == .outside)
        let varint = PacketLayout.one(.text(.prefixedByVarint(unitByteCount: 1), .utf8, isNULEnded: false))
        #expect(varint.fault([2, 0x61, 0x62]) == nil)
        #expect(varint.fault([3, 0x61, 0x62]) == .outside)
        #expect(varint.fault([0x80]) == .outside)
        #expect(varint.fault([UInt8](repeating: 0xFF, count: 11)) == .varintTooLong)
    }

    @Test("units are counted, not bytes, where that is declared")
    func units() {
        let layout = PacketLayout.one(
            .text(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 2), .utf16le, isNULEnded: false))
        #expect(layout.fault([2] + utf16("ab")) == nil)
        #expect(layout.value(0, [2] + utf16("ab") + [9]) == utf16("ab"))
        #expect(layout.fault([3] + utf16("ab")) == .outside)
        let bytes = PacketLayout.one(
            .text(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1), .utf16le, isNULEnded: false))
        #expect(bytes.fault([3] + utf16("ab")) == .brokenUnit)
    }

    @Test("a length that includes a NUL needs one NUL, at its end")
    func includedNUL() {
        let layout = PacketLayout.one(
            .text(.prefixed(byteCount: 2, isLittleEndian: false, unitByteCount: 1), .latin1, isNULEnded: true))
        let text = Array("nobill".utf8)
        #expect(layout.fault([0, 7] + text + [0]) == nil)
        #expect(layout.value(0, [0, 7] + text + [0]) == text)
        #expect(layout.fault([0, 6] + text + [0]) == .noTerminator)
        #expect(layout.fault([0, 8] + text + [0, 0]) == .innerTerminator)
        #expect(layout.fault([0, 4, 0x61, 0, 0x61, 0]) == .innerTerminator)
        #expect(layout.fault([0, 0]) == .noTerminator)
        #expect(layout.fault([0, 1, 0]) == nil)
    }

    @Test("a text of fixed room ends at its first NUL, or fills it where none is asked for")
    func room() {
        let free = PacketLayout.one(.text(.fixed(4), .utf8, isNULEnded: false))
        #expect(free.value(0, [0x61, 0x62, 0, 0x63]) == [0x61, 0x62])
        #expect(free.value(0, [0x61, 0x62, 0x63, 0x64]) == [0x61, 0x62, 0x63, 0x64])
        #expect(free.fault([0x61, 0x62, 0x63]) == .outside)
        let ended = PacketLayout.one(.text(.fixed(4), .utf8, isNULEnded: true))
        #expect(ended.fault([0x61, 0x62, 0x63, 0]) == nil)
        #expect(ended.fault([0x61, 0x62, 0x63, 0x64]) == .noTerminator)
        // NULs behind its room are not its own.
        let behind: [UInt8] = [0x61, 0x62, 0x63, 0x64, 0, 0, 0, 0]
        #expect(free.value(0, behind) == [0x61, 0x62, 0x63, 0x64])
        #expect(ended.fault(behind) == .noTerminator)
    }

    @Test("bytes whose offset and count stand in the packet may be none, with 0 for both")
    func counted() {
        let layout = PacketLayout.one(
            .bytes(.counted(u16(2), unitByteCount: 1)), .indirect(u16(0), plus: 0))
        #expect(layout.fault([4, 0, 2, 0, 7, 7]) == nil)
        #expect(layout.fault([4, 0, 3, 0, 7, 7]) == .outside)
        #expect(layout.fault([0, 0, 0, 0, 7, 7]) == nil)
        #expect(layout.value(0, [0, 0, 0, 0, 7, 7]) == [])
        #expect(layout.fault([0, 0, 1, 0, 7, 7]) == .insideFixedPart)
        #expect(layout.fault([6, 0, 0, 0, 7, 7]) == nil)
        #expect(layout.fault([7, 0, 0, 0, 7, 7]) == .outside)
    }

    @Test("fields follow each other, varints and words")
    func following() {
        let layout = PacketLayout(fields: [
            Field(name: "name", kind: .terminated(.utf8), origin: .start(1)),
            Field(name: "n", kind: .varint, origin: .after(0)),
            Field(name: "rest", kind: .bytes(.rest(less: 1)), origin: .after(1)),
        ])
        let packet: [UInt8] = [9, 0x61, 0, 0x80, 0x01, 7, 8, 0xFF]
        #expect(layout.fault(packet) == nil)
        #expect(layout.number(1, packet) == 128)
        #expect(layout.value(2, packet) == [7, 8])
        #expect(layout.fault([9, 0x61, 0, 0x80, 0x01]) == .outside)
        let varints = PacketLayout.one(.bytes(.rest(less: 0)), .afterVarints(at: 0, count: 2))
        #expect(varints.value(0, [0x85, 0x00, 3, 7, 8]) == [7, 8])
        #expect(varints.fault([0x85, 0x00]) == .outside)
        let word = PacketLayout.one(.bytes(.rest(less: 0)), .afterWord(at: 2))
        #expect(word.value(0, Array("..say hi there".utf8)) == Array("hi there".utf8))
        #expect(word.value(0, Array("..say".utf8)) == [])
        #expect(word.fault([1]) == .outside)
    }

    @Test("a varint has ten bytes and 64 bits at most")
    func varints() {
        let layout = PacketLayout.one(.varint)
        let largest = [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(layout.number(0, largest) == Int128(UInt64.max))
        #expect(layout.fault([UInt8](repeating: 0xFF, count: 9) + [2]) == .varintTooLong)
        #expect(layout.fault([UInt8](repeating: 0x80, count: 9) + [0x80, 0]) == .varintTooLong)
        #expect(layout.fault([UInt8](repeating: 0x80, count: 9)) == .outside)
    }

    @Test("64 fields in a row are checked, each where the one before it ends")
    func chain() {
        let fields = (0..<64).map { index in
            Field(
                name: "f\(index)", kind: .bytes(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1)),
                origin: index == 0 ? .start(0) : .after(index - 1))
        }
        let layout = PacketLayout(fields: fields)
        let packet: [UInt8] = (0..<64).flatMap { [1, UInt8($0)] as [UInt8] }
        #expect(layout.fault(packet) == nil)
        #expect(layout.value(63, packet) == [63])
        #expect(
            layout.wholeFault(Array(packet.dropLast())) == LayoutFault(subject: .field(63), reason: .outside))
    }

    @Test("a counter and a checksum must have room, whether the fields move or not", arguments: [true, false])
    func places(isFixed: Bool) {
        let kind: FieldKind =
            isFixed ? .integer(byteCount: 1, isLittleEndian: true, isSigned: false) : .bytes(.rest(less: 0))
        let layout = { (counter: IntegerPlace, checksum: IntegerPlace) in
            PacketLayout(
                fields: [Field(name: "f", kind: kind, origin: .start(0))],
                counter: CounterField(place: counter, first: 0),
                checksum: ChecksumField(place: checksum, algorithm: .sum, start: 0, end: 0))
        }
        let packet = { (count: Int) in [UInt8](repeating: 0, count: count) }
        #expect(layout(u16(4), u8(0)).isFixed == isFixed)
        #expect(layout(u16(4), u8(0)).fault(packet(6)) == nil)
        #expect(layout(u16(4), u8(0)).wholeFault(packet(5)) == LayoutFault(subject: .counter, reason: .outside))
        #expect(layout(u8(0), u16(-6)).fault(packet(6)) == nil)
        let fault = layout(u8(0), u16(-6)).wholeFault(packet(5))
        #expect(fault == LayoutFault(subject: .checksum, reason: .outside))
        #expect(fault.map { layout(u8(0), u16(-6)).name(of: $0) } == "checksum")
    }
}
