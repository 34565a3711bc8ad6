import PacketFields
import TestSupport
import Testing
import WireBytes

@Suite("Any layout on any packet")
struct LayoutPropertyTests {
    @Test(
        "never traps; without a fault every field can be read, and an edit leaves the others as they were",
        arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var tally = Tally()
        for _ in 0..<600 {
            let layout = RandomLayout.layout(&random)
            for _ in 0..<10 { check(layout, RandomLayout.packet(&random), &random, &tally) }
        }
        // The numbers are fixed by the seed; these are far below them.
        #expect(tally.good > 500, "\(tally)")
        #expect(tally.changed > 100, "\(tally)")
        #expect(tally.moved > 40, "\(tally)")
    }

    private struct Tally {
        var good = 0
        var changed = 0
        var moved = 0
    }

    private func check(_ layout: PacketLayout, _ packet: [UInt8], _ random: inout SplitMix64, _ tally: inout Tally) {
        let fault = layout.fault(packet)
        let tests: [FieldCondition.Test] = [
            .integer(0...9), .float(0...1), .notFinite, .notWellFormed, .bytes([0]), .text([0x61]),
        ]
        let bytes = packet.span.bytes
        for index in layout.fields.indices {
            _ = FieldCondition(.value(field: index), tests).holds(in: bytes, layout: layout)
            let hasLength = FieldCondition(.length(field: index), [.integer(0...99_999)]).holds(
                in: bytes, layout: layout)
            let isNumber = layout.integer(index, in: bytes) != nil || layout.float(index, in: bytes) != nil
            let shouldBeNumber =
                switch layout.fields[index].kind {
                case .integer, .varint, .float: true
                case .bytes, .text, .terminated: false
                }
            if fault == nil, !hasLength || isNumber != shouldBeNumber || layout.value(index, packet) == nil {
                Issue.record("field \(index) of \(layout.fields) cannot be read in \(packet)")
            }
        }
        for index in layout.arrays.indices where fault == nil && layout.elements(index, packet) == nil {
            Issue.record("array \(index) of \(layout.arrays) cannot be counted in \(packet)")
        }
        if fault == nil { tally.good += 1 }
        for field in layout.fields.indices {
            edit(layout, packet, FieldEdit(field: field, RandomLayout.change(&random)), isGood: fault == nil, &tally)
        }
    }

    private func edit(
        _ layout: PacketLayout, _ packet: [UInt8], _ edit: FieldEdit, isGood: Bool, _ tally: inout Tally
    ) {
        var changed = packet
        let outcome = layout.apply(edit, to: &changed)
        let complain = { (problem: String) -> Void in
            Issue.record("\(problem): \(edit) of \(layout.fields) \(layout.arrays) on \(packet) gave \(changed)")
        }
        guard outcome == .changed else {
            if changed != packet || !isGood && outcome == .unchanged { complain("not left alone") }
            return
        }
        tally.changed += 1
        if !isGood || layout.fault(changed) != nil { complain("a fault") }
        guard changed.count != packet.count else { return }
        tally.moved += 1
        guard let own = layout.wholeSpan(edit.field, packet) else { return }
        for index in layout.fields.indices where index != edit.field {
            guard case .terminated = layout.fields[index].kind, let other = layout.wholeSpan(index, packet) else {
                continue
            }
            guard other.upperBound <= own.lowerBound || other.lowerBound >= own.upperBound else { continue }
            if layout.value(index, changed) != layout.value(index, packet) { complain("another text changed") }
        }
    }
}

extension PacketLayout {
    fileprivate func wholeSpan(_ index: Int, _ packet: [UInt8]) -> Range<Int>? {
        span(of: index, in: packet.span.bytes).map { $0.begin..<$0.end }
    }
}

/// Layouts, packets and changes by chance, small enough to meet.
private enum RandomLayout {
    static func layout(_ random: inout SplitMix64) -> PacketLayout {
        let count = Int.random(in: 1...4, using: &random)
        let fields = (0..<count).map { index in
            Field(name: "f\(index)", kind: kind(&random), origin: origin(index, &random))
        }
        let arrays = random.chance(1, in: 4) ? [array(fields, &random)] : []
        let counter = random.chance(1, in: 8) ? CounterField(place: place(&random), first: 0) : nil
        return PacketLayout(fields: fields, arrays: arrays, counter: counter)
    }

    static func packet(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...24, using: &random)).map { _ in
            switch Int.random(in: 0...9, using: &random) {
            case 0...2: 0
            case 3...7: UInt8.random(in: 1...16, using: &random)
            case 8: UInt8.random(in: 0x3C...0x3E, using: &random)
            default: UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    static func change(_ random: inout SplitMix64) -> FieldEdit.Change {
        let count = Int.random(in: 0...5, using: &random)
        switch Int.random(in: 0...8, using: &random) {
        case 0: return .setInteger(Int128(Int.random(in: -3...300, using: &random)))
        case 1: return .setFloat(1.5)
        case 2: return .setText([UInt32](repeating: 0x61, count: count))
        case 3: return .setBytes([UInt8](repeating: 0x62, count: count))
        case 4: return .clampInteger(2...Int128(2 + count))
        case 5: return .clampFloat(-1...Double(count))
        case 6: return .truncate(count)
        case 7: return .stripTags(keep: [])
        default: return .stripControl
        }
    }

    private static func place(_ random: inout SplitMix64) -> IntegerPlace {
        let offset =
            random.chance(1, in: 8) ? -Int.random(in: 1...4, using: &random) : Int.random(in: 0...3, using: &random)
        return IntegerPlace(
            offset: offset, byteCount: random.chance(3, in: 4) ? 1 : Int.random(in: 1...8, using: &random),
            isLittleEndian: random.chance(1, in: 2))
    }

    private static func origin(_ index: Int, _ random: inout SplitMix64) -> FieldOrigin {
        switch Int.random(in: 0...9, using: &random) {
        case 0...1: return .start(Int.random(in: 0...6, using: &random))
        case 2: return .end(-Int.random(in: 1...6, using: &random))
        case 3...6:
            return .indirect(place(&random), plus: random.chance(3, in: 4) ? 0 : Int.random(in: -3...3, using: &random))
        case 7:
            return .afterVarints(
                at: Int.random(in: 0...2, using: &random), count: Int.random(in: 1...2, using: &random))
        case 8: return .afterWord(at: Int.random(in: 0...2, using: &random))
        default: return index == 0 ? .start(1) : .after(Int.random(in: 0..<index, using: &random))
        }
    }

    private static func length(_ unit: Int, _ random: inout SplitMix64) -> FieldLength {
        switch Int.random(in: 0...4, using: &random) {
        case 0: .fixed(unit * Int.random(in: 1...4, using: &random))
        case 1: .prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: random.chance(1, in: 2) ? 1 : unit)
        case 2: .prefixedByVarint(unitByteCount: random.chance(1, in: 2) ? 1 : unit)
        case 3: .counted(place(&random), unitByteCount: unit)
        default: .rest(less: Int.random(in: 0...2, using: &random))
        }
    }

    private static func kind(_ random: inout SplitMix64) -> FieldKind {
        let encodings: [TextEncoding] = [.utf8, .utf16le, .utf16be, .latin1]
        let encoding = encodings.randomElement(using: &random) ?? .utf8
        switch Int.random(in: 0...8, using: &random) {
        case 0:
            return .integer(
                byteCount: Int.random(in: 1...8, using: &random), isLittleEndian: random.chance(1, in: 2),
                isSigned: random.chance(1, in: 2))
        case 1: return .float(byteCount: random.chance(1, in: 2) ? 4 : 8, isLittleEndian: random.chance(1, in: 2))
        case 2: return .varint
        case 3: return .bytes(length(1, &random))
        case 4...5:
            return .text(length(encoding.unitByteCount, &random), encoding, isNULEnded: random.chance(1, in: 3))
        default: return .terminated(encoding)
        }
    }

    private static func array(_ fields: [Field], _ random: inout SplitMix64) -> ArrayLayout {
        var count = ArrayLayout.Count.place(place(&random))
        if case .integer(_, _, isSigned: false) = fields[0].kind { count = .field(0) }
        let isLinked = random.chance(1, in: 2)
        let first = IntegerPlace(offset: Int.random(in: 0...3, using: &random), byteCount: 1, isLittleEndian: true)
        return ArrayLayout(
            name: "a", count: count,
            elements: isLinked
                ? .linked(first: first, byteCountMin: Int.random(in: 2...4, using: &random))
                : .contiguous(first: origin(fields.count, &random), byteCount: Int.random(in: 1...3, using: &random)))
    }
}
