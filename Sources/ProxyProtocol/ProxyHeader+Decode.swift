import WireBytes

/// What the first bytes of a connection say.
public enum ProxyDecoding: Sendable, Equatable {
    /// Nothing yet: no header that begins so ends before this many bytes, always more than there are.
    case needs(Int)
    /// A header of the first `byteCount` bytes; what follows them is the connection's.
    case header(ProxyHeader, byteCount: Int)
}

extension ProxyHeader {
    /// Bytes of a version 2 header at most: what its length field can say, and the 16 before that.
    public static let byteCountMax = 16 + 65_535

    /// Bytes of a version 1 header at most, with its CRLF.
    public static let lineByteCountMax = 107

    /// Reads a header of either version from the first bytes of a connection.
    ///
    /// Whether a header is there is never guessed: these bytes are one, or an error. What is wrong is said with the
    /// first byte that shows it, and the same whichever pieces the bytes came in.
    ///
    /// Cost: an accepted header keeps a copy of its TLVs. Many tiny ones cost most, about 16 bytes of memory for one
    /// byte on the wire, so 1 MB for the longest header; `byteCountMax` bounds that and the caller's buffer.
    ///
    /// - Parameters:
    ///   - bytes: everything received so far, from the first byte on.
    ///   - byteCountMax: a version 2 header may have this many bytes; version 1 has its own bound of 107.
    public static func decode(
        _ bytes: RawSpan, byteCountMax: Int = ProxyHeader.byteCountMax
    ) throws(ProxyHeaderError) -> ProxyDecoding {
        switch bytes.byte(at: 0) {
        case nil: .needs(min(BinaryHeader.prefixByteCount, HeaderLine.shortestByteCount))
        case BinaryHeader.signature[0]: try BinaryHeader.decode(bytes, byteCountMax: byteCountMax)
        case HeaderLine.signature[0]: try HeaderLine.decode(bytes)
        case _?: throw .badSignature
        }
    }
}

/// Throws unless `bytes` begin like `signature`, as far as there are bytes.
func require(_ signature: [UInt8], beginning bytes: RawSpan) throws(ProxyHeaderError) {
    for offset in 0..<min(signature.count, bytes.byteCount) {
        guard bytes.byte(at: offset) == signature[offset] else { throw .badSignature }
    }
}
