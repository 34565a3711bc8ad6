public import Settings
import Synchronization
public import WireBytes

/// The memory of addresses: scores, bans and their history, the allowlist.
///
/// Thread safety: all workers share one book; it is touched when a connection opens and when a rule fires, never on
/// the way of an unremarkable packet. One lock guards it. Time is a parameter, in monotonic nanoseconds; threads may
/// differ a little, a time before one already seen counts as no time passed.
///
/// Cost: O(log n) in bans, O(1) otherwise; at most `addressCountMax` entries of 136 bytes, and about 300 more for a
/// subject that was ever banned. When it is full, a new address takes the place of one worth little: see
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
            2 * MemoryLayout<SubjectEntry>.stride  // the entry, in an array that grows by doubling
            + 2 * 4  // its place among the banned or the unbanned
            + 3 * (MemoryLayout<SubjectKey>.stride + 4)  // the table of keys, at least a third full
            + 3 * (MemoryLayout<BanMemory>.stride + 4)  // the ban and its history, in a table likewise
            + 3 * (MemoryLayout<AccountName>.stride + 4) + 32 + AccountName.byteCountMax  // an account's name
            + 6 * (MemoryLayout<Subject>.stride + 4)  // what changed and is not written yet
            + 3 * (4 + MemoryLayout<Contributors>.stride) + 32 + 2 * Contributors.countMax * 24  // whom it scores by
            + 4 * MemoryLayout<EndedBan>.stride  // that its ban ended and was not told yet
            + 2 * BanMemory.endCountMax * 8 + 32  // when earlier bans ended
            + 64  // the connection's name in the cause; names of rules and packets are the policy's
        return addressCount * entry
    }

    /// Says which wall-clock time belongs to a monotonic one, for what is shown and stored.
    ///
    /// Where the clock was set, what is stored has other times from then on, and everything is written anew.
    public func synchronise(nowNS: UInt64, wallUS: Int64) {
        state.withLock { $0.synchronise(nowNS: nowNS, wallUS: wallUS) }
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

    /// How an address stands, for who lets it in or not.
    ///
    /// Cost: one atomic load while nothing is banned or allowed; otherwise the lock and a hash lookup for each prefix
    /// length that is banned or allowed. Where several networks are banned that hold it the smallest answers.
    public func check(_ address: IPAddress, nowNS: UInt64) -> AddressCheck {
        guard watchCount.load(ordering: .sequentiallyConsistent) > 0 else { return .clear }
        return state.withLock { $0.check(address, nowNS: nowNS) }
    }

    /// Whether a ban on an account is in force.
    public func isBanned(_ account: AccountName, nowNS: UInt64) -> Bool {
        guard watchCount.load(ordering: .sequentiallyConsistent) > 1 else { return false }
        return state.withLock { $0.isBanned(account, nowNS: nowNS) }
    }

    /// Adds points to the score of the address, or of the account where the address is shared, and their share to
    /// those of the networks around it.
    ///
    /// The highest step that a score reaches bans, and the score is then 0. The cause is `cause` with the ladder or the
    /// network as origin. Points that are not above 0 change nothing.
    ///
    /// - Parameter basis: so much higher the score counts, because a list says so; it bans nobody by itself.
    /// - Returns: what came of it, at most one change a score; nothing where nobody was banned.
    public func add(
        _ points: Double, to offender: Offender, basis: Double = 0, cause: BanCause, nowNS: UInt64
    ) -> [ReputationChange] {
        change { $0.add(points, to: offender, basis: basis, cause: cause, nowNS: nowNS) }
    }

    /// Bans by a rule; `baseNS` of `nil` takes the lowest step's.
    ///
    /// A ban in force is only ever made longer or harder: then it takes over the address and cause that did so, and
    /// keeps its start and number; a request that would do neither returns `none`. On a shared address it is soft.
    public func ban(
        _ offender: Offender, on target: BanTarget = .address, baseNS: UInt64?, kind: Ban.Kind = .hard,
        cause: BanCause, nowNS: UInt64
    ) -> ReputationChange {
        change { $0.ban(offender, on: target, baseNS: baseNS, kind: kind, cause: cause, nowNS: nowNS) }
    }

    /// The score now, decayed; 0 of an allowed address.
    public func score(of address: IPAddress, nowNS: UInt64) -> Double {
        state.withLock { $0.isAllowed(address) ? 0 : $0.score(of: $0.subject(of: address), nowNS: nowNS) }
    }

    /// Bans that ended since the last call, oldest first, for the log; at most `most` a call.
    ///
    /// Also those that were lifted or forgotten before their time; `untilNS` is then when that happened.
    public func takeExpired(nowNS: UInt64, most: Int) -> [EndedBan] {
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
    func change<Result: Sendable>(_ body: (inout BookState) -> Result) -> Result {
        state.withLock { state in
            let result = body(&state)
            watchCount.store(state.watchCount, ordering: .sequentiallyConsistent)
            return result
        }
    }
}

extension BookState {
    fileprivate var watchCount: Int { 2 * table.bans.count + (allow.isEmpty && allowances.isEmpty ? 0 : 1) }
}
