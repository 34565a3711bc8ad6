import GameProtocol

/// One direction of a session.
///
///     boundary ──header known──▶ inspecting ──body at hand──▶ passing ──last byte──▶ boundary
///                                    │    └──delay──▶ held ──▶ passing
///                                    └──drop──▶ swallowing ──last byte──▶ boundary
///
/// Shape: no references, 40 bytes; there are two in every connection.
struct Stream: BitwiseCopyable, Sendable {
    enum State: BitwiseCopyable, Sendable {
        /// Between packets, or in a header that is not whole yet.
        case boundary
        /// The header was judged; the rules want to see more of the body.
        case inspecting(CutPacket)
        /// Judged, and to be forwarded at a later time, which the session's `RareState` knows.
        case held(JudgedPacket)
        /// Judged and being forwarded as it comes.
        case passing(remaining: Int, packet: PacketIndex)
        /// Judged and being dropped as it comes.
        case swallowing(remaining: Int)
    }

    var state = State.boundary
    /// Bytes of the unread packet in which a delimiter was looked for already.
    ///
    /// A frame that looks for one is no longer than a packet that is kept whole, and so this cannot overflow.
    private var scanned: UInt32 = 0
    /// When the first byte of the packet at hand came; 0 between packets.
    private var startedNS: UInt64 = 0
    /// The packet after which to follow; `nil` means at the next boundary.
    var followAfter: PacketIndex?
    private var phaseNumber: UInt8 = 0
    private var nextPhaseNumber: UInt8 = 0
    /// The phase whose rules hold for the packet at hand.
    var judgedPhase: UInt8 = 0
    /// Never cut again: the bytes did not fit the protocol, and a rule that only looks on let them through.
    var isUncut = false
    /// Set when a shadowed or logging rule let the packet's deadline pass.
    var isPacketDeadlineWaived = false

    /// The phase whose lane cuts this direction.
    var phase: Int {
        get { Int(phaseNumber) }
        set { phaseNumber = UInt8(newValue) }
    }

    /// The phase to follow into at the next boundary; equal to `phase` when there is none.
    var nextPhase: Int {
        get { Int(nextPhaseNumber) }
        set { nextPhaseNumber = UInt8(newValue) }
    }

    var scannedByteCount: Int {
        get { Int(scanned) }
        set { scanned = UInt32(clamping: newValue) }
    }

    /// When the first byte of the packet at hand came; `nil` between packets.
    var packetStartedNS: UInt64? {
        get { startedNS == 0 ? nil : startedNS }
        set { startedNS = newValue.map { max($0, 1) } ?? 0 }
    }

    /// Between two packets, with nothing pending that the next one might change.
    var isAtRest: Bool {
        guard case .boundary = state else { return false }
        return startedNS == 0 && scanned == 0 && !isUncut && phaseNumber == nextPhaseNumber && followAfter == nil
    }

    /// Follows the other side into its phase, once that is due: not in the middle of a header.
    mutating func follow() {
        if nextPhase != phase, followAfter == nil, packetStartedNS == nil { phase = nextPhase }
    }

    /// The phase that cuts the next packet.
    var phaseOfNextPacket: Int { followAfter == nil ? nextPhase : phase }

    /// Enters a phase now.
    mutating func enter(_ newPhase: Int) {
        phase = newPhase
        nextPhase = newPhase
        followAfter = nil
    }

    /// The clock of the packet at hand stood still for so long.
    mutating func delayPacket(byNS heldNS: UInt64) {
        packetStartedNS = packetStartedNS.map { $0 &+ heldNS }
    }

    mutating func finishPacket() {
        state = .boundary
        scannedByteCount = 0
        packetStartedNS = nil
        isPacketDeadlineWaived = false
    }
}

/// What must be known of a packet that was judged and has not been passed on yet.
struct JudgedPacket: BitwiseCopyable, Sendable {
    let byteCount: Int
    var packet: PacketIndex
}
