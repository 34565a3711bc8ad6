import WireBytes

extension PacketLayout {
    /// Where the secret fields of a packet lie, each with its prefix, end and padding.
    ///
    /// - Parameters:
    ///   - packet: the packet as far as it is at hand.
    ///   - byteCount: how many bytes it has in all.
    /// - Returns: `nil` where that cannot be said, because the packet is not as this layout says or not whole.
    public func secretRanges(in packet: RawSpan, byteCount: Int) -> [Range<Int>]? {
        if isFixed {
            guard byteCount >= byteCountNeeded else { return nil }
            return forms.indices.filter { fields[$0].meaning == .secret }.compactMap { index in
                guard case .start(let start) = forms[index].origin, let end = forms[index].fixedEnd else { return nil }
                return start..<end
            }
        }
        guard packet.byteCount == byteCount, fault(in: packet) == nil else { return nil }
        var ranges: [Range<Int>] = []
        for index in forms.indices where fields[index].meaning == .secret {
            guard let span = span(of: index, in: packet) else { return nil }
            ranges.append(span.begin..<span.end)
        }
        return ranges
    }
}
