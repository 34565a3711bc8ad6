import GameProtocol
import TestSupport
import Testing
import WireBytes

@Suite("PacketCutter: the length of a packet that was changed")
struct LengthWritingTests {
    private static func cutter(_ frame: FrameRule, _ opcode: OpcodeRule?, _ packets: PacketTable) -> PacketCutter {
        let lane = Lane(frame: frame, opcode: opcode)
        let phase = Phase(
            name: "play", deadlineNS: nil, preamble: [], lanes: PerDirection(both: lane), isOpaque: false,
            accept: PerDirection(both: nil), transitions: [])
        return Descriptor(name: "game", phases: [phase], packets: PerDirection(both: packets)).cutter
    }

    private static func cut(_ bytes: [UInt8], _ cutter: PacketCutter) -> CutPacket? {
        var scanned = 0
        let cut = try? cutter.cut(bytes.span.bytes, .inbound, phase: 0, scannedByteCount: &scanned)
        guard case .packet(let packet) = cut, packet.byteCount <= bytes.count else { return nil }
        return packet
    }

    @Test("a packet whose end was cut off or grown says its new size, or is left as it was", arguments: Game.all)
    func everyForm(game: Game) {
        let cutter = Self.cutter(game.frame, game.opcode, game.packets)
        var random = SplitMix64(seed: 0x1E46)
        var written = 0
        for _ in 0..<2_000 {
            let bytes = game.make(&random).bytes
            guard let before = Self.cut(bytes, cutter) else { continue }
            #expect(before.byteCount == bytes.count)
            var changed = bytes
            let place = Int.random(in: bytes.count / 2...bytes.count, using: &random)
            let removed = Int.random(in: 0...bytes.count - place, using: &random)
            changed.replaceSubrange(
                place..<place + removed, with: random.body(most: random.chance(1, in: 3) ? 300 : 3))
            let untouched = changed
            for mayMove in [false, true] {
                var packet = untouched
                let isWritten = cutter.writeLength(
                    into: &packet, .inbound, phase: 0, name: before.packet, mayMove: mayMove)
                guard isWritten else {
                    #expect(packet == untouched)
                    continue
                }
                written += 1
                #expect(mayMove || packet.count == untouched.count)
                let after = Self.cut(packet, cutter)
                #expect(after?.byteCount == packet.count)
                #expect(after?.packet == before.packet)
            }
        }
        #expect(written > 500, "\(written) packets of \(game.name)")
    }

    private static let opcode = OpcodeRule(form: .integer(little(2, at: 2)))
    private static let packets = table([("ONE", 1)])

    private static func length(_ field: LengthField, escapes: [LengthEscape] = []) -> PacketCutter {
        cutter(
            FrameRule(frame: .length(field, escapes: escapes), byteCountMin: 4, byteCountMax: 100_000), opcode, packets)
    }

    private static func write(_ packet: [UInt8], _ cutter: PacketCutter, mayMove: Bool = false) -> [UInt8]? {
        var packet = packet
        return cutter.writeLength(into: &packet, .inbound, phase: 0, name: 1, mayMove: mayMove) ? packet : nil
    }

    @Test("bits outside the mask stay, and a length that needs them is refused")
    func mask() {
        let cutter = Self.length(LengthField(field: little(2, at: 0), mask: 0x7FF, adjust: 0))
        #expect(Self.write([4, 0x80, 1, 0, 9], cutter) == [5, 0x80, 1, 0, 9])
        let most = [0x04, 0x80, 1, 0] + [UInt8](repeating: 0, count: 0x7FB)
        #expect(Self.write(most, cutter)?.prefix(2) == [0xFF, 0x87])
        #expect(Self.write(most + [0], cutter) == nil)
    }

    @Test("a length is combined with the number it was combined with before")
    func xor() {
        let cutter = Self.cutter(
            FrameRule(
                frame: .length(LengthField(field: little(2, at: 0), xor: little(2, at: 2), adjust: 4), escapes: []),
                byteCountMin: 4, byteCountMax: 99),
            OpcodeRule(form: .integer(little(2, at: 4))), Self.packets)
        #expect(Self.write([0x12 ^ 2, 0x34, 0x12, 0x34, 1, 0, 7], cutter) == [0x12 ^ 3, 0x34, 0x12, 0x34, 1, 0, 7])
    }

    @Test("where a flag rounds the size, only sizes that are round already can be said")
    func align() {
        let field = LengthField(
            field: little(2, at: 0), mask: 0x7FFF, adjust: 0,
            align: .init(flag: 0x8000, multiple: 8, exemptByteCount: 2))
        let cutter = Self.length(field)
        let body = [UInt8](repeating: 0, count: 14)
        #expect(Self.write([10, 0x80, 1, 0] + body, cutter) == [18, 0x80, 1, 0] + body)
        #expect(Self.write([10, 0x80, 1, 0] + body.dropLast(), cutter) == nil)
        #expect(Self.write([10, 0, 1, 0] + body.dropLast(), cutter) == [17, 0, 1, 0] + body.dropLast())
    }

    @Test("a length that counts things says only what is made of whole ones")
    func times() {
        let cutter = Self.length(LengthField(field: little(2, at: 0), times: 3, adjust: 4))
        #expect(Self.write([0, 0, 1, 0, 5, 5, 5, 6, 6, 6], cutter) == [2, 0, 1, 0, 5, 5, 5, 6, 6, 6])
        #expect(Self.write([2, 0, 1, 0], cutter) == [0, 0, 1, 0])
        #expect(Self.write([0, 0, 1, 0, 5, 5], cutter) == nil)
    }

    @Test("the form that a packet's first bytes choose says the length, the one for all others too")
    func select() {
        let plain = { (byteCount: Int) in
            FrameRule(
                frame: .length(LengthField(field: little(byteCount, at: 1), adjust: 0), escapes: []), byteCountMin: 4,
                byteCountMax: 99)
        }
        let frame = FrameRule(
            frame: .select(little(1, at: 0), cases: [1: plain(2)], mask: 0xF0, shift: 4, otherwise: plain(1)),
            byteCountMin: 4, byteCountMax: 99)
        let cutter = Self.cutter(frame, OpcodeRule(form: .integer(little(1, at: 3))), Self.packets)
        #expect(Self.write([0x12, 4, 0, 1, 7], cutter) == [0x12, 5, 0, 1, 7])
        #expect(Self.write([0x32, 4, 9, 1, 7], cutter) == [0x32, 5, 9, 1, 7])
    }

    @Test("a size that would begin or end to be escaped is refused")
    func escapes() {
        let escape = LengthEscape(condition: .equals(0xFF), length: LengthField(field: little(2, at: 4), adjust: 0))
        let cutter = Self.length(LengthField(field: little(2, at: 0), adjust: 0), escapes: [escape])
        let body = [UInt8](repeating: 0, count: 0xFB)
        #expect(Self.write([4, 0, 1, 0] + body.dropLast(), cutter)?.first == 0xFE)
        #expect(Self.write([4, 0, 1, 0] + body, cutter) == nil)
        #expect(Self.write([0xFF, 0, 1, 0, 6, 0, 5], cutter) == [0xFF, 0, 1, 0, 7, 0, 5])
    }

    @Test("a varint keeps its width unless the packet may move, and then says its own width, too")
    func varintWidth() {
        let after = OpcodeRule(form: .varintAfterLength)
        for countsPacket in [false, true] {
            let frame = FrameRule(
                frame: .varint(offset: 0, byteCountMax: 3, countsPacket: countsPacket, adjust: 0),
                byteCountMin: 2, byteCountMax: 30_000)
            let cutter = Self.cutter(frame, after, Self.packets)
            for size in [2, 3, 126, 127, 128, 129, 130, 16_380, 16_383, 16_384, 16_385, 16_386, 16_387] {
                let body = [1] + [UInt8](repeating: 0, count: size)
                let short = [UInt8(countsPacket ? 2 : 1)] + body
                let moved = Self.write(short, cutter, mayMove: true)
                #expect(moved.map { Array($0.suffix(body.count)) } == body)
                let isShort = body.count + (countsPacket ? 1 : 0) < 128
                #expect((Self.write(short, cutter) != nil) == isShort)
                #expect(moved.flatMap { Self.cut($0, cutter) }?.byteCount == moved?.count)
            }
        }
    }

    @Test("a packet of a table with its own length says it, and one of an exact size has no other")
    func tables() {
        let packets = PacketTable([
            .init(
                name: "FREE", identity: .number(1, sub: nil), byteCounts: nil,
                lengthField: LengthField(field: little(2, at: 1), adjust: 0)),
            .init(name: "EXACT", identity: .number(2, sub: nil), byteCounts: 4...4),
        ])
        let cutter = Self.cutter(
            FrameRule(frame: .table, byteCountMin: 1, byteCountMax: 99),
            OpcodeRule(form: .integer(little(1, at: 0))), packets)
        #expect(Self.write([1, 3, 0, 7, 7], cutter) == [1, 5, 0, 7, 7])
        for count in 2...6 {
            var packet = [2] + [UInt8](repeating: 0, count: count - 1)
            #expect(cutter.writeLength(into: &packet, .inbound, phase: 0, name: 2) == (count == 4))
        }
    }

    @Test("a delimiter ends the packet and stands nowhere else in it")
    func delimited() {
        let cutter = Self.cutter(
            FrameRule(frame: .delimited(until: [10]), byteCountMin: 1, byteCountMax: 9),
            OpcodeRule(form: .word(offset: 0)), words(["a"]))
        let text = { (text: String) in Self.write(Array(text.utf8), cutter) != nil }
        #expect(text("a b\n"))
        #expect(text("a bbbbbb\n"))
        #expect(!text("a bbbbbbb\n"))
        #expect(!text("a b\nc\n"))
        #expect(!text("a b"))
    }

    @Test("a packet that has another name now is refused, even with the right length")
    func renamed() {
        let cutter = Self.length(LengthField(field: little(2, at: 0), adjust: 0))
        #expect(Self.write([4, 0, 1, 0], cutter) == [4, 0, 1, 0])
        #expect(Self.write([4, 0, 2, 0], cutter) == nil)
        #expect(Self.write([3, 0, 1], cutter) == nil)
        #expect(Self.write([], cutter) == nil)
    }
}
