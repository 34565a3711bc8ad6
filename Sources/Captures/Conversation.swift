import WireBytes

/// One captured connection, while it lasts.
struct Conversation {
    let number: UInt64
    let client: Endpoint
    let server: Endpoint
    /// The number of the client's SYN, where it was captured.
    let clientSequence: UInt32?
    var streams = PerDirection(both: StreamAssembly())
    /// Bytes are missing for good, and nothing of the direction is read any more.
    var isLost = PerDirection(both: false)
    /// The FIN was seen, in a lost direction perhaps with bytes missing before it.
    var hasFinished = PerDirection(both: false)
    var hasEnded = false
    /// Since when bytes are missing that the receiver has, so that the capture may never show them.
    var gapSinceNS: UInt64?
    /// Since when anything waits.
    var waitsSinceNS: UInt64?
    /// What happened while bytes were missing that the receiver has: it was caused by them, so it comes after them.
    var held: [CaptureEvent] = []
    var heldByteCount = 0

    /// What waits here, with what that takes beside its bytes.
    var waitingCost: Int {
        streams.inbound.waitingCost + streams.outbound.waitingCost + heldByteCount
            + held.count * MemoryLayout<CaptureEvent>.stride
    }

    init(number: UInt64, client: Endpoint, server: Endpoint, clientSequence: UInt32?) {
        self.number = number
        self.client = client
        self.server = server
        self.clientSequence = clientSequence
    }
}

/// The two ends of a connection, whichever way a segment goes.
struct EndpointPair: Hashable {
    private let low: Endpoint
    private let high: Endpoint

    init(_ one: Endpoint, _ other: Endpoint) {
        let isOrdered = one.address == other.address ? one.port <= other.port : one.address < other.address
        (low, high) = isOrdered ? (one, other) : (other, one)
    }
}

/// A handshake that is not complete.
struct Handshake {
    let client: Endpoint
    var clientSequence: UInt32?
    var serverSequence: UInt32?
}
