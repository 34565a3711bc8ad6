public import Settings
import Synchronization
public import WireBytes

/// The memory of addresses: scores, bans and their history, the allowlist.
///
/// Thread safety: all workers share one book; it is touched when a connection opens and when a rule fires, never on
/// the way of an unremarkable packet. One lock guards it. Time is a parameter, in monotonic nanoseconds; threads may
/// differ a little, a time before one already seen counts as no time passed.
///
/// Cost: O(log n) in bans, O(1) otherwise; at most `addressCountMax` entries of 56 bytes, and about 200 more for an
/// address that was ever banned. When it is full, a new address takes the place of one worth little: see
/// ``ReputationCounts``.
public final class ReputationBook: Sendable {
    private let state: Mutex<BookState>
    /// Twice the bans that are held, plus one if anything is allowed: while it is 0, every address is clear.
    ///
    /// Sequentially consistent, because of this pair: a worker registers a connection and then asks here, another bans
    /// and then looks for registered connections. One of the two must see the other.
    private let watchCount: Atomic<Int>
    private let prefixes: Atomic<UInt32>

    /// - Parameters:
    ///   - settings: half-life, ladder, prefixes, allowlist.
    ///   - seed: of the jitter.
    public init(settings: ReputationSettings, seed: UInt64) {
        let initial = BookState(settings: settings, seed: seed)
        watchCount = Atomic(initial.watchCount)
        prefixes = Atomic(AddressPrefixes(settings).packed)
        state = Mutex(initial)
    }

    /// Bytes that so many remembered addresses take at most: if each was banned as often as is remembered.
    public static func byteCountMax(addressCount: Int) -> Int {
        let entry =
            2 * MemoryLayout<AddressEntry>.stride  // the entry, in an array that grows by doubling
            + 2 * 4  // its place among the banned or the unbanned
            + 3 * (MemoryLayout<IPAddress>.stride + 4)  // the table of keys, at least a third full
            + 3 * (MemoryLayout<BanMemory>.stride + 4)  // the ban and its history, in a table likewise
            + 2 * BanMemory.endCountMax * 8 + 32  // when earlier bans ended
            + 64  // the connection's name in the cause; names of rules and packets are the policy's
        return addressCount * entry
    }

    /// Takes other settings; scores and bans stay, but addresses that are now allowed are no longer banned.
    ///
    /// A lifted ban comes out of ``takeExpired(nowNS:most:)``. The ban of an IPv6 prefix is lifted if the address that
    /// caused it or all of the prefix is allowed; if only others of the prefix are, it stays, and they pass. With
    /// another `addressPrefixIPv6`, bans follow the address that caused them and scores of IPv6 begin anew.
    public func update(settings: ReputationSettings) {
        change { state in
            state.update(settings: settings)
            prefixes.store(AddressPrefixes(settings).packed, ordering: .relaxed)
        }
    }

    /// What `address` means for limits and bans: itself, or an IPv6 prefix.
    public func key(of address: IPAddress) -> IPNetwork {
        AddressPrefixes(packed: prefixes.load(ordering: .relaxed)).key(of: address)
    }

    /// The network of `per: network`.
    public func network(of address: IPAddress) -> IPNetwork {
        AddressPrefixes(packed: prefixes.load(ordering: .relaxed)).network(of: address)
    }

    /// How an address stands.
    ///
    /// Cost: one atomic load while nothing is banned or allowed; otherwise the lock and a hash lookup.
    public func standing(of address: IPAddress, nowNS: UInt64) -> Standing {
        guard watchCount.load(ordering: .sequentiallyConsistent) > 0 else { return .clear }
        return state.withLock { $0.standing(of: address, nowNS: nowNS) }
    }

    /// Whether a ban on an address is in force, for who knows by other means that it is not allowed.
    ///
    /// Cost: one atomic load while nothing is banned; otherwise the lock and a hash lookup.
    public func isBanned(_ address: IPAddress, nowNS: UInt64) -> Bool {
        guard watchCount.load(ordering: .sequentiallyConsistent) > 1 else { return false }
        return state.withLock { $0.isBanned(address, nowNS: nowNS) }
    }

    /// Adds points; the highest step that the score reaches bans, and the score is then 0.
    ///
    /// The ban's cause is `cause` with the ladder as origin. Points that are not above 0 change nothing.
    public func add(
        _ points: Double, to address: IPAddress, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        change { $0.add(points, to: address, cause: cause, nowNS: nowNS) }
    }

    /// Bans by a rule; `baseNS` of `nil` takes the lowest step's.
    ///
    /// A ban in force is only ever made longer: then it takes over the address and cause that did so, and keeps its
    /// start and number; a request that would not make it longer returns `none`.
    public func ban(
        _ address: IPAddress, baseNS: UInt64?, cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        change { $0.ban(address, baseNS: baseNS, cause: cause, nowNS: nowNS) }
    }

    /// The score now, decayed.
    public func score(of address: IPAddress, nowNS: UInt64) -> Double {
        state.withLock { $0.score(of: address, nowNS: nowNS) }
    }

    /// Bans that ended since the last call, oldest first, for the log; at most `most` a call.
    ///
    /// Also those that were lifted or forgotten before their time; `untilNS` is then when that happened.
    public func takeExpired(nowNS: UInt64, most: Int) -> [Ban] {
        change { $0.takeExpired(nowNS: nowNS, most: most) }
    }

    /// Bans in force, those that end first in front.
    public func bans(nowNS: UInt64) -> [Ban] {
        state.withLock { $0.bans(nowNS: nowNS) }
    }

    /// How full the book is, and what it had to give up.
    public var counts: ReputationCounts {
        state.withLock { state in
            ReputationCounts(
                addressCount: state.table.count, banCount: state.table.bans.count,
                evictionCount: state.evictionCount, evictedBanCount: state.evictedBanCount,
                endedLeftOutCount: state.ended.leftOutCount)
        }
    }

    /// Works on the state, and publishes the count of bans before the lock is released.
    private func change<Result: Sendable>(_ body: (inout BookState) -> Result) -> Result {
        state.withLock { state in
            let result = body(&state)
            watchCount.store(state.watchCount, ordering: .sequentiallyConsistent)
            return result
        }
    }
}

extension BookState {
    fileprivate var watchCount: Int { 2 * table.bans.count + (allow.isEmpty ? 0 : 1) }
}
