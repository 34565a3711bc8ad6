/// Bytes of which some bits may be anything.
///
/// Written `de ad ?? e?`: two digits a byte, `?` for a nibble that may be anything.
public struct HexPattern: Hashable, Sendable {
    /// The value of each byte where its mask has ones; zero elsewhere.
    public let bytes: [UInt8]
    /// The bits of each byte that count.
    public let masks: [UInt8]

    /// - Parameters:
    ///   - bytes: the values.
    ///   - masks: the bits that count, one mask a byte; all of them when left out.
    public init(_ bytes: [UInt8], masks: [UInt8]? = nil) {
        let masks = masks ?? [UInt8](repeating: 0xFF, count: bytes.count)
        precondition(bytes.count == masks.count, "\(bytes.count) bytes, but \(masks.count) masks")
        self.bytes = zip(bytes, masks).map { $0 & $1 }
        self.masks = masks
    }

    /// Bytes in the pattern.
    @inlinable
    public var count: Int { bytes.count }

    /// Whether all of the pattern stands at `offset` of `span`; never where a part of it would lie outside.
    ///
    /// Cost: one comparison a byte up to the first difference; no allocation.
    @inlinable
    public func matches(_ span: RawSpan, at offset: Int) -> Bool {
        guard offset >= 0, bytes.count <= span.byteCount, offset <= span.byteCount - bytes.count else { return false }
        for index in bytes.indices {
            // Safe: the guard proved that the whole pattern lies inside, and every bit pattern is a number.
            let byte = unsafe span.unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)
            guard byte & masks[index] == bytes[index] else { return false }
        }
        return true
    }
}
