/// What the sender of a PROXY header says about TLS between the client and itself.
public struct ProxyTLS: Sendable, Equatable {
    /// What the client did.
    public struct Client: OptionSet, Hashable, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt8

        /// These bits, also those without a name.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// It connected over TLS.
        public static let tls = Client(rawValue: 0x01)
        /// It showed a certificate on this connection.
        public static let certificateOnConnection = Client(rawValue: 0x02)
        /// It showed a certificate at least once in this TLS session.
        public static let certificateInSession = Client(rawValue: 0x04)
    }

    /// One fact, in the text or the bytes that the sender wrote.
    public struct Fact: Sendable, Equatable {
        /// What the fact is about; numbers without a name are kept as they are.
        public struct Kind: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The kind of this number.
            public init(rawValue: UInt8) {
                self.rawValue = rawValue
            }

            /// The version, as in `TLSv1.3`.
            public static let version = Kind(rawValue: 0x21)
            /// The common name in the client's certificate, in UTF-8.
            public static let commonName = Kind(rawValue: 0x22)
            /// The cipher, as in `ECDHE-RSA-AES128-GCM-SHA256`.
            public static let cipher = Kind(rawValue: 0x23)
            /// The algorithm that signed the sender's certificate, as in `SHA256`.
            public static let signatureAlgorithm = Kind(rawValue: 0x24)
            /// The algorithm of the key in the sender's certificate, as in `RSA2048`.
            public static let keyAlgorithm = Kind(rawValue: 0x25)
            /// The group of the key agreement, as in `secp256r1`.
            public static let group = Kind(rawValue: 0x26)
            /// The signature scheme of the handshake, as in `rsa_pss_rsae_sha256`.
            public static let signatureScheme = Kind(rawValue: 0x27)
            /// The client's certificate in DER.
            public static let clientCertificate = Kind(rawValue: 0x28)
        }

        /// What it is about.
        public var kind: Kind
        /// What it says.
        public var value: [UInt8]

        /// A fact of this kind.
        public init(_ kind: Kind, _ value: [UInt8]) {
            self.kind = kind
            self.value = value
        }
    }

    /// What the client did.
    public var client: Client
    /// What came of verifying the client's certificate: 0 if there was one and it was good.
    public var verifyResult: UInt32
    /// What else the sender says, in the order on the wire.
    public var facts: [Fact]

    /// What a sender says.
    public init(client: Client, verifyResult: UInt32, facts: [Fact] = []) {
        self.client = client
        self.verifyResult = verifyResult
        self.facts = facts
    }

    /// What the first fact of a kind says, or `nil` if there is none.
    public func value(of kind: Fact.Kind) -> [UInt8]? {
        facts.first { $0.kind == kind }?.value
    }

    /// The client bits and the verify result before the facts.
    static let fixedByteCount = 1 + 4

    /// Bytes on the wire, without the type and length before them.
    var byteCount: Int {
        facts.reduce(Self.fixedByteCount) { $0 + ProxyTLV.prefixByteCount + $1.value.count }
    }
}
