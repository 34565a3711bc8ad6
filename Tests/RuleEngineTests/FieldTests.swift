import PacketFields
import Testing
import WireBytes

@testable import RuleEngine

@Suite("conditions on fields, and what rules make of them")
struct FieldTests {
    /// A number of a byte, one of two, and a text to the end.
    private static let layout = PacketLayout(fields: [
        Field(name: "kind", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(1)),
        Field(name: "level", kind: .integer(byteCount: 2, isLittleEndian: true, isSigned: true), origin: .start(2)),
        Field(name: "name", kind: .terminated(.latin1), origin: .start(4)),
    ])

    private static func integer(_ field: Int, _ ranges: ClosedRange<Int128>...) -> FieldCondition {
        FieldCondition(.value(field: field), ranges.map { .integer($0) })
    }

    private static func rule(
        _ id: UInt32 = 100, where conditions: [FieldCondition] = [], whereNot: [FieldCondition] = [],
        edits: [FieldEdit] = [], sizes: [ClosedRange<Int>] = [], bytes: [BytePattern] = [], limit: Limit? = nil,
        room: ClosedRange<Int> = 1...Int.max, action: RuleAction = .drop, score: Double = 0, isShadow: Bool = false
    ) -> RuleDefinition {
        let fields = FieldRule(
            layout: layout, conditions: conditions, conditionsNot: whereNot, edits: edits, byteCounts: room)
        return RuleDefinition(
            id: id, name: "rule-\(id)", packets: PerDirection(inbound: .only([1]), outbound: nil), byteCounts: sizes,
            signature: bytes, fields: PerDirection(inbound: [1: fields], outbound: [:]), limit: limit,
            action: edits.isEmpty ? action : .rewrite, score: score, isShadow: isShadow)
    }

    private static func packet(kind: UInt8 = 0, level: Int16 = 0, name: String = "") -> [UInt8] {
        let bits = UInt16(bitPattern: level)
        return [9, kind, UInt8(bits & 0xFF), UInt8(bits >> 8)] + Array(name.utf8) + [0]
    }

    @Test("all conditions must hold, and one of a list")
    func all() {
        var line = Line([Self.rule(where: [Self.integer(0, 1...3, 7...7), Self.integer(1, -5...5)])])
        for (kind, level, fires) in [
            (0, 0, false), (1, 0, true), (3, 5, true), (4, 0, false), (7, -5, true), (7, 6, false), (8, -6, false),
        ] as [(UInt8, Int16, Bool)] {
            let judgement = line.send(bytes: Self.packet(kind: kind, level: level))
            #expect(judgement == (fires ? .drop(index(0)) : .forward))
        }
    }

    @Test("where_not holds when none of its lines does")
    func none() {
        var line = Line([Self.rule(whereNot: [Self.integer(0, 0...12), Self.integer(1, 3...3)])])
        for (kind, level, fires) in [(12, 0, false), (13, 0, true), (13, 3, false), (1, 3, false)]
            as [(UInt8, Int16, Bool)]
        {
            let judgement = line.send(bytes: Self.packet(kind: kind, level: level))
            #expect(judgement == (fires ? .drop(index(0)) : .forward))
        }
    }

    @Test("other packets are not asked, and a limit is asked last")
    func limited() {
        var line = Line([Self.rule(where: [Self.integer(0, 1...1)], limit: .perSecond(1, burst: 2))])
        for _ in 0..<5 { #expect(line.send(bytes: Self.packet(kind: 0)) == .forward) }
        for _ in 0..<5 { #expect(line.send(2, bytes: Self.packet(kind: 1)) == .forward) }
        let judgements = (0..<3).map { _ in line.send(bytes: Self.packet(kind: 1)) }
        #expect(judgements == [.forward, .forward, .drop(index(0))])
    }

    @Test("as much of a packet is held as its conditions read, and all of one that is changed")
    func inspected() {
        let text = FieldCondition(.value(field: 2), [.text([65])])
        for (rule, byteCount) in [
            (Self.rule(where: [Self.integer(0, 1...1)]), 2), (Self.rule(whereNot: [Self.integer(1, 1...1)]), 4),
            (Self.rule(where: [text]), .max),
            (Self.rule(where: [FieldCondition(.length(field: 2), [.integer(1...1)])]), .max),
            (Self.rule(edits: [FieldEdit(field: 0, .setInteger(1))]), .max),
        ] {
            let policy = makePolicy([rule])
            #expect(policy.inspectedByteCount(of: 1, .inbound) == byteCount)
            #expect(policy.inspectedByteCount(of: 2, .inbound) == 0)
            #expect(policy.rules(of: 1, .inbound).rewrites == (rule.action == .rewrite))
        }
    }

    @Test("what a slow and plain model says of random rules and packets")
    func model() throws {
        var random = SplitMix64(seed: 0xF1E1D)
        let actions: [RuleAction] = [.pass, .log, .drop, .close]
        var fired = 0
        for _ in 0..<300 {
            var rules: [RuleDefinition] = []
            for number in 0..<1 + random.below(6) {
                let conditions = { (random: inout SplitMix64) in
                    (0..<random.below(3)).map { _ in
                        let low = Int128(random.below(4))
                        return Self.integer(random.below(2), low...low + Int128(random.below(2)))
                    }
                }
                rules.append(
                    Self.rule(
                        UInt32(100 + number), where: conditions(&random), whereNot: conditions(&random),
                        sizes: random.below(3) == 0 ? [5...7] : [],
                        bytes: random.below(4) == 0 ? [BytePattern(pattern: try HexPattern(parsing: "61"))] : [],
                        action: actions[random.below(4)]))
            }
            var line = Line(rules)
            for _ in 0..<40 {
                let bytes = Self.packet(
                    kind: UInt8(random.below(5)), level: Int16(random.below(5)),
                    name: String(repeating: "a", count: random.below(4)))
                let expected = Self.judge(rules, bytes)
                #expect(line.send(size: bytes.count, bytes: bytes) == expected.judgement)
                #expect(line.fired() == expected.fired)
                fired += expected.fired.count
            }
        }
        #expect(fired > 1_000)
    }

    /// The meaning of the rules above, without tables.
    private static func judge(_ rules: [RuleDefinition], _ bytes: [UInt8]) -> (judgement: Judgement, fired: [RuleIndex])
    {
        let values = [Int128(bytes[1]), Int128(bytes[2]) + Int128(bytes[3]) * 256]
        let holds = { (condition: FieldCondition) in
            guard case .value(let field) = condition.subject else { return false }
            return condition.tests.contains {
                if case .integer(let range) = $0 { range.contains(values[field]) } else { false }
            }
        }
        var fired: [RuleIndex] = []
        for (number, rule) in rules.enumerated() {
            guard let fields = rule.fields.inbound[1] else { continue }
            guard rule.byteCounts.isEmpty || rule.byteCounts.contains(where: { $0.contains(bytes.count) }) else {
                continue
            }
            guard rule.signature.isEmpty || bytes.contains(0x61) else { continue }
            guard fields.conditions.allSatisfy(holds), !fields.conditionsNot.contains(where: holds) else { continue }
            if rule.action != .pass { fired.append(index(number)) }
            switch rule.action {
            case .pass: return (.forward, fired)
            case .drop: return (.drop(index(number)), fired)
            case .close: return (.close(index(number)), fired)
            case .log, .rewrite, .delay, .ban: break
            }
        }
        return (.forward, fired)
    }
}
