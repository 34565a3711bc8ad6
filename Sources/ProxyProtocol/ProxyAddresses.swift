public import WireBytes

/// Who talks to whom through the sender of a PROXY header.
///
/// Internet endpoints are written as IPv4 if both are, else both as IPv6, an IPv4 one mapped.
public enum ProxyAddresses: Sendable, Equatable {
    /// Nobody the protocol can name (`UNKNOWN`, UNSPEC).
    case unspecified
    /// Two TCP endpoints.
    case tcp(source: Endpoint, destination: Endpoint)
    /// Two UDP endpoints; version 2 only.
    case udp(source: Endpoint, destination: Endpoint)
    /// Two paths of UNIX stream sockets, at most 108 bytes each, without the zeros behind them; version 2 only.
    case unixStream(source: [UInt8], destination: [UInt8])
    /// Two paths of UNIX datagram sockets, likewise.
    case unixDatagram(source: [UInt8], destination: [UInt8])

    /// Bytes of one UNIX path on the wire.
    static let pathByteCount = 108

    /// The two internet endpoints, or `nil` if these are none.
    public var endpoints: (source: Endpoint, destination: Endpoint)? {
        switch self {
        case .tcp(let source, let destination), .udp(let source, let destination): (source, destination)
        case .unspecified, .unixStream, .unixDatagram: nil
        }
    }

    /// How version 2 writes these.
    var family: ProxyFamily {
        switch self {
        case .unspecified: .unspecified
        case .tcp(let source, let destination):
            source.address.isIPv4 && destination.address.isIPv4 ? .tcp4 : .tcp6
        case .udp(let source, let destination):
            source.address.isIPv4 && destination.address.isIPv4 ? .udp4 : .udp6
        case .unixStream: .unixStream
        case .unixDatagram: .unixDatagram
        }
    }
}

/// The family and transport byte of version 2.
enum ProxyFamily: UInt8, CaseIterable {
    case unspecified = 0x00
    case tcp4 = 0x11
    case udp4 = 0x12
    case tcp6 = 0x21
    case udp6 = 0x22
    case unixStream = 0x31
    case unixDatagram = 0x32

    /// Bytes of the address block: two addresses and two ports, or two paths.
    var blockByteCount: Int {
        switch self {
        case .unspecified: 0
        case .tcp4, .udp4: 2 * 4 + 2 * 2
        case .tcp6, .udp6: 2 * 16 + 2 * 2
        case .unixStream, .unixDatagram: 2 * ProxyAddresses.pathByteCount
        }
    }
}
