import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("Lane: sizes and their bounds")
struct LaneBoundsTests {
    /// A lane with a plain length field and no opcode, so that only sizes count.
    private func cutter(
        _ length: LengthField, escapes: [LengthEscape] = [], _ bounds: ClosedRange<Int>, also: [Int] = []
    ) -> StreamCutter {
        let rule = FrameRule(
            frame: .length(length, escapes: escapes), byteCountMin: bounds.lowerBound,
            byteCountMax: bounds.upperBound, also: also)
        return StreamCutter(lane: Lane(frame: rule, opcode: nil), packets: PacketTable([]))
    }

    private func packet(_ byteCount: Int) -> Cut {
        .packet(CutPacket(byteCount: byteCount, packet: 0, opcode: 0))
    }

    @Test("a declared size is refused below the least and above the most, and nowhere between", arguments: Game.all)
    func declaredSizes(game: Game) throws {
        let least = game.declaredLeast ?? game.frame.byteCountMin
        let most = game.frame.byteCountMax
        var judged = 0
        for size in [0, 1, 2, least - 2, least - 1, least, least + 1, most - 1, most, most + 1, most + 2] {
            guard let bytes = game.declare(size), !game.frame.also.contains(size) else { continue }
            judged += 1
            let found = game.cutter.cutEveryWay(bytes)
            if size < least {
                #expect(found == CutStream(violation: .tooShort(byteCount: size, least: least)))
            } else if size <= most {
                #expect(found.violation == nil)
                guard case .packet(let cut) = try game.cutter.ask(bytes) else {
                    Issue.record("\(size) bytes are not cut")
                    continue
                }
                #expect(cut.byteCount == size)
            } else if case .delimited = game.frame.frame {
                #expect(found == CutStream(violation: .noDelimiter(most: most)))
            } else {
                #expect(found == CutStream(violation: .tooLong(byteCount: size, most: most)))
            }
        }
        #expect(judged >= 4)
    }

    @Test("a size ends no earlier than the field that declares it, whatever the frame's least is")
    func leastIsHeader() throws {
        let lane = cutter(LengthField(field: big(2, at: 3), adjust: 0), 1...100)
        #expect(throws: FramingViolation.tooShort(byteCount: 4, least: 5)) { try lane.ask([0, 0, 0, 0, 4]) }
        #expect(try lane.ask([0, 0, 0, 0, 5]) == packet(5))
        let xor = cutter(LengthField(field: little(1, at: 0), xor: little(1, at: 5), adjust: 0), 1...100)
        #expect(throws: FramingViolation.tooShort(byteCount: 5, least: 6)) { try xor.ask([4, 0, 0, 0, 0, 1]) }
        #expect(try xor.ask([7, 0, 0, 0, 0, 1]) == packet(6))
    }

    @Test("a size that no integer holds is too long, and one below nothing is too short")
    func overflow() throws {
        let wide = cutter(LengthField(field: little(8, at: 0), adjust: 16), 8...Int.max)
        let ones = [UInt8](repeating: 0xFF, count: 8)
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: .max)) { try wide.ask(ones) }
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: .max)) {
            try wide.ask(Array(ones.dropLast()) + [0x7F])
        }
        let padded = LengthField.Alignment(flag: .max, multiple: 8, exemptByteCount: 0)
        let rounded = cutter(LengthField(field: little(8, at: 0), adjust: 0, align: padded), 8...Int.max)
        #expect(throws: FramingViolation.tooLong(byteCount: .max, most: .max)) {
            try rounded.ask(Array(ones.dropLast()) + [0x7F])
        }
        let less = cutter(LengthField(field: little(2, at: 0), adjust: -16_385), 2...100)
        #expect(throws: FramingViolation.tooShort(byteCount: -16_385, least: 2)) { try less.ask([0, 0]) }
        #expect(try less.ask([0x05, 0x40]) == packet(4))
    }

    @Test("an aligned size is rounded up behind the exempt bytes, and only while the flag is set")
    func alignment() throws {
        let align = LengthField.Alignment(flag: 0x80, multiple: 8, exemptByteCount: 2)
        let lane = cutter(LengthField(field: little(1, at: 0), mask: 0x7F, adjust: 2, align: align), 2...200)
        for size in 0..<100 {
            #expect(try lane.ask([UInt8(size)]) == packet(size + 2))
            #expect(try lane.ask([UInt8(size | 0x80)]) == packet((size + 7) / 8 * 8 + 2))
        }
        let whole = cutter(LengthField(field: little(1, at: 0), mask: 0x7F, adjust: 0, align: align), 1...200)
        #expect(try whole.ask([0x81]) == packet(1))
        #expect(try whole.ask([0x83]) == packet(10))
    }

    @Test("the first escape that applies replaces the field, and is asked for only then")
    func escapes() throws {
        let lane = cutter(
            LengthField(field: little(1, at: 0), adjust: 0),
            escapes: [
                LengthEscape(condition: .equals(0xFF), length: LengthField(field: little(2, at: 1), adjust: 1)),
                LengthEscape(condition: .atLeast(0xF0), length: LengthField(field: little(1, at: 1), adjust: 2)),
                LengthEscape(condition: .bits(0x11), length: LengthField(field: little(1, at: 3), adjust: 0)),
            ], 1...1000)
        #expect(try lane.ask([0xEE]) == packet(0xEE))
        #expect(try lane.ask([0xFF]) == .needs(3))
        #expect(try lane.ask([0xFF, 0x2B, 0x01]) == packet(300))
        #expect(try lane.ask([0xF1, 9]) == packet(11))
        #expect(try lane.ask([0xF0]) == .needs(2))
        #expect(try lane.ask([0x21, 0, 0]) == .needs(4))
        #expect(throws: FramingViolation.tooShort(byteCount: 3, least: 4)) { try lane.ask([0x10, 0, 0, 3]) }
    }

    @Test("sizes that the frame also allows are named by size first, and only those")
    func alsoSizes() throws {
        let packets = PacketTable([
            .init(name: "KEEPALIVE", identity: .length(2), byteCounts: nil),
            .init(name: "MOVE", identity: .number(7, sub: nil), byteCounts: nil),
            .init(name: "HUGE", identity: .length(200), byteCounts: nil),
            .init(name: "NEVER", identity: .length(8), byteCounts: nil),
        ])
        let rule = FrameRule(
            frame: .length(LengthField(field: big(2, at: 0), adjust: 0), escapes: []), byteCountMin: 6,
            byteCountMax: 100, also: [1, 2, 3, 4, 200, 201])
        let lane = StreamCutter(
            lane: Lane(frame: rule, opcode: OpcodeRule(form: .integer(big(2, at: 2)))), packets: packets)
        func cut(_ byteCount: Int, _ packet: PacketIndex, _ opcode: UInt64) -> Cut {
            .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
        }
        #expect(try lane.ask([0, 2]) == cut(2, 1, 0))
        #expect(try lane.ask([0, 3]) == cut(3, 0, 0))
        #expect(try lane.ask([0, 4]) == .needs(4))
        #expect(try lane.ask([0, 4, 0, 7]) == cut(4, 2, 7))
        #expect(try lane.ask([0, 200]) == cut(200, 3, 0))
        #expect(try lane.ask([0, 201, 0, 7]) == cut(201, 2, 7))
        #expect(try lane.ask([0, 8, 0, 7]) == cut(8, 2, 7))
        #expect(throws: FramingViolation.tooShort(byteCount: 5, least: 6)) { try lane.ask([0, 5, 0, 7]) }
        #expect(throws: FramingViolation.tooLong(byteCount: 199, most: 100)) { try lane.ask([0, 199, 0, 7]) }
        #expect(throws: FramingViolation.tooShort(byteCount: 1, least: 6)) { try lane.ask([0, 1]) }
    }

    @Test("a size that is allowed all the same goes by its size also where the bounds hold it")
    func alsoInside() throws {
        let packets = PacketTable([
            .init(name: "KEEPALIVE", identity: .length(4), byteCounts: nil),
            .init(name: "MOVE", identity: .number(7, sub: nil), byteCounts: nil),
        ])
        let rule = FrameRule(
            frame: .length(LengthField(field: big(2, at: 0), adjust: 0), escapes: []), byteCountMin: 2,
            byteCountMax: 100, also: [4])
        let lane = StreamCutter(
            lane: Lane(frame: rule, opcode: OpcodeRule(form: .integer(big(2, at: 2)))), packets: packets)
        let keepalive = Cut.packet(CutPacket(byteCount: 4, packet: 1, opcode: 0))
        #expect(try lane.ask([0, 4]) == keepalive)
        #expect(try lane.ask([0, 4, 0, 7]) == keepalive)
        #expect(try lane.ask([0, 5, 0, 7]) == .packet(CutPacket(byteCount: 5, packet: 2, opcode: 7)))
    }

    @Test("the straight way and the general way say the same of any bytes")
    func shortcut() {
        let field = LengthField(field: little(2, at: 1), mask: 0x3FF, adjust: 1)
        // No number of two bytes is this large, so the escape never applies; but it closes the straight way.
        let never = [LengthEscape(condition: .equals(1 << 40), length: field)]
        let lanes = [[], never].map { escapes in
            StreamCutter(
                lane: Lane(
                    frame: FrameRule(
                        frame: .length(field, escapes: escapes), byteCountMin: 4, byteCountMax: 500, also: [3, 600]),
                    opcode: OpcodeRule(form: .integer(big(2, at: 3)), mask: 0xFFF0, shift: 4)),
                packets: table([("ZERO", 0), ("NEAR", 0x12), ("FAR", 0xFFF)]))
        }
        var random = SplitMix64(seed: 5)
        let telling: [UInt8] = [0, 1, 2, 3, 4, 5, 0x20, 0xFF]
        var violations: Set<String> = []
        for _ in 0..<3000 {
            let stream = (0..<24).map { _ in random.pick(telling) }
            let cut = lanes[0].cut(stream)
            #expect(cut == lanes[1].cut(stream))
            if let violation = cut.violation {
                violations.insert(Mirror(reflecting: violation).children.first?.label ?? "")
            }
        }
        #expect(violations == ["tooShort", "tooLong", "noOpcode"])
    }
}
