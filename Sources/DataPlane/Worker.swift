import Geography
import Inspection
public import NetworkDriver
import Reputation
import RuleEngine
import WireBytes

/// One thread's share of the service: its own listeners, buffers and connections.
///
/// A worker takes events from its driver, does what they and its deadlines ask for, and never waits for anything else.
/// The same code runs under epoll and in the simulator; the driver is a generic parameter.
///
/// Within a batch of events no slot is reused and nothing calls back: what one connection causes in another direction
/// or at another time goes through `turns` and `deadlines`.
public struct Worker<Driver: NetworkDriver & ~Copyable>: ~Copyable {
    /// A direction that can go on without a new event.
    struct Turn {
        var slot: Int
        var generation: UInt32
        var direction: Direction
    }

    /// A listener's plan, in force or kept by the connections that could not follow a reload.
    struct ActivePlan {
        var plan: ListenerPlan
        var connectionCount = 0
        /// Whether new connections still take it.
        var isCurrent = true
        /// The pool's server whose turn it is.
        var nextServer = 0
    }

    struct Listener {
        var socket: Socket
        /// Index in `plans`.
        var plan: Int
        /// When to look for more connections without an event; `nil` when none can wait.
        var retryNS: UInt64?
    }

    var driver: Driver
    let shared: SharedState
    let mailbox: Mailbox
    /// Names the worker in connection numbers.
    let number: Int
    var reportsPerSecond: Int
    /// The least time from the beginning of one batch of events to the next.
    var batchNS: UInt64 = 0
    /// Whether the last batch had anything in it.
    private var wasBusy = false
    /// Of the plan in force, as is `allowed`.
    var lists = AddressLists()
    var allowed = AddressMapBuilder().build()
    /// Of the plan in force, or newer.
    var atlas = Atlas()

    var plans: [ActivePlan] = []
    var listeners: [Listener] = []
    var connections = ConnectionSlab()
    var deadlines = DeadlineHeap()
    var index = AddressIndex()
    var findings: [Finding] = []
    var turns: [Turn] = []
    /// Slots of connections that ended in this batch.
    var graveyard: [Int] = []
    let readBuffer: ReadBuffer
    /// The clear text of what an enciphered stream brought.
    let clearBuffer: ReadBuffer
    var nowNS: UInt64
    var connectionNumber: UInt64 = 0
    var report = ReportBudget()
    /// Where the search for a stranger who makes room goes on.
    var roomCursor = 0
    /// The passes that connections hold, by their slots.
    var heldPasses: [Int: [HeldPass]] = [:]
    /// When to look whether attacks are over; the greatest while there is none.
    var attackLookNS = UInt64.max
    /// When the service began to drain; `nil` while it does not.
    var drainStartedNS: UInt64?
    var isDraining: Bool { drainStartedNS != nil }

    /// - Parameters:
    ///   - driver: this worker's sockets and clock.
    ///   - number: unique among the workers, 0 to 255.
    ///   - shared: what it shares with them.
    public init(driver: consuming Driver, number: Int, shared: SharedState, mailbox: WorkerMailbox) {
        nowNS = driver.nowNS
        mailbox.mailbox.attach(driver.waker)
        self.driver = driver
        self.number = number
        self.shared = shared
        self.mailbox = mailbox.mailbox
        reportsPerSecond = 1_000
        readBuffer = ReadBuffer()
        clearBuffer = ReadBuffer()
        findings.reserveCapacity(64)
    }

    /// Connections that have a place here.
    public var connectionCount: Int { connections.count }

    /// Whether the worker has stopped listening and its last connection has ended.
    public var isFinished: Bool { isDraining && connections.count == 0 }

    /// Waits for events and does all there is to do.
    ///
    /// - Parameter mostNS: do not wait beyond this time; `nil` waits for ever.
    public mutating func step(untilNS mostNS: UInt64? = nil) {
        var deadline = deadlines.earliestNS
        if attackLookNS < .max { deadline = min(deadline ?? .max, attackLookNS) }
        if let mostNS { deadline = min(deadline ?? .max, mostNS) }
        var isPressed = !turns.isEmpty
        for number in listeners.indices {
            guard let retryNS = listeners[number].retryNS else { continue }
            deadline = min(deadline ?? .max, retryNS)
            if retryNS <= nowNS { isPressed = true }
        }
        if !turns.isEmpty { deadline = nowNS }
        // After quiet the first packet is seen to at once; the rest makes those that follow come together. Where work
        // is left over there is no rest: under a flood it would be all that an attacker needs.
        if wasBusy, batchNS > 0, !isPressed { driver.rest(untilNS: nowNS &+ batchNS) }
        let eventCount = driver.wait(untilNS: deadline, fromNS: nowNS)
        // A batch that was full left events behind.
        wasBusy = eventCount > 0 && eventCount < driver.eventCountMax
        nowNS = max(nowNS, driver.nowNS)
        // Before the events, so that a ban that another worker decided holds for what they bring.
        if mailbox.hasCommands {
            for command in mailbox.take() { obey(command) }
        }
        if attackLookNS <= nowNS { lookAtAttacks() }
        acceptAgain()
        for number in 0..<eventCount { take(driver.event(at: number)) }
        takeTurns()
        passDeadlines()
        bury()
    }

    private mutating func take(_ event: Readiness) {
        switch Token(packed: event.token) {
        case nil: return
        case .listener(let number): acceptAll(from: number)
        case .end(let end, let slot, let generation):
            guard connections.holds(slot), connections.generation(of: slot) == generation,
                connections[slot].state != .closed
            else { return }
            take(event, slot, end)
        }
    }

    /// What an event says of one end of a connection.
    private mutating func take(_ event: Readiness, _ slot: Int, _ end: End) {
        // Of a socket that was closed earlier in this batch, while the connection goes on.
        guard connections[slot][end].socket.isOpen else { return }
        if end == .server, connections[slot].dial.progress == .connecting {
            guard event.isWritable || event.isBroken else { return }
            finishDial(slot)
            // The next server's socket has events of its own.
            guard connections[slot].dial.progress == .connected else { return }
        } else if event.isBroken {
            return endByReset(slot, end)
        }
        guard connections[slot].state != .closed else { return }
        if event.readsOn { connections[slot][end].readsOn = true }
        if event.isReadable { connections[slot][end].isReadable = true }
        // Every event says again that a socket is writable; mostly nothing waits for it.
        if event.isWritable, !connections[slot][end].isWritable || !connections[slot][end].unsent.isEmpty {
            connections[slot][end].isWritable = true
            sendUnsent(slot, to: end)
        }
        guard connections[slot].state != .closed else { return }
        if connections[slot].state == .awaitingHeader {
            readHeader(slot)
        } else {
            pump(slot, end.direction)
        }
        schedule(slot)
    }

    /// Lets a direction go on before the worker waits again.
    mutating func giveTurn(_ slot: Int, _ direction: Direction) {
        guard !connections[slot][direction.source].hasTurn else { return }
        connections[slot][direction.source].hasTurn = true
        turns.append(Turn(slot: slot, generation: connections.generation(of: slot), direction: direction))
    }

    /// Those that stand in line now; what they add waits for the next step, so that events are not starved.
    private mutating func takeTurns() {
        guard !turns.isEmpty else { return }
        let standing = turns
        turns.removeAll(keepingCapacity: true)
        for turn in standing {
            guard connections.holds(turn.slot), connections.generation(of: turn.slot) == turn.generation,
                connections[turn.slot].state == .relaying
            else { continue }
            connections[turn.slot][turn.direction.source].hasTurn = false
            judgeUnread(turn.slot, turn.direction)
            guard connections[turn.slot].state == .relaying else { continue }
            pump(turn.slot, turn.direction)
            guard connections[turn.slot].state == .relaying else { continue }
            schedule(turn.slot)
        }
    }

    /// Frees the slots of this batch's dead.
    private mutating func bury() {
        guard !graveyard.isEmpty else { return }
        for slot in graveyard { connections.remove(slot) }
        graveyard.removeAll(keepingCapacity: true)
    }
}

/// A worker's mailbox, made before the worker and its thread are.
public struct WorkerMailbox: Sendable {
    let mailbox: Mailbox

    /// Joins the workers that `shared` broadcasts to.
    public init(joining shared: SharedState) {
        mailbox = shared.join()
    }
}

/// Where a worker receives; freed with it.
///
/// Of a size that stays in the core's first cache: twice as much made a long stream dearer, not cheaper.
@safe
struct ReadBuffer: ~Copyable {
    static let byteCount = 32_768

    let bytes: UnsafeMutableRawBufferPointer

    init() { unsafe bytes = .allocate(byteCount: Self.byteCount, alignment: 64) }

    deinit { unsafe bytes.deallocate() }
}
