/// One thing more that a sender of version 2 says.
public enum ProxyTLV: Sendable, Equatable {
    /// Bytes of a kind.
    case value(Kind, [UInt8])
    /// TLS between the client and the sender.
    case tls(ProxyTLS)

    /// What a value means; numbers without a name are kept as they are.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt8

        /// The kind of this number.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The protocol above TLS that was agreed on, as RFC 7301 names it.
        public static let alpn = Kind(rawValue: 0x01)
        /// The host name that the client asked for, in UTF-8.
        public static let authority = Kind(rawValue: 0x02)
        /// The checksum of the whole header; never among the TLVs, see ``ProxyHeader/hasChecksum``.
        static let checksum = Kind(rawValue: 0x03)
        /// Padding: to be skipped.
        public static let padding = Kind(rawValue: 0x04)
        /// A name of the connection that the sender chose, at most 128 bytes.
        public static let uniqueID = Kind(rawValue: 0x05)
        /// What ``ProxyTLS`` holds; never in a value.
        static let tls = Kind(rawValue: 0x20)
        /// The name of the network namespace.
        public static let networkNamespace = Kind(rawValue: 0x30)
    }

    /// Bytes of a unique id at most.
    public static let uniqueIDByteCountMax = 128

    /// Type and length before each value.
    static let prefixByteCount = 3

    /// Bytes of the whole TLV on the wire.
    var byteCount: Int {
        switch self {
        case .value(_, let bytes): Self.prefixByteCount + bytes.count
        case .tls(let tls): Self.prefixByteCount + tls.byteCount
        }
    }
}
