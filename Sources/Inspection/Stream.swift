import GameProtocol

/// One direction of a session.
///
///     boundary ──header known──▶ inspecting ──body at hand──▶ passing ──last byte──▶ boundary
///                                    │    └──delay──▶ held ──▶ passing
///                                    └──drop──▶ swallowing ──last byte──▶ boundary
///
/// Shape: no references, about 80 bytes.
struct Stream: BitwiseCopyable, Sendable {
    enum State: BitwiseCopyable, Sendable {
        /// Between packets, or in a header that is not whole yet.
        case boundary
        /// The header was judged; the rules want to see more of the body.
        case inspecting(CutPacket)
        /// Judged, and to be forwarded at a later time.
        case held(CutPacket, untilNS: UInt64, sinceNS: UInt64)
        /// Judged and being forwarded as it comes.
        case passing(remaining: Int, packet: PacketIndex)
        /// Judged and being dropped as it comes.
        case swallowing(remaining: Int)
    }

    var state = State.boundary
    /// Never cut again: the bytes did not fit the protocol, and a rule that only looks on let them through.
    var isUncut = false
    /// The phase whose lane cuts this direction.
    var phase = 0
    /// The phase to follow into at the next boundary; equal to `phase` when there is none.
    var nextPhase = 0
    /// The packet after which to follow; `nil` means at the next boundary.
    var followAfter: PacketIndex?
    /// The phase whose rules hold for the packet at hand.
    var judgedPhase: UInt8 = 0
    /// Bytes of the unread packet in which a delimiter was looked for already.
    var scannedByteCount = 0
    /// When the first byte of the packet at hand came; `nil` between packets.
    var packetStartedNS: UInt64?
    /// Set when a shadowed or logging rule let the packet's deadline pass.
    var isPacketDeadlineWaived = false

    /// Follows the other side into its phase, once that is due: not in the middle of a header.
    mutating func follow() {
        if nextPhase != phase, followAfter == nil, packetStartedNS == nil { phase = nextPhase }
    }

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
