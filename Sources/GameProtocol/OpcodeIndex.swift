/// From what identifies a packet on the wire to its index.
struct OpcodeIndex: Sendable {
    init(_ entries: [PacketTable.Entry]) {}
}
