import GameProtocol
import Testing
import WireBytes

@Suite("Lane: marked, varint, table, select, delimited")
struct LaneFormTests {
    private func cutter(
        _ frame: Frame, _ bounds: ClosedRange<Int> = 1...1000, also: [Int] = [], opcode: OpcodeRule? = nil,
        packets: PacketTable = PacketTable([])
    ) -> StreamCutter {
        let rule = FrameRule(
            frame: frame, byteCountMin: bounds.lowerBound, byteCountMax: bounds.upperBound, also: also)
        return StreamCutter(lane: Lane(frame: rule, opcode: opcode), packets: packets)
    }

    private func packet(_ byteCount: Int, _ packet: PacketIndex = 0, opcode: UInt64 = 0) -> Cut {
        .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
    }

    @Test("a wrong start is refused at its first byte, a wrong end when the packet is whole")
    func markers() throws {
        let lane = Game.knight.cutter
        #expect(throws: FramingViolation.wrongMarker) { try lane.ask([0xAB]) }
        #expect(try lane.ask([0xAA]) == .needs(2))
        #expect(throws: FramingViolation.wrongMarker) { try lane.ask([0xAA, 0x54]) }
        #expect(try lane.ask([0xAA, 0x55]) == .needs(4))
        let sound: [UInt8] = [0xAA, 0x55, 1, 0, 9, 0x55, 0xAA]
        for count in 5..<7 { #expect(try lane.ask(Array(sound.prefix(count))) == .needs(7)) }
        #expect(try lane.ask(sound) == packet(7, opcode: 9))
        for offset in [5, 6] {
            var other = sound
            other[offset] ^= 1
            #expect(throws: FramingViolation.wrongMarker) { try lane.ask(other) }
        }
    }

    @Test("an opcode is not read from what ends a packet")
    func opcodeBeforeEnd() {
        let marked = Frame.marked(
            starts: HexPattern([0xAA]), length: LengthField(field: little(1, at: 1), adjust: 0),
            ends: HexPattern([0x55]))
        let lane = cutter(marked, opcode: OpcodeRule(form: .integer(little(1, at: 2))))
        #expect(throws: FramingViolation.noOpcode(byteCount: 3)) { try lane.ask([0xAA, 3, 0x55]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 2, least: 3)) { try lane.ask([0xAA, 2, 0x55]) }
        let line = cutter(.delimited(until: [10]), opcode: OpcodeRule(form: .integer(little(1, at: 0))))
        #expect(throws: FramingViolation.noOpcode(byteCount: 1)) { try line.ask([10]) }
    }

    @Test("a long start is asked for byte by byte, because any may be wrong")
    func longStart() throws {
        let lane = cutter(
            .marked(
                starts: HexPattern([1, 2, 3, 4]), length: LengthField(field: little(2, at: 4), adjust: 0),
                ends: HexPattern([])))
        for count in 0..<4 { #expect(try lane.ask(Array([1, 2, 3, 4].prefix(count))) == .needs(count + 1)) }
        #expect(try lane.ask([1, 2, 3, 4]) == .needs(6))
        #expect(throws: FramingViolation.wrongMarker) { try lane.ask([1, 2, 2]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 5, least: 6)) { try lane.ask([1, 2, 3, 4, 5, 0]) }
        #expect(try lane.ask([1, 2, 3, 4, 6, 0]) == packet(6))
    }

    @Test("markers of which some bits may be anything fit what they should")
    func looseMarkers() throws {
        let lane = cutter(
            .marked(
                starts: HexPattern([0xA0, 0], masks: [0xF0, 0]),
                length: LengthField(field: little(1, at: 2), adjust: 0),
                ends: HexPattern([0x05], masks: [0x0F])))
        #expect(try lane.ask([0xA7, 0x99, 4, 0xE5]) == packet(4))
        #expect(throws: FramingViolation.wrongMarker) { try lane.ask([0xB7]) }
        #expect(throws: FramingViolation.wrongMarker) { try lane.ask([0xA7, 0x99, 4, 0xE6]) }
    }

    @Test("a varint may have its most bytes and not one more")
    func varints() throws {
        for most in 1...10 {
            let lane = cutter(.varint(offset: 0, byteCountMax: most, countsPacket: false, adjust: 0))
            let more = [UInt8](repeating: 0x80, count: most - 1)
            #expect(try lane.ask(more) == .needs(most))
            #expect(try lane.ask(more + [0]) == packet(most))
            #expect(throws: FramingViolation.varintTooLong) { try lane.ask(more + [0x80]) }
        }
        let wide = cutter(.varint(offset: 0, byteCountMax: 10, countsPacket: false, adjust: 0), 1...Int.max)
        let nines = [UInt8](repeating: 0xFF, count: 9)
        #expect(throws: FramingViolation.varintTooLong) { try wide.ask(nines + [2]) }
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: .max)) { try wide.ask(nines + [1]) }
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: .max)) { try wide.ask(nines + [0]) }
    }

    @Test("a table frame refuses an opcode that no entry gives a size")
    func tableWithoutSize() throws {
        let packets = PacketTable([
            .init(name: "FIXED", identity: .number(1, sub: nil), byteCounts: 5...5),
            .init(name: "RANGE", identity: .number(2, sub: nil), byteCounts: 5...6),
            .init(name: "ANY", identity: .number(3, sub: nil), byteCounts: nil),
            .init(name: "HUGE", identity: .number(4, sub: nil), byteCounts: 2000...2000),
            .init(name: "TINY", identity: .number(5, sub: nil), byteCounts: 1...1),
            .init(name: "ALSO", identity: .number(6, sub: nil), byteCounts: 3000...3000),
        ])
        let lane = cutter(
            .table, 8...1000, also: [3000], opcode: OpcodeRule(form: .integer(little(2, at: 0))), packets: packets)
        #expect(try lane.ask([1, 0]) == packet(5, 1, opcode: 1))
        for opcode: UInt8 in [0, 2, 3, 9] {
            #expect(throws: FramingViolation.opcodeWithoutSize(UInt64(opcode))) { try lane.ask([opcode, 0]) }
        }
        #expect(throws: FramingViolation.tooLong(byteCount: 2000, most: 1000)) { try lane.ask([4, 0]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 1, least: 2)) { try lane.ask([5, 0]) }
        #expect(try lane.ask([6, 0]) == packet(3000, 6, opcode: 6))
    }

    @Test("a length may count things of several bytes each")
    func times() throws {
        let field = LengthField(field: little(1, at: 0), mask: 0x0F, times: 13, adjust: 3)
        let lane = cutter(.length(field, escapes: []), 3...198)
        #expect(try lane.ask([0xF0]) == packet(3))
        #expect(try lane.ask([0xF2]) == packet(29))
        #expect(try lane.ask([0x0F]) == packet(198))
        let wide = LengthField(field: little(8, at: 0), times: 65_536, adjust: 0)
        let over = cutter(.length(wide, escapes: []), 8...1000)
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: 1000)) {
            try over.ask([0, 0, 0, 0, 0, 0, 0, 1])
        }
    }

    @Test("a table frame finds sizes by sub-opcodes and by words")
    func tableIdentities() throws {
        let subs = PacketTable([
            .init(name: "A", identity: .number(0xD0, sub: 1), byteCounts: 4...4),
            .init(
                name: "B", identity: .number(0xD0, sub: 2), byteCounts: nil,
                lengthField: LengthField(field: little(1, at: 2), adjust: 0)),
        ])
        let rule = OpcodeRule(form: .integer(little(1, at: 0)), sub: .init(when: [0xD0], field: little(1, at: 1)))
        let lane = cutter(.table, opcode: rule, packets: subs)
        #expect(try lane.ask([0xD0]) == .needs(2))
        #expect(try lane.ask([0xD0, 1]) == packet(4, 1, opcode: 0xD0))
        #expect(try lane.ask([0xD0, 2]) == .needs(3))
        #expect(try lane.ask([0xD0, 2, 9]) == packet(9, 2, opcode: 0xD0))
        #expect(throws: FramingViolation.tooShort(byteCount: 2, least: 3)) { try lane.ask([0xD0, 2, 2]) }

        let word = PacketTable([.init(name: "GO", identity: .word(Array("GO".utf8)), byteCounts: 6...6)])
        let spoken = cutter(.table, opcode: OpcodeRule(form: .word(offset: 0)), packets: word)
        #expect(try spoken.ask(Array("GO".utf8)) == .needs(3))
        #expect(try spoken.ask(Array("GO ".utf8)) == packet(6, 1, opcode: 0x474F_0000_0000_0000))
        #expect(throws: FramingViolation.opcodeWithoutSize(0x4745_0000_0000_0000)) { try spoken.ask(Array("GE ".utf8)) }
    }

    @Test("a select leads to its case, within the bounds of both, and refuses other values")
    func select() throws {
        func length(_ field: IntegerField, _ bounds: ClosedRange<Int>, also: [Int] = []) -> FrameRule {
            FrameRule(
                frame: .length(LengthField(field: field, adjust: 0), escapes: []), byteCountMin: bounds.lowerBound,
                byteCountMax: bounds.upperBound, also: also)
        }
        let inner = FrameRule(
            frame: .select(
                little(1, at: 1), cases: [7: length(little(1, at: 2), 1...250), 9: length(big(2, at: 2), 1...900)]),
            byteCountMin: 5, byteCountMax: 2000)
        let lane = cutter(
            .select(
                little(1, at: 0),
                cases: [
                    1: inner, 2: length(little(1, at: 1), 4...10, also: [30]),
                    3: FrameRule(frame: .delimited(until: [0]), byteCountMin: 1, byteCountMax: 6),
                ]), 3...100, also: [120])
        #expect(try lane.ask([]) == .needs(1))
        #expect(throws: FramingViolation.noSuchForm(4)) { try lane.ask([4]) }
        #expect(throws: FramingViolation.noSuchForm(8)) { try lane.ask([1, 8]) }
        #expect(try lane.ask([1, 7]) == .needs(3))
        #expect(try lane.ask([1, 7, 100]) == packet(100))
        #expect(throws: FramingViolation.tooLong(byteCount: 101, most: 100)) { try lane.ask([1, 7, 101]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 4, least: 5)) { try lane.ask([1, 9, 0, 4]) }
        #expect(try lane.ask([1, 9, 0, 120]) == packet(120))
        #expect(try lane.ask([2, 30]) == packet(30))
        #expect(throws: FramingViolation.tooLong(byteCount: 11, most: 10)) { try lane.ask([2, 11]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 2, least: 3)) { try lane.ask([3, 0]) }
        #expect(try lane.ask([3, 1, 0]) == packet(3))
        // Of the number only some bits may count, and what no case has may take a form of its own.
        let masked = cutter(
            .select(
                big(2, at: 0), cases: [0: length(little(1, at: 2), 4...9), 3: length(little(1, at: 3), 5...9)],
                mask: 0x0030, shift: 4,
                otherwise: FrameRule(frame: .delimited(until: [0]), byteCountMin: 1, byteCountMax: 6)))
        #expect(try masked.ask([0xFF, 0xCF, 4]) == packet(4))
        #expect(try masked.ask([0xFF, 0xFF, 0, 5]) == packet(5))
        #expect(throws: FramingViolation.tooLong(byteCount: 10, most: 9)) { try masked.ask([0, 0x30, 0, 10]) }
        #expect(try masked.ask([0xFF, 0xDF, 7, 0]) == packet(4))
        #expect(throws: FramingViolation.noDelimiter(most: 6)) { try masked.ask([1, 0x20, 1, 1, 1, 1]) }
        // The outer field counts too where the inner one stands before it.
        let behind = cutter(
            .select(
                little(1, at: 4),
                cases: [
                    9: FrameRule(
                        frame: .select(little(1, at: 1), cases: [7: length(little(1, at: 0), 1...100)]),
                        byteCountMin: 1, byteCountMax: 100)
                ]))
        #expect(throws: FramingViolation.tooShort(byteCount: 4, least: 5)) { try behind.ask([4, 7, 0, 0, 9]) }
        #expect(try behind.ask([5, 7, 0, 0, 9]) == packet(5))
    }

    @Test("bytes that were scanned for a delimiter are not scanned again")
    func scannedBytes() throws {
        let rule = FrameRule(frame: .delimited(until: [13, 10]), byteCountMin: 1, byteCountMax: 100)
        let lane = Lane(frame: rule, opcode: nil)
        let packets = PacketTable([])
        // The first delimiter stands in bytes that are said to have been scanned, so it is passed over.
        let line: [UInt8] = [1, 13, 10, 4, 5, 13, 10]
        var scanned = 4
        #expect(try lane.cut(line.span.bytes, scannedByteCount: &scanned, packets: packets) == packet(7))
        #expect(scanned == 0)
        // One whose first byte was the last that had come is found.
        scanned = 2
        #expect(try lane.cut(line.span.bytes, scannedByteCount: &scanned, packets: packets) == packet(3))
        scanned = 0
        let part = Array(line.prefix(2))
        #expect(try lane.cut(part.span.bytes, scannedByteCount: &scanned, packets: packets) == .needs(3))
        #expect(scanned == 2)
        // More than there is, as after a fault of the caller, is no reason to read outside.
        scanned = 99
        #expect(try lane.cut(part.span.bytes, scannedByteCount: &scanned, packets: packets) == .needs(3))
    }

    @Test("a missing delimiter is refused as soon as none can end within the bound")
    func missingDelimiter() throws {
        let lane = cutter(.delimited(until: [1, 2, 3]), 1...6, also: [9])
        let short = cutter(.delimited(until: [1, 2, 3]), 1...6)
        #expect(try short.ask([0, 0, 0]) == .needs(4))
        #expect(throws: FramingViolation.noDelimiter(most: 6)) { try short.ask([0, 0, 0, 0]) }
        #expect(try short.ask([0, 0, 0, 1]) == .needs(5))
        #expect(throws: FramingViolation.noDelimiter(most: 6)) { try short.ask([0, 0, 0, 1, 0]) }
        #expect(try short.ask([0, 0, 0, 1, 2]) == .needs(6))
        #expect(try short.ask([0, 0, 0, 1, 2, 3]) == packet(6))
        #expect(try short.ask([1, 1, 2, 3]) == packet(4))
        #expect(try lane.ask([0, 0, 0, 0, 0, 0, 1, 2, 3]) == packet(9))
        #expect(throws: FramingViolation.tooLong(byteCount: 8, most: 6)) { try lane.ask([0, 0, 0, 0, 0, 1, 2, 3]) }
        #expect(throws: FramingViolation.noDelimiter(most: 9)) { try lane.ask([0, 0, 0, 0, 0, 0, 0]) }
    }
}
