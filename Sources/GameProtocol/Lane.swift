import WireBytes

/// How the packets of one direction are cut and named while one phase lasts.
///
/// Cutting a packet allocates and retains nothing, but taking a lane out of an array does: a session cuts with its
/// descriptor's `PacketCutter`.
public struct Lane: Sendable {
    /// The rule it was compiled from.
    public let frame: FrameRule
    /// The opcode rule; `nil` when packets have no names (a frame alone).
    public let opcode: OpcodeRule?
    /// The part of each packet that is inflated before it is named; `nil` where none is.
    public let inflation: InflationRule?

    private let cutter: PacketCutter

    /// Compiles the two rules.
    ///
    /// - Parameters:
    ///   - frame: how the stream is cut. The bounds of a select hold for its cases too, and its `also` sizes are
    ///     allowed in them.
    ///   - opcode: where packets have their opcode; a table frame needs one.
    public init(frame: FrameRule, opcode: OpcodeRule?, inflation: InflationRule? = nil) {
        self.frame = frame
        self.opcode = opcode
        self.inflation = inflation
        cutter = PacketCutter(
            [PacketCutter.Plan(frame: frame, opcode: opcode, version: 0)], packets: PerDirection(both: PacketTable([])))
    }

    /// Finds the size and name of the packet that `bytes` begin with.
    ///
    /// The answer does not depend on how many bytes follow the packet, nor on how the stream was split.
    ///
    /// - Parameters:
    ///   - bytes: the unread bytes of the stream, oldest first.
    ///   - scannedByteCount: how many of them a delimiter was already looked for in; 0 at a new packet. Updated, so
    ///     that bytes that come one at a time are not scanned again and again; 0 again with `.packet`.
    ///   - packets: the names of this direction.
    /// - Throws: what is wrong with the packet, as soon as the bytes at hand prove it.
    public func cut(
        _ bytes: RawSpan, scannedByteCount: inout Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Cut {
        try cutter.cut(bytes, row: 0, scannedByteCount: &scannedByteCount, packets: packets)
    }
}

/// What the bytes at hand say about the packet they begin.
public enum Cut: Equatable, Sendable, BitwiseCopyable {
    /// Nothing yet: ask again when the stream holds at least this many bytes, always more than now.
    case needs(Int)
    /// The packet is known, though its body may not have come yet.
    case packet(CutPacket)
}

/// A packet's header, judged before its body has come.
public struct CutPacket: Equatable, Sendable, BitwiseCopyable {
    /// Bytes of the whole packet, header included; at least 1 and at most the frame's max.
    public var byteCount: Int
    /// The opcode as on the wire after mask and shift; for a word its first eight bytes, big-endian; 0 without one.
    public var opcode: UInt64
    /// Which packet it is; 0 when no name covers it.
    public var packet: PacketIndex

    /// A packet of at least one byte.
    public init(byteCount: Int, packet: PacketIndex, opcode: UInt64) {
        self.byteCount = byteCount
        self.packet = packet
        self.opcode = opcode
    }
}
