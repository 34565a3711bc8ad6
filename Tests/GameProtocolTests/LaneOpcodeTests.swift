import GameProtocol
import TestSupport
import Testing

@Suite("Lane: opcodes and the names they lead to")
struct LaneOpcodeTests {
    /// A packet of one length byte, which counts the whole, and then the opcode.
    private func cutter(_ rule: OpcodeRule?, _ identities: [PacketIdentity], also: [Int] = []) -> StreamCutter {
        let frame = FrameRule(
            frame: .length(LengthField(field: little(1, at: 0), adjust: 0), escapes: []), byteCountMin: 1,
            byteCountMax: 200, also: also)
        let entries = identities.enumerated().map {
            PacketTable.Entry(name: "P\($0.offset + 1)", identity: $0.element, byteCounts: nil)
        }
        return StreamCutter(lane: Lane(frame: frame, opcode: rule), packets: PacketTable(entries))
    }

    private func packet(_ byteCount: Int, _ packet: PacketIndex, _ opcode: UInt64) -> Cut {
        .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
    }

    @Test("a packet that ends before its opcode is refused before the opcode is waited for")
    func absent() throws {
        let forms: [(OpcodeRule, least: Int)] = [
            (OpcodeRule(form: .integer(big(2, at: 1))), 3),
            (OpcodeRule(form: .integer(little(8, at: 1))), 9),
            (OpcodeRule(form: .integerAfterLength(byteCount: 4, isLittleEndian: true)), 5),
            (OpcodeRule(form: .varint(offset: 2)), 3),
            (OpcodeRule(form: .varintAfterLength), 2),
            (OpcodeRule(form: .word(offset: 3)), 3),
        ]
        for (rule, least) in forms {
            let lane = cutter(rule, [])
            for size in 1..<least {
                #expect(throws: FramingViolation.noOpcode(byteCount: size)) { try lane.ask([UInt8(size)]) }
            }
            #expect(lane.cutEveryWay([UInt8(least)] + [UInt8](repeating: 0, count: least - 1)).violation == nil)
        }
        #expect(try cutter(nil, []).ask([1]) == packet(1, 0, 0))
    }

    @Test("a varint or a sub-opcode that reaches over the packet's end is no opcode")
    func cutOff() throws {
        let varint = cutter(OpcodeRule(form: .varintAfterLength), [.number(128, sub: nil)])
        #expect(throws: FramingViolation.noOpcode(byteCount: 2)) { try varint.ask([2, 0x80]) }
        #expect(try varint.ask([3, 0x80]) == .needs(3))
        #expect(try varint.ask([3, 0x80, 1]) == packet(3, 1, 128))
        let over = [200] + [UInt8](repeating: 0x80, count: 10)
        #expect(try varint.ask(Array(over.prefix(10))) == .needs(11))
        #expect(throws: FramingViolation.varintTooLong) { try varint.ask(over) }

        let rule = OpcodeRule(form: .integer(little(1, at: 1)), sub: .init(when: [5, 6], field: big(2, at: 2)))
        let identities: [PacketIdentity] = [.number(5, sub: nil), .number(5, sub: 0), .number(4, sub: nil)]
        let sub = cutter(rule, identities, also: [2])
        #expect(throws: FramingViolation.noOpcode(byteCount: 3)) { try sub.ask([3, 5]) }
        #expect(try sub.ask([4, 5]) == .needs(4))
        #expect(try sub.ask([4, 5, 0, 0]) == packet(4, 2, 5))
        #expect(try sub.ask([4, 5, 0, 1]) == packet(4, 0, 5))
        #expect(try sub.ask([3, 4]) == packet(3, 3, 4))
        // A size that is allowed all the same needs no opcode.
        #expect(try sub.ask([2, 5]) == packet(2, 0, 0))
    }

    @Test("mask and shift are applied before the name is looked up")
    func maskAndShift() throws {
        let lane = cutter(
            OpcodeRule(form: .integer(big(2, at: 1)), mask: 0xFFFC, shift: 2), [.number(0x3FFF, sub: nil)])
        #expect(try lane.ask([3, 0xFF, 0xFE]) == packet(3, 1, 0x3FFF))
        #expect(try lane.ask([3, 0x00, 0x05]) == packet(3, 0, 1))
        let sub = cutter(
            OpcodeRule(
                form: .integer(little(1, at: 1)), mask: 0x0F, sub: .init(when: [1], field: little(1, at: 2))),
            [.number(1, sub: 2)])
        #expect(try sub.ask([3, 0xF1, 2]) == packet(3, 1, 1))
    }

    @Test("what a phase adds to its opcodes is added behind mask and shift, and before sub-opcodes and names")
    func plus() throws {
        let rule = OpcodeRule(
            form: .integer(little(1, at: 1)), mask: 0xF0, shift: 4, plus: 0x100,
            sub: .init(when: [0x107], field: little(1, at: 2)))
        let lane = cutter(rule, [.number(0x103, sub: nil), .number(3, sub: nil), .number(0x107, sub: 9)])
        #expect(try lane.ask([3, 0x3F, 0]) == packet(3, 1, 0x103))
        #expect(try lane.ask([3, 0x7F, 9]) == packet(3, 3, 0x107))
        let plain = cutter(
            OpcodeRule(form: .integer(little(1, at: 1)), plus: 0x100), [.number(0x103, sub: nil), .number(3, sub: nil)])
        #expect(try plain.ask([2, 3]) == packet(2, 1, 0x103))
        let wrapped = cutter(OpcodeRule(form: .integer(little(8, at: 1)), plus: 2), [.number(1, sub: nil)])
        #expect(try wrapped.ask([9] + [UInt8](repeating: 0xFF, count: 8)) == packet(9, 1, 1))
    }

    @Test("a range has the opcodes that no packet of its own and no narrower range has")
    func ranges() throws {
        let lane = cutter(
            OpcodeRule(form: .integer(little(2, at: 1))),
            [.numbers(1...499), .number(7, sub: nil), .numbers(5...9), .numbers(65_000...65_535)])
        for (opcode, index) in [(0, 0), (1, 1), (4, 1), (5, 3), (7, 2), (9, 3), (10, 1), (499, 1), (500, 0)] {
            let bytes = [3, UInt8(opcode & 0xFF), UInt8(opcode >> 8)]
            #expect(try lane.ask(bytes) == packet(3, PacketIndex(index), UInt64(opcode)))
        }
        #expect(try lane.ask([3, 0xFF, 0xFF]) == packet(3, 4, 0xFFFF))
    }

    @Test("a word is read no further than decides what it is")
    func words() throws {
        func opcode(_ text: String) -> UInt64 {
            (Array(text.utf8) + [UInt8](repeating: 0, count: 8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let lane = cutter(
            OpcodeRule(form: .word(offset: 1)), ["go", "addme_success", "say"].map { .word(Array($0.utf8)) })
        func ask(_ size: UInt8, _ text: String) throws -> Cut { try lane.ask([size] + Array(text.utf8)) }
        #expect(try ask(40, "") == .needs(2))
        #expect(try ask(40, "go") == .needs(4))
        #expect(try ask(40, "go ") == packet(40, 1, opcode("go")))
        #expect(try ask(3, "go") == packet(3, 1, opcode("go")))
        #expect(try ask(3, "gone") == packet(3, 1, opcode("go")))
        #expect(try ask(40, "addme_success") == .needs(15))
        #expect(try ask(40, "addme_success ") == packet(40, 2, opcode("addme_su")))
        #expect(try ask(40, "addme_success!") == packet(40, 0, opcode("addme_su")))
        #expect(try ask(40, " go") == packet(40, 0, 0))
        #expect(try ask(1, "go") == packet(1, 0, 0))

        let short = cutter(OpcodeRule(form: .word(offset: 1)), [.word([0xFF, 0x00]), .word([])])
        #expect(try short.ask([40, 0xFF, 0x00, 0x20]) == packet(40, 1, 0xFF00_0000_0000_0000))
        #expect(try short.ask([40, 0x20]) == packet(40, 2, 0))
        // Eight bytes are wanted for the opcode even where a name is shorter.
        #expect(try short.ask([40, 1, 2, 3, 4]) == .needs(6))
        #expect(try short.ask([40, 1, 2, 3, 4, 5, 6, 7, 8]) == packet(40, 0, 0x0102_0304_0506_0708))
    }

    @Test("numbers of any width lead to their names, and their neighbours do not")
    func numbers() throws {
        var random = SplitMix64(seed: 6)
        for round in 0..<20 {
            var model: [PacketIdentity: PacketIndex] = [:]
            var identities: [PacketIdentity] = []
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                let opcode = random.next() >> UInt64.random(in: 0...63, using: &random)
                let sub: UInt64? = opcode % 3 == 0 ? UInt64.random(in: 0...4, using: &random) : nil
                let identity = PacketIdentity.number(opcode, sub: sub)
                guard model[identity] == nil else { continue }
                identities.append(identity)
                model[identity] = PacketIndex(identities.count)
            }
            let opcodes: [UInt64] = identities.map {
                guard case .number(let opcode, _) = $0 else { return 0 }
                return opcode
            }
            let rule = OpcodeRule(
                form: .integer(little(8, at: 1)),
                sub: .init(when: opcodes.filter { $0 % 3 == 0 }, field: little(1, at: 9)))
            let lane = cutter(rule, identities)
            let withSub = Set(opcodes.filter { $0 % 3 == 0 })
            for opcode in opcodes + opcodes.map({ $0 ^ 1 }) + [0, 65_535, 65_536, .max] {
                for sub in UInt64(0)...5 {
                    let identity = PacketIdentity.number(opcode, sub: withSub.contains(opcode) ? sub : nil)
                    let bytes = [10] + withUnsafeBytes(of: opcode.littleEndian) { Array($0) } + [UInt8(sub)]
                    #expect(try lane.ask(bytes) == packet(10, model[identity] ?? 0, opcode), "round \(round)")
                }
            }
        }
    }

    @Test("an opcode with the sub-opcode 0 is another than one without")
    func subZero() throws {
        let identities: [PacketIdentity] = [.number(70_000, sub: nil), .number(70_000, sub: 0)]
        let form = OpcodeRule.Form.integer(little(4, at: 1))
        let plain = cutter(OpcodeRule(form: form), identities)
        let sub = cutter(OpcodeRule(form: form, sub: .init(when: [70_000], field: little(1, at: 5))), identities)
        let bytes = [9] + little(4, 70_000) + [0]
        #expect(try plain.ask(bytes) == packet(9, 1, 70_000))
        #expect(try sub.ask(bytes) == packet(9, 2, 70_000))
    }

    @Test("thousands of words lead to their names, and their beginnings do not")
    func manyWords() throws {
        let words = (0..<3000).map { Array("w\($0 * 7)".utf8) }
        let lane = cutter(OpcodeRule(form: .word(offset: 1)), words.map { .word($0) })
        for (index, word) in words.enumerated() {
            guard case .packet(let cut) = try lane.ask([100] + word + [0x20]) else {
                Issue.record("\(word) is not cut")
                continue
            }
            #expect(cut.packet == PacketIndex(index + 1))
        }
        #expect(try lane.ask([100, 0x77, 0x20]) == packet(100, 0, 0x7700_0000_0000_0000))
    }

    @Test("packets are named by their index, and a set holds what was put into it")
    func tables() {
        let packets = Game.lineage.packets
        #expect(packets.count == 4)
        #expect((0..<4).map { packets.name(of: $0) } == ["unknown", "MOVE", "MANOR", "DUEL"])
        let set = PacketSet([0, 63, 64, 700])
        #expect((PacketIndex(0)...1000).filter(set.contains) == [0, 63, 64, 700])
        #expect(!set.contains(.max))
    }
}
