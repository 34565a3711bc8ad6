import GameProtocol
import PacketFields

/// A packet as its entry states it, for all versions of the protocol or for some.
struct PacketDraft {
    /// What it is recognised by.
    enum Number {
        /// The entry says it.
        case given(PacketIdentity)
        /// A map says it, but for the sub-opcode.
        case mapped(sub: UInt64?)
    }

    let name: String
    let place: Place
    /// The versions of the descriptor that this entry is for, from 1; `nil` for all that no other entry is for.
    let versions: Set<Int>?
    let number: Number
    let byteCounts: ClosedRange<Int>?
    let lengthField: LengthField?
    let layout: PacketLayout?
    let inflation: InflationRule?
    let isSecret: Bool

    func isFor(version: Int) -> Bool { versions?.contains(version) ?? true }
}
