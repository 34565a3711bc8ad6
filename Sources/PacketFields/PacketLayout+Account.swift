public import WireBytes

extension PacketLayout {
    /// The account that a packet tells; `nil` where it tells none, or one that cannot be a name.
    ///
    /// - Parameter packet: the whole packet; anything may stand in it.
    public func account(in packet: RawSpan) -> AccountName? {
        guard let field = accountField else { return nil }
        switch forms[field].kind {
        case .integer, .varint:
            return integer(field, in: packet).flatMap { AccountName(String($0)) }
        case .text(_, let encoding, _), .terminated(let encoding):
            return span(of: field, in: packet).flatMap { account(ScalarCursor(packet, $0.value, encoding), packet) }
        case .float, .bytes:
            return nil
        }
    }

    private func account(_ text: ScalarCursor, _ packet: RawSpan) -> AccountName? {
        var rest = text
        var name = String.UnicodeScalarView()
        while let value = rest.next(in: packet) {
            // A broken piece is no character, and a name has no more of them than bytes.
            guard let scalar = Unicode.Scalar(value), name.count < AccountName.byteCountMax else { return nil }
            name.append(scalar)
        }
        return AccountName(String(name))
    }
}
