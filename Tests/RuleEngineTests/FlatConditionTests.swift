import PacketFields
import Testing
import WireBytes

@testable import RuleEngine

@Suite("conditions on numbers at fixed places, laid flat")
struct FlatConditionTests {
    @Test("they say what the condition itself says, for numbers of every width, order and sign")
    func alike() {
        var random = SplitMix64(seed: 0xF1A7)
        var met = 0
        for _ in 0..<20_000 {
            let isFloat = random.below(3) == 0
            let width = isFloat ? [4, 8][random.below(2)] : 1 + random.below(8)
            let isLittle = random.below(2) == 0
            let kind: FieldKind =
                isFloat
                ? .float(byteCount: width, isLittleEndian: isLittle)
                : .integer(byteCount: width, isLittleEndian: isLittle, isSigned: random.below(2) == 0)
            let offset = random.below(4)
            let layout = PacketLayout(fields: [Field(name: "a", kind: kind, origin: .start(offset))])
            let packet = Self.packet(width + 3, isFloat, &random)
            let tests = (0..<random.below(3)).map { _ in Self.test(isFloat, near: packet, at: offset, &random) }
            let condition = FieldCondition(.value(field: 0), tests)
            let expected = condition.holds(in: packet.span.bytes, layout: layout)
            met += expected ? 1 : 0
            for isInverted in [false, true] {
                var flat = FlatConditions()
                let isFlat = flat.append(condition, layout, isInverted: isInverted)
                #expect(isFlat)
                #expect(flat.areMet(first: 0, count: 1, by: packet.span.bytes) == (expected != isInverted))
            }
        }
        #expect(met > 2_000)
    }

    /// Bytes of which many are 0 or 0xFF, so that infinities and the ends of ranges come up; some too short.
    private static func packet(_ count: Int, _ isFloat: Bool, _ random: inout SplitMix64) -> [UInt8] {
        let pick: [UInt8] = isFloat ? [0, 0x7F, 0x80, 0xC0, 0xF0, 0xFF, 0x40] : [0, 1, 0x7F, 0x80, 0xFF]
        return (0..<count - random.below(2)).map { _ in pick[random.below(pick.count)] }
    }

    private static func test(
        _ isFloat: Bool, near packet: [UInt8], at offset: Int, _ random: inout SplitMix64
    ) -> FieldCondition.Test {
        if isFloat {
            if random.below(3) == 0 { return .notFinite }
            let low = [-Double.greatestFiniteMagnitude, -3, -0.0, 0, 2.5][random.below(5)]
            return .float(low...max(low, [0, 3, .greatestFiniteMagnitude][random.below(3)]))
        }
        let low = [Int128(-1) << 65, -128, -1, 0, 1, 127, 255, 65_535][random.below(8)]
        return .integer(low...max(low, [0, 1, 255, 65_535, Int128(UInt64.max), Int128(1) << 65][random.below(6)]))
    }

    @Test("conditions of other kinds, and on fields that move, are left to the field itself")
    func others() {
        let layout = PacketLayout(fields: [
            Field(
                name: "end", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .end(-1)),
            Field(name: "text", kind: .terminated(.utf8), origin: .start(0)),
            Field(name: "varint", kind: .varint, origin: .start(0)),
        ])
        for subject in [
            FieldCondition.Subject.value(field: 0), .value(field: 1), .value(field: 2), .length(field: 0),
        ] {
            var flat = FlatConditions()
            let isFlat = flat.append(FieldCondition(subject, [.integer(0...9)]), layout, isInverted: false)
            #expect(!isFlat)
            #expect(flat.count == 0)
        }
    }
}
