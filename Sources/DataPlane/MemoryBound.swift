import Events
import GameProtocol
import Geography
import Inspection
import Reputation
import RuleEngine
import Settings

/// The most memory that a service takes for what others make it keep, in bytes.
///
/// Not in it: the program itself with its tables of rules, a few tens of megabytes at most, and the kernel's sockets,
/// which take about 7 KB a connection beside what waits in them.
public struct MemoryBound: Sendable, Equatable {
    /// Connections that stand open, as many as the listeners allow, with nothing waiting.
    public let openConnections: Int
    /// What waits for their receivers and for the rest of a packet, if all of them stall at once.
    public let stalledConnections: Int
    /// The buckets that connections share.
    public let sharedBuckets: Int
    /// Remembered addresses, if each has been banned.
    public let addresses: Int
    /// Addresses that have played before, passes of gates, and how often strangers came.
    public let players: Int
    /// Lists of addresses, as they are now; twice that while a reload replaces them.
    public let lists: Int
    /// Events that wait for the records.
    public let events: Int
    /// The workers' own buffers.
    public let workers: Int
    /// What the kernel's bans are compared with, where it has any.
    public var kernel = 0
    /// What tells where addresses are from, as it is now; twice that while it is replaced.
    public var atlas = 0

    /// All of it.
    public var total: Int {
        openConnections + stalledConnections + sharedBuckets + addresses + players + lists + events + workers + kernel
            + atlas
    }
}

extension ServicePlan {
    /// Adds up what the plan allows.
    ///
    /// - Parameters:
    ///   - workerCount: how many workers run by it.
    ///   - sharedBucketCount: the capacity of the shared buckets.
    ///   - eventCount: the capacity of the queue to the records.
    public func memoryBound(workerCount: Int, sharedBucketCount: Int, eventCount: Int) -> MemoryBound {
        var open = 0
        var stalled = 0
        for listener in listeners {
            let connection =
                MemoryLayout<Connection>.stride  // its slot, the session within
                + 2 * (4 + 4)  // its generation and its place in the list of free ones; arrays grow by doubling
                + 2 * (16 + 4)  // its deadline, and where that stands
                + 2 * 4  // the chains of the address index
                + listener.ruleset.policy.bucketByteCountMax  // its own limits, and where its shared ones are
                + RareState.byteCountMax  // a grace, a held packet, why bytes could not be cut
                + listener.ruleset.descriptor.captureByteCountMax  // what preambles keep
                + listener.ruleset.counterByteCountMax  // where counters that packets carry stand
                + listener.ruleset.cipherByteCountMax  // both ends' ciphers of both directions
                + (listener.passes == nil && listener.opens.isEmpty ? 0 : HeldPass.byteCountMax)  // those that it holds
            // A packet that rules read, or a PROXY header, and behind it a read; a block grows by doubling.
            var unread = 2 * (Self.unreadByteCountMax + ReadBuffer.byteCount)
            // Of what is enciphered the clear text waits beside it, and a header whose size is not known yet.
            if listener.ruleset.cipherByteCountMax > 0 { unread *= 3 }
            // What a held packet inflated to, or was rewritten to; arrays grow by doubling.
            unread += 2 * max(listener.ruleset.descriptor.inflatedByteCountMax, Self.unreadByteCountMax)
            // What may wait for a receiver, and a read that was on its way.
            let unsent = 2 * (listener.settings.limits.backlogByteCount + ReadBuffer.byteCount)
            let isWatched = listener.settings.underAttack != nil
            // Those that make known who they are, while it is under attack.
            let openCount = listener.settings.limits.open + (isWatched ? ListenerPlan.waitingRoomCount : 0)
            open += openCount * connection
            // Each of the two ends has both; a packet that was changed and is held stands beside the one that came.
            stalled += openCount * (2 * (unread + unsent) + listener.ruleset.changedByteCountMax)
        }
        return MemoryBound(
            openConnections: open, stalledConnections: stalled,
            sharedBuckets: SharedBuckets.byteCount(capacity: sharedBucketCount),
            addresses: ReputationBook.byteCountMax(addressCount: reputation.addressCountMax),
            players: KnownPlayers.byteCountMax(playerCount: reputation.known.countMax)
                + listeners.reduce(0) { $0 + $1.playersByteCountMax },
            lists: lists.byteCount + allowed.byteCount,
            events: eventCount * (MemoryLayout<Event>.stride + Event.textByteCountMax),
            workers: workerCount * (2 * ReadBuffer.byteCount + Self.workerByteCount),
            atlas: atlas.byteCount)
    }

    /// 64 KiB: `check` refuses rules and frames that would need more of a packet at once; a PROXY header is shorter.
    private static var unreadByteCountMax: Int { 65_536 }
    /// Events of a batch, findings of a packet, and a stack as far as it is used.
    private static var workerByteCount: Int { 262_144 }
}

extension ListenerPlan {
    /// What is remembered of who has a pass of its gate, and of how often strangers came.
    fileprivate var playersByteCountMax: Int {
        (passes == nil ? 0 : GatePasses<GateKey>.byteCountMax(passCount: OpenedGate.passCountMax))
            + (settings.underAttack == nil ? 0 : AddressRates.byteCountMax)
    }
}
