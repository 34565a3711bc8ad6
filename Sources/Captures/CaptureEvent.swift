public import WireBytes

/// Something that happened to a captured connection.
public struct CaptureEvent: Equatable, Sendable {
    /// Which connection; they are counted from 1 in the order in which they opened.
    public let connection: UInt64
    /// When, in nanoseconds since 1970.
    ///
    /// Of one connection never smaller than before; of several, what waited for missing bytes comes a little late.
    public let timeNS: UInt64
    /// What.
    public let kind: Kind

    /// What can happen.
    public enum Kind: Equatable, Sendable {
        /// The handshake is complete, or the connection was seen for the first time.
        case opened(CapturedConnection)
        /// Bytes, in the order in which the receiver read them; at least one.
        case bytes(Direction, [UInt8])
        /// Bytes are missing in the capture: nothing follows in this direction.
        ///
        /// - Parameter byteCount: how many at least.
        case lost(Direction, byteCount: UInt64)
        /// This side sent its FIN, and all before it was captured.
        case finished(Direction)
        /// Nothing follows.
        case ended(CaptureEnd)
    }

    /// Puts the parts together.
    public init(connection: UInt64, timeNS: UInt64, kind: Kind) {
        self.connection = connection
        self.timeNS = timeNS
        self.kind = kind
    }
}

/// The two ends of a captured connection.
public struct CapturedConnection: Equatable, Sendable, BitwiseCopyable {
    /// Who dialled.
    public let client: Endpoint
    /// Who listened.
    public let server: Endpoint
    /// The connection was open when the capture began, or its handshake is not in it.
    ///
    /// Who dialled is then told by the port: the one that was asked for, else the lower.
    public let isMidStream: Bool

    /// Puts the parts together.
    public init(client: Endpoint, server: Endpoint, isMidStream: Bool) {
        self.client = client
        self.server = server
        self.isMidStream = isMidStream
    }
}

/// How a captured connection ended.
public enum CaptureEnd: Equatable, Sendable, BitwiseCopyable {
    /// Both sides sent their FIN.
    case finished
    /// This side reset it.
    case reset(Direction)
    /// The same ports were used for a new one.
    case replaced
    /// It was open when the capture ended.
    case captureEnded
}
