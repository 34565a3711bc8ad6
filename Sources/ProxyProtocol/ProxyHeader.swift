public import WireBytes

/// A PROXY protocol header of either version: whom a load balancer connects to us for.
///
/// **Source**: the PROXY protocol specification (HAProxy, 2026-04-27), sections 2.1 and 2.2.
public struct ProxyHeader: Sendable, Equatable {
    /// How a header is written: a line of text, or binary.
    public enum Version: UInt8, Sendable, CaseIterable {
        /// One line of text: TCP endpoints or `UNKNOWN`, and nothing else.
        case v1 = 1
        /// Binary: every kind of address, and TLVs.
        case v2 = 2
    }

    /// What the connection is for.
    public enum Command: UInt8, Sendable {
        /// For the sender itself, a health check: no session, the real endpoints count.
        case local = 0
        /// For someone else, whom the addresses name.
        case proxy = 1
    }

    /// How the header is written.
    public let version: Version
    /// What the connection is for.
    public let command: Command
    /// Who talks to whom through the sender.
    public let addresses: ProxyAddresses
    /// What else the sender says, in the order on the wire, without the checksum.
    public let tlvs: [ProxyTLV]
    /// Whether the header carries a CRC-32C; in a decoded header it was right.
    public let hasChecksum: Bool

    /// A header for someone else's connection.
    ///
    /// Version 1 can name two TCP endpoints and nothing more: other addresses become `unspecified` (`UNKNOWN`), TLVs
    /// and checksum are left out.
    ///
    /// - Parameter tlvs: a unique id of at most 128 bytes, all together at most what `encoded()` says.
    public init(
        version: Version, addresses: ProxyAddresses, tlvs: [ProxyTLV] = [], hasChecksum: Bool = false
    ) {
        self.version = version
        command = .proxy
        switch (version, addresses) {
        case (.v2, _), (.v1, .tcp): self.addresses = addresses
        case (.v1, _): self.addresses = .unspecified
        }
        self.tlvs = version == .v2 ? tlvs : []
        self.hasChecksum = version == .v2 && hasChecksum
    }

    private init(localIn version: Version) {
        self.version = version
        command = .local
        addresses = .unspecified
        tlvs = []
        hasChecksum = false
    }

    /// The header of a connection that the sender made for itself; version 1 has none.
    public static let local = ProxyHeader(localIn: .v2)

    /// Who connected to the sender, or `nil` where the header names no internet endpoint (LOCAL, UNKNOWN, UNSPEC,
    /// UNIX): then only the real endpoints are known.
    public var source: Endpoint? { addresses.endpoints?.source }

    /// What they connected to, or `nil` as for ``source``.
    public var destination: Endpoint? { addresses.endpoints?.destination }

    /// The value of the first TLV of a kind, or `nil` if there is none.
    public func value(of kind: ProxyTLV.Kind) -> [UInt8]? {
        for case .value(kind, let bytes) in tlvs { return bytes }
        return nil
    }

    /// What the sender says about TLS on its side, or `nil` if nothing.
    public var tls: ProxyTLS? {
        for case .tls(let tls) in tlvs { return tls }
        return nil
    }
}
