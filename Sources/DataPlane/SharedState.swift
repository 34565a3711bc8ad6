public import Events
public import Reputation
public import RuleEngine
import Synchronization
public import WireBytes

/// What spans connections, and so workers: reputation, shared buckets, the way to the records.
///
/// Touched when a connection opens or ends and when a rule fires; on the packet path only the pinned buckets are.
public final class SharedState: Sendable {
    /// The memory of addresses.
    public let reputation: ReputationBook
    /// The addresses that have played before.
    public let known: KnownPlayers
    /// The buckets of limits that span connections.
    public let buckets: SharedBuckets
    /// The way to the records.
    public let events: EventQueue
    /// Counts over all workers.
    public let counters = ServiceCounters()
    /// Distinguishes this run of the program in the unique ids it sends to servers.
    public let instance: UInt64
    private let mailboxes = Mutex<[Mailbox]>([])
    /// Workers whose threads run.
    let running = Counter()
    let ended = Counter()

    /// Puts the parts together.
    public init(
        reputation: ReputationBook, buckets: SharedBuckets, events: EventQueue, instance: UInt64,
        known: KnownPlayers = KnownPlayers()
    ) {
        self.reputation = reputation
        self.known = known
        self.buckets = buckets
        self.events = events
        self.instance = instance
    }

    /// Tells of bans that have ended, before anything is told that begins after them.
    public func postEnded(nowNS: UInt64, wallUS: Int64, most: Int = 1_000) {
        for ended in reputation.takeExpired(nowNS: nowNS, most: most) {
            events.post(
                .ban(
                    BanRecord(
                        wallUS: wallUS, change: ended.isLifted ? .lifted : .ended, ban: ended.ban,
                        remainingSeconds: 0, who: ended.who)))
        }
    }

    func join() -> Mailbox {
        let mailbox = Mailbox()
        mailboxes.withLock { $0.append(mailbox) }
        return mailbox
    }

    func broadcast(_ command: Command, except own: Mailbox? = nil) {
        for mailbox in mailboxes.withLock({ $0 }) where mailbox !== own { mailbox.send(command) }
    }
}

/// Counts over all workers, for the records and the tests; they balance: accepted = refused + closed + open.
public final class ServiceCounters: Sendable {
    let accepted = Counter()
    let refused = Counter()
    let closed = Counter()
    let inboundPackets = Counter()
    let outboundPackets = Counter()

    /// A reading of all counts.
    public struct Reading: Sendable, Equatable {
        /// Connections taken from the listeners.
        public var accepted: UInt64
        /// Those that were closed at once: banned, too many, from an untrusted source.
        public var refused: UInt64
        /// Those that had a place in a worker and have ended.
        public var closed: UInt64
        /// Packets forwarded on ended connections.
        public var packetCounts: PerDirection<UInt64>

        /// Connections that have a place in a worker.
        public var open: UInt64 { accepted &- refused &- closed }
    }

    /// What the counts are now, each read by itself.
    public var reading: Reading {
        Reading(
            accepted: accepted.value, refused: refused.value,
            closed: closed.value,
            packetCounts: PerDirection(
                inbound: inboundPackets.value, outbound: outboundPackets.value))
    }
}

/// A number that several threads raise.
struct Counter: ~Copyable {
    private let number = Atomic<UInt64>(0)

    func count(_ more: UInt64 = 1) { number.wrappingAdd(more, ordering: .relaxed) }

    var value: UInt64 { number.load(ordering: .relaxed) }
}
