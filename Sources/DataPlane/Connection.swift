import Inspection
import NetworkDriver
import WireBytes

/// One of a connection's two ends.
enum End: UInt8, BitwiseCopyable, CaseIterable {
    case client
    case server

    var opposite: End { self == .client ? .server : .client }
    /// The direction of what this end sends.
    var direction: Direction { self == .client ? .inbound : .outbound }
}

extension Direction {
    /// Who sends.
    var source: End { self == .inbound ? .client : .server }
    /// Who receives.
    var sink: End { self == .inbound ? .server : .client }
}

/// One end's socket, and the bytes that wait on its way in and out.
struct Side: ~Copyable {
    var socket = Socket.none
    var leg = Leg.plain
    /// Something may be received: an event said so and it was not used up.
    var isReadable = false
    /// Something may be sent.
    var isWritable = false
    /// A short read does not mean that nothing is left: a FIN or urgent data has arrived.
    var readsOn = false
    /// Everything this end will ever send has been read.
    var hasEnded = false
    /// A FIN was sent to this end.
    var isFinished = false
    /// What this end sent and the session has not settled.
    var unread = ByteQueue()
    /// The session wants at least so many unread bytes before it is asked again.
    var neededByteCount = 1
    /// It is the other end's turn in a preamble.
    var isWaiting = false
    /// What this end sent is held by a `delay`.
    var isHeld = false
    /// It stands in line for another turn.
    var hasTurn = false
    /// This end is not read, because the other takes nothing; its packet's clock stands still.
    var isPaused = false
    /// What this end shall receive and the kernel has not taken.
    var unsent = ByteQueue()
    /// When the kernel last took something for this end, or the first byte began to wait.
    var unsentSinceNS: UInt64 = 0
}

/// A client, the server it was led to, and the session between them.
///
/// Shape: plain values, and heap blocks only while bytes wait. All times are absolute and monotonic.
struct Connection: ~Copyable {
    enum State: UInt8, BitwiseCopyable {
        /// The PROXY header has not come yet.
        case awaitingHeader
        /// Let in: there is a session, and a server is being dialled or stands.
        case relaying
        /// Over; the slot is freed after the batch of events.
        case closed
    }

    var state = State.awaitingHeader
    /// The worker's plan that guards it.
    var plan: Int
    /// Counts the worker's connections; with the worker's number it names this one in logs.
    let number: UInt64
    let acceptedNS: UInt64
    let acceptedWallUS: Int64
    /// Who connected here: the client, or the balancer.
    let peer: Endpoint
    /// Whom it is for; `nil` while unknown.
    var client: Endpoint?
    /// Where the client meant to go, as the balancer said.
    var destination: Endpoint?
    /// Never scored, banned, or limited by address: allowed, or one of the listener's trusted sources.
    var isExempt = false
    /// Its place in the worker's address index.
    var indexKey: IPNetwork?
    var indexNext: Int32 = -1
    var indexPrevious: Int32 = -1

    /// By the number of the end.
    private var sides = InlineArray<2, Side> { _ in Side() }
    var session: Session?

    var dial = DialState()
    /// Who ended first.
    var firstEnded: End?
    var halfClosedNS: UInt64?
    /// The last packet of a side that ended was never completed, and was discarded.
    var isTruncated = false
    /// When it must be over, once the service drains.
    var drainNS: UInt64?

    init(plan: Int, number: UInt64, acceptedNS: UInt64, acceptedWallUS: Int64, peer: Endpoint) {
        self.plan = plan
        self.number = number
        self.acceptedNS = acceptedNS
        self.acceptedWallUS = acceptedWallUS
        self.peer = peer
    }

    // By address: an accessor that yields one of two stored properties takes its frame from the heap.
    subscript(end: End) -> Side {
        @inline(__always) _read { yield sides[end == .client ? 0 : 1] }
        @inline(__always) _modify { yield &sides[end == .client ? 0 : 1] }
    }

    var clientSide: Side {
        @inline(__always) _read { yield sides[0] }
        @inline(__always) _modify { yield &sides[0] }
    }

    var serverSide: Side {
        @inline(__always) _read { yield sides[1] }
        @inline(__always) _modify { yield &sides[1] }
    }

    /// Which directions the relay does not read: the clock of their packets stands still.
    var isPaused: PerDirection<Bool> {
        PerDirection(inbound: clientSide.isPaused, outbound: serverSide.isPaused)
    }
}

/// How far the way to the server is.
struct DialState: BitwiseCopyable {
    enum Progress: UInt8, BitwiseCopyable {
        /// Waits for the client's first packet.
        case notYet
        case connecting
        case connected
    }

    var progress = Progress.notYet
    /// Index of the server in the pool.
    var server = 0
    /// The server that was dialled last.
    var endpoint: Endpoint?
    /// Servers that may still be tried after this one.
    var attemptsLeft = 0
    /// When the first server was dialled.
    var firstStartedNS: UInt64 = 0
    /// When this server was dialled.
    var startedNS: UInt64 = 0
    /// From the first dial to the answer, in microseconds; -1 before.
    var tookUS: Int64 = -1
}
