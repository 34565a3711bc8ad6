public import PacketFields
public import WireBytes

/// A packet whose forwarding leads to another phase.
public struct Transition: Sendable {
    /// Which way the packet travels.
    public let direction: Direction
    /// Which packet it is.
    public let packet: PacketIndex
    /// What must be said in it; empty asks nothing.
    public let conditions: [FieldCondition]
    /// What must not be said in it, none of it.
    public let conditionsNot: [FieldCondition]
    /// Index of the phase it leads to.
    public let phase: Int
    /// The packet after which the other direction follows; `nil` means at its next packet boundary.
    public let otherSideAfter: PacketIndex?

    /// A step from one phase to another.
    public init(
        direction: Direction, packet: PacketIndex, conditions: [FieldCondition] = [],
        conditionsNot: [FieldCondition] = [], phase: Int, otherSideAfter: PacketIndex?
    ) {
        self.direction = direction
        self.packet = packet
        self.conditions = conditions
        self.conditionsNot = conditionsNot
        self.phase = phase
        self.otherSideAfter = otherSideAfter
    }

    /// Whether the packet leads there whatever is said in it.
    public var isUnconditional: Bool { conditions.isEmpty && conditionsNot.isEmpty }

    /// Whether this one of its packets leads there.
    ///
    /// - Parameters:
    ///   - bytes: the whole packet.
    ///   - table: the names of its direction.
    public func holds(for bytes: RawSpan, in table: PacketTable) -> Bool {
        table.meets(bytes, packet, conditions, not: conditionsNot)
    }
}

extension PacketTable {
    /// Whether a packet is all that is asked of it, and nothing that is not.
    func meets(
        _ bytes: RawSpan, _ packet: PacketIndex, _ conditions: [FieldCondition], not conditionsNot: [FieldCondition]
    ) -> Bool {
        guard !conditions.isEmpty || !conditionsNot.isEmpty else { return true }
        guard let layout = entries[Int(packet) - 1].layout else { return false }
        return conditions.allSatisfy { $0.holds(in: bytes, layout: layout) }
            && !conditionsNot.contains { $0.holds(in: bytes, layout: layout) }
    }
}
