public import WireBytes

/// One lane of a cutter, laid flat.
struct LaneRow: Sendable, BitwiseCopyable {
    let shortcut: LaneShortcut
    /// Index of the frame's form.
    let form: Int
    let opcode: OpcodeForm
    /// Where the opcode stands in what a part of the packet inflates to; as `opcode` where nothing is inflated.
    let innerOpcode: OpcodeForm
}

/// Cuts the streams of one protocol into packets and names them.
///
/// Shape: the frame and opcode rules of all phases in flat tables without references to anything but each other, in an
/// object so that who holds it passes one word.
/// Cost: constant for every form but a delimiter, which takes time with the bytes gone through; nothing is allocated or
/// retained.
public final class PacketCutter: Sendable {
    let rows: [LaneRow]
    let frames: FrameForms
    /// The opcodes that have a sub-opcode, of all rows.
    let opcodesWithSub: [UInt64]
    // Apart, because taking one out of a `PerDirection` retains its arrays.
    let inboundPackets: PacketTable
    let outboundPackets: PacketTable

    /// A lane as it is compiled.
    struct Plan {
        let frame: FrameRule
        let opcode: OpcodeRule?
        /// The version of the protocol that packets are looked up in.
        let version: Int
        /// Whether the opcode stands in a part that must be inflated first: then `cut` finds the size alone.
        var isInflated = false
    }

    /// Compiles the rules of some lanes; `nil` where there is none.
    ///
    /// A lane that is not cut is as good as none.
    init(_ lanes: [Plan?], packets: PerDirection<PacketTable>) {
        let lanes = lanes.map { $0?.frame.isUncut == true ? nil : $0 }
        var rows: [LaneRow] = []
        var frames = FrameForms()
        var opcodesWithSub: [UInt64] = []
        for lane in lanes {
            let when = lane?.opcode?.sub?.when ?? []
            let opcode = OpcodeForm(
                lane?.opcode, withSub: TableRun(start: opcodesWithSub.count, count: when.count),
                version: lane?.version ?? 0)
            opcodesWithSub += when
            let form = lane.map { frames.add($0.frame) } ?? -1
            let isInflated = lane?.isInflated == true
            let outer = isInflated ? OpcodeForm(nil, withSub: .none, version: 0) : opcode
            let shortcut = LaneShortcut(isInflated ? nil : lane?.frame, lane?.opcode)
            rows.append(LaneRow(shortcut: shortcut, form: form, opcode: outer, innerOpcode: opcode))
            precondition(
                form < 0 || outer.kind != .none || !frames.forms[form...].contains { $0.kind == .table },
                "a table frame finds sizes by opcode")
        }
        self.rows = rows
        self.frames = frames
        self.opcodesWithSub = opcodesWithSub
        inboundPackets = packets.inbound
        outboundPackets = packets.outbound
    }

    /// Finds the size and name of the packet that `bytes` begin with.
    ///
    /// The answer does not depend on how many bytes follow the packet, nor on how the stream was split.
    ///
    /// - Parameters:
    ///   - bytes: the unread bytes of the stream, oldest first.
    ///   - direction: which way they travel.
    ///   - phase: index of the phase, which must have a frame.
    ///   - scannedByteCount: how many of them a delimiter was already looked for in; 0 at a new packet. Updated, so
    ///     that bytes that come one at a time are not scanned again and again; 0 again with `.packet`.
    /// - Throws: what is wrong with the packet, as soon as the bytes at hand prove it.
    public func cut(
        _ bytes: RawSpan, _ direction: Direction, phase: Int, scannedByteCount: inout Int
    ) throws(FramingViolation) -> Cut {
        switch direction {
        case .inbound:
            try cut(bytes, row: 2 * phase, scannedByteCount: &scannedByteCount, packets: inboundPackets)
        case .outbound:
            try cut(bytes, row: 2 * phase + 1, scannedByteCount: &scannedByteCount, packets: outboundPackets)
        }
    }

    /// Where a table frame finds the size of a packet.
    func sizes(of packet: PacketIndex, _ direction: Direction) -> PacketSize {
        direction == .inbound ? inboundPackets.sizes[Int(packet)] : outboundPackets.sizes[Int(packet)]
    }

    /// Finds the packet that `bytes` begin with, where that is simple.
    ///
    /// - Returns: what `cut` returns, or `nil` where only `cut` can tell: the header is not at hand, something is
    ///   wrong, or the lane has no plain length and opcode.
    public func cutAtHand(_ bytes: RawSpan, _ direction: Direction, phase: Int) -> CutPacket? {
        let isInbound = direction == .inbound
        let row = isInbound ? 2 * phase : 2 * phase + 1
        guard let (byteCount, opcode) = rows[row].shortcut.header(of: bytes) else { return nil }
        let version = rows[row].opcode.version
        let packet =
            isInbound
            ? inboundPackets.index.packet(opcode: opcode, version: version)
            : outboundPackets.index.packet(opcode: opcode, version: version)
        return CutPacket(byteCount: byteCount, packet: packet, opcode: opcode)
    }

    @inline(__always)
    func cut(
        _ bytes: RawSpan, row: Int, scannedByteCount: inout Int, packets: borrowing PacketTable
    ) throws(FramingViolation) -> Cut {
        if let (byteCount, opcode) = rows[row].shortcut.header(of: bytes) {
            let packet = packets.index.packet(opcode: opcode, version: rows[row].opcode.version)
            return .packet(CutPacket(byteCount: byteCount, packet: packet, opcode: opcode))
        }
        precondition(rows[row].form >= 0, "lane \(row) has no frame")
        let cut = try cutByForm(bytes, row: row, scannedByteCount: &scannedByteCount, packets: packets)
        if case .packet = cut { scannedByteCount = 0 }
        return cut
    }
}

extension PacketCutter {
    /// Compiles the lanes of all phases.
    convenience init(_ phases: [Phase], packets: PerDirection<PacketTable>) {
        let lanes = phases.flatMap { phase in
            // In the order of `cut`: the lane of phase `p` and direction `d` at `2 * p + d`.
            [phase.lanes?.inbound, phase.lanes?.outbound].map { lane in
                lane.map {
                    Plan(
                        frame: $0.frame, opcode: $0.opcode, version: phase.version, isInflated: $0.inflation != nil)
                }
            }
        }
        self.init(lanes, packets: packets)
    }
}
