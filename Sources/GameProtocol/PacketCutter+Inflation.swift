public import WireBytes

/// Packets whose opcode stands in what a part of them inflates to.
extension PacketCutter {
    /// The offset behind a packet's length; where its frame has none, where the select ends or 0.
    ///
    /// - Parameter packet: the whole packet, which was cut by this phase.
    public func lengthEnd(of packet: RawSpan, _ direction: Direction, phase: Int) -> Int {
        let row = direction == .inbound ? 2 * phase : 2 * phase + 1
        var scanned = 0
        guard let (measure, _) = try? measure(packet, row: row, scannedByteCount: &scanned),
            case .size(_, let lengthEnd) = measure
        else { return 0 }
        return lengthEnd
    }

    /// Names a packet by what rules read of it.
    ///
    /// - Parameters:
    ///   - view: the packet's first bytes, and behind them what the rest inflates to.
    ///   - lengthEnd: the offset behind its length, in both.
    ///   - byteCount: its size on the wire.
    /// - Throws: that it ends before its opcode does.
    public func name(
        _ view: RawSpan, _ direction: Direction, phase: Int, lengthEnd: Int, byteCount: Int
    ) throws(FramingViolation) -> CutPacket {
        let isInbound = direction == .inbound
        let row = isInbound ? 2 * phase : 2 * phase + 1
        let form = rows[row].innerOpcode
        let naming =
            isInbound
            ? try nameByOpcode(view, form, bodyEnd: view.byteCount, lengthEnd: lengthEnd, packets: inboundPackets)
            : try nameByOpcode(view, form, bodyEnd: view.byteCount, lengthEnd: lengthEnd, packets: outboundPackets)
        guard case .name(let packet, let opcode, _) = naming else { throw .noOpcode(byteCount: byteCount) }
        return CutPacket(byteCount: byteCount, packet: packet, opcode: opcode)
    }
}
