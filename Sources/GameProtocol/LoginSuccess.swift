public import PacketFields
import WireBytes

/// A packet of the server with which a login has succeeded.
public struct LoginSuccess: Sendable {
    /// Which packet it is.
    public let packet: PacketIndex
    /// What must be said in it; empty asks nothing.
    public let conditions: [FieldCondition]
    /// What must not be said in it, none of it.
    public let conditionsNot: [FieldCondition]

    /// The end of a login.
    public init(packet: PacketIndex, conditions: [FieldCondition] = [], conditionsNot: [FieldCondition] = []) {
        self.packet = packet
        self.conditions = conditions
        self.conditionsNot = conditionsNot
    }

    /// Whether the packet says so whatever stands in it.
    public var isUnconditional: Bool { conditions.isEmpty && conditionsNot.isEmpty }

    /// Whether this one of its packets says so.
    ///
    /// - Parameters:
    ///   - bytes: the whole packet.
    ///   - table: the names of the server's packets.
    public func holds(for bytes: RawSpan, in table: PacketTable) -> Bool {
        table.meets(bytes, packet, conditions, not: conditionsNot)
    }
}
