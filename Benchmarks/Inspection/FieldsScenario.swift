import GameProtocol
import Inspection
import PacketFields
import RuleEngine
import WireBytes

/// What the session takes for a packet when rules look into it, remember it or change it.
enum FieldsScenario {
    private static let packetCount = 16_384
    private static let byteCount = 128

    private enum Question: String, CaseIterable {
        case nothing
        case layout = "layout of a text"
        case number = "where on a number"
        case text = "where on a text"
        case pattern = "where on a pattern"
        case notAfter = "not_after"
        case repeats
        case unchanged = "rewrite that changes nothing"
        case otherNumber = "rewrite of a number"
        case shorter = "rewrite that shortens a text"
    }

    /// One JSON object a row.
    static func rows(roundCount: Int) -> [String] {
        Question.allCases.map { question in
            let ruleset = ruleset(question)
            let sample = Sample(roundCount: roundCount) { measure(ruleset, question) }
            return """
                {"asks": "\(question.rawValue)", "bytes": \(byteCount), "ns": \(sample.json)}
                """
        }
    }

    /// A length, an opcode, a number that counts up, and a text with its length before it.
    private static func packet() -> [UInt8] {
        let textByteCount = byteCount - 10
        var bytes: [UInt8] = [UInt8(byteCount), 0, 1, 0, 0, 0, 0, 0, UInt8(textByteCount), 0]
        bytes += (0..<textByteCount).map { UInt8(97 + $0 % 26) }
        return bytes
    }

    private static let layout = PacketLayout(fields: [
        Field(name: "number", kind: .integer(byteCount: 4, isLittleEndian: true, isSigned: false), origin: .start(4)),
        Field(
            name: "text",
            kind: .text(
                .prefixed(byteCount: 2, isLittleEndian: true, unitByteCount: 1), .latin1, isNULEnded: false),
            origin: .start(8)),
    ])

    private static func rule(_ question: Question) -> RuleDefinition? {
        var conditions: [FieldCondition] = []
        var edits: [FieldEdit] = []
        var notAfter: NotAfter?
        var repeats: Repeats?
        switch question {
        case .nothing, .layout: return nil
        case .number: conditions = [FieldCondition(.value(field: 0), [.integer(1 << 32...1 << 33)])]
        case .text: conditions = [FieldCondition(.value(field: 1), [.text([98])])]
        case .pattern:
            guard let pattern = try? TextPattern(parsing: "[a-z]*[0-9]") else { preconditionFailure("no pattern") }
            conditions = [FieldCondition(.value(field: 1), [.pattern(pattern)])]
        case .notAfter: notAfter = NotAfter(packets: PerDirection(inbound: [1], outbound: []), withinNS: 1 << 60)
        case .repeats: repeats = Repeats(count: 2, withinNS: 1 << 60)
        case .unchanged: edits = [FieldEdit(field: 1, .truncate(byteCount))]
        case .otherNumber: edits = [FieldEdit(field: 0, .setInteger(1 << 31))]
        case .shorter: edits = [FieldEdit(field: 1, .truncate(20))]
        }
        let fields = FieldRule(layout: layout, conditions: conditions, edits: edits)
        return RuleDefinition(
            id: 1_000, name: question.rawValue, packets: PerDirection(inbound: .only([1]), outbound: nil),
            fields: PerDirection(inbound: conditions.isEmpty && edits.isEmpty ? [:] : [1: fields], outbound: [:]),
            notAfter: notAfter, repeats: repeats, action: edits.isEmpty ? .drop : .rewrite)
    }

    private static func ruleset(_ question: Question) -> Ruleset {
        let length = LengthField(field: IntegerField(offset: 0, byteCount: 2, isLittleEndian: true), adjust: 0)
        let lane = Lane(
            frame: FrameRule(frame: .length(length, escapes: []), byteCountMin: 4, byteCountMax: 4_096),
            opcode: OpcodeRule(form: .integer(IntegerField(offset: 2, byteCount: 2, isLittleEndian: true))))
        let entry = PacketTable.Entry(
            name: "SAY", identity: .number(1, sub: nil), byteCounts: 4...4_096,
            layout: question == .nothing ? nil : layout)
        let descriptor = Descriptor(
            name: "benchmark",
            phases: [
                Phase(
                    name: "world", deadlineNS: nil, preamble: [], lanes: PerDirection(both: lane), isOpaque: false,
                    accept: PerDirection(both: nil), transitions: [])
            ],
            packets: PerDirection(both: PacketTable([entry])))
        let rules = rule(question).map { [$0] } ?? []
        return Ruleset(
            descriptor: descriptor, policy: Policy(rules, violations: [:], packetCounts: PerDirection(both: 2)))
    }

    /// Nanoseconds of CPU a packet, each another by its number.
    private static func measure(_ ruleset: Ruleset, _ question: Question) -> Double {
        let keys = BucketKeys(address: nil, network: nil, listener: 0, isExempt: false)
        var nowNS: UInt64 = 1_000_000_000
        var findings: [Finding] = []
        findings.reserveCapacity(packetCount)
        var buckets = BucketSet(
            policy: ruleset.policy, keys: keys, shared: SharedBuckets(capacity: 64, hashSeed: 1), nowNS: nowNS)
        ruleset.policy.note(1, .inbound, buckets: &buckets, nowNS: nowNS)
        var session = Session(ruleset: ruleset, buckets: buckets, nowNS: nowNS)
        let limits = SessionLimits(packetNS: .max / 2, idleNS: .max / 2, delayNS: .max / 2)
        var bytes = packet()
        var settled = 0
        let start = threadNS()
        for number in 0..<packetCount {
            nowNS &+= 1_000
            bytes[4] = UInt8(truncatingIfNeeded: number)
            bytes[5] = UInt8(truncatingIfNeeded: number >> 8)
            // Safe: the span is of integers, which have no padding, and the packet is not touched while it lives.
            let action = unsafe session.receive(
                bytes.span.bytes, .inbound, nowNS: nowNS, ruleset: ruleset, limits: limits, findings: &findings)
            switch action {
            case .forward(let count): settled += count
            case .replace(let count): settled += session.takeReplacement(.inbound) == nil ? 0 : count
            case .needs, .waits, .discard, .hold, .end: preconditionFailure("\(question) gave \(action)")
            }
        }
        let end = threadNS()
        precondition(settled == packetCount * byteCount, "\(question) settled \(settled) bytes")
        return (end - start) / Double(packetCount)
    }
}
