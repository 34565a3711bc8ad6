import PacketFields
import Testing
import WireBytes

@testable import RuleEngine

@Suite("rules that change packets")
struct RewritingTests {
    /// A number, and a text of a byte's length to which another number is bound.
    private static let layout = PacketLayout(fields: [
        Field(name: "level", kind: .integer(byteCount: 1, isLittleEndian: true, isSigned: false), origin: .start(1)),
        Field(
            name: "name",
            kind: .text(.prefixed(byteCount: 1, isLittleEndian: true, unitByteCount: 1), .latin1, isNULEnded: false),
            origin: .start(2)),
    ])

    private static func rule(
        _ id: UInt32, _ edits: [FieldEdit] = [], where conditions: [FieldCondition] = [],
        sizes: [ClosedRange<Int>] = [],
        bytes: [BytePattern] = [], limit: Limit? = nil, room: ClosedRange<Int> = 1...Int.max,
        action: RuleAction = .log, score: Double = 0, isShadow: Bool = false
    ) -> RuleDefinition {
        let fields = FieldRule(layout: layout, conditions: conditions, edits: edits, byteCounts: room)
        return RuleDefinition(
            id: id, name: "rule-\(id)", packets: PerDirection(inbound: .only([1]), outbound: nil), byteCounts: sizes,
            signature: bytes, fields: PerDirection(inbound: [1: fields], outbound: [:]), limit: limit,
            action: edits.isEmpty ? action : .rewrite, score: score, isShadow: isShadow)
    }

    private static func packet(_ level: UInt8 = 0, _ name: String = "") -> [UInt8] {
        [9, level, UInt8(name.utf8.count)] + Array(name.utf8)
    }

    private static func clamp(_ range: ClosedRange<Int128>) -> FieldEdit { FieldEdit(field: 0, .clampInteger(range)) }

    private static func level(_ range: ClosedRange<Int128>) -> FieldCondition {
        FieldCondition(.value(field: 0), [.integer(range)])
    }

    private static let truncate = FieldEdit(field: 1, .truncate(2))

    @Test("a packet is changed, and one that needs no change is left alone and unsaid")
    func changes() {
        var line = Line([Self.rule(100, [Self.clamp(0...10), Self.truncate], score: 2)])
        let changed = line.rewrite(Self.packet(11, "abc"))
        #expect(changed.judgement == .forward)
        #expect(changed.bytes == Self.packet(10, "ab"))
        #expect(line.findings.map(\.action) == [.rewrite])
        #expect(line.findings.map(\.score) == [2])
        #expect(line.policy.detail(of: line.findings[0]) == "changes level, name")
        line.findings = []
        let unchanged = line.rewrite(Self.packet(10, "ab"))
        #expect(unchanged.judgement == .forward)
        #expect(unchanged.bytes == nil)
        #expect(line.findings.isEmpty)
    }

    @Test("later rules see the new values, the new size and the new bytes, earlier ones the old")
    func order() throws {
        let pattern = BytePattern(pattern: try HexPattern(parsing: "63"))
        let old = [
            Self.rule(100, where: [Self.level(11...11)]), Self.rule(101, sizes: [6...6]),
            Self.rule(102, bytes: [pattern]),
        ]
        let new = [
            Self.rule(110, where: [Self.level(10...10)]), Self.rule(111, sizes: [5...5]),
            Self.rule(112, where: [Self.level(11...11)]), Self.rule(113, sizes: [6...6]),
            Self.rule(114, bytes: [pattern]),
        ]
        var line = Line(old + [Self.rule(105, [Self.clamp(0...10), Self.truncate])] + new)
        #expect(line.rewrite(Self.packet(11, "abc")).judgement == .forward)
        #expect(line.firedIDs() == [100, 101, 102, 105, 110, 111])
    }

    @Test("signatures that a filter looks for are looked for anew in what a rule made")
    func filtered() throws {
        // As many as make the filter worth while.
        let rules = try (0..<64).map { number in
            let text = "needle\(number)!".utf8.map { String($0, radix: 16) }.joined(separator: " ")
            return Self.rule(UInt32(200 + number), bytes: [BytePattern(pattern: try HexPattern(parsing: text))])
        }
        let edit = Self.rule(100, [FieldEdit(field: 1, .setText("needle7!".unicodeScalars.map(\.value)))])
        var line = Line([edit] + rules)
        #expect(line.rewrite(Self.packet(0, "needle3!")).judgement == .forward)
        #expect(line.firedIDs() == [100, 207])
        line = Line(rules + [edit])
        #expect(line.rewrite(Self.packet(0, "needle3!")).judgement == .forward)
        #expect(line.firedIDs() == [203, 100])
    }

    @Test("rules change what rules before them made")
    func chain() {
        var line = Line([
            Self.rule(100, [Self.clamp(5...5)]), Self.rule(101, [Self.clamp(7...9)], where: [Self.level(5...5)]),
            Self.rule(102, [Self.truncate]),
        ])
        #expect(line.rewrite(Self.packet(1, "abc")).bytes == Self.packet(7, "ab"))
        #expect(line.firedIDs() == [100, 101, 102])
    }

    @Test("a packet that is dropped or closed for after all is, and one that passes keeps what was changed")
    func terminal() {
        for (action, judgement, isKept) in [
            (.drop, .drop(index(1)), false), (.close, .close(index(1)), false), (.pass, .forward, true),
        ] as [(RuleAction, Judgement, Bool)] {
            var line = Line([
                Self.rule(100, [Self.clamp(5...5)]), Self.rule(101, action: action), Self.rule(102, [Self.truncate]),
            ])
            let result = line.rewrite(Self.packet(1, "abc"))
            #expect(result.judgement == judgement)
            #expect(!isKept || result.bytes == Self.packet(5, "abc"))
        }
    }

    @Test("what cannot be changed as the rule says is dropped, and the log says so")
    func impossible() {
        let tooLong = FieldEdit(field: 1, .setText([UInt32](repeating: 65, count: 256)))
        for rule in [Self.rule(100, [tooLong], score: 3), Self.rule(100, [Self.truncate], room: 6...9, score: 3)] {
            var line = Line([rule, Self.rule(101)])
            let result = line.rewrite(Self.packet(1, "abc"))
            #expect(result.judgement == .drop(index(0)))
            #expect(line.findings.map(\.action) == [.drop])
            #expect(line.findings.map(\.score) == [3])
            #expect(line.policy.detail(of: line.findings[0]) == "cannot change name")
        }
        // At the bound it can.
        var line = Line([Self.rule(100, [Self.truncate], room: 5...9)])
        #expect(line.rewrite(Self.packet(1, "abc")).bytes == Self.packet(1, "ab"))
    }

    @Test("in shadow nothing is changed, and the findings say what would have been")
    func shadow() {
        let tooLong = FieldEdit(field: 1, .setText([UInt32](repeating: 65, count: 256)))
        var line = Line([
            Self.rule(100, [Self.clamp(5...5)], isShadow: true), Self.rule(101, [tooLong], isShadow: true),
            Self.rule(102, [Self.clamp(0...9)], isShadow: true), Self.rule(103, where: [Self.level(1...1)]),
        ])
        let result = line.rewrite(Self.packet(1, "abc"))
        #expect(result.judgement == .forward)
        #expect(result.bytes == nil)
        #expect(line.findings.map(\.action) == [.rewrite, .drop, .log])
        #expect(line.findings.map(\.isShadow) == [true, true, false])
        #expect(line.findings.allSatisfy { $0.score == 0 })
    }

    @Test("a rule with a limit changes only what is over it")
    func limited() {
        var line = Line([Self.rule(100, [Self.clamp(5...5)], limit: .perSecond(1, burst: 2))])
        let results = (0..<4).map { _ in line.rewrite(Self.packet(1)).bytes }
        #expect(results == [nil, nil, Self.packet(5), Self.packet(5)])
    }

    @Test("a delay holds what was changed, and what it reserved is given back where a change drops the packet")
    func delay() {
        let slow = Self.rule(100, limit: .perSecond(1, burst: 1), action: .delay)
        var line = Line([slow, Self.rule(101, [Self.clamp(5...5)]), Self.rule(102, [Self.truncate], room: 3...5)])
        #expect(line.rewrite(Self.packet(1, "ab")).judgement == .forward)
        let held = line.rewrite(Self.packet(1, "ab"))
        #expect(held.judgement == .hold(untilNS: second, index(0)))
        #expect(held.bytes == Self.packet(5, "ab"))
        // Dropped by the size it would get: what comes next waits no longer for it.
        line = Line([slow, Self.rule(101, [Self.truncate], room: 9...9)])
        #expect(line.rewrite(Self.packet(1, "ab")).judgement == .forward)
        for _ in 0..<3 { #expect(line.rewrite(Self.packet(1, "abc")).judgement == .drop(index(1))) }
        #expect(line.rewrite(Self.packet(1, "ab")).judgement == .hold(untilNS: second, index(0)))
    }

    @Test("what limits count is the size that came")
    func bytes() {
        let limit = Limit.perSecond(1, burst: 6, count: .bytes)
        var line = Line([Self.rule(100, [Self.truncate]), Self.rule(101, limit: limit, action: .close)])
        #expect(line.rewrite(Self.packet(1, "abc")).judgement == .forward)
        #expect(line.rewrite(Self.packet(1, "")).judgement == .close(index(1)))
    }

    @Test("a packet that no rule changes is judged alike in both ways")
    func alike() {
        var random = SplitMix64(seed: 0xA11CE)
        for _ in 0..<100 {
            let rules = (0..<4).map { number in
                let actions: [RuleAction] = [.log, .pass, .drop, .close]
                let low = Int128(random.below(4))
                return Self.rule(
                    UInt32(100 + number), where: [Self.level(low...low + 1)],
                    limit: random.below(2) == 0 ? .perSecond(1, burst: 3) : nil, action: actions[random.below(4)])
            }
            var one = Line(rules)
            var other = Line(rules)
            for _ in 0..<30 {
                let packet = Self.packet(UInt8(random.below(5)))
                #expect(one.send(size: packet.count, bytes: packet) == other.rewrite(packet).judgement)
            }
            #expect(one.findings == other.findings)
        }
    }

    @Test("where nobody can change a packet, one that a rule would change is dropped, and in shadow only said to be")
    func unchangeable() {
        for isShadow in [false, true] {
            var line = Line([Self.rule(100, [Self.clamp(5...5)], score: 2, isShadow: isShadow), Self.rule(101)])
            let packet = Self.packet(1)
            #expect(line.send(size: packet.count, bytes: packet) == (isShadow ? .forward : .drop(index(0))))
            #expect(line.findings.map(\.action) == (isShadow ? [.drop, .log] : [.drop]))
        }
    }
}

extension Line {
    /// Judges a packet as one that rules may change.
    fileprivate mutating func rewrite(_ bytes: [UInt8]) -> (judgement: Judgement, bytes: [UInt8]?) {
        let facts = PacketFacts(direction: .inbound, packet: 1, phase: 0, byteCount: bytes.count, opcode: 7)
        var rewrite = PacketRewrite()
        let judgement = policy.judgeRewriting(
            facts, policy.rules(of: 1, .inbound), bytes: bytes.span.bytes, rewrite: &rewrite, buckets: &buckets,
            nowNS: 0, findings: &findings)
        return (judgement, rewrite.bytes)
    }

    fileprivate mutating func firedIDs() -> [UInt32] { fired().map { policy.rules[Int($0)].id } }
}
