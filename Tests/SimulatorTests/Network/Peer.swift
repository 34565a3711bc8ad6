import WireBytes

/// A client or a server: a scripted end of one connection to the relay.
final class Peer {
    enum Step {
        /// Wait so long.
        case pause(UInt64)
        case send([UInt8])
        /// Send a FIN and go on receiving.
        case finish
        /// Break the connection.
        case reset
        /// Send a FIN and be gone: what arrives later is answered with a reset.
        case close
        /// Take nothing from now on.
        case stall
        /// Take everything again.
        case resume
        /// Wait until the relay has ended its side.
        case awaitEnd
        /// Wait until so many bytes have come, or the relay has ended.
        case awaitBytes(Int)
    }

    let number: Int
    let name: String
    let endpoint: Endpoint
    var script: [Step]
    var nextStep = 0
    /// The relay's end.
    var socket: SimulatedSocket?
    /// Where it is set, `sent` and `received` are clear, and the wire is not.
    var cipher: PeerCipher?

    /// Everything this end has sent.
    private(set) var sent: [UInt8] = []
    /// Everything that reached this end and was taken.
    private(set) var received: [UInt8] = []
    /// Arrived and not taken: this end stalls.
    private(set) var pending: [UInt8] = []

    var isStalled = false
    /// A FIN, a close or a reset was sent.
    var hasFinished = false
    var hasClosed = false
    var hasReset = false
    /// The relay's FIN was taken; it waits behind `pending`.
    var hasFinishArrived = false
    var readsOn = false
    /// The relay's reset came.
    var isReset = false
    /// The connection was refused.
    var isRefused = false
    var isWaitingForEnd = false
    var awaitedByteCount: Int?
    /// Virtual times for the checks.
    var startedNS: UInt64 = 0
    var establishedNS: UInt64 = 0
    var firstReceivedNS: UInt64?
    var lastReceivedNS: UInt64?
    var endedNS: UInt64?
    /// When its FIN was sent.
    var finishedNS: UInt64?
    /// It stalled once, or let more than three seconds pass between its steps.
    var isSlow: Bool { hasStalled || pausedNS > 3_000_000_000 }
    var hasStalled = false
    var pausedNS: UInt64 = 0

    init(number: Int, name: String, endpoint: Endpoint, script: [Step]) {
        self.number = number
        self.name = name
        self.endpoint = endpoint
        self.script = script
    }

    /// Nothing more can come to this end.
    var isOver: Bool { readsOn || isReset || isRefused || hasReset }
    var isScriptDone: Bool { nextStep >= script.count }
    /// Whatever reaches this end is received.
    var isAttentive: Bool { !hasClosed && !hasReset }
    /// The stream to this end came to its orderly end.
    var isWhole: Bool { readsOn && !isReset && !hasReset }

    /// - Returns: what stands on the wire.
    func noteSent(_ bytes: [UInt8]) -> [UInt8] {
        sent += bytes
        return cipher?.sealed(bytes) ?? bytes
    }

    /// Takes what reached this end, or lets it wait.
    ///
    /// - Returns: how many bytes were taken.
    func take(_ bytes: [UInt8], nowNS: UInt64) -> Int {
        pending += bytes
        return drain(nowNS: nowNS)
    }

    func drain(nowNS: UInt64) -> Int {
        guard !isStalled else { return 0 }
        let count = pending.count
        if count > 0 {
            firstReceivedNS = firstReceivedNS ?? nowNS
            lastReceivedNS = nowNS
            received += cipher?.opened(pending) ?? pending
            pending.removeAll(keepingCapacity: true)
        }
        if hasFinishArrived, !readsOn {
            readsOn = true
            endedNS = nowNS
        }
        return count
    }
}
