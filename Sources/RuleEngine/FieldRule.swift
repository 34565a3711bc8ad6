public import PacketFields
import WireBytes

/// What a rule asks of the fields of one packet, and what it makes of them.
public struct FieldRule: Sendable {
    /// What stands where in the packet.
    public let layout: PacketLayout
    /// All of these must hold.
    public let conditions: [FieldCondition]
    /// None of these must hold (`where_not`).
    public let conditionsNot: [FieldCondition]
    /// What a rule that rewrites does, in order.
    public let edits: [FieldEdit]
    /// Sizes that the packet may have when they are done.
    public let byteCounts: ClosedRange<Int>

    /// What a rule asks of one packet's fields.
    public init(
        layout: PacketLayout, conditions: [FieldCondition] = [], conditionsNot: [FieldCondition] = [],
        edits: [FieldEdit] = [], byteCounts: ClosedRange<Int> = 1...Int.max
    ) {
        self.layout = layout
        self.conditions = conditions
        self.conditionsNot = conditionsNot
        self.edits = edits
        self.byteCounts = byteCounts
    }

    /// The names of the fields that are changed.
    var changes: [String] { edits.map { layout.fields[$0.field].name } }

    /// How many of the packet's first bytes decide it; `Int.max` when all of them do.
    public var inspectedByteCount: Int {
        // What is changed is put together anew, as a whole.
        if !edits.isEmpty { return .max }
        return (conditions + conditionsNot).reduce(0) { most, condition in
            switch condition.subject {
            case .value(let field), .length(let field): max(most, layout.byteCountNeeded(forField: field))
            case .count: .max
            }
        }
    }
}

extension RuleDefinition {
    /// The fields it changes, for logs.
    var changes: String {
        var names: [String] = []
        for direction in Direction.allCases {
            for packet in fields[direction].keys.sorted() {
                for name in fields[direction][packet]?.changes ?? [] where !names.contains(name) { names.append(name) }
            }
        }
        return names.joined(separator: ", ")
    }
}
