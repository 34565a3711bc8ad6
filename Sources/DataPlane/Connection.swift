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
///
/// Shape: 34 bytes, and a heap block while bytes wait.
struct Side: ~Copyable {
    var socket = Socket.none
    private var needed: UInt32 = 1
    /// What this end sent and the session has not settled.
    var unread = ByteQueue()
    /// What this end shall receive and the kernel has not taken; since when is counted from the time at which the
    /// kernel last took something, or the first byte began to wait.
    var unsent = ByteQueue()
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
    /// It is the other end's turn in a preamble.
    var isWaiting = false
    /// What this end sent is held by a `delay`.
    var isHeld = false
    /// It stands in line for another turn.
    var hasTurn = false
    /// This end is not read, because the other takes nothing; its packet's clock stands still.
    var isPaused = false

    /// The connection is over for this end, which gets a last packet: what it sends is thrown away.
    var isParting = false

    /// The session wants at least so many unread bytes before it is asked again; far less than the bound of its store.
    var neededByteCount: Int {
        get { Int(needed) }
        set { needed = UInt32(clamping: newValue) }
    }
}

/// A client, the server it was led to, and the session between them.
///
/// Shape: plain values, the small ones where the large ones leave room, and heap blocks only while bytes wait. All
/// times are absolute and monotonic. A test bounds its size: there are as many as there are players.
struct Connection: ~Copyable {
    enum State: UInt8, BitwiseCopyable {
        /// The PROXY header has not come yet.
        case awaitingHeader
        /// Let in: there is a session, and a server is being dialled or stands.
        case relaying
        /// Over; the slot is freed after the batch of events.
        case closed
    }

    /// Counts the worker's connections; with the worker's number it names this one in logs.
    let number: UInt64
    let acceptedNS: UInt64
    /// Who connected here: the client, or the balancer.
    let peer: Endpoint
    var state = State.awaitingHeader
    /// Never scored, banned, or limited by address: allowed, or one of the listener's trusted sources.
    var isExempt = false
    /// Who ended first.
    var firstEnded: End?
    /// The last packet of a side that ended was never completed, and was discarded.
    var isTruncated = false
    /// How much of the client's address it is found by in the worker's index; 0 while it is not in.
    var indexPrefixLength: UInt8 = 0
    /// What its listener counts of it.
    private var marks = Marks()
    /// Whom it is for; `nil` while unknown.
    var client: Endpoint?
    /// Its neighbours in the worker's index.
    var indexNext: Int32 = -1
    var indexPrevious: Int32 = -1
    private var planNumber: Int32
    var dial = DialState()
    /// From accept to the end of the handshake, in milliseconds; the greatest while it is not over.
    private var finishedAfterMS = UInt32.max
    private var halfClosed = UInt64.max
    /// Where the client meant to go, as the balancer said; an array, because it is kept only for a server that is told.
    private var destinations: [Endpoint] = []

    /// By the number of the end.
    private var sides = InlineArray<2, Side> { _ in Side() }
    var session: Session?

    init(plan: Int, number: UInt64, acceptedNS: UInt64, peer: Endpoint) {
        planNumber = Int32(plan)
        self.number = number
        self.acceptedNS = acceptedNS
        self.peer = peer
    }

    /// The worker's plan that guards it.
    var plan: Int {
        get { Int(planNumber) }
        set { planNumber = Int32(newValue) }
    }

    private struct Marks: OptionSet, BitwiseCopyable {
        var rawValue: UInt8

        static let unfinished = Marks(rawValue: 1)
        static let stranger = Marks(rawValue: 2)
        static let pass = Marks(rawValue: 4)
    }

    /// Let in, and its handshake is not over; counted by its listener.
    var isUnfinished: Bool {
        get { marks.contains(.unfinished) }
        set { if newValue { marks.insert(.unfinished) } else { marks.remove(.unfinished) } }
    }

    /// Had not played before when it was let in; counted by its listener.
    var isStranger: Bool {
        get { marks.contains(.stranger) }
        set { if newValue { marks.insert(.stranger) } else { marks.remove(.stranger) } }
    }

    /// It holds a pass of the gate that it came in through, or of those that its login opened.
    var holdsPass: Bool {
        get { marks.contains(.pass) }
        set { if newValue { marks.insert(.pass) } else { marks.remove(.pass) } }
    }

    /// When its handshake was over; `nil` before.
    var finishedNS: UInt64? {
        get { finishedAfterMS == .max ? nil : acceptedNS &+ UInt64(finishedAfterMS) * 1_000_000 }
        set {
            finishedAfterMS =
                newValue.map { min(UInt32(clamping: ($0 &- acceptedNS) / 1_000_000), .max - 1) } ?? .max
        }
    }

    /// When the first of its ends sent its FIN.
    var halfClosedNS: UInt64? {
        get { halfClosed == .max ? nil : halfClosed }
        set { halfClosed = newValue ?? .max }
    }

    /// Where the client meant to go, as the balancer said; `nil` where it did not, or nobody asks.
    var destination: Endpoint? {
        get { destinations.first }
        set { destinations = newValue.map { [$0] } ?? [] }
    }

    /// What the worker's index finds it by; `nil` while it is not in.
    var indexKey: IPNetwork? {
        guard indexPrefixLength > 0, let client else { return nil }
        return IPNetwork(holding: client.address, prefixLength: Int(indexPrefixLength))
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

    /// When the first server was dialled.
    var firstStartedNS: UInt64 = 0
    /// When this server was dialled; when it answered, once it has.
    var startedNS: UInt64 = 0
    /// The server that was dialled last.
    var endpoint: Endpoint?
    var progress = Progress.notYet
    /// Index of the server in the pool.
    var server: Int32 = 0
    /// Servers that may still be tried after this one.
    var attemptsLeft: Int32 = 0

    /// From the first dial to the answer, in microseconds; -1 before.
    var tookUS: Int64 {
        progress == .connected ? Int64(clamping: (startedNS &- firstStartedNS) / 1_000) : -1
    }
}
