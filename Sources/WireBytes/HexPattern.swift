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
        precondition(bytes.count == masks.count, "a pattern has one mask a byte")
        self.bytes = zip(bytes, masks).map { $0 & $1 }
        self.masks = masks
    }

    /// Bytes in the pattern.
    public var count: Int { bytes.count }
}
